// CSV files that rules name: of lists (`table "toys.csv"`) and of tables. Each
// is read once, becomes a file of the SourceSet, so that messages point into
// it, and is kept as texts; who uses it says what they mean. Entry point:
// TableFiles::open().
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check.h"

namespace kitle {

struct TableCell {
  std::string text;  // unquoted
  Span span;         // in the file
  bool missing() const { return text.empty(); }
};

struct TableFile {
  std::string path;
  uint32_t source = 0;             // in the SourceSet
  std::vector<TableCell> columns;  // the header
  std::vector<TableCell> cells;    // below it, row by row

  size_t rows() const { return cells.size() / columns.size(); }
  const TableCell& cell(size_t row, size_t column) const {
    return cells[row * columns.size() + column];
  }
};

class TableFiles {
 public:
  TableFiles(SourceSet& sources, const ReadFile& read, Diagnostics& diagnostics)
      : sources_(sources), read_(read), diagnostics_(diagnostics) {}

  // The file named at `place`; null after a mistake, which is reported where
  // it is first named. Lives as long as this.
  const TableFile* open(const std::string& path, Span place);

 private:
  bool read_text(const std::string& path, Span place, std::string& text);

  SourceSet& sources_;
  const ReadFile& read_;
  Diagnostics& diagnostics_;
  std::map<std::string, std::unique_ptr<TableFile>> files_;
};

}  // namespace kitle
