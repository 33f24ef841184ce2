#include "service/kept_index.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <sstream>

#include "runtime/store/files.h"

namespace kitle {
namespace {

constexpr std::string_view kHead = "segment,size";

std::optional<uint64_t> number_of(std::string_view text) {
  uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || behind != end) return std::nullopt;
  return number;
}

// One that can be that of a segment, so that NAME.roaring is in the folder.
bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::none_of(name, [](char c) {
    return c == '/' || (c >= 0 && c < ' ');
  });
}

bool take_line(const std::string& line, KeptIndex& index) {
  const size_t comma = line.find(',');
  if (comma == std::string::npos) return false;
  const std::string name = line.substr(0, comma);
  const auto size = number_of(std::string_view(line).substr(comma + 1));
  return is_name(name) && size && index.emplace(name, *size).second;
}

}  // namespace

Result<std::string> read_kept_file(const std::string& path, uint64_t most) {
  // A pipe would be waited for.
  std::error_code error;
  const auto type = std::filesystem::symlink_status(path, error).type();
  const bool there = type != std::filesystem::file_type::not_found && !error;
  if (there && type != std::filesystem::file_type::regular) {
    return std::unexpected(
        Status(StatusCode::kCorrupt, "read", path, "it is no plain file"));
  }
  Files& files = system_files();
  const auto size = files.size(path);
  if (!size) return std::unexpected(size.error());
  if (*size <= most) return files.read(path);
  return std::unexpected(Status(StatusCode::kCorrupt, "read", path,
                                "it is longer than what a run writes there"));
}

Result<KeptIndex> read_kept_index(const std::string& folder) {
  constexpr uint64_t kMostBytes = 64 << 20;
  const std::string path = folder + std::string(kKeptIndexName);
  const auto text = read_kept_file(path, kMostBytes);
  if (!text) return std::unexpected(text.error());
  const auto corrupt = [&](size_t line) {
    return std::unexpected(Status(
        StatusCode::kCorrupt, "read", path,
        "line " + std::to_string(line) + " is not what a run wrote there"));
  };
  KeptIndex index;
  std::istringstream lines(*text);
  std::string line;
  if (!std::getline(lines, line) || line != kHead) return corrupt(1);
  for (size_t number = 2; std::getline(lines, line); ++number) {
    if (!take_line(line, index)) return corrupt(number);
  }
  return index;
}

std::string index_text(const KeptIndex& index) {
  std::string text = std::string(kHead) + "\n";
  for (const auto& [segment, size] : index) {
    text += segment + "," + std::to_string(size) + "\n";
  }
  return text;
}

}  // namespace kitle
