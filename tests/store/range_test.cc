// The step of many values, and division by it.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "runtime/store/content.h"
#include "runtime/store/divisor.h"

namespace kitle::testing {
namespace {

constexpr int kRounds = 2'000;

TEST(Divisor, TellsMultiplesAndDividesThem) {
  std::mt19937_64 random(7);
  for (int i = 0; i < kRounds; ++i) {
    const uint64_t by = (random() >> random() % 64) | (i % 2);
    if (by == 0) continue;
    const Divisor divisor(by);
    const uint64_t times = random() % std::max<uint64_t>(UINT64_MAX / by, 1);
    EXPECT_TRUE(divisor.divides(by * times));
    EXPECT_EQ(divisor.quotient(by * times), times);
    const uint64_t any = random();
    EXPECT_EQ(divisor.divides(any), any % by == 0) << any << " by " << by;
  }
}

TEST(Divisor, DividesNegativeNumbers) {
  for (const int64_t by : std::vector<int64_t>{1, 2, 1'000, 86'400'000'000}) {
    const Divisor divisor(static_cast<uint64_t>(by));
    for (const int64_t times : {-1'000'000, -1, 0, 1, 77}) {
      EXPECT_EQ(divisor.quotient_of(by * times), times);
    }
  }
}

TEST(ColumnRange, OfManyValuesIsThatOfOneAfterTheOther) {
  std::mt19937_64 random(11);
  for (int i = 0; i < kRounds; ++i) {
    const int64_t step = int64_t{1} << random() % 40;
    const uint64_t most = uint64_t{1} << random() % 20;
    const auto base = static_cast<int64_t>(random() >> random() % 64);
    std::vector<int64_t> values(random() % 40);
    for (int64_t& value : values) {
      value = base / 2 + step * static_cast<int64_t>(random() % most);
    }
    if (i % 5 == 0) values.push_back(i % 2 == 0 ? INT64_MIN : INT64_MAX);
    ColumnRange together;
    ColumnRange alone;
    if (i % 3 == 0) {
      together.add(base);
      alone.add(base);
    }
    together.add(values);
    for (const int64_t value : values) alone.add(value);
    EXPECT_EQ(together, alone);
  }
}

TEST(ColumnRange, LeavesOutWhatIsMissing) {
  const std::vector<int64_t> values = {7, INT64_MAX, 13, 10};
  ColumnRange some;
  some.add(values, std::vector<uint8_t>{1, 0, 1, 1});
  EXPECT_EQ(some.min, 7);
  EXPECT_EQ(some.max, 13);
  EXPECT_EQ(some.step, 3u);
  ColumnRange all;
  all.add(values, {});
  EXPECT_EQ(all.max, INT64_MAX);
}

}  // namespace
}  // namespace kitle::testing
