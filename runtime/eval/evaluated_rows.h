// What was found of some people, to be compared with what was known: those of
// one container of a Membership together.
#pragma once

#include <array>
#include <cstdint>
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

class EvaluatedRows {
 public:
  // `ordinals`: of one container, increasing.
  EvaluatedRows(std::span<const uint32_t> ordinals, uint32_t segments);

  uint32_t key() const { return key_; }
  size_t size() const { return lows_.size(); }
  // `members`: from bit `first` on, a bit for each of them.
  void put(uint32_t segment, std::span<const uint64_t> members, uint32_t first);
  // Adds the ordinals of those who entered or left. `before`: of this key.
  void add_changes(uint32_t segment, const EarlierMembers& before,
                   std::vector<uint32_t>& changed) const;

 private:
  static constexpr uint32_t kWords = MembersContainer::kWords;
  using Words = std::array<uint64_t, kWords>;

  // A bit for each of them: it was in.
  void find_in_array(const MembersContainer& before, Words& then) const;
  // Where it is among them.
  void flip(uint32_t low, Words& then) const;

  uint32_t key_;
  std::vector<uint16_t> lows_;
  size_t words_;                              // of a bit for each of them
  std::vector<uint64_t> members_;             // by segment
  Words among_ = {};                          // a bit for each low half
  std::array<uint16_t, kWords> before_ = {};  // how many in the words before
};

}  // namespace kitle
