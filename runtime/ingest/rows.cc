#include "runtime/ingest/rows.h"

#include <optional>

namespace kitle {

RowPlace RowBatch::place(size_t row) const {
  if (!places.empty()) return places[row];
  const uint64_t number = first_row + row + 1;
  return {number, number, 0, {}};
}

uint64_t RowBatch::row_number(size_t row) const {
  return places.empty() ? first_row + row + 1 : places[row].row;
}

void RowBatch::clear(size_t wanted) {
  rows = 0;
  columns.resize(wanted);
  for (CellColumn& column : columns) {
    column.form = CellColumn::Form::kCells;
    column.cells.clear();
  }
  places.clear();
  bad.clear();
  seen.assign(wanted, false);
  arena.reset();
  keep.reset();
  records.clear();
}

Result<std::unique_ptr<RowReader>> open_rows(const std::string& path,
                                             const CsvDialect& csv) {
  const std::optional<FileEnding> kind = file_ending(path);
  if (!kind) {
    return std::unexpected(Status(
        StatusCode::kInvalid, "read", path,
        "the name ends in none of .csv, .ndjson, .jsonl (each also with .gz or "
        ".zst), .parquet, .arrow, .feather"));
  }
  switch (kind->format) {
    case FileFormat::kCsv:
      return open_csv(path, kind->compression, csv);
    case FileFormat::kJsonLines:
      return open_json_lines(path, kind->compression);
    case FileFormat::kParquet:
      return open_parquet(path);
    case FileFormat::kArrow:
      return open_arrow(path);
  }
  return open_parquet(path);
}

}  // namespace kitle
