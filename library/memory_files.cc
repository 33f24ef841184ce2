// See memory_files.h.
#include "library/memory_files.h"

#include <algorithm>
#include <new>
#include <utility>

namespace kitle {
namespace {

constexpr size_t kPage = 4096;

// A copy where a page begins, as mappings are.
class Copy : public Mapping {
 public:
  explicit Copy(const std::string& bytes) {
    auto* data = static_cast<std::byte*>(
        ::operator new(bytes.size(), std::align_val_t(kPage)));
    std::transform(bytes.begin(), bytes.end(), data,
                   [](char c) { return static_cast<std::byte>(c); });
    data_ = data;
    size_ = bytes.size();
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
  ~Copy() override {
    ::operator delete(const_cast<std::byte*>(data_), std::align_val_t(kPage));
  }
};

class NoLock : public FileLock {
 public:
  bool still_there() const override { return true; }
};

}  // namespace

class MemoryFiles::Output : public OutputFile {
 public:
  explicit Output(Bytes bytes) : bytes_(std::move(bytes)) {}
  Status append(std::string_view bytes) override {
    bytes_->append(bytes);
    return {};
  }
  Status sync() override { return {}; }

 private:
  Bytes bytes_;
};

Result<MemoryFiles::Bytes> MemoryFiles::find(const char* operation,
                                             const std::string& path) {
  const auto found = files_.find(path);
  if (found != files_.end()) return found->second;
  return std::unexpected(
      Status(StatusCode::kNotFound, operation, path, "no such file"));
}

Result<std::unique_ptr<OutputFile>> MemoryFiles::create(
    const std::string& path) {
  const std::lock_guard lock(mutex_);
  Bytes& bytes = files_[path];
  bytes = std::make_shared<std::string>();
  return std::make_unique<Output>(bytes);
}

Result<std::string> MemoryFiles::read(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto bytes = find("open", path);
  if (!bytes) return std::unexpected(bytes.error());
  return **bytes;
}

Result<std::shared_ptr<const Mapping>> MemoryFiles::map(
    const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto bytes = find("open", path);
  if (!bytes) return std::unexpected(bytes.error());
  return std::make_shared<Copy>(**bytes);
}

Result<uint64_t> MemoryFiles::size(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto bytes = find("examine", path);
  if (!bytes) return std::unexpected(bytes.error());
  return (*bytes)->size();
}

Status MemoryFiles::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  auto bytes = find("rename", from);
  if (!bytes) return bytes.error();
  files_.erase(from);
  files_[to] = *std::move(bytes);
  return {};
}

Status MemoryFiles::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto bytes = find("remove", path);
  if (!bytes) return bytes.error();
  files_.erase(path);
  return {};
}

Result<std::vector<std::string>> MemoryFiles::list(const std::string& folder) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [path, bytes] : files_) {
    const size_t slash = path.rfind('/');
    if (path.substr(0, slash) == folder)
      names.push_back(path.substr(slash + 1));
  }
  return names;
}

Result<std::unique_ptr<FileLock>> MemoryFiles::lock(const std::string& path,
                                                    LockKind, bool create) {
  const std::lock_guard lock(mutex_);
  if (create && !files_.contains(path)) {
    files_[path] = std::make_shared<std::string>();
  }
  const auto bytes = find("open", path);
  if (!bytes) return std::unexpected(bytes.error());
  return std::make_unique<NoLock>();
}

}  // namespace kitle
