// All file access of the store goes through this interface, so that a test can
// be a disk that fails. system_files() is the machine's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/status.h"

namespace kitle {

// A file being written, from its beginning. Not thread-safe.
class OutputFile {
 public:
  virtual ~OutputFile() = default;  // closes
  virtual Status append(std::string_view bytes) = 0;
  virtual Status sync() = 0;  // durable when it returns
};

// A whole file, mapped read-only. Thread-safe; unmapped with the last owner.
class Mapping {
 public:
  virtual ~Mapping() = default;
  // Whether a page could not be read, because the file was cut or its disk
  // fails. Zeros stand in its place from then on.
  virtual bool lost() const { return false; }
  const std::byte* data() const { return data_; }
  uint64_t size() const { return size_; }

 protected:
  const std::byte* data_ = nullptr;
  uint64_t size_ = 0;
};

// An advisory lock on an open file; released when destroyed, or when the
// process ends.
class FileLock {
 public:
  virtual ~FileLock() = default;
  // Whether the locked file still has its name: it may have been removed
  // between opening and locking.
  virtual bool still_there() const = 0;
};

enum class LockKind : uint8_t {
  kShared,        // waits for a moment's exclusive lock
  kTryExclusive,  // kLocked if anyone holds a lock
};

// Thread-safe. Paths are whole paths.
class Files {
 public:
  virtual ~Files() = default;
  virtual Status make_folder(const std::string& path) = 0;  // fine if it exists
  // An existing file of that name is replaced.
  virtual Result<std::unique_ptr<OutputFile>> create(
      const std::string& path) = 0;
  // The same, for its owner only; where there are owners.
  virtual Result<std::unique_ptr<OutputFile>> create_private(
      const std::string& path) {
    return create(path);
  }
  virtual Result<std::string> read(const std::string& path) = 0;
  virtual Result<std::shared_ptr<const Mapping>> map(
      const std::string& path) = 0;
  // Whether any mapping has lost a page: false at the cost of one load.
  virtual bool any_lost() const { return false; }
  virtual Result<uint64_t> size(const std::string& path) = 0;
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status remove(const std::string& path) = 0;
  virtual Status sync_folder(const std::string& path) = 0;
  virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;
  // kShared needs the file; kTryExclusive makes it if `create`.
  virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path,
                                                 LockKind kind,
                                                 bool create) = 0;
};

// Maps files, and handles SIGBUS in its mappings (mapped_file.h).
Files& system_files();
// Reads files into memory where the other maps them: for hosts that want no
// signal handler, and for file systems on which mappings are not to be trusted.
Files& reading_files();

}  // namespace kitle
