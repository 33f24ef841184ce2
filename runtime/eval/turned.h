// Bits of 64 people and 64 segments, by the one or by the other.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kitle {

// Bit i of word j becomes bit j of word i, in each 64 of so many words.
void turn_bits(uint64_t* words, size_t count);

}  // namespace kitle
