// Which bits are set, as numbers.
#pragma once

#include <cstdint>
#include <span>

namespace kitle {

inline constexpr uint32_t kRowsPadding = 32;

// The numbers of the bits, in order; returns behind the last one. At most 2^16
// bits. `to`: room for all that are set and kRowsPadding more.
uint16_t* rows_of_bits(std::span<const uint64_t> words, uint16_t* to);

}  // namespace kitle
