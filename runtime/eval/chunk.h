// Chunks: the rows of a block in pieces whose registers stay in the L2 cache.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/eval/bound.h"

namespace kitle {

inline constexpr uint32_t kChunkRows = 2048;
inline constexpr uint32_t kChunkEvents = 1u << 16;

// Rows first_row .. first_row + rows - 1 of a block. At most kChunkRows, with
// at most kChunkEvents events of any table, unless it is a single profile.
struct Chunk {
  uint32_t first_row = 0;
  uint32_t rows = 0;
};

// All rows of the block, in order. `tables`: those that the code reads.
// Chunks start at multiples of 64 but next to a profile that is alone.
std::vector<Chunk> split_chunks(const std::vector<uint32_t>& tables,
                                const BoundBlock& bound);

// How many places the chunks of a block take.
struct ChunkLimits {
  uint32_t rows = 0;
  std::vector<uint32_t> places;  // by table

  bool within(const ChunkLimits& other) const;
};
ChunkLimits limits_of(const std::vector<uint32_t>& tables,
                      const BoundBlock& bound,
                      const std::vector<Chunk>& chunks);

}  // namespace kitle
