// Rows of columns of many forms, put into one: each has the value that it had.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>

#include "runtime/eval/gather_column.h"
#include "runtime/store/layout.h"

namespace kitle {
namespace {

using Random = std::mt19937_64;

struct BlockTexts : Dictionary {
  uint32_t size() const override { return static_cast<uint32_t>(all.size()); }
  std::string_view text(uint32_t code) const override {
    return code == 0 ? std::string_view() : all[code - 1];
  }
  uint32_t find(std::string_view) const override { return 0; }
  std::vector<std::string> all;
};

// A column with memory of its own, as a block has them.
struct Stored {
  std::vector<std::byte> data;
  std::vector<uint32_t> offsets;
  std::vector<uint64_t> valid;
  ColumnView view;
  uint32_t rows = 0;

  void put(size_t at, int64_t value) {
    const uint32_t width = width_of(view.physical);
    std::memcpy(data.data() + at * width, &value, width);
  }
  void lie(uint32_t count, size_t values) {
    rows = count;
    data.assign(values * width_of(view.physical) + 128, std::byte{0});
    valid.assign(count / 64 + 17, 0);
    offsets.assign(count + 1, 0);
    view.data = data.data();
  }
  void set_valid(uint32_t row) { valid[row / 64] |= uint64_t{1} << (row % 64); }
};

int64_t stored_at(const ColumnView& view, size_t at) {
  const auto* from = static_cast<const std::byte*>(view.data);
  const auto as = [&](auto value) {
    std::memcpy(&value, from + at * sizeof value, sizeof value);
    return static_cast<int64_t>(value);
  };
  switch (view.physical) {
    case Physical::kI16:
      return as(int16_t{});
    case Physical::kI32:
      return as(int32_t{});
    case Physical::kU8:
      return as(uint8_t{});
    case Physical::kU16:
      return as(uint16_t{});
    case Physical::kU32:
    case Physical::kList:
      return as(uint32_t{});
    default:
      return as(int64_t{});
  }
}

// What a row says, whatever its form; none where it is missing.
std::optional<std::string> said(const ColumnView& view, uint32_t row) {
  if (view.physical == Physical::kAbsent) return std::nullopt;
  const bool has =
      view.valid == nullptr || (view.valid[row / 64] >> (row % 64) & 1) != 0;
  if (!has) return std::nullopt;
  const auto text = [&](int64_t code) {
    return std::string(view.dictionary->text(static_cast<uint32_t>(code)));
  };
  if (view.physical == Physical::kList) {
    std::string all;
    for (uint32_t i = view.offsets[row]; i < view.offsets[row + 1]; ++i) {
      all += text(stored_at(view, i)) + ",";
    }
    return all;
  }
  const int64_t stored = stored_at(view, row);
  if (view.dictionary == nullptr) {
    return std::to_string(view.base + view.unit * stored);
  }
  if (stored == 0) return std::nullopt;
  return text(stored);
}

class Maker {
 public:
  explicit Maker(uint64_t seed) : random_(seed) {}

  uint32_t below(uint32_t most) {
    return static_cast<uint32_t>(random_() % most);
  }

  Stored integers() {
    const ColumnView forms[] = {
        {.physical = Physical::kI16, .base = 0, .unit = 1},
        {.physical = Physical::kI16, .base = 1'000, .unit = 10},
        {.physical = Physical::kI32, .base = -70'000, .unit = 1},
        {.physical = Physical::kI32, .base = int64_t{1} << 40, .unit = 1000},
        {.physical = Physical::kI64, .base = 5, .unit = 7},
        {.physical = Physical::kAbsent}};
    Stored made;
    made.view = forms[below(6)];
    made.view.type = TypeKind::kTime;
    made.lie(1 + below(200), 200);
    const bool missing = below(2) == 0;
    if (missing) made.view.valid = made.valid.data();
    for (uint32_t row = 0; row < made.rows; ++row) {
      if (made.view.physical == Physical::kAbsent) break;
      if (missing && below(3) == 0) continue;  // stored as 0
      made.set_valid(row);
      const int64_t stored = int64_t{below(60'000)} - 30'000;
      made.put(row, stored);
      widen(made.view, made.view.base + made.view.unit * stored);
    }
    return made;
  }

  Stored texts(const Dictionary* shared, bool list) {
    Stored made;
    const Physical widths[] = {Physical::kU8, Physical::kU16, Physical::kU32,
                               Physical::kAbsent};
    made.view.physical = list ? Physical::kList : widths[below(4)];
    made.view.type = list ? TypeKind::kTextList : TypeKind::kText;
    made.view.store_wide = shared != nullptr;
    made.view.dictionary = shared != nullptr ? shared : own_texts();
    const uint32_t codes = made.view.dictionary->size();
    made.lie(1 + below(200), 1000);
    made.view.offsets = made.offsets.data();
    made.view.valid = list ? made.valid.data() : nullptr;
    for (uint32_t row = 0; row < made.rows; ++row) {
      uint32_t at = made.offsets[row];
      if (list && below(4) != 0) made.set_valid(row);
      for (uint32_t left = list ? below(4) : 1; left > 0; --left) {
        made.put(list ? at++ : row, below(codes) + (list ? 1 : 0));
      }
      made.offsets[row + 1] = at;
    }
    made.view.elements = list ? made.offsets.back() : 0;
    return made;
  }

  const Dictionary* own_texts() {
    auto& made = texts_.emplace_back(std::make_unique<BlockTexts>());
    std::set<uint32_t> some;
    while (some.size() < 20) some.insert(below(60));
    for (const uint32_t each : some) {
      made->all.push_back("text " + std::to_string(each));
    }
    return made.get();
  }

  std::vector<RowRun> runs(const Stored& of) {
    std::vector<RowRun> all;
    for (uint32_t row = below(5); row < of.rows;) {
      const uint32_t count = std::min(1 + below(40), of.rows - row);
      all.push_back({row, count});
      row += count + below(9);
    }
    return all;
  }

 private:
  static void widen(ColumnView& view, int64_t value) {
    const bool first = view.min > view.max;
    view.min = first ? value : std::min(view.min, value);
    view.max = first ? value : std::max(view.max, value);
  }

  Random random_;
  std::vector<std::unique_ptr<BlockTexts>> texts_;
};

// Gathers some rows of each, and compares them one by one.
void expect_same(Maker& maker, std::vector<Stored>& columns,
                 GatheredTexts& texts) {
  std::vector<std::vector<RowRun>> runs;
  std::vector<ColumnPart> parts;
  std::vector<ColumnView> views;
  for (Stored& each : columns) {
    if (each.view.physical == Physical::kAbsent) {
      each.view = {.physical = Physical::kAbsent, .type = each.view.type};
    }
    runs.push_back(maker.runs(each));
    views.push_back(each.view);
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    ColumnPart& part = parts.emplace_back();
    part = {.column = views[i], .runs = runs[i]};
    for (const RowRun& run : runs[i]) part.count += run.count;
  }
  GatherMemory memory;
  ColumnView made = gathered_layout(views);
  gather_column(parts, memory, texts, made);
  uint32_t at = 0;
  for (const ColumnPart& part : parts) {
    for (const RowRun& run : part.runs) {
      for (uint32_t row = run.begin; row < run.begin + run.count; ++row) {
        ASSERT_EQ(said(made, at++), said(part.column, row));
      }
    }
  }
}

TEST(Gather, IntegersOfAnyFormKeepTheirValues) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Maker maker(seed);
    std::vector<Stored> columns;
    for (uint32_t i = 0; i < 1 + seed % 5; ++i) {
      columns.push_back(maker.integers());
      // Of one form they stay as they are.
      if (seed % 3 == 0) columns.back() = columns.front();
    }
    for (Stored& each : columns) {
      each.view.data = each.data.data();
      if (each.view.valid != nullptr) each.view.valid = each.valid.data();
    }
    GatheredTexts texts;
    expect_same(maker, columns, texts);
    if (HasFailure()) return;
  }
}

TEST(Gather, AColumnKeepsItsFormWhereAllFitIntoIt) {
  ColumnView narrow{.physical = Physical::kI16, .type = TypeKind::kTime};
  narrow.base = 2000;
  narrow.unit = 1000;
  narrow.min = 2000;
  narrow.max = 9000;
  ColumnView wide = narrow;
  wide.physical = Physical::kI32;
  wide.base = 0;
  wide.max = 80'000'000;
  const ColumnView empty{.physical = Physical::kI64, .type = TypeKind::kTime};
  const ColumnView all[] = {empty, narrow, wide};
  const ColumnView made = gathered_layout(all);
  EXPECT_EQ(made.physical, Physical::kI32);
  EXPECT_EQ(made.base, 0);
  EXPECT_EQ(made.unit, 1000);
  EXPECT_EQ(made.min, 2000);
  EXPECT_EQ(made.max, 80'000'000);
  wide.base = 1;
  const ColumnView odd[] = {narrow, wide};
  EXPECT_EQ(gathered_layout(odd).physical, Physical::kI64);
  EXPECT_EQ(gathered_layout(odd).unit, 1);
}

TEST(Gather, TextsOfTheStoreKeepTheirCodes) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    Maker maker(seed);
    const Dictionary* const shared = maker.own_texts();
    std::vector<Stored> columns;
    for (uint32_t i = 0; i < 3; ++i) {
      columns.push_back(maker.texts(shared, seed % 2 == 0));
    }
    GatheredTexts texts;
    expect_same(maker, columns, texts);
    EXPECT_EQ(texts.size(), 0);
    if (HasFailure()) return;
  }
}

// They are compared by their codes, so that each has one.
TEST(Gather, TextsOfBlocksGetOneCodeForAllColumns) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    Maker maker(seed);
    GatheredTexts texts;
    for (uint32_t column = 0; column < 2; ++column) {
      std::vector<Stored> columns;
      for (uint32_t i = 0; i < 3; ++i) {
        columns.push_back(maker.texts(nullptr, column == 1));
      }
      expect_same(maker, columns, texts);
      if (HasFailure()) return;
    }
    std::set<std::string_view> different;
    for (uint32_t code = 1; code <= texts.size(); ++code) {
      different.insert(texts.text(code));
      EXPECT_EQ(texts.find(texts.text(code)), code);
    }
    EXPECT_EQ(different.size(), texts.size());
  }
}

}  // namespace
}  // namespace kitle
