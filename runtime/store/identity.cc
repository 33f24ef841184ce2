#include "runtime/store/identity.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace kitle {

Hash128 hash_of_texts(const Dictionary& texts, uint32_t size) {
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  for (uint32_t code = 1; code <= size; ++code) {
    const std::string_view text = texts.text(code);
    const auto length = static_cast<uint32_t>(text.size());
    XXH3_128bits_update(&state, &length, sizeof length);
    XXH3_128bits_update(&state, text.data(), text.size());
  }
  const XXH128_hash_t hash = XXH3_128bits_digest(&state);
  return {hash.low64, hash.high64};
}

}  // namespace kitle
