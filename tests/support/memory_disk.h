// A disk in memory that keeps apart what programs see and what would survive a
// loss of power, and whose n-th call can fail. One thread only.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "runtime/store/files.h"

namespace kitle::testing {

enum class Failure : uint8_t {
  kNone,
  kIo,         // nothing is done
  kDoneAndIo,  // done, and an error nevertheless
  kNoSpace,    // appends: half of the bytes are written
  kShort,      // reads and mappings: half of the bytes are there
};

// What a loss of power leaves of writes that were not synced.
enum class Survival : uint8_t { kNothing, kEverything, kSome };

struct DiskFile {
  std::string bytes;    // as programs see them
  std::string durable;  // as of the last sync
  std::vector<std::string> unsynced;
  bool sync_failed = false;  // then no later sync helps
  int shared = 0;            // locks
  bool exclusive = false;
  int links = 0;
};
using DiskFileRef = std::shared_ptr<DiskFile>;

struct DiskFolder {
  struct Change {
    std::string removed;  // a name, or ""
    std::string added;
    DiskFileRef file;
  };
  std::map<std::string, DiskFileRef> names;
  std::map<std::string, DiskFileRef> durable;
  std::vector<Change> unsynced;
  bool itself_durable = false;

  static void apply(std::map<std::string, DiskFileRef>& to, const Change& c) {
    if (!c.removed.empty()) to.erase(c.removed);
    if (!c.added.empty()) to[c.added] = c.file;
  }
};

class MemoryDisk : public Files {
 public:
  // The call that makes calls() == `call` fails, and all behind it if
  // `for_good`.
  void fail_at(uint64_t call, Failure failure, bool for_good) {
    fail_call_ = call;
    failure_ = failure;
    for_good_ = for_good;
  }
  void heal() { failure_ = Failure::kNone; }
  uint64_t calls() const { return calls_; }

  // The disk as the next start of the machine finds it; nobody holds a lock.
  MemoryDisk after_power_loss(std::mt19937_64& random,
                              Survival survival) const {
    MemoryDisk after;
    std::map<const DiskFile*, DiskFileRef> copies;
    for (const auto& [path, folder] : folders_) {
      if (!folder.itself_durable && !survives(random, survival)) continue;
      auto names = folder.durable;
      for (const auto& change : folder.unsynced) {
        if (survives(random, survival)) DiskFolder::apply(names, change);
      }
      DiskFolder& to = after.folders_[path];
      to.itself_durable = true;
      for (const auto& [name, file] : names) {
        DiskFileRef& copy = copies[file.get()];
        if (copy == nullptr) copy = survivor(*file, random, survival);
        ++copy->links;
        to.names[name] = to.durable[name] = copy;
      }
    }
    return after;
  }

  // The same disk, with what is not durable yet; nobody holds a lock.
  MemoryDisk clone() const {
    MemoryDisk to(*this);
    std::map<const DiskFile*, DiskFileRef> copies;
    const auto copy = [&copies](DiskFileRef& file) {
      if (file == nullptr) return;
      DiskFileRef& known = copies[file.get()];
      if (known == nullptr) {
        known = std::make_shared<DiskFile>(*file);
        known->shared = 0;
        known->exclusive = false;
      }
      file = known;
    };
    for (auto& [path, folder] : to.folders_) {
      for (auto& [name, file] : folder.names) copy(file);
      for (auto& [name, file] : folder.durable) copy(file);
      for (auto& change : folder.unsynced) copy(change.file);
    }
    return to;
  }

  // For damage: the bytes of a file, on disk too.
  std::string& bytes_of(const std::string& path) { return find(path)->bytes; }
  void put(const std::string& path, std::string bytes) {
    DiskFolder& folder = folders_[folder_of(path)];
    folder.itself_durable = true;
    const DiskFileRef file = new_file(std::move(bytes));
    file->links = 1;
    folder.names[name_of(path)] = folder.durable[name_of(path)] = file;
  }

  // ---- Files ----
  Status make_folder(const std::string& path) override {
    const Failure failure = next();
    if (undone(failure)) return failed("make folder", path);
    folders_[path];
    return done(failure, "make folder", path);
  }

  Result<std::unique_ptr<OutputFile>> create(const std::string& path) override {
    const Failure failure = next();
    if (undone(failure) || !has_folder(path)) {
      return std::unexpected(failed("create", path));
    }
    DiskFileRef file = find(path);
    if (file == nullptr) file = add(path);
    file->bytes.clear();
    file->durable.clear();
    file->unsynced.clear();
    Status status = done(failure, "create", path);
    if (!status.ok()) return std::unexpected(status);
    return std::make_unique<Output>(*this, std::move(file), path);
  }

  Result<std::unique_ptr<OutputFile>> create_private(
      const std::string& path) override {
    return create(path);
  }

  Result<std::string> read(const std::string& path) override {
    const Failure failure = next();
    const DiskFileRef file = find(path);
    if (file == nullptr) return std::unexpected(missing("open", path));
    if (undone(failure)) return std::unexpected(failed("read", path));
    return file->bytes.substr(0, length_of(*file, failure));
  }

  Result<std::shared_ptr<const Mapping>> map(const std::string& path) override {
    const Failure failure = next();
    const DiskFileRef file = find(path);
    if (file == nullptr) return std::unexpected(missing("open", path));
    if (undone(failure)) return std::unexpected(failed("map", path));
    return std::make_shared<Copy>(
        std::string_view(file->bytes).substr(0, length_of(*file, failure)));
  }

  Result<uint64_t> size(const std::string& path) override {
    const Failure failure = next();
    const DiskFileRef file = find(path);
    if (file == nullptr) return std::unexpected(missing("examine", path));
    if (undone(failure)) return std::unexpected(failed("examine", path));
    return file->bytes.size();
  }

  Status rename(const std::string& from, const std::string& to) override {
    const Failure failure = next();
    const DiskFileRef file = find(from);
    if (file == nullptr) return missing("rename", from);
    if (undone(failure)) return failed("rename", from);
    if (const DiskFileRef old = find(to)) --old->links;
    change(from, {name_of(from), name_of(to), file});
    return done(failure, "rename", from);
  }

  Status remove(const std::string& path) override {
    const Failure failure = next();
    const DiskFileRef file = find(path);
    if (file == nullptr) return missing("remove", path);
    if (undone(failure)) return failed("remove", path);
    --file->links;
    change(path, {name_of(path), "", nullptr});
    return done(failure, "remove", path);
  }

  // Of a parent: the folders in it.
  Status sync_folder(const std::string& path) override {
    const Failure failure = next();
    if (undone(failure)) return failed("sync", path);
    for (auto& [name, folder] : folders_) {
      if (folder_of(name) == path) folder.itself_durable = true;
    }
    const auto found = folders_.find(path);
    if (found != folders_.end()) {
      found->second.durable = found->second.names;
      found->second.unsynced.clear();
    }
    return done(failure, "sync", path);
  }

  Result<std::vector<std::string>> list(const std::string& folder) override {
    const Failure failure = next();
    const auto found = folders_.find(folder);
    if (found == folders_.end()) {
      return std::unexpected(missing("list", folder));
    }
    if (undone(failure)) return std::unexpected(failed("list", folder));
    std::vector<std::string> names;
    for (const auto& [name, file] : found->second.names) names.push_back(name);
    return names;
  }

  Result<std::unique_ptr<FileLock>> lock(const std::string& path, LockKind kind,
                                         bool create) override {
    const Failure failure = next();
    if (undone(failure)) return std::unexpected(failed("lock", path));
    DiskFileRef file = find(path);
    if (file == nullptr && create && has_folder(path)) file = add(path);
    if (file == nullptr) return std::unexpected(missing("open", path));
    const bool exclusive = kind == LockKind::kTryExclusive;
    if (file->exclusive || (exclusive && file->shared > 0)) {
      return std::unexpected(
          Status(StatusCode::kLocked, "lock", path, "someone else holds it"));
    }
    return std::make_unique<Lock>(std::move(file), exclusive);
  }

 private:
  class Output : public OutputFile {
   public:
    Output(MemoryDisk& disk, DiskFileRef file, std::string path)
        : disk_(disk), file_(std::move(file)), path_(std::move(path)) {}
    Status append(std::string_view bytes) override {
      const Failure failure = disk_.next();
      const bool half = failure == Failure::kNoSpace;
      if (failure == Failure::kIo) return failed("write", path_);
      bytes = bytes.substr(0, half ? bytes.size() / 2 : bytes.size());
      file_->bytes += bytes;
      file_->unsynced.emplace_back(bytes);
      return half ? failed("write", path_) : done(failure, "write", path_);
    }
    Status sync() override {
      const Failure failure = disk_.next();
      if (undone(failure)) {
        file_->sync_failed = true;
        return failed("sync", path_);
      }
      if (file_->sync_failed) return {};
      file_->durable = file_->bytes;
      file_->unsynced.clear();
      return done(failure, "sync", path_);
    }

   private:
    MemoryDisk& disk_;
    DiskFileRef file_;
    std::string path_;
  };

  // As long as the file to the byte, so that AddressSanitizer sees its end.
  class Copy : public Mapping {
   public:
    explicit Copy(std::string_view bytes) {
      auto* data = static_cast<std::byte*>(
          ::operator new(bytes.size(), std::align_val_t(kPage)));
      if (!bytes.empty()) std::memcpy(data, bytes.data(), bytes.size());
      data_ = data;
      size_ = bytes.size();
    }
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;
    ~Copy() override {
      ::operator delete(const_cast<std::byte*>(data_), std::align_val_t(kPage));
    }

   private:
    static constexpr size_t kPage = 4096;
  };

  class Lock : public FileLock {
   public:
    Lock(DiskFileRef file, bool exclusive)
        : file_(std::move(file)), exclusive_(exclusive) {
      exclusive_ ? file_->exclusive = true : ++file_->shared > 0;
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock() override {
      exclusive_ ? file_->exclusive = false : --file_->shared > 0;
    }
    bool still_there() const override { return file_->links > 0; }

   private:
    DiskFileRef file_;
    bool exclusive_;
  };

  static std::string folder_of(const std::string& path) {
    const size_t slash = path.find_last_of('/');
    return slash == std::string::npos ? "." : path.substr(0, slash);
  }
  static std::string name_of(const std::string& path) {
    return path.substr(path.find_last_of('/') + 1);
  }

  static Status failed(const char* operation, const std::string& path) {
    return Status(StatusCode::kIo, operation, path, "the disk fails");
  }
  static Status missing(const char* operation, const std::string& path) {
    return Status(StatusCode::kNotFound, operation, path, "no such file");
  }
  static bool undone(Failure failure) {
    return failure == Failure::kIo || failure == Failure::kNoSpace;
  }
  static Status done(Failure failure, const char* operation,
                     const std::string& path) {
    return failure == Failure::kDoneAndIo ? failed(operation, path) : Status();
  }
  static size_t length_of(const DiskFile& file, Failure failure) {
    return failure == Failure::kShort ? file.bytes.size() / 2
                                      : file.bytes.size();
  }

  static DiskFileRef new_file(std::string bytes) {
    auto file = std::make_shared<DiskFile>();
    file->bytes = file->durable = std::move(bytes);
    return file;
  }

  static bool survives(std::mt19937_64& random, Survival survival) {
    return survival == Survival::kEverything ||
           (survival == Survival::kSome && random() % 2 == 0);
  }
  // Unsynced appends survive whole, in part, or as zeros; the file's end may
  // be lost.
  static DiskFileRef survivor(const DiskFile& file, std::mt19937_64& random,
                              Survival survival) {
    std::string bytes = file.durable;
    for (const std::string& more : file.unsynced) {
      const bool whole = survives(random, survival);
      const size_t kept = whole || more.empty()         ? more.size()
                          : survival == Survival::kSome ? random() % more.size()
                                                        : 0;
      bytes.append(more, 0, kept).append(more.size() - kept, '\0');
    }
    const bool cut = !survives(random, survival);
    if (cut) bytes.resize(file.durable.size());
    return new_file(std::move(bytes));
  }

  Failure next() {
    ++calls_;
    const bool now = calls_ == fail_call_ || (for_good_ && calls_ > fail_call_);
    return now ? failure_ : Failure::kNone;
  }

  bool has_folder(const std::string& path) const {
    return folders_.contains(folder_of(path));
  }
  DiskFileRef find(const std::string& path) const {
    const auto folder = folders_.find(folder_of(path));
    if (folder == folders_.end()) return nullptr;
    const auto file = folder->second.names.find(name_of(path));
    return file == folder->second.names.end() ? nullptr : file->second;
  }
  void change(const std::string& path, DiskFolder::Change change) {
    DiskFolder& folder = folders_[folder_of(path)];
    DiskFolder::apply(folder.names, change);
    folder.unsynced.push_back(std::move(change));
  }
  DiskFileRef add(const std::string& path) {
    auto file = std::make_shared<DiskFile>();
    file->links = 1;
    change(path, {"", name_of(path), file});
    return file;
  }

  std::map<std::string, DiskFolder> folders_;
  uint64_t calls_ = 0;
  uint64_t fail_call_ = 0;
  Failure failure_ = Failure::kNone;
  bool for_good_ = false;
};

}  // namespace kitle::testing
