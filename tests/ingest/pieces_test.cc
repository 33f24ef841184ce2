// Rows that were put into pieces come back, whatever they have.
#include "runtime/ingest/pieces.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <numeric>
#include <random>
#include <string>

namespace kitle::testing {
namespace {

std::vector<Column> columns() {
  return {{.name = "amount", .type = TypeKind::kMoney},
          {.name = "channel", .type = TypeKind::kCode},
          {.name = "note", .type = TypeKind::kText, .personal = true},
          {.name = "tags", .type = TypeKind::kCodeList},
          {.name = "names", .type = TypeKind::kTextList, .personal = true}};
}

// Random rows, and the bytes that they point to.
class RandomRows {
 public:
  RandomRows(const RowLayout& layout, uint32_t rows, uint64_t seed)
      : random_(seed) {
    made.file = any(9);
    made.profiles = numbers(rows);
    if (any(4) != 0) made.times.assign(rows, -7);
    for (int64_t& time : made.times) time *= any(1'000);
    if (any(2) != 0) made.files = numbers(rows);
    if (any(2) != 0) made.joined = numbers(rows);
    for (size_t i = 0; i < layout.slots(); ++i) {
      made.slots.push_back(slot(layout.kind(i), rows));
    }
  }

  TableRows made;

 private:
  uint32_t any(uint32_t end) { return static_cast<uint32_t>(random_() % end); }
  std::vector<uint32_t> numbers(uint32_t rows) {
    std::vector<uint32_t> all(rows);
    for (uint32_t& number : all) number = any(70'000);
    return all;
  }

  RowColumn slot(FieldKind kind, uint32_t rows) {
    const bool code = kind == FieldKind::kCode;
    RowColumn column;
    if (!code && any(2) != 0) column.present.assign(rows, 1);
    for (uint32_t row = 0; row < rows; ++row) {
      if (!column.present.empty()) column.present[row] = any(2) & 1;
      const bool has = column.has(row);
      if (code || kind == FieldKind::kValue) {
        column.values.push_back(has ? any(5) * (code ? 1 : -1'000'000'007) : 0);
      } else {
        column.bytes.push_back(has ? bytes() : std::string_view());
      }
    }
    return column;
  }
  std::string_view bytes() {
    return texts_.emplace_back(any(3) * size_t{4}, 'a' + char(any(20)));
  }

  std::mt19937_64 random_;
  std::deque<std::string> texts_;
};

void expect_row(const RowLayout& layout, const TableRows& made, uint32_t from,
                const TableRows& read, uint32_t to) {
  EXPECT_EQ(read.profiles[to], made.profiles[from]);
  if (!made.times.empty()) {
    EXPECT_EQ(read.times[to], made.times[from]);
  }
  EXPECT_EQ(read.file_of(to), made.file_of(from));
  EXPECT_EQ(read.joined_of(to), made.joined_of(from));
  for (size_t i = 0; i < layout.slots(); ++i) {
    ASSERT_EQ(read.has(layout, i, to), made.has(layout, i, from));
    if (!made.slots[i].values.empty()) {
      EXPECT_EQ(read.slots[i].values[to], made.slots[i].values[from]);
    } else {
      EXPECT_EQ(read.slots[i].bytes[to], made.slots[i].bytes[from]);
    }
  }
}

using Words = std::vector<uint64_t>;  // aligned as pieces must be

// Some rows of each in pieces one behind the other; adds which they are.
Words write(const RowLayout& layout, const std::deque<RandomRows>& rows,
            std::vector<std::vector<uint32_t>>& which) {
  Words words;
  for (const RandomRows& each : rows) {
    std::vector<uint32_t>& chosen = which.emplace_back();
    for (uint32_t row = 0; row < each.made.size(); ++row) {
      if ((each.made.profiles[row] & 3) != 0) chosen.push_back(row);
    }
    const PieceWriter piece(layout, each.made, chosen);
    EXPECT_EQ(piece.bytes() % sizeof(uint64_t), 0u);
    const size_t begin = words.size();
    words.resize(begin + piece.bytes() / sizeof(uint64_t));
    piece.write(reinterpret_cast<char*>(words.data() + begin));
  }
  return words;
}

TEST(Pieces, GiveBackTheirRowsInOrderAndAtTheirPlaces) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const RowLayout layout(columns(), static_cast<RowExtras>(seed % 4));
    std::deque<RandomRows> rows;
    for (uint64_t i = 0; i < seed % 5; ++i) {
      rows.emplace_back(layout, static_cast<uint32_t>(seed % 21), seed * 7 + i);
    }
    std::vector<std::vector<uint32_t>> which;
    const Words words = write(layout, rows, which);
    const std::span<const char> bytes(
        reinterpret_cast<const char*>(words.data()),
        words.size() * sizeof(uint64_t));
    const PieceReader reader(layout, {{bytes}});

    std::vector<uint32_t> places(reader.rows());
    std::iota(places.begin(), places.end(), 0);
    std::ranges::shuffle(places, std::mt19937_64(seed));
    TableRows in_order;
    TableRows at_places;
    reader.read(in_order);
    reader.read(places, at_places);
    uint32_t number = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      for (const uint32_t row : which[i]) {
        expect_row(layout, rows[i].made, row, in_order, number);
        expect_row(layout, rows[i].made, row, at_places, places[number]);
        ++number;
      }
    }
    EXPECT_EQ(number, reader.rows());
  }
}

}  // namespace
}  // namespace kitle::testing
