// Lines that are laid out, and the text they make: aligned cells, aligned
// comments, blanks at no line's end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kitle::formatting {

// Columns that a text takes: its code points.
uint32_t width_of(std::string_view text);

// Lines whose cells stand below each other.
struct Block {
  uint32_t gap = 1;   // blanks between the longest first part and the cells
  uint32_t lone = 1;  // the same, in a block of one line
};

struct CellPlace {
  uint32_t column;  // from 1
  uint32_t at;  // the byte of a line's text where the blank before it stands
};

struct Line {
  static constexpr uint32_t kNoBlock = UINT32_MAX;
  uint32_t indent = 0;
  std::string text;     // may be empty beside a comment
  std::string comment;  // behind the text
  bool blank_before = false;
  uint32_t block = kNoBlock;
  std::vector<CellPlace> cells;
};

std::string text_of(std::vector<Line> lines, const std::vector<Block>& blocks);

}  // namespace kitle::formatting
