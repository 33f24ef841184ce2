// Arrow IPC files (.arrow, .feather), and streams of the same ending.
#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>

#include <utility>

#include "runtime/ingest/arrow_cells.h"

namespace kitle {
namespace {

using FileReader = arrow::ipc::RecordBatchFileReader;
using StreamReader = arrow::ipc::RecordBatchStreamReader;

class IpcFileRows : public ArrowRows {
 public:
  IpcFileRows(std::string path, std::vector<std::string> columns,
              uint64_t bytes, std::shared_ptr<FileReader> file)
      : ArrowRows(std::move(path), std::move(columns), bytes),
        file_(std::move(file)) {}

 private:
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> read() override {
    if (next_ == file_->num_record_batches()) return nullptr;
    return file_->ReadRecordBatch(next_++);
  }
  double progress() const override {
    const int batches = file_->num_record_batches();
    return batches == 0 ? 1 : static_cast<double>(next_) / batches;
  }

  std::shared_ptr<FileReader> file_;
  int next_ = 0;
};

class IpcStreamRows : public ArrowRows {
 public:
  IpcStreamRows(std::string path, std::vector<std::string> columns,
                uint64_t bytes, std::shared_ptr<arrow::io::InputStream> input,
                std::shared_ptr<StreamReader> stream)
      : ArrowRows(std::move(path), std::move(columns), bytes),
        bytes_(bytes),
        input_(std::move(input)),
        stream_(std::move(stream)) {}

 private:
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> read() override {
    return stream_->Next();
  }
  double progress() const override {
    const auto position = input_->Tell();
    if (!position.ok() || bytes_ == 0) return 1;
    return static_cast<double>(*position) / static_cast<double>(bytes_);
  }

  uint64_t bytes_;
  std::shared_ptr<arrow::io::InputStream> input_;
  std::shared_ptr<StreamReader> stream_;
};

arrow::Result<std::unique_ptr<RowReader>> open(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto input, arrow::io::ReadableFile::Open(path));
  ARROW_ASSIGN_OR_RAISE(const int64_t size, input->GetSize());
  if (size == 0) return arrow::Status::Invalid("the file is empty");
  const auto bytes = static_cast<uint64_t>(size);
  auto file = FileReader::Open(input);
  if (file.ok()) {
    auto names = column_names(*(*file)->schema());
    return std::make_unique<IpcFileRows>(path, std::move(names), bytes,
                                         std::move(*file));
  }
  ARROW_RETURN_NOT_OK(input->Seek(0));
  auto stream = StreamReader::Open(input);
  if (!stream.ok()) {
    return arrow::Status::Invalid("as an Arrow file: ", file.status().message(),
                                  "; as a stream: ", stream.status().message());
  }
  auto names = column_names(*(*stream)->schema());
  return std::make_unique<IpcStreamRows>(path, std::move(names), bytes, input,
                                         std::move(*stream));
}

}  // namespace

Result<std::unique_ptr<RowReader>> open_arrow(const std::string& path) {
  auto reader = open(path);
  if (reader.ok()) return std::move(*reader);
  return std::unexpected(
      Status(StatusCode::kIo, "read", path, reader.status().message()));
}

}  // namespace kitle
