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

RejectFile::RejectFile(Files& files, const std::string& folder,
                       uint64_t snapshot)
    : files_(files),
      folder_(folder),
      temporary_(folder + "/rejects.tmp"),
      path_(fmt::format("{}/rejects-{}.csv", folder, snapshot)) {}

RejectFile::~RejectFile() {
  file_.reset();
  if (!kept_) remove();
}

void RejectFile::remove() {
  for (const std::string& path : {temporary_, path_}) {
    if (files_.size(path)) (void)files_.remove(path);
  }
}

Status RejectFile::add(const std::string& file, const RejectedRow& row) {
  if (file_ == nullptr) {
    auto created = files_.create_private(temporary_);
    if (!created) return created.error();
    file_ = std::move(*created);
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
  if (status.ok()) status = files_.rename(temporary_, path_);
  return status.ok() ? files_.sync_folder(folder_) : status;
}

std::string RejectFile::keep() {
  kept_ = true;
  return file_ == nullptr ? "" : path_;
}

}  // namespace kitle
