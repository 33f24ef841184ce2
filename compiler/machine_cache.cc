// See machine_cache.h.
#include "compiler/machine_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace kitle {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".image";
constexpr mode_t kOthersMayWrite = S_IWGRP | S_IWOTH;

std::string default_folder() {
  // Read once, before other threads could change the environment: see
  // make_machine_code.
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') return std::string(cache) + "/kitle";
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') {
    return std::string(home) + "/.cache/kitle";
  }
  return "";
}

bool is_own(const struct stat& status) {
  return status.st_uid == ::geteuid() &&
         (status.st_mode & kOthersMayWrite) == 0;
}

// Makes the folder, and those above it, for the user alone.
bool make_private(const std::string& folder) {
  const fs::path path(folder);
  std::error_code ignored;
  if (path.has_parent_path() && !fs::exists(path.parent_path(), ignored)) {
    make_private(path.parent_path());
  }
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) return false;
  struct stat status;
  return ::stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         is_own(status);
}

class File {
 public:
  explicit File(int number) : number_(number) {}
  ~File() {
    if (number_ >= 0) ::close(number_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

// Of no other write of this process or another.
std::string temporary_name() {
  static std::atomic<uint64_t> next{0};
  return "/." + std::to_string(::getpid()) + "-" + std::to_string(next++) +
         ".tmp";
}

}  // namespace

ImageCache::ImageCache(const std::string& folder)
    : folder_(folder.empty() ? default_folder() : folder) {
  if (!folder_.empty() && !make_private(folder_)) folder_.clear();
}

std::string ImageCache::path_of(std::string_view key) const {
  return folder_ + "/" + std::string(key) + std::string(kEnding);
}

std::optional<std::string> ImageCache::find(std::string_view key) const {
  if (folder_.empty()) return std::nullopt;
  const File file(
      ::open(path_of(key).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat status;
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0 ||
      !S_ISREG(status.st_mode) || !is_own(status)) {
    return std::nullopt;
  }
  std::string bytes(static_cast<size_t>(status.st_size), '\0');
  const ssize_t got = ::pread(file.number(), bytes.data(), bytes.size(), 0);
  if (got != status.st_size) return std::nullopt;
  // Its time of change says when it was last of use.
  ::futimens(file.number(), nullptr);
  return bytes;
}

void ImageCache::keep(std::string_view key, std::string_view bytes) const {
  if (folder_.empty()) return;
  const std::string temporary = folder_ + temporary_name();
  bool written = false;
  {
    const File file(::open(temporary.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                           S_IRUSR | S_IWUSR));
    written = file.number() >= 0 && write_all(file.number(), bytes);
  }
  if (!written || ::rename(temporary.c_str(), path_of(key).c_str()) != 0) {
    ::unlink(temporary.c_str());
    return;
  }
  drop_oldest();
}

void ImageCache::drop_oldest() const {
  struct Kept {
    fs::file_time_type used;
    fs::path path;
  };
  std::vector<Kept> all;
  std::error_code error;
  std::error_code ignored;
  for (fs::directory_iterator at(folder_, error);
       !error && at != fs::directory_iterator(); at.increment(error)) {
    if (at->path().extension() != kEnding) continue;
    all.push_back({at->last_write_time(ignored), at->path()});
  }
  if (all.size() <= kMostImages) return;
  std::ranges::sort(all, std::ranges::less(), &Kept::used);
  all.resize(all.size() - kMostImages);
  for (const Kept& old : all) fs::remove(old.path, ignored);
}

}  // namespace kitle
