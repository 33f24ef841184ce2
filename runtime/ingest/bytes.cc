// Plain files by the system, compressed ones through Arrow's codecs.
#include "runtime/ingest/bytes.h"

#include <arrow/io/compressed.h>
#include <arrow/io/file.h>
#include <arrow/util/compression.h>

#include <algorithm>
#include <utility>

#include "runtime/ingest/file_head.h"

namespace kitle {
namespace {

constexpr size_t kPortion = 1 << 20;

Status failed(const std::string& path, const arrow::Status& status) {
  return {StatusCode::kIo, "read", path, status.message()};
}

class ArrowBytes : public ByteSource {
 public:
  ArrowBytes(std::string path, std::shared_ptr<arrow::io::ReadableFile> file,
             std::shared_ptr<arrow::io::InputStream> stream)
      : path_(std::move(path)),
        file_(std::move(file)),
        stream_(std::move(stream)) {}

  Result<size_t> read(char* to, size_t size) override {
    const auto count = stream_->Read(static_cast<int64_t>(size), to);
    if (!count.ok()) return std::unexpected(failed(path_, count.status()));
    return static_cast<size_t>(*count);
  }
  uint64_t disk_bytes() const override {
    const auto position = file_->Tell();
    return position.ok() ? static_cast<uint64_t>(*position) : 0;
  }

 private:
  std::string path_;
  std::shared_ptr<arrow::io::ReadableFile> file_;
  std::shared_ptr<arrow::io::InputStream> stream_;
};

arrow::Result<std::shared_ptr<arrow::io::InputStream>> decompress(
    const std::shared_ptr<arrow::io::ReadableFile>& file,
    Compression compression) {
  if (compression == Compression::kNone) return file;
  const auto type = compression == Compression::kGzip
                        ? arrow::Compression::GZIP
                        : arrow::Compression::ZSTD;
  ARROW_ASSIGN_OR_RAISE(auto codec, arrow::util::Codec::Create(type));
  ARROW_ASSIGN_OR_RAISE(
      auto stream, arrow::io::CompressedInputStream::Make(codec.get(), file));
  return stream;
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_bytes(const std::string& path,
                                               Compression compression) {
  auto file = arrow::io::ReadableFile::Open(path);
  if (!file.ok()) return std::unexpected(failed(path, file.status()));
  auto stream = decompress(*file, compression);
  if (!stream.ok()) return std::unexpected(failed(path, stream.status()));
  return std::make_unique<ArrowBytes>(path, *file, *stream);
}

Status TextPortions::fill(std::string& bytes) {
  bytes.swap(rest_);
  rest_.clear();
  offset_ = read_ - bytes.size();
  const bool first = read_ == 0;
  Status status = read_more(bytes, std::max(kPortion, bytes.size() * 2));
  if (!status.ok() || !first) return status;
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    bytes.erase(0, 3);
    offset_ = 3;
  }
  return check_head(bytes);
}

Status TextPortions::check_head(std::string_view bytes) const {
  const std::string why = why_not_text(bytes);
  return why.empty() ? Status()
                     : Status(StatusCode::kInvalid, "read", path_, why);
}

Status TextPortions::read_more(std::string& bytes, size_t wanted) {
  size_t filled = bytes.size();
  bytes.resize(wanted);
  while (filled < wanted && !at_end_) {
    const Result<size_t> count =
        source_->read(bytes.data() + filled, wanted - filled);
    if (!count) return count.error();
    at_end_ = *count == 0;
    filled += *count;
    read_ += *count;
  }
  bytes.resize(filled);
  return {};
}

}  // namespace kitle
