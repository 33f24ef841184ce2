#include "library/whole_file.h"

#include <unistd.h>

#include <atomic>
#include <cstdint>

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

}  // namespace

Status replace_file(const std::string& path, std::string_view bytes) {
  Files& files = system_files();
  const std::string temporary = temporary_name(path);
  Status status = write_durably(files, temporary, bytes);
  if (status.ok()) status = files.rename(temporary, path);
  if (!status.ok()) (void)files.remove(temporary);
  return status;
}

Status write_whole_file(const std::string& path, std::string_view bytes) {
  const Status status = replace_file(path, bytes);
  return status.ok() ? system_files().sync_folder(folder_of(path)) : status;
}

}  // namespace kitle
