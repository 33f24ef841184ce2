// See perf_map.h.
#include "runtime/eval/perf_map.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iterator>

#include "runtime/eval/code_names.h"

namespace kitle {
namespace {

std::string lines_of(const std::vector<CodeName>& names) {
  std::string lines;
  for (const CodeName& each : names) {
    fmt::format_to(std::back_inserter(lines), "{:x} {:x} {}\n",
                   reinterpret_cast<uintptr_t>(each.begin), each.bytes,
                   each.name);
  }
  return lines;
}

}  // namespace

std::string perf_map_path() {
  static const bool wanted = is_asked_for("KITLE_PERF_MAP");
  return wanted ? fmt::format("/tmp/perf-{}.map", ::getpid()) : "";
}

void add_to_perf_map(const std::string& path, const Image& image,
                     const Program& program, const Code& code) {
  if (path.empty()) return;
  const int file = ::open(
      path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
      S_IRUSR | S_IWUSR);
  if (file < 0) return;
  struct stat status = {};
  if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
      status.st_uid == ::geteuid()) {
    // At once, so that lines of other threads stand before or behind it.
    const std::string lines = lines_of(names_of(image, program, code));
    [[maybe_unused]] const ssize_t written =
        ::write(file, lines.data(), lines.size());
  }
  ::close(file);
}

}  // namespace kitle
