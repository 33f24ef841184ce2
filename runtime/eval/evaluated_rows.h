// What was found of some people of a block, to be compared with what was known.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/eval/membership.h"

namespace kitle {

// Of one block the members of a segment, where they lie.
struct EarlierMembers {
  const MembersContainer* container = nullptr;  // null: nobody
  // Of an array those in the block.
  uint32_t begin = 0;
  uint32_t end = 0;
  std::span<const uint32_t> flips;  // ordinals that are otherwise
};

// Finds them for one block after the other.
class EarlierBlocks {
 public:
  explicit EarlierBlocks(const Membership& members)
      : members_(members),
        flips_(members.flips()),
        next_flip_(flips_.begin()) {}
  // REQUIRES: no block before the last one.
  const EarlierMembers& of(uint32_t block);

 private:
  const Membership& members_;
  std::span<const uint32_t> flips_;
  std::span<const uint32_t>::iterator next_flip_;  // behind those of the block
  uint32_t block_ = UINT32_MAX;
  EarlierMembers found_;
};

class EvaluatedRows {
 public:
  // `rows`: of the block, increasing.
  EvaluatedRows(uint32_t block, std::span<const uint32_t> rows,
                uint32_t segments);

  uint32_t block() const { return block_; }
  size_t size() const { return rows_.size(); }
  // `members`: from bit `first` on, a bit for each of the rows.
  void put(uint32_t segment, std::span<const uint64_t> members, uint32_t first);
  // Adds the ordinals of those who entered or left. `before`: of its block.
  void add_changes(uint32_t segment, const EarlierMembers& before,
                   std::vector<uint32_t>& changed) const;

 private:
  static constexpr uint32_t kWords = kBlockRows / 64;
  using Words = std::array<uint64_t, kWords>;

  // A bit for each of the rows: it was in.
  void find_in_array(const EarlierMembers& before, Words& then) const;
  // Where it is among the rows.
  void flip(uint32_t row, Words& then) const;

  uint32_t block_;
  std::vector<uint16_t> rows_;
  size_t words_;                              // of a bit for each of the rows
  std::vector<uint64_t> members_;             // by segment
  std::array<uint64_t, kWords> among_ = {};   // a bit for each row of the block
  std::array<uint16_t, kWords> before_ = {};  // how many in the words before
};

}  // namespace kitle
