#include "service/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>

#include "runtime/store/files.h"

namespace kitle {
namespace {

std::string folder_of(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

Status write_durably(Files& files, const std::string& path,
                     std::string_view bytes) {
  auto file = files.create(path);
  if (!file) return file.error();
  const Status written = (*file)->append(bytes);
  return written.ok() ? (*file)->sync() : written;
}

// Two writers of one file, in this process or in another, have two names.
std::string temporary_name(const std::string& path) {
  static std::atomic<uint64_t> count = 0;
  return path + "." + std::to_string(::getpid()) + "-" +
         std::to_string(count++) + ".tmp";
}

// Owner and permissions of the file that was there.
Status take_over(const std::string& path, const struct stat& was) {
  if (::chown(path.c_str(), was.st_uid, was.st_gid) != 0 && errno != EPERM) {
    return status_from_errno("write", path);
  }
  if (::chmod(path.c_str(), was.st_mode & 07777) != 0) {
    return status_from_errno("write", path);
  }
  return {};
}

}  // namespace

Status write_whole_file(const std::string& path, std::string_view bytes) {
  Files& files = system_files();
  const std::string temporary = temporary_name(path);
  Status status = write_durably(files, temporary, bytes);
  if (status.ok()) status = files.rename(temporary, path);
  if (status.ok()) return files.sync_folder(folder_of(path));
  (void)files.remove(temporary);
  return status;
}

Status rewrite_file(const std::string& path, std::string_view bytes) {
  std::error_code error;
  const std::string target = std::filesystem::canonical(path, error).string();
  if (error) return {StatusCode::kIo, "write", path, error.message()};
  struct stat was{};
  if (::stat(target.c_str(), &was) != 0) {
    return status_from_errno("write", path);
  }
  constexpr mode_t kAnyWrite = S_IWUSR | S_IWGRP | S_IWOTH;
  if ((was.st_mode & kAnyWrite) == 0) {
    return {StatusCode::kIo, "write", path, "the file is read-only"};
  }
  const std::string temporary = temporary_name(target);
  Status status = write_durably(system_files(), temporary, bytes);
  if (status.ok()) status = take_over(temporary, was);
  if (status.ok()) status = system_files().rename(temporary, target);
  if (status.ok()) return system_files().sync_folder(folder_of(target));
  (void)system_files().remove(temporary);
  return status;
}

WholeFiles::~WholeFiles() {
  for (const Written& file : written_) {
    (void)system_files().remove(file.temporary);
  }
}

Status WholeFiles::add(const std::string& name, std::string_view bytes) {
  const std::string path = folder_ + "/" + name;
  Written written{temporary_name(path), path};
  auto file = system_files().create(written.temporary);
  if (!file) return file.error();
  written_.push_back(std::move(written));
  return (*file)->append(bytes);
}

Status WholeFiles::finish() {
  Status status = sync_contents();
  while (status.ok() && !written_.empty()) {
    const Written& file = written_.back();
    status = system_files().rename(file.temporary, file.path);
    if (status.ok()) written_.pop_back();
  }
  return status.ok() ? system_files().sync_folder(folder_) : status;
}

Status WholeFiles::sync_contents() const {
  const int folder =
      ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = folder >= 0 && ::syncfs(folder) == 0;
  const int error = errno;
  if (folder >= 0) ::close(folder);
  return synced ? Status()
                : Status(StatusCode::kIo, "sync", folder_,
                         std::generic_category().message(error));
}

}  // namespace kitle
