#include "runtime/ingest/reject_file.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace kitle {
namespace {

constexpr size_t kPortion = 64 << 10;

void add_field(std::string& line, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

}  // namespace

RejectFile::~RejectFile() {
  file_.reset();
  if (written_ && files_.size(path())) (void)files_.remove(path());
}

Status RejectFile::add(const std::string& file, const RejectedRow& row) {
  if (!written_) {
    auto created = files_.create_private(path());
    if (!created) return created.error();
    file_ = std::move(*created);
    written_ = true;
    bytes_ = "file,line,byte,column,reason,row\n";
  }
  add_field(bytes_, file);
  bytes_ += fmt::format(",{},{},", row.line, row.byte);
  add_field(bytes_, row.column);
  bytes_ += ',';
  add_field(bytes_, row.reason);
  bytes_ += ',';
  add_field(bytes_, row.text);
  bytes_ += '\n';
  return bytes_.size() < kPortion ? Status() : flush();
}

Status RejectFile::flush() {
  Status status = file_->append(bytes_);
  bytes_.clear();
  return status;
}

Status RejectFile::finish() {
  if (file_ == nullptr) return {};
  Status status = flush();
  if (status.ok()) status = file_->sync();
  file_.reset();
  return status;
}

Result<std::string> RejectFile::keep(uint64_t snapshot) {
  if (!written_) return std::string();
  std::string name = fmt::format("{}/rejects-{}.csv", folder_, snapshot);
  Status status = files_.rename(path(), name);
  if (!status.ok()) return std::unexpected(status);
  written_ = false;
  return name;
}

}  // namespace kitle
