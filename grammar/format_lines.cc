// Lines to text; see format_lines.h.
#include "grammar/format_lines.h"

#include <algorithm>

namespace kitle::formatting {
namespace {

constexpr uint32_t kBlanksBeforeComment = 2;

// The cell of a line in a column, or null.
CellPlace* find_cell(Line& line, uint32_t column) {
  if (line.block == Line::kNoBlock) return nullptr;
  const auto found = std::ranges::find(line.cells, column, &CellPlace::column);
  return found == line.cells.end() ? nullptr : &*found;
}

uint32_t width_before(const Line& line, const CellPlace& cell) {
  return width_of(std::string_view(line.text).substr(0, cell.at));
}

void widen(Line& line, const CellPlace& cell, uint32_t blanks) {
  line.text.insert(cell.at, blanks, ' ');
  for (CellPlace& each : line.cells) {
    if (each.column > cell.column) each.at += blanks;
  }
}

void align_column(std::vector<Line>& lines, const std::vector<Block>& blocks,
                  uint32_t column) {
  std::vector<uint32_t> widest(blocks.size(), 0);
  std::vector<uint32_t> count(blocks.size(), 0);
  for (Line& line : lines) {
    const CellPlace* cell = find_cell(line, column);
    if (cell == nullptr) continue;
    widest[line.block] =
        std::max(widest[line.block], width_before(line, *cell));
    ++count[line.block];
  }
  for (Line& line : lines) {
    const CellPlace* cell = find_cell(line, column);
    if (cell == nullptr) continue;
    const Block& block = blocks[line.block];
    const uint32_t gap = count[line.block] == 1 ? block.lone : block.gap;
    // One blank is there already.
    widen(line, *cell,
          widest[line.block] - width_before(line, *cell) + gap - 1);
  }
}

void align_cells(std::vector<Line>& lines, const std::vector<Block>& blocks) {
  for (const uint32_t column : {1u, 2u}) align_column(lines, blocks, column);
}

bool goes_on(const Line& above, const Line& line) {
  return !line.comment.empty() && !line.text.empty() && !line.blank_before &&
         line.indent == above.indent;
}

// Comments behind lines that follow each other stand in one column.
void append_comments(std::vector<Line>& lines) {
  for (size_t begin = 0; begin < lines.size();) {
    size_t end = begin + 1;
    const bool behind =
        !lines[begin].comment.empty() && !lines[begin].text.empty();
    while (behind && end < lines.size() && goes_on(lines[begin], lines[end])) {
      ++end;
    }
    uint32_t widest = 0;
    for (size_t i = begin; i < end; ++i) {
      widest = std::max(widest, width_of(lines[i].text));
    }
    for (size_t i = begin; i < end; ++i) {
      Line& line = lines[i];
      if (behind) {
        line.text.append(widest - width_of(line.text) + kBlanksBeforeComment,
                         ' ');
      }
      line.text += line.comment;
    }
    begin = end;
  }
}

}  // namespace

uint32_t width_of(std::string_view text) {
  return static_cast<uint32_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

std::string text_of(std::vector<Line> lines, const std::vector<Block>& blocks) {
  align_cells(lines, blocks);
  append_comments(lines);
  std::string text;
  for (const Line& line : lines) {
    if (line.blank_before && !text.empty()) text += '\n';
    text.append(line.indent, ' ');
    text += line.text;
    text += '\n';
  }
  return text;
}

}  // namespace kitle::formatting
