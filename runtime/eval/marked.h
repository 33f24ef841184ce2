// Which of many values are marked, by vectors.
#pragma once

#include <cstdint>
#include <span>

namespace kitle {

// Pieces of a range, some of which are marked.
struct MarkedPieces {
  int64_t low = 0;  // where the range begins
  int shift = 0;    // a piece has 2^shift values
  // A bit a piece, and one that is 0.
  uint64_t pieces = 0;
  const uint64_t* marks = nullptr;

  // May be behind the last.
  uint64_t piece_of(int64_t value) const {
    return (static_cast<uint64_t>(value) - static_cast<uint64_t>(low)) >> shift;
  }
};

// out: a bit for each value, a whole word for each 64 that have begun.
void find_marked(std::span<const int64_t> values, const MarkedPieces& pieces,
                 uint64_t* out);
// The same. Reads whole vectors. REQUIRES: the pieces are of such values.
void find_marked(std::span<const int32_t> values, const MarkedPieces& pieces,
                 uint64_t* out);

// out: for each place its bit of `marks`, which may lie unaligned; a whole word
// for each 64 that have begun.
// REQUIRES: each has one, of a whole number of 32 bits.
void find_marked(std::span<const uint16_t> places, const void* marks,
                 uint64_t* out);

}  // namespace kitle
