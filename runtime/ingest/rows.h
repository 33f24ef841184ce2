// Rows of a file, whatever its format: the interface between the formats and
// the rest of ingest. A reader gives portions one after another (under its
// caller's lock) and makes cells of each (on any thread). Entry point:
// open_rows.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ingest/arena.h"
#include "runtime/ingest/cell_column.h"
#include "runtime/ingest/file_ending.h"
#include "runtime/ingest/mapping.h"
#include "runtime/status.h"
#include "runtime/text/csv.h"

namespace kitle {

// Where a row stands in its file.
struct RowPlace {
  uint64_t row = 0;       // from 1, rows that are no good counted
  uint64_t line = 0;      // from 1; formats without lines: the row
  uint64_t byte = 0;      // of its first byte in the uncompressed file, from 0
  std::string_view text;  // as it came; empty for formats without text
};

// A row that the format itself refuses.
struct BadRow {
  RowPlace place;
  std::string reason;
};

// A portion of a file. Reused from portion to portion.
struct RowBatch {
  size_t rows = 0;
  uint64_t first_row = 0;           // rows of the file before this portion
  std::vector<CellColumn> columns;  // by wanted column
  std::vector<RowPlace> places;     // one a row; none for formats without text
  std::vector<BadRow> bad;          // in file order
  // JSON lines: which wanted columns some line had, also one that is no good.
  std::vector<bool> seen;

  // What cells point into.
  std::string bytes;
  Arena arena;
  std::shared_ptr<const void> keep;
  // The portion before its cells are made; belongs to the reader.
  uint64_t first_byte = 0;
  uint64_t first_line = 0;
  CsvRecords records;

  RowPlace place(size_t row) const;
  uint64_t row_number(size_t row) const;
  // For the next portion.
  void clear(size_t wanted);
};

// One file of a source.
class RowReader {
 public:
  virtual ~RowReader() = default;
  // The columns of the file, where it has a list of them: not in JSON lines,
  // and not in a CSV file that is empty.
  virtual const std::vector<std::string>* columns() const = 0;
  // Chooses the columns of the batches, before the first next(). A name that
  // the file does not have is missing in every row.
  virtual void want(const std::vector<std::string>& names) = 0;
  // Takes the next portion; false at the end of the file. One thread at a
  // time.
  virtual Result<bool> next(RowBatch& batch) = 0;
  // Makes cells of the portion that next() put into `batch`. Thread-safe.
  virtual Status parse(RowBatch& batch) const = 0;
  // Bytes of the file on disk taken so far.
  virtual uint64_t bytes_read() const = 0;
};

// Opens a file and reads as much as its columns need.
Result<std::unique_ptr<RowReader>> open_rows(const std::string& path,
                                             const CsvDialect& csv);

// The formats, for open_rows.
Result<std::unique_ptr<RowReader>> open_csv(const std::string& path,
                                            Compression compression,
                                            const CsvDialect& dialect);
Result<std::unique_ptr<RowReader>> open_json_lines(const std::string& path,
                                                   Compression compression);
// The keys in the first megabyte or so of a file, in order of first sight; not
// of objects, but those in them.
Result<std::vector<std::string>> first_json_keys(const std::string& path,
                                                 Compression compression);
Result<std::unique_ptr<RowReader>> open_parquet(const std::string& path);
Result<std::unique_ptr<RowReader>> open_arrow(const std::string& path);

}  // namespace kitle
