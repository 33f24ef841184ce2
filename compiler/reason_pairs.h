// Which of many conditions follow from one another, or exclude each other. To
// ask the prover of each pair takes long, and of most pairs nothing is so: one
// person of whom the first holds and the second does not shows it. So whoever
// the prover meets while it is asked is kept, with what holds of them of other
// conditions, too; only pairs that none of these tells apart are asked about.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compiler/reason.h"

namespace kitle {

class ReasonPairs {
 public:
  // Conditions of `prover`'s plan; prover and budget must outlive it.
  ReasonPairs(Prover& prover, ReasonBudget& budget,
              std::vector<NodeId> conditions);

  size_t size() const { return conditions_.size(); }
  // Questions that got no answer because the budget was spent.
  uint64_t unanswered() const { return unanswered_; }

  bool never(uint32_t i) { return impossible({i, true}, {i, true}); }
  bool always(uint32_t i) { return impossible({i, false}, {i, false}); }
  // Fastest where `i` and what is asked stay the same for a while.
  bool implies(uint32_t i, uint32_t j) {
    return impossible({i, true}, {j, false});
  }
  bool follows(uint32_t i, uint32_t j) {
    return impossible({i, false}, {j, true});
  }
  bool excludes(uint32_t i, uint32_t j) {
    return impossible({i, true}, {j, true});
  }
  // No one meets all of them at once.
  bool all_exclude_each_other();

 private:
  static constexpr size_t kWords = 8;
  static constexpr size_t kMostPeople = kWords * 64;
  // A bit for each person who was met.
  using People = std::array<uint64_t, kWords>;
  struct Side {
    uint32_t condition = 0;
    bool holds = false;
    friend bool operator==(const Side&, const Side&) = default;
  };

  bool impossible(const Side& a, const Side& b);
  bool is_met(const Side& a, const Side& b) const;
  bool ask(const Side& a, const Side& b);
  bool suppose(const Side& side);
  void meet_some();
  bool meet(std::span<const Side> goals, std::span<const Side> wishes);
  std::vector<Side> wishes(const Side& a, const Side& b) const;
  std::vector<uint32_t> looked_at(std::span<const Side> goals,
                                  std::span<const Side> wishes) const;
  std::vector<Literal> literals(std::span<const Side> sides) const;
  void keep(const std::vector<uint32_t>& places,
            const std::vector<Prover::Truth>& truths);
  const People& people(const Side& side) const {
    return (side.holds ? held_ : failed_)[side.condition];
  }

  Prover& prover_;
  ReasonBudget& budget_;
  std::vector<NodeId> conditions_;
  std::vector<People> held_;  // by condition
  std::vector<People> failed_;
  size_t met_ = 0;
  uint64_t unanswered_ = 0;
  std::optional<Side> supposed_;
  bool possible_ = true;  // what is supposed
};

}  // namespace kitle
