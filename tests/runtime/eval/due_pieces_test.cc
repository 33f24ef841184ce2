// Which spans a value is in, by pieces of their range and one span after the
// other.
#include "runtime/eval/due_pieces.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/every_cpu.h"

namespace kitle {
namespace {

using testing::on_every_cpu;
using Random = std::mt19937_64;

// Values as a column of 32 bits has them.
struct Stored {
  Scale scale;
  std::vector<int32_t> values;
  ColumnView column;

  Stored(Random& random, size_t count) {
    scale.base = static_cast<int64_t>(random()) >> (random() % 60 + 1);
    scale.unit =
        random() % 2 == 0 ? 1 : static_cast<int64_t>(random() % 999) + 1;
    const int spread = static_cast<int>(random() % 24);
    for (size_t i = 0; i < count; ++i) {
      values.push_back(static_cast<int32_t>(random()) >> spread);
    }
    values.resize(count + 32);  // read by vectors
    column.physical = Physical::kI32;
    column.base = scale.base;
    column.unit = scale.unit;
    column.data = values.data();
  }
  int64_t value(size_t i) const { return scale.base + scale.unit * values[i]; }
  Bounds extent(size_t count) const {
    Bounds all{INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < count; ++i) {
      all.low = std::min(all.low, value(i));
      all.high = std::max(all.high, value(i));
    }
    return all;
  }
};

std::vector<DueSpan> random_spans(Random& random, const Stored& of,
                                  size_t count) {
  std::vector<DueSpan> spans;
  const size_t many = random() % 40;
  for (uint32_t i = 0; i < many; ++i) {
    // Next to values, and anywhere.
    const int64_t low = random() % 9 == 0
                            ? INT64_MIN
                            : of.value(random() % count) +
                                  static_cast<int64_t>(random() % 3) - 1;
    const int64_t high =
        random() % 9 == 0
            ? INT64_MAX
            : low + static_cast<int64_t>(random() >> (random() % 62 + 2));
    if (low <= high) {
      spans.push_back({{low, high}, static_cast<uint8_t>(random() % 7), i});
    }
  }
  return spans;
}

std::vector<DuePieces::Entry> entries_of(const std::vector<DueSpan>& spans,
                                         int64_t value, uint8_t step) {
  std::vector<DuePieces::Entry> found;
  for (const DueSpan& each : spans) {
    if (each.step < step) continue;
    if (each.values.low <= value && value <= each.values.high) {
      found.push_back({each.step, each.use});
    }
  }
  std::ranges::sort(found);
  return found;
}

void expect_found(const DuePieces& pieces, const std::vector<DueSpan>& spans,
                  const Stored& of, uint32_t count) {
  std::vector<uint64_t> due(count / 64 + 1);
  if (!pieces.empty()) pieces.find(of.column, {count, 0}, due.data());
  for (uint32_t i = 0; i < count; ++i) {
    const auto step = static_cast<uint8_t>(i % 3);
    const auto expected = entries_of(spans, of.value(i), step);
    const bool may = (due[i / 64] >> (i % 64) & 1) != 0;
    ASSERT_TRUE(may || expected.empty());
    if (pieces.empty()) continue;
    const auto found = pieces.at(of.value(i), step);
    ASSERT_TRUE(std::ranges::equal(found, expected))
        << of.value(i) << " of " << spans.size() << ": " << found.size()
        << " for " << expected.size();
  }
}

TEST(DuePieces, TellWhichSpansAValueIsIn) {
  on_every_cpu([] {
    Random random(3);
    for (int round = 0; round < 300 && !::testing::Test::HasFailure();
         ++round) {
      const auto count = static_cast<uint32_t>(1 + random() % 200);
      const Stored of(random, count);
      const auto spans = random_spans(random, of, count);
      // As the column is stored, and otherwise.
      for (const Scale& scale : {of.scale, Scale(), Scale{-7, 13}}) {
        expect_found(DuePieces(spans, of.extent(count), scale), spans, of,
                     count);
      }
    }
  });
}

// Of a mapping that changes under us.
TEST(DuePieces, TellOfAnyValue) {
  const DuePieces pieces({{{5, 9}, 1, 0}, {{100'000, 100'000}, 2, 1}},
                         {0, 200'000}, Scale());
  for (const int64_t value :
       {INT64_MIN, int64_t{0}, int64_t{4}, int64_t{10}, INT64_MAX}) {
    EXPECT_TRUE(pieces.at(value, 0).empty()) << value;
  }
  EXPECT_EQ(pieces.at(9, 1).size(), 1);
  EXPECT_TRUE(pieces.at(9, 2).empty());
}

}  // namespace
}  // namespace kitle
