// index.csv of a kept run: which segments it has, and their sizes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "runtime/status.h"

namespace kitle {

// Segment -> size.
using KeptIndex = std::map<std::string, uint64_t>;

constexpr std::string_view kKeptIndexName = "/index.csv";

// A file of a kept run. Errors: kNotFound, kIo; kCorrupt (no file but a link or
// the like, or of more bytes than `most`).
Result<std::string> read_kept_file(const std::string& path, uint64_t most);

// Of a bitmap without runs of so many people: a head, and for each 65,536 of
// them a key, a place and at most a bit each.
constexpr uint64_t most_kept_bytes(uint64_t profiles) {
  return 8 + (profiles / 65'536 + 1) * (8 + 8192);
}

// Of a run's folder. No name in it leads out of the folder. Errors: kNotFound,
// kIo; kCorrupt (not as index_text() writes it).
Result<KeptIndex> read_kept_index(const std::string& folder);
std::string index_text(const KeptIndex& index);

}  // namespace kitle
