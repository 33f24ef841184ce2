#include "runtime/ingest/key_file.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <parquet/arrow/writer.h>

namespace kitle {
namespace {

Status failed(const arrow::Status& status) {
  return {StatusCode::kIo, "write Parquet", "", status.ToString()};
}

arrow::Result<std::shared_ptr<arrow::Table>> table_of(
    const std::vector<std::string>& keys) {
  arrow::StringBuilder builder;
  ARROW_RETURN_NOT_OK(builder.AppendValues(keys));
  ARROW_ASSIGN_OR_RAISE(const auto array, builder.Finish());
  return arrow::Table::Make(
      arrow::schema({arrow::field("id", arrow::utf8(), false)}), {array});
}

arrow::Result<std::string> bytes_of(const std::vector<std::string>& keys) {
  ARROW_ASSIGN_OR_RAISE(const auto table, table_of(keys));
  ARROW_ASSIGN_OR_RAISE(const auto sink,
                        arrow::io::BufferOutputStream::Create());
  ARROW_RETURN_NOT_OK(
      parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), sink));
  ARROW_ASSIGN_OR_RAISE(const auto buffer, sink->Finish());
  return buffer->ToString();
}

}  // namespace

Result<std::string> key_parquet(const std::vector<std::string>& keys) {
  auto bytes = bytes_of(keys);
  if (!bytes.ok()) return std::unexpected(failed(bytes.status()));
  return std::move(*bytes);
}

}  // namespace kitle
