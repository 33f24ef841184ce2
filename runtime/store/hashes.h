// The hashes that index files are sorted by.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace kitle {

struct Hash128 {
  uint64_t low = 0;
  uint64_t high = 0;
  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};

// XXH3-64 of a customer's key as the high half; the low one is 0. Which of two
// keys with one hash is meant is told by the blocks that hold them.
Hash128 hash_of_key(std::string_view key);
// XXH3-128 of the id; its seed is the XXH3-64 of the source's name.
Hash128 hash_of_event(std::string_view source, std::string_view id);

}  // namespace kitle
