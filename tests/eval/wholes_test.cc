// Integers that a value may be among, and what has a fraction as a whole value.
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <set>

#include "runtime/eval/bound.h"
#include "runtime/eval/wide_math.h"

namespace kitle {
namespace {

constexpr int64_t kLow = std::numeric_limits<int64_t>::min();
constexpr int64_t kHigh = std::numeric_limits<int64_t>::max();
constexpr Int128 kMost = static_cast<Int128>(~UInt128{0} >> 1);

// Every member, its neighbours and the ends.
void check(const std::set<int64_t>& wholes) {
  const auto made =
      BoundWholes::make({.wholes = {wholes.begin(), wholes.end()}});
  std::set<int64_t> asked = {kLow, -1, 0, 1, 2, kHigh};
  for (const int64_t each : wholes) {
    asked.insert(each);
    if (each != kLow) asked.insert(each - 1);
    if (each != kHigh) asked.insert(each + 1);
  }
  for (const int64_t each : asked) {
    EXPECT_EQ(made->has(each), wholes.contains(each)) << each;
  }
}

TEST(Wholes, AreThoseOfTheList) {
  check({});
  check({0});
  check({1, 2, 3});
  check({kLow, kHigh});
  check({kLow, 0, kHigh});
  check({-5'000'000'000, -1, 0, 1, 7'000'000'000});
}

TEST(Wholes, ManyCloseTogetherAndFarApart) {
  std::mt19937_64 random(7);
  for (const uint64_t width :
       {uint64_t{5000}, uint64_t{1} << 40, ~uint64_t{0}}) {
    std::set<int64_t> wholes;
    while (wholes.size() < 3000) {
      const uint64_t drawn = random();
      wholes.insert(
          static_cast<int64_t>(width == ~uint64_t{0} ? drawn : drawn % width));
    }
    check(wholes);
  }
}

TEST(Rounding, HalvesGoToEven) {
  const auto nearest = [](Int128 a, Int128 b) {
    return static_cast<int64_t>(*rounded_whole(a, b, RoundTo::kNearestEven));
  };
  EXPECT_EQ(nearest(5, 2), 2);
  EXPECT_EQ(nearest(7, 2), 4);
  EXPECT_EQ(nearest(-5, 2), -2);
  EXPECT_EQ(nearest(5, -2), -2);
  EXPECT_EQ(nearest(-7, -2), 4);
  EXPECT_EQ(nearest(8, 3), 3);
  EXPECT_EQ(nearest(-8, 3), -3);
  EXPECT_EQ(nearest(7, 0), 0);
  EXPECT_EQ(rounded_whole(2.5, RoundTo::kNearestEven), Int128{2});
  EXPECT_EQ(rounded_whole(-3.5, RoundTo::kNearestEven), Int128{-4});
  EXPECT_EQ(rounded_whole(0.49999999999999994, RoundTo::kNearestEven),
            Int128{0});
}

TEST(Rounding, DownIsTheSmallerAndUpTheGreater) {
  EXPECT_EQ(rounded_whole(-7, 2, RoundTo::kDown), Int128{-4});
  EXPECT_EQ(rounded_whole(-7, 2, RoundTo::kUp), Int128{-3});
  EXPECT_EQ(rounded_whole(7, -2, RoundTo::kUp), Int128{-3});
  EXPECT_EQ(rounded_whole(6, 2, RoundTo::kUp), Int128{3});
  EXPECT_EQ(rounded_whole(-0.5, RoundTo::kDown), Int128{-1});
  EXPECT_EQ(rounded_whole(-0.5, RoundTo::kUp), Int128{0});
  EXPECT_EQ(rounded_whole(1e18, RoundTo::kUp),
            Int128{1'000'000'000'000'000'000});
}

TEST(Rounding, NothingIsBeyond128Bits) {
  EXPECT_EQ(rounded_whole(-kMost - 1, -1, RoundTo::kDown), std::nullopt);
  EXPECT_EQ(rounded_whole(-kMost - 1, 1, RoundTo::kDown), -kMost - 1);
  EXPECT_EQ(rounded_whole(kMost, -1, RoundTo::kUp), -kMost);
  EXPECT_EQ(rounded_whole(1e300, RoundTo::kDown), std::nullopt);
  EXPECT_EQ(rounded_whole(0x1p127, RoundTo::kDown), std::nullopt);
  EXPECT_TRUE(rounded_whole(-0x1p127, RoundTo::kDown).has_value());
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(rounded_whole(nothing, RoundTo::kUp), std::nullopt);
}

}  // namespace
}  // namespace kitle
