// Members as a run finds them, block by block.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/eval/membership.h"

namespace kitle {

// The bits of one block as ordinals, added to `ordinals`.
void ordinals_of_block(uint32_t block, std::span<const uint64_t> words,
                       std::vector<uint32_t>& ordinals);

// Memory for what many BlockMembers hold, which is freed with it. Not
// thread-safe: one a worker.
class MembersMemory {
 public:
  // Of so many values, not initialised.
  uint16_t* take(size_t values);

 private:
  static constexpr size_t kSlab = size_t{1} << 18;  // values
  std::vector<std::unique_ptr<uint16_t[]>> slabs_;
  size_t free_ = 0;  // of the last
};

// Members of blocks as they are found: at most 2 bytes a member, and at most
// a bit a row. Not thread-safe: one a worker.
class BlockMembers {
 public:
  // `words`: kBlockRows bits. Blocks come in any order, each once. `memory`
  // outlives this.
  void add(uint32_t block, std::span<const uint64_t> words,
           MembersMemory& memory);

 private:
  friend Membership membership_of(std::span<const BlockMembers* const> found);
  struct Part {
    uint32_t block = 0;
    uint32_t count = 0;
    const uint16_t* data = nullptr;  // rows, or all bits of a full part
  };
  static constexpr uint32_t kFull = kBlockRows / 16;  // members of a full part
  static void write_array(const Part& part, char* to);
  static void write_bits(const Part& part, char* to);
  std::vector<Part> parts_;
};
// What all workers found.
Membership membership_of(std::span<const BlockMembers* const> found);

}  // namespace kitle
