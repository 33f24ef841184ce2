// What a soak has done so far, kept in a file so that it can go on.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>

#include "runtime/status.h"

namespace kitle::soak {

struct Record {
  uint64_t people = 0;        // of each repository
  uint64_t next = 1;          // the first seed that is not done
  uint64_t repositories = 0;  // those done
  uint64_t programs = 0;      // segments and stages, of whatever shape
  uint64_t every_level = 0;   // repositories asked at every level
  uint64_t seconds = 0;
  std::set<uint64_t> differing;  // seeds
  std::unordered_set<uint64_t> shapes;
  std::map<std::pair<std::string, std::string>, uint64_t> pairs;
};

// An empty one where there is no file.
Result<Record> read_record(const std::string& path, uint64_t people);
// All of it or, if it fails, the one before.
Status write_record(const std::string& path, const Record& record);

// A few lines for a person: counts, and the rarest pairs.
std::string summary_of(const Record& record);

}  // namespace kitle::soak
