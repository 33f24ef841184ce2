#include "runtime/ingest/missing_columns.h"

#include <fmt/format.h>

#include <algorithm>

namespace kitle {
namespace {

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", name);
  }
  return text;
}

}  // namespace

Status check_columns(const std::string& path,
                     const std::vector<std::string>* columns,
                     const std::vector<std::string>& wanted) {
  if (columns == nullptr) return {};
  std::vector<std::string> missing;
  for (const std::string& name : wanted) {
    const auto times = std::ranges::count(*columns, name);
    if (times > 1) {
      return {StatusCode::kInvalid, "read", path,
              fmt::format("{} columns are called \"{}\"", times, name)};
    }
    if (times == 0) missing.push_back(name);
  }
  if (missing.empty()) return {};
  return {StatusCode::kInvalid, "read", path,
          fmt::format("there is no column {}; the columns are {}",
                      list(missing), list(*columns))};
}

}  // namespace kitle
