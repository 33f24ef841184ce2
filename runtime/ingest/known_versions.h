// The versions of the events that a block of the store has.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/store/content.h"

namespace kitle {

// Of a profile they are sorted when the first is asked for, since it may have
// very many. The tables must outlive it, and stay as they are.
class KnownVersions {
 public:
  explicit KnownVersions(const std::vector<TableContent>& tables)
      : tables_(tables) {}

  // Of a profile's event, whatever its type; kNoVersion where it has none of
  // the key.
  int64_t of(uint32_t row, const EventKey& key);

 private:
  using Version = std::pair<EventKey, int64_t>;
  using Versions = std::vector<Version>;

  Versions versions_of(uint32_t row) const;

  const std::vector<TableContent>& tables_;
  std::unordered_map<uint32_t, Versions> by_row_;
};

}  // namespace kitle
