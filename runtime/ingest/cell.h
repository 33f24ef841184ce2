// One cell of a row as its format holds it. Text stays text until the
// source's own conversion; typed formats keep their types, so that no text is
// formed where none is wanted. `cell_text` gives the text that the same cell
// would be in a text format: whatever reads a cell may read that instead.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/ingest/arena.h"

namespace kitle {

struct Cell {
  enum class Kind : uint8_t {
    kMissing,
    kBroken,   // bytes that are not UTF-8
    kText,     // data, size: UTF-8
    kInteger,  // integer
    kNumber,   // number
    kTime,     // integer: microseconds since 1970-01-01T00:00Z
    kLocal,    // integer: microseconds of a wall clock without a zone
    kDate,     // integer: days since 1970-01-01
    kFlag,     // integer: 0 or 1
    kList,     // items, size
  };
  union {
    int64_t integer = 0;
    double number;
    const char* data;
    const Cell* items;
  };
  uint32_t size = 0;
  Kind kind = Kind::kMissing;

  static Cell of_text(std::string_view text) {
    Cell cell;
    cell.data = text.data();
    cell.size = static_cast<uint32_t>(text.size());
    cell.kind = Kind::kText;
    return cell;
  }
  static Cell of(Kind kind, int64_t integer) {
    Cell cell;
    cell.integer = integer;
    cell.kind = kind;
    return cell;
  }
  static Cell of_number(double number) {
    Cell cell;
    cell.number = number;
    cell.kind = Kind::kNumber;
    return cell;
  }
  static Cell of_list(const Cell* items, uint32_t size) {
    Cell cell;
    cell.items = items;
    cell.size = size;
    cell.kind = Kind::kList;
    return cell;
  }
  std::string_view view() const { return {data, size}; }
  bool missing() const { return kind == Kind::kMissing; }
};

// The cell as text: integers in decimal, numbers in the shortest decimal that
// reads back equal, times as 2026-03-01T12:00:00.000000Z (no fraction where it
// is zero, no Z where there is no zone), dates as 2026-03-01, flags as true or
// false, a list as its elements between commas in brackets. Empty for a
// missing or broken one. Lives as long as the cell and the arena.
std::string_view cell_text(const Cell& cell, Arena& arena);

}  // namespace kitle
