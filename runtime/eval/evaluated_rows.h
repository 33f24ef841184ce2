// What was found of some people of a block, to be compared with what was known.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/eval/membership.h"

namespace kitle {

class EvaluatedRows {
 public:
  // `rows`: of the block, increasing.
  EvaluatedRows(uint32_t block, std::vector<uint32_t> rows, uint32_t segments);

  uint32_t block() const { return block_; }
  size_t size() const { return rows_.size(); }
  // `members`: from bit `first` on, a bit for each of the rows.
  void put(uint32_t segment, std::span<const uint64_t> members, uint32_t first);
  // Adds the ordinals of those who entered or left.
  void add_changes(uint32_t segment, const Membership& before,
                   std::vector<uint32_t>& changed) const;

 private:
  static constexpr uint32_t kWords = kBlockRows / 64;
  using Words = std::array<uint64_t, kWords>;

  // A bit for each of the rows: it was in.
  void find_in_bits(const MembersContainer& container, Words& then) const;
  void find_in_array(const MembersContainer& container, Words& then) const;
  // Of the block's rows in its container.
  uint32_t first_low() const { return block_ << kBlockBits & UINT16_MAX; }

  uint32_t block_;
  std::vector<uint32_t> rows_;
  size_t words_;                              // of a bit for each of the rows
  std::vector<uint64_t> members_;             // by segment
  std::array<uint64_t, kWords> among_ = {};   // a bit for each row of the block
  std::array<uint16_t, kWords> before_ = {};  // how many in the words before
};

}  // namespace kitle
