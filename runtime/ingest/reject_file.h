// Rejected rows as a CSV file in the store's folder, readable by its owner
// only: file,line,byte,column,reason,row. Made when the first row comes; kept
// by keep(), else removed.
#pragma once

#include <memory>
#include <string>

#include "runtime/ingest/portion.h"
#include "runtime/status.h"
#include "runtime/store/files.h"

namespace kitle {

// Not thread-safe.
class RejectFile {
 public:
  RejectFile(Files& files, std::string folder)
      : files_(files), folder_(std::move(folder)) {}
  RejectFile(const RejectFile&) = delete;
  RejectFile& operator=(const RejectFile&) = delete;
  ~RejectFile();

  Status add(const std::string& file, const RejectedRow& row);
  // Writes what is left of it, durably, before the snapshot is published.
  Status finish();
  // Names it after the snapshot; its path, or "" if no row was rejected.
  Result<std::string> keep(uint64_t snapshot);

 private:
  std::string path() const { return folder_ + "/rejects.tmp"; }
  Status flush();

  Files& files_;
  std::string folder_;
  std::unique_ptr<OutputFile> file_;
  bool written_ = false;
  std::string bytes_;
};

}  // namespace kitle
