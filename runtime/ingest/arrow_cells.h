// Arrow arrays as cells, exactly. Sees Arrow; only the readers of Arrow's
// formats include it.
#pragma once

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <string>
#include <vector>

#include "runtime/ingest/arena.h"
#include "runtime/ingest/cell.h"
#include "runtime/ingest/rows.h"

namespace kitle {

// The elements, in the form that takes least. Texts point into the array where
// they can, else into the arena. kUnsupported for a type that no cell holds (a
// map, a union).
Status cells_of(const arrow::Array& array, CellColumn& to, Arena& arena);

// The columns of a schema: fields, those of structs with dots between.
std::vector<std::string> column_names(const arrow::Schema& schema);

// A file of Arrow record batches, given in portions. The two formats differ in
// how they read a batch.
class ArrowRows : public RowReader {
 public:
  const std::vector<std::string>* columns() const override { return &columns_; }
  void want(const std::vector<std::string>& names) override { wanted_ = names; }
  Result<bool> next(RowBatch& batch) override;
  Status parse(RowBatch& batch) const override;
  uint64_t bytes_read() const override;

 protected:
  ArrowRows(std::string path, std::vector<std::string> columns,
            uint64_t file_bytes)
      : path_(std::move(path)),
        columns_(std::move(columns)),
        file_bytes_(file_bytes) {}

  // The next record batch with at least the wanted columns; null at the end.
  virtual arrow::Result<std::shared_ptr<arrow::RecordBatch>> read() = 0;
  // How much of the file has been read, 0 to 1.
  virtual double progress() const = 0;

  const std::vector<std::string>& wanted() const { return wanted_; }

 private:
  Status failed(const std::string& cause) const;

  std::string path_;
  std::vector<std::string> columns_;
  std::vector<std::string> wanted_;
  uint64_t file_bytes_;
  uint64_t rows_ = 0;
  std::shared_ptr<arrow::RecordBatch> current_;
  int64_t used_ = 0;  // rows of current_ given so far
};

}  // namespace kitle
