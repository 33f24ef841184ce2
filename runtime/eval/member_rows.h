// Memberships person by person: who is in which segments. What a refresh finds
// of some people is compared with their rows, so that it does not read the
// members of all segments for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "runtime/eval/evaluated_rows.h"
#include "runtime/eval/executor.h"
#include "runtime/eval/membership.h"
#include "runtime/store/view.h"

namespace kitle {

// Different people may be put by different threads at once.
class MemberRows {
 public:
  // Whether there are so many segments that rows pay, and not too many people.
  static bool pay(size_t segments, uint32_t profiles);

  MemberRows(std::span<const Membership* const> members, uint32_t profiles,
             Executor& executor);

  // Whether these are the very memberships that it was last told to be of.
  bool are_of(std::span<const Membership* const> members) const;
  void be_of(std::vector<Membership> members) { of_ = std::move(members); }
  // Those who are new are in no segment.
  void grow(uint32_t profiles);

  // By segment a bit for each of some people.
  using BitsOf = std::function<std::span<const uint64_t>(uint32_t segment)>;
  // Takes what is found of them, and adds by segment who entered or left; both
  // increase where the ordinals do, or where those of each container are two
  // parts that do.
  void put(std::span<const uint32_t> ordinals, const BitsOf& members,
           std::span<MemberChanges> changes);

 private:
  // Of one thread that makes them.
  struct Memory {
    std::vector<uint64_t> words;
    std::vector<uint64_t> line;
  };

  size_t block_words() const { return kBlockRows * words_; }
  uint64_t* row(uint32_t ordinal);
  void fill(uint32_t block, std::span<const Membership* const> members,
            Memory& memory);
  // Of 64 people, from a word of each segment.
  void fill_people(uint32_t first, uint64_t* words);
  std::vector<uint64_t> turned(size_t people, const BitsOf& members) const;
  void put_row(uint32_t ordinal, const uint64_t* now,
               std::span<MemberChanges> changes);

  uint32_t segments_;
  size_t words_;                                   // of a row
  std::vector<std::unique_ptr<uint64_t[]>> rows_;  // by block
  std::vector<Membership> of_;
};

}  // namespace kitle
