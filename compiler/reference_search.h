// The search for events that satisfy a sequence (Meaning 13 to 16). Internal to
//   reference_sequences.cc  whether there are such events
//   reference_chain.cc      which ones, and what is missing
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "compiler/reference_walk.h"

namespace kitle::reference {

class Walk::Search {
 public:
  // In a choice, of a step that nothing asks for any more.
  static constexpr uint32_t kForgotten = UINT32_MAX;

  // All must outlive it; `all`: the candidates of each step.
  Search(Walk& walk, const TypedSequence& sequence,
         const std::vector<Candidates>& all)
      : walk_(walk), sequence_(sequence), all_(all) {}

  bool run() const;
  size_t tried() const { return tried_; }
  // Of the candidates of a positive step, for how many T + D is not behind now.
  size_t over(uint32_t before, uint32_t step) const;

  const Event& event(uint32_t step, const Candidate& candidate) const;
  Int128 time(const Choice& choice, uint32_t step) const;
  // REQUIRES: one before that is positive.
  uint32_t last_positive(uint32_t before) const;
  bool is_last(uint32_t step) const;
  // The choice with a candidate of the step `next`.
  Choice longer(const Choice& choice, uint32_t next, uint32_t candidate) const;
  // The candidates of `next` that are in time, by place: [first, end).
  std::pair<uint32_t, uint32_t> in_time(const Choice& choice, uint32_t step,
                                        uint32_t next) const;
  // Whether the candidate may be chosen for `next`; the steps from `step` on to
  // it are negated.
  bool follows(const Choice& choice, uint32_t step, uint32_t next,
               const Candidate& candidate) const;
  // What stands behind the last event that happens.
  bool closes(const Choice& choice, uint32_t step) const;

  // ---- what follows() and closes() ask ----
  // The first event of a negated step that is later than `from`, until `end`;
  // kForgotten if there is none.
  uint32_t spoiler(const Choice& choice, uint32_t step, Int128 from,
                   Int128 end) const;
  // T + D of a step's `within`, and of `all within`.
  Int128 from_within(uint32_t before, const Choice& choice,
                     uint32_t step) const;
  Int128 all_within(const Choice& choice) const;
  bool has_same(const Choice& choice, uint32_t step, const Candidate& candidate,
                size_t key) const;
  Stored same(uint32_t step, const Candidate& candidate, size_t key) const;
  bool compares(const StepComparison& compared, uint32_t step,
                const Candidate& own, const Candidate& other) const;
  const Candidate& chosen(const Choice& choice, uint32_t step) const {
    return all_[step][choice[step]];
  }
  Value own_value(const StepComparison& compared, uint32_t step,
                  const Candidate& candidate) const;
  // Of an order: its sum, or its first row's.
  Value other_value(const StepComparison& compared,
                    const Candidate& candidate) const;

 private:
  // The candidates in (from, end]; they are in the order of their times.
  std::pair<uint32_t, uint32_t> between(uint32_t step, Int128 from,
                                        Int128 end) const;
  std::set<Choice> extended(const std::set<Choice>& choices, uint32_t step,
                            uint32_t next) const;
  void forget(Choice& choice, uint32_t behind) const;
  Int128 end_of(const StepSpan& span, Int128 moment) const;
  // What an event must be to those chosen before.
  bool fits(const Choice& choice, uint32_t step,
            const Candidate& candidate) const;
  Column text_column(const Typed& tree) const;

  Walk& walk_;
  const TypedSequence& sequence_;
  const std::vector<Candidates>& all_;
  mutable size_t tried_ = 0;  // by follows() and closes()
};

}  // namespace kitle::reference
