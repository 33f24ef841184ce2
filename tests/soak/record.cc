// See record.h.
#include "tests/soak/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace kitle::soak {
namespace {

// Changes with what the numbers mean.
constexpr const char* kHead = "kitle soak 1";
constexpr size_t kRareShown = 10;

Status failure(const char* operation, const std::string& path,
               const std::string& cause) {
  return {StatusCode::kIo, operation, path, cause};
}

std::map<std::string, uint64_t*> counts_of(Record& record) {
  return {{"next", &record.next},
          {"repositories", &record.repositories},
          {"programs", &record.programs},
          {"every-level", &record.every_level},
          {"seconds", &record.seconds}};
}

// `count NAME N`, `differs SEED`, `shape HASH`, `pair N UPPER/LOWER`.
bool read_line(const std::string& line, Record& record) {
  std::istringstream words(line);
  std::string kind;
  words >> kind;
  if (kind == "shape" || kind == "differs") {
    uint64_t number = 0;
    if (!(words >> number)) return false;
    if (kind == "shape") return record.shapes.insert(number).second;
    return record.differing.insert(number).second;
  }
  if (kind == "count") {
    std::string name;
    words >> name;
    const auto counts = counts_of(record);
    const auto found = counts.find(name);
    return found != counts.end() && bool(words >> *found->second);
  }
  uint64_t seen = 0;
  std::string upper;
  std::string lower;
  if (kind != "pair" || !(words >> seen)) return false;
  words.get();
  std::getline(words, upper, '/');
  std::getline(words, lower);
  record.pairs[{upper, lower}] = seen;
  return !upper.empty() && !lower.empty();
}

std::string head_of(uint64_t people) {
  return fmt::format("{}, {} people", kHead, people);
}

}  // namespace

Result<Record> read_record(const std::string& path, uint64_t people) {
  Record record;
  record.people = people;
  std::ifstream file(path);
  if (!file) return record;
  std::string line;
  std::getline(file, line);
  if (line != head_of(people)) {
    return std::unexpected(failure(
        "go on with a soak", path,
        fmt::format("it is of \"{}\"; remove it to begin again", line)));
  }
  while (std::getline(file, line)) {
    if (read_line(line, record)) continue;
    return std::unexpected(failure("go on with a soak", path,
                                   "the line \"" + line + "\" is damaged"));
  }
  return record;
}

Status write_record(const std::string& path, const Record& record) {
  const std::string fresh = path + ".new";
  std::ofstream file(fresh, std::ios::trunc);
  file << head_of(record.people) << '\n';
  Record counted = record;
  for (const auto& [name, count] : counts_of(counted)) {
    file << "count " << name << ' ' << *count << '\n';
  }
  for (const uint64_t seed : record.differing) {
    file << "differs " << seed << '\n';
  }
  for (const auto& [pair, seen] : record.pairs) {
    file << "pair " << seen << ' ' << pair.first << '/' << pair.second << '\n';
  }
  for (const uint64_t shape : record.shapes) file << "shape " << shape << '\n';
  file.close();
  std::error_code renamed;
  if (file) std::filesystem::rename(fresh, path, renamed);
  if (file && !renamed) return {};
  return failure("write what a soak has done", path,
                 renamed ? renamed.message() : "the disk is full");
}

std::string summary_of(const Record& record) {
  std::string text = fmt::format(
      "programs of distinct shape: {} (of {}), in {} repositories of {} "
      "people\nseeds: 1 to {}, all done; {} s so far\nat every level of "
      "rewriting and of code: {} repositories\npairs of kinds: {}\n",
      record.shapes.size(), record.programs, record.repositories, record.people,
      record.next - 1, record.seconds, record.every_level, record.pairs.size());
  std::vector<std::pair<uint64_t, std::string>> rare;
  for (const auto& [pair, seen] : record.pairs) {
    rare.emplace_back(seen, pair.first + " / " + pair.second);
  }
  std::ranges::sort(rare);
  rare.resize(std::min(rare.size(), kRareShown));
  text += "the rarest:";
  for (const auto& [seen, pair] : rare) {
    text += fmt::format("  {} ({})", pair, seen);
  }
  text += fmt::format("\ndifferences: {}\n", record.differing.size());
  for (const uint64_t seed : record.differing) {
    text += fmt::format("  seed {}\n", seed);
  }
  return text;
}

}  // namespace kitle::soak
