#include "runtime/ingest/file_patterns.h"

#include <glob.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace kitle {
namespace {

// The folder as a pattern that matches only itself.
std::string escape(std::string_view folder) {
  std::string result;
  for (const char c : folder) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) {
      result += '\\';
    }
    result += c;
  }
  return result;
}

Status expand(const std::string& folder, const std::string& pattern,
              std::vector<std::string>& paths) {
  const bool absolute = pattern.starts_with('/') || folder.empty();
  const std::string whole = absolute ? pattern : escape(folder) + "/" + pattern;
  glob_t found{};
  const int error =
      ::glob(whole.c_str(), GLOB_NOSORT | GLOB_ERR, nullptr, &found);
  for (size_t i = 0; error == 0 && i < found.gl_pathc; ++i) {
    paths.emplace_back(found.gl_pathv[i]);
  }
  ::globfree(&found);
  if (error == 0) return {};
  const std::string where = absolute ? pattern : folder + "/" + pattern;
  if (error == GLOB_NOMATCH) {
    return {StatusCode::kNotFound, "read files", where,
            "there is no such file"};
  }
  return error == GLOB_ABORTED
             ? status_from_errno("read files", where)
             : Status(StatusCode::kIo, "read files", where, "out of memory");
}

}  // namespace

Result<std::vector<std::string>> expand_patterns(
    const std::string& folder, const std::vector<std::string>& patterns) {
  std::vector<std::string> paths;
  for (const std::string& pattern : patterns) {
    Status status = expand(folder, pattern, paths);
    if (!status.ok()) return std::unexpected(status);
  }
  std::ranges::sort(paths);
  const auto again = std::ranges::unique(paths);
  paths.erase(again.begin(), again.end());
  return paths;
}

}  // namespace kitle
