// Rejected rows as a CSV file in the store's folder, readable by its owner
// only: file,line,byte,column,reason,row. It is durable under its last name
// before its snapshot is published, so that no snapshot lacks it.
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
  // Of the snapshot to come. What an ingest that was killed left is gone since
  // the store was opened for writing. REQUIRES: the writer lock is held.
  RejectFile(Files& files, const std::string& folder, uint64_t snapshot);
  RejectFile(const RejectFile&) = delete;
  RejectFile& operator=(const RejectFile&) = delete;
  ~RejectFile();  // removes it unless it is kept

  // The first row makes the file.
  Status add(const std::string& file, const RejectedRow& row);
  // Writes what is left of it and names it after the snapshot, durably; no
  // further row.
  Status finish();
  // The snapshot is published. The file's path, or "" if no row was rejected.
  std::string keep();

 private:
  Status flush();
  void remove();

  Files& files_;
  std::string folder_;
  std::string temporary_;
  std::string path_;
  std::unique_ptr<OutputFile> file_;  // null until the first row
  std::string bytes_;
  bool kept_ = false;
};

}  // namespace kitle
