// Files that are only in memory: a store for people that no disk shall keep.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/store/files.h"

namespace kitle {

// Thread-safe. Folders need not be made; locks are never refused, so one
// writer at a time is the caller's care.
class MemoryFiles : public Files {
 public:
  Status make_folder(const std::string&) override { return {}; }
  Result<std::unique_ptr<OutputFile>> create(const std::string& path) override;
  Result<std::string> read(const std::string& path) override;
  Result<std::shared_ptr<const Mapping>> map(const std::string& path) override;
  Result<uint64_t> size(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status sync_folder(const std::string&) override { return {}; }
  Result<std::vector<std::string>> list(const std::string& folder) override;
  Result<std::unique_ptr<FileLock>> lock(const std::string& path, LockKind kind,
                                         bool create) override;

 private:
  using Bytes = std::shared_ptr<std::string>;
  class Output;

  Result<Bytes> find(const char* operation, const std::string& path);

  std::mutex mutex_;
  std::map<std::string, Bytes> files_;  // by path
};

}  // namespace kitle
