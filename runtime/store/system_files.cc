// Files on the machine's own file system: system_files().
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>

#include "runtime/store/files.h"
#include "runtime/store/format.h"
#include "runtime/store/mapped_file.h"

namespace kitle {
namespace {

std::unexpected<Status> failed(const char* operation, const std::string& path) {
  return std::unexpected(status_from_errno(operation, path));
}

// Closes when destroyed; -1 is no file.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.number_) {
    other.number_ = -1;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  bool ok() const { return number_ >= 0; }

 private:
  int number_;
};

constexpr mode_t kForAll = 0666;  // less the process's umask
constexpr mode_t kForOwner = 0600;

Descriptor open_file(const std::string& path, int flags,
                     mode_t mode = kForAll) {
  int number = -1;
  do {
    number = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (number < 0 && errno == EINTR);
  return Descriptor(number);
}

class SystemOutput : public OutputFile {
 public:
  SystemOutput(Descriptor file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  Status append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t done = ::write(file_.number(), bytes.data(), bytes.size());
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return status_from_errno("write", path_);
      bytes.remove_prefix(static_cast<size_t>(done));
    }
    return {};
  }

  Status sync() override {
    if (::fsync(file_.number()) != 0) return status_from_errno("sync", path_);
    return {};
  }

 private:
  Descriptor file_;
  std::string path_;
};

// A file's bytes in memory of the process.
class ReadFile : public Mapping {
 public:
  explicit ReadFile(uint64_t size)
      : bytes_(static_cast<std::byte*>(
            ::operator new(size, std::align_val_t(kAlignment)))) {
    data_ = bytes_;
    size_ = size;
  }
  ReadFile(const ReadFile&) = delete;
  ReadFile& operator=(const ReadFile&) = delete;
  ~ReadFile() override {
    ::operator delete(bytes_, std::align_val_t(kAlignment));
  }

  // Reads all of it; false with errno set. A file that has become shorter is
  // an I/O error.
  bool read_all(int file) {
    for (uint64_t done = 0; done < size_;) {
      const ssize_t got =
          ::pread(file, bytes_ + done, size_ - done, static_cast<off_t>(done));
      if (got < 0 && errno == EINTR) continue;
      if (got == 0) errno = EIO;
      if (got <= 0) return false;
      done += static_cast<uint64_t>(got);
    }
    return true;
  }

 private:
  std::byte* bytes_;
};

class SystemLock : public FileLock {
 public:
  explicit SystemLock(Descriptor file) : file_(std::move(file)) {}
  bool still_there() const override {
    struct stat info{};
    return ::fstat(file_.number(), &info) == 0 && info.st_nlink > 0;
  }

 private:
  Descriptor file_;
};

// What is read at once of a file that does not say how long it is.
constexpr size_t kStep = 1 << 16;

// For all of a file and its end, so that it need not be moved; as far as its
// size is to be believed.
size_t room_for(int file) {
  constexpr size_t kMost = 1 << 26;
  struct stat info{};
  const bool told = ::fstat(file, &info) == 0 && info.st_size > 0;
  return told ? std::min(static_cast<size_t>(info.st_size), kMost) + 1 : kStep;
}

enum class Access : uint8_t { kMap, kRead };

class SystemFiles : public Files {
  static Result<std::unique_ptr<OutputFile>> create(const std::string& path,
                                                    mode_t mode) {
    Descriptor file = open_file(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    if (!file.ok()) return failed("create", path);
    return std::make_unique<SystemOutput>(std::move(file), path);
  }

 public:
  explicit SystemFiles(Access access) : access_(access) {}

  bool any_lost() const override {
    return access_ == Access::kMap && any_mapping_lost();
  }

  Status make_folder(const std::string& path) override {
    constexpr mode_t kMode = 0777;
    if (::mkdir(path.c_str(), kMode) == 0 || errno == EEXIST) return {};
    return status_from_errno("make folder", path);
  }

  Result<std::unique_ptr<OutputFile>> create(const std::string& path) override {
    return create(path, kForAll);
  }

  Result<std::unique_ptr<OutputFile>> create_private(
      const std::string& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
      return failed("replace", path);  // whose mode would stay
    }
    return create(path, kForOwner);
  }

  Result<std::string> read(const std::string& path) override {
    const Descriptor file = open_file(path, O_RDONLY);
    if (!file.ok()) return failed("open", path);
    std::string bytes;
    bytes.reserve(room_for(file.number()));
    for (;;) {
      const size_t length = bytes.size();
      const size_t left = bytes.capacity() - length;
      const size_t room = left > 0 ? left : kStep;
      ssize_t got = 0;
      bytes.resize_and_overwrite(length + room, [&](char* to, size_t) {
        got = ::read(file.number(), to + length, room);
        return length + static_cast<size_t>(std::max(got, ssize_t{0}));
      });
      if (got == 0) return bytes;
      if (got < 0 && errno != EINTR) return failed("read", path);
    }
  }

  Result<std::shared_ptr<const Mapping>> map(const std::string& path) override {
    const Descriptor file = open_file(path, O_RDONLY);
    if (!file.ok()) return failed("open", path);
    struct stat info{};
    if (::fstat(file.number(), &info) != 0) return failed("examine", path);
    const auto size = static_cast<uint64_t>(info.st_size);
    if (access_ == Access::kRead || size == 0) {
      auto bytes = std::make_shared<ReadFile>(size);
      if (!bytes->read_all(file.number())) return failed("read", path);
      return bytes;
    }
    auto mapping = map_file(file.number(), size);
    if (mapping == nullptr) return failed("map", path);
    return mapping;
  }

  Result<uint64_t> size(const std::string& path) override {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return failed("examine", path);
    return static_cast<uint64_t>(info.st_size);
  }

  Status rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) == 0) return {};
    return status_from_errno("rename", from);
  }

  Status remove(const std::string& path) override {
    if (::unlink(path.c_str()) == 0) return {};
    return status_from_errno("remove", path);
  }

  Status sync_folder(const std::string& path) override {
    const Descriptor folder = open_file(path, O_RDONLY | O_DIRECTORY);
    if (!folder.ok() || ::fsync(folder.number()) != 0) {
      return status_from_errno("sync", path);
    }
    return {};
  }

  Result<std::vector<std::string>> list(const std::string& folder) override {
    DIR* open = ::opendir(folder.c_str());
    if (open == nullptr) return failed("list", folder);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(open)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    const int error = errno;
    ::closedir(open);
    errno = error;
    if (error != 0) return failed("list", folder);
    return names;
  }

  Result<std::unique_ptr<FileLock>> lock(const std::string& path, LockKind kind,
                                         bool create) override {
    const bool exclusive = kind == LockKind::kTryExclusive;
    Descriptor file = open_file(path, create ? O_RDWR | O_CREAT : O_RDONLY);
    if (!file.ok()) return failed("open", path);
    const int how = exclusive ? LOCK_EX | LOCK_NB : LOCK_SH;
    int done = -1;
    do {
      done = ::flock(file.number(), how);
    } while (done != 0 && errno == EINTR);
    if (done == 0) return std::make_unique<SystemLock>(std::move(file));
    if (errno != EWOULDBLOCK) return failed("lock", path);
    return std::unexpected(
        Status(StatusCode::kLocked, "lock", path, "someone else holds it"));
  }

 private:
  Access access_;
};

}  // namespace

Files& system_files() {
  static SystemFiles files(Access::kMap);
  return files;
}

Files& reading_files() {
  static SystemFiles files(Access::kRead);
  return files;
}

}  // namespace kitle
