// split_chunks: as many rows as fit, from the left.
#include "runtime/eval/chunk.h"

#include <algorithm>

namespace kitle {
namespace {

// Events of rows first..last-1 with those before them in the same word.
uint64_t places(const BoundTable& table, uint32_t first, uint32_t last) {
  if (table.offsets == nullptr) return 0;
  const uint32_t begin = std::min(table.offsets[first], table.events);
  const uint32_t end = std::clamp(table.offsets[last], begin, table.events);
  return end - begin / 64 * 64;
}

class Splitter {
 public:
  Splitter(const std::vector<uint32_t>& tables, const BoundBlock& bound)
      : tables_(tables), bound_(bound) {}

  std::vector<Chunk> run() {
    std::vector<Chunk> chunks;
    for (uint32_t first = 0; first < bound_.profiles;) {
      const uint32_t end = end_from(first);
      chunks.push_back({first, end - first});
      first = end;
    }
    return chunks;
  }

 private:
  bool fits(uint32_t first, uint32_t end) const {
    return std::ranges::all_of(tables_, [&](uint32_t table) {
      return places(bound_.tables[table], first, end) <= kChunkEvents;
    });
  }

  // The largest end that fits (at least one row), then down to a multiple of
  // 64 if there is one in between.
  uint32_t end_from(uint32_t first) const {
    const uint32_t wish =
        std::min(first / 64 * 64 + kChunkRows, bound_.profiles);
    if (fits(first, wish)) return wish;
    uint32_t good = first + 1;
    for (uint32_t bad = wish; bad - good > 1;) {
      const uint32_t middle = good + (bad - good) / 2;
      (fits(first, middle) ? good : bad) = middle;
    }
    const uint32_t whole = good / 64 * 64;
    return whole > first ? whole : good;
  }

  const std::vector<uint32_t>& tables_;
  const BoundBlock& bound_;
};

}  // namespace

std::vector<Chunk> split_chunks(const std::vector<uint32_t>& tables,
                                const BoundBlock& bound) {
  return Splitter(tables, bound).run();
}

bool ChunkLimits::within(const ChunkLimits& other) const {
  return rows <= other.rows &&
         std::ranges::equal(places, other.places, std::ranges::less_equal());
}

ChunkLimits limits_of(const std::vector<uint32_t>& tables,
                      const BoundBlock& bound,
                      const std::vector<Chunk>& chunks) {
  ChunkLimits limits;
  limits.places.resize(bound.tables.size(), 0);
  for (const Chunk& chunk : chunks) {
    limits.rows = std::max(limits.rows, chunk.rows);
    for (const uint32_t table : tables) {
      const uint64_t count = places(bound.tables[table], chunk.first_row,
                                    chunk.first_row + chunk.rows);
      limits.places[table] =
          std::max(limits.places[table], static_cast<uint32_t>(count));
    }
  }
  return limits;
}

}  // namespace kitle
