// Bits in 64-bit words, several at a time.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

namespace kitle {

constexpr uint64_t low_bits(uint32_t count) {
  return count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
}

// Replaces `count` <= 64 bits of `words` from bit `at` on.
inline void put_bits(uint64_t* words, uint64_t at, uint32_t count,
                     uint64_t value) {
  const uint64_t mask = low_bits(count);
  const auto shift = static_cast<uint32_t>(at % 64);
  uint64_t* word = words + at / 64;
  value &= mask;
  word[0] = (word[0] & ~(mask << shift)) | value << shift;
  if (shift + count <= 64) return;
  word[1] = (word[1] & ~(mask >> (64 - shift))) | value >> (64 - shift);
}

// `count` <= 64 bits of `words` from bit `at` on; anything above them.
inline uint64_t get_bits(const uint64_t* words, uint64_t at, uint32_t count) {
  const auto shift = static_cast<uint32_t>(at % 64);
  const uint64_t low = words[at / 64] >> shift;
  if (shift + count <= 64) return low;
  return low | words[at / 64 + 1] << (64 - shift);
}

// Calls use(number) for each bit that is set, in order.
template <class Use>
void each_bit(std::span<const uint64_t> words, Use&& use) {
  for (uint32_t i = 0; i < words.size(); ++i) {
    for (uint64_t word = words[i]; word != 0; word &= word - 1) {
      use(i * 64 + static_cast<uint32_t>(std::countr_zero(word)));
    }
  }
}

}  // namespace kitle
