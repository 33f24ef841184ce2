// The cells of one column of a batch, as its format holds them: so that a type
// is asked for once a column, and not once a cell.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/ingest/cell.h"

namespace kitle {

// Reused from batch to batch.
struct CellColumn {
  enum class Form : uint8_t {
    kCells,     // each its own, in `cells`
    kIntegers,  // all of one kind, in `integers`
    kCoded,     // each is one of `cells`, the one that `integers` tells
  };
  Form form = Form::kCells;
  Cell::Kind kind = Cell::Kind::kInteger;  // kIntegers
  std::vector<Cell> cells;
  std::vector<int64_t> integers;
  // But for kCells: 1 where the cell is not missing; empty: none is. What
  // `integers` has for a missing one means nothing.
  std::vector<uint8_t> present;

  bool has(size_t row) const { return present.empty() || present[row] != 0; }
  Cell at(size_t row) const {
    if (form == Form::kCells) return cells[row];
    if (!has(row)) return {};
    return form == Form::kIntegers ? Cell::of(kind, integers[row])
                                   : cells[integers[row]];
  }
};

}  // namespace kitle
