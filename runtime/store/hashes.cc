#include "runtime/store/hashes.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace kitle {

Hash128 hash_of_key(std::string_view key) {
  return {.low = 0, .high = XXH3_64bits(key.data(), key.size())};
}

Hash128 hash_of_event(std::string_view source, std::string_view id) {
  const uint64_t seed = XXH3_64bits(source.data(), source.size());
  const XXH128_hash_t hash = XXH3_128bits_withSeed(id.data(), id.size(), seed);
  return {hash.low64, hash.high64};
}

}  // namespace kitle
