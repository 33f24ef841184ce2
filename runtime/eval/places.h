// Walking over the places of a mask.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace kitle {

// The first place from `at` on that is in the mask (null: every place); `end`
// if there is none before it.
inline uint32_t next_place(const uint64_t* mask, uint32_t at, uint32_t end) {
  if (mask == nullptr || at >= end) return std::min(at, end);
  uint32_t word = at / 64;
  uint64_t rest = mask[word] >> (at % 64) << (at % 64);
  while (rest == 0) {
    if (++word * 64 >= end) return end;
    rest = mask[word];
  }
  const auto bit = static_cast<uint32_t>(std::countr_zero(rest));
  return std::min(word * 64 + bit, end);
}

}  // namespace kitle
