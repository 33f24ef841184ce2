#include "runtime/ingest/missing_columns.h"

#include <fmt/format.h>

#include <algorithm>

namespace kitle {
namespace {

constexpr size_t kFilesLookedAt = 16;  // for the keys that there are
constexpr size_t kMostNames = 100;     // in a message

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kMostNames); i++) {
    text += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", names[i]);
  }
  if (names.size() <= kMostNames) return text;
  return text + fmt::format(" and {} more", names.size() - kMostNames);
}

// "ctiy" (did you mean "city"?), "x"
std::string list_missing(const std::vector<std::string>& missing,
                         const std::vector<std::string>& known,
                         const Nearest& nearest) {
  std::string text;
  for (const std::string& name : missing) {
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", name);
    const std::string near = nearest ? nearest(name, known) : "";
    if (!near.empty()) text += fmt::format(" (did you mean \"{}\"?)", near);
  }
  return text;
}

// The keys of the first rows of the first files.
std::vector<std::string> keys_of(const std::vector<std::string>& paths) {
  std::vector<std::string> all;
  for (size_t i = 0; i < std::min(paths.size(), kFilesLookedAt); i++) {
    const std::optional<FileEnding> ending = file_ending(paths[i]);
    if (!ending) continue;
    const auto keys = first_json_keys(paths[i], ending->compression);
    if (!keys) continue;
    for (const std::string& key : *keys) {
      if (std::ranges::find(all, key) == all.end()) all.push_back(key);
    }
  }
  return all;
}

}  // namespace

Status check_columns(const std::string& path,
                     const std::vector<std::string>* columns,
                     const std::vector<std::string>& wanted,
                     const Nearest& nearest) {
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
  // Of a header that another delimiter divides, one column is left.
  const char* hint =
      columns->size() == 1 && columns->front().size() > 1 && wanted.size() > 1
          ? "; is the delimiter another one?"
          : "";
  return {StatusCode::kInvalid, "read", path,
          fmt::format("there is no column {}; the columns are {}{}",
                      list_missing(missing, *columns, nearest), list(*columns),
                      hint)};
}

void KeySightings::add(const std::string& path, const RowBatch& batch) {
  seen_.resize(batch.seen.size());
  for (size_t i = 0; i < batch.seen.size(); i++) {
    if (batch.seen[i]) seen_[i] = true;
  }
  const bool known = !paths_.empty() && paths_.back() == path;
  if (batch.rows > 0 && !known) paths_.push_back(path);
}

Status KeySightings::check(const std::string& source,
                           const WantedColumns& wanted,
                           const Nearest& nearest) const {
  if (paths_.empty()) return {};
  std::vector<std::string> missing;
  for (size_t i = 0; i < seen_.size(); i++) {
    if (wanted.needed(i) && !seen_[i]) missing.push_back(wanted.names()[i]);
  }
  if (missing.empty()) return {};
  const std::vector<std::string> keys = keys_of(paths_);
  const std::string others =
      paths_.size() == 1 ? "" : fmt::format(" and {} more", paths_.size() - 1);
  return {
      StatusCode::kInvalid, "read", paths_[0] + others,
      fmt::format("no row of source `{}` has the key {}; the keys are {}",
                  source, list_missing(missing, keys, nearest), list(keys))};
}

}  // namespace kitle
