// Parquet files, by Arrow.
#include <arrow/io/file.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>

#include <algorithm>
#include <utility>

#include "runtime/ingest/arrow_cells.h"

namespace kitle {
namespace {

constexpr int64_t kBatchRows = 1 << 16;

class ParquetRows : public ArrowRows {
 public:
  ParquetRows(std::string path, std::vector<std::string> columns,
              uint64_t bytes, std::unique_ptr<parquet::arrow::FileReader> file)
      : ArrowRows(std::move(path), std::move(columns), bytes),
        file_(std::move(file)) {}

 private:
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> read() override {
    if (batches_ == nullptr) {
      ARROW_ASSIGN_OR_RAISE(
          batches_, file_->GetRecordBatchReader(all_groups(), leaves()));
    }
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(batches_->ReadNext(&batch));
    if (batch != nullptr) rows_ += batch->num_rows();
    return batch;
  }

  double progress() const override {
    const auto rows = file_->parquet_reader()->metadata()->num_rows();
    return rows == 0 ? 1
                     : static_cast<double>(rows_) / static_cast<double>(rows);
  }

  std::vector<int> all_groups() const {
    std::vector<int> groups(static_cast<size_t>(file_->num_row_groups()));
    for (size_t i = 0; i < groups.size(); i++) groups[i] = static_cast<int>(i);
    return groups;
  }

  // The physical columns of each field that holds a wanted column.
  std::vector<int> leaves() const {
    const auto* schema = file_->parquet_reader()->metadata()->schema();
    std::vector<int> result;
    for (int i = 0; i < schema->num_columns(); i++) {
      const std::string field =
          schema->Column(i)->path()->ToDotVector().front();
      const bool needed = std::ranges::any_of(wanted(), [&](const auto& name) {
        return name == field || name.starts_with(field + ".");
      });
      if (needed) result.push_back(i);
    }
    return result;
  }

  std::unique_ptr<parquet::arrow::FileReader> file_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
  int64_t rows_ = 0;
};

bool is_dictionary(parquet::Encoding::type encoding) {
  return encoding == parquet::Encoding::PLAIN_DICTIONARY ||
         encoding == parquet::Encoding::RLE_DICTIONARY;
}

// Whether all values of the chunk are codes of one dictionary, which is gone
// through once for each portion and so must not be large.
bool is_coded(const parquet::ColumnChunkMetaData& chunk) {
  constexpr int64_t kMostBytes = 128 << 10;  // compressed
  if (!chunk.has_dictionary_page() ||
      chunk.data_page_offset() - chunk.dictionary_page_offset() > kMostBytes) {
    return false;
  }
  if (chunk.encoding_stats().empty()) {
    return std::ranges::find(chunk.encodings(), parquet::Encoding::PLAIN) ==
           chunk.encodings().end();
  }
  return std::ranges::all_of(chunk.encoding_stats(), [](const auto& pages) {
    return pages.page_type == parquet::PageType::DICTIONARY_PAGE ||
           is_dictionary(pages.encoding);
  });
}

// Of a column that is no part of another one.
bool is_text(const parquet::SchemaDescriptor& columns, int i,
             const arrow::Schema& schema) {
  if (columns.Column(i)->path()->ToDotVector().size() != 1) return false;
  const int field = columns.group_node()->FieldIndex(*columns.GetColumnRoot(i));
  const auto type = schema.field(field)->type()->id();
  return type == arrow::Type::STRING || type == arrow::Type::LARGE_STRING;
}

// Columns of texts that are codes throughout the file stay so: a text is then
// converted once, not as often as it comes. Arrow cannot do it in structs.
arrow::Status keep_codes(const parquet::FileMetaData& file,
                         parquet::ArrowReaderProperties& properties) {
  BEGIN_PARQUET_CATCH_EXCEPTIONS
  std::shared_ptr<arrow::Schema> schema;
  ARROW_RETURN_NOT_OK(parquet::arrow::FromParquetSchema(
      file.schema(), properties, file.key_value_metadata(), &schema));
  for (int i = 0; i < file.num_columns(); i++) {
    bool coded = is_text(*file.schema(), i, *schema);
    for (int group = 0; coded && group < file.num_row_groups(); group++) {
      coded = is_coded(*file.RowGroup(group)->ColumnChunk(i));
    }
    properties.set_read_dictionary(i, coded);
  }
  return arrow::Status::OK();
  END_PARQUET_CATCH_EXCEPTIONS
}

arrow::Result<std::unique_ptr<RowReader>> open(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto input, arrow::io::ReadableFile::Open(path));
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, input->GetSize());
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(input));
  parquet::ArrowReaderProperties properties;
  properties.set_batch_size(kBatchRows);
  ARROW_RETURN_NOT_OK(
      keep_codes(*builder.raw_reader()->metadata(), properties));
  std::unique_ptr<parquet::arrow::FileReader> file;
  ARROW_RETURN_NOT_OK(builder.properties(properties)->Build(&file));
  std::shared_ptr<arrow::Schema> schema;
  ARROW_RETURN_NOT_OK(file->GetSchema(&schema));
  return std::make_unique<ParquetRows>(path, column_names(*schema),
                                       static_cast<uint64_t>(bytes),
                                       std::move(file));
}

}  // namespace

Result<std::unique_ptr<RowReader>> open_parquet(const std::string& path) {
  auto reader = open(path);
  if (reader.ok()) return std::move(*reader);
  return std::unexpected(
      Status(StatusCode::kIo, "read", path, reader.status().message()));
}

}  // namespace kitle
