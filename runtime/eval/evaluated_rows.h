// What was found of some people, to be compared with what was known: those of
// one container of a Membership together.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/eval/membership.h"

namespace kitle {

// The earlier members of a segment where one container is.
struct EarlierMembers {
  const MembersContainer* container = nullptr;  // null: nobody
  std::span<const uint32_t> flips;              // ordinals that are otherwise
};

// Finds them for one container after the other.
class EarlierContainers {
 public:
  explicit EarlierContainers(const Membership& members)
      : members_(members), left_(members.flips()) {}
  // REQUIRES: no key before the last one.
  const EarlierMembers& of(uint32_t key);

 private:
  const Membership& members_;
  std::span<const uint32_t> left_;  // flips of later ones
  uint32_t key_ = UINT32_MAX;
  EarlierMembers found_;
};

// Of a segment: who entered or left.
struct MemberChanges {
  std::vector<uint32_t> ordinals;  // increasing
  int64_t more = 0;                // who entered, less who left
};

class EvaluatedRows {
 public:
  // `ordinals`: of one container; those of blocks, which increase, and behind
  // them those of their overlays, which do so, too.
  EvaluatedRows(std::span<const uint32_t> ordinals, uint32_t segments);

  // Those of several containers, or of several parts of one, are in the order
  // of these.
  uint32_t least() const { return least_; }
  uint32_t key() const { return MembersContainer::key_of(least_); }
  size_t size() const { return lows_.size(); }
  // `members`: from bit `first` on, a bit for each of them.
  void put(uint32_t segment, std::span<const uint64_t> members, uint32_t first);
  // Adds who entered or left. `before`: of this key.
  void add_changes(uint32_t segment, const EarlierMembers& before,
                   MemberChanges& changes) const;

 private:
  static constexpr uint32_t kWords = MembersContainer::kWords;
  using Words = std::array<uint64_t, kWords>;

  // A bit for each of them: it was in.
  void find(const EarlierMembers& before, Words& then) const;
  void find_in_array(const MembersContainer& before, Words& then) const;
  // Flips its bit, if it is one of them.
  void flip(uint32_t low, Words& then) const;

  static constexpr uint32_t kPlaces = kWords * 64;

  uint32_t least_;
  std::vector<uint16_t> lows_;
  size_t words_;                         // of a bit for each of them
  std::unique_ptr<uint64_t[]> members_;  // by segment
  Words among_ = {};                     // a bit for each low half
  // By low half where it is in lows_; of those only that are there.
  std::unique_ptr<uint16_t[]> places_;
};

}  // namespace kitle
