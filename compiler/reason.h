// What can be said of conditions without any data: which nobody can meet, and
// which everyone does. Sound, and bounded: what it claims holds for every
// person who can be decided, whatever is stored and at any instant; what it
// cannot find within its budget it does not claim.
//
// Conditions of the plan are taken apart into `and`, `or`, `not` and atoms.
// What the goals leave no choice of is assumed first; where a choice is left,
// both ways are tried, until each meets a contradiction, or the search gives
// up. What two atoms say of one thing is in reason_facts.h.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "compiler/plan.h"
#include "compiler/reason_budget.h"
#include "compiler/reason_facts.h"
#include "compiler/reason_state.h"
#include "grammar/ast.h"
#include "grammar/diagnostic.h"

namespace kitle {

class Prover {
 public:
  enum class Truth : uint8_t { kUnknown, kNo, kYes };

  // A person of whom some conditions hold, as far as can be seen without data:
  // nothing that is said of one contradicts another.
  struct Sketch {
    std::span<const NodeId> conditions{};
    // What shall be so of it, too, those before first.
    std::span<const Literal> wishes{};
    // What cannot be so is the other way round; else one that cannot is the
    // last.
    bool either = false;
    // What a wish is worth, in steps; 0: as much as the question took. No more
    // are granted where they take more.
    uint64_t worth = 0;
    std::vector<Truth> truths{};  // of `conditions`; none where no one was met
  };

  // The plan, of the repository; all must outlive it.
  Prover(const Plan& plan, const Repository& repository, ReasonBudget& budget);
  Prover(const Prover&) = delete;
  Prover& operator=(const Prover&) = delete;
  ~Prover();

  // True: no person can meet all of these at once. Else, maybe, one of whom
  // they hold is drawn.
  bool impossible(std::span<const Literal> all, Sketch* met = nullptr);
  bool never(NodeId condition);
  bool always(NodeId condition);
  bool implies(NodeId a, NodeId b);
  bool excludes(NodeId a, NodeId b);
  // The places of some of `all` that no person can meet at once, of which none
  // can be left out; none where that is not known.
  std::vector<size_t> contradiction(std::span<const Literal> all);

  // What is asked from here on is asked of people of whom this holds, instead
  // of what was supposed before. False: there are none.
  bool suppose(const Literal& literal);
  void suppose_nothing();

 private:
  bool refuted(std::span<const Literal> goals);
  bool propagate(std::span<const Literal> goals);
  bool force(NodeId id, bool wanted);
  bool force_one(NodeId id, bool wanted);
  bool force_atom(NodeId atom, bool wanted);
  bool force_implied();
  bool either_way(std::span<const Literal> goals, NodeId atom);
  bool can_be(NodeId id, bool wanted);
  bool assume(NodeId atom, bool holds);
  void forget(size_t kept);
  void step();
  bool is_enough() const;
  Truth truth(NodeId id);
  Truth junction(const Node& node, Truth decisive);
  bool contradicts(NodeId atom, bool holds);
  Prover& of_events();

  void draw();
  void grant(const Sketch& sketch);
  bool wish(const Literal& literal);
  bool dive(const Literal& goal);

  // An atom, or a choice that is left.
  struct Assumed {
    NodeId atom = kNone;
    ReasonState::Mark before{};
  };

  const Plan& plan_;
  const Repository& repository_;
  ReasonBudget& budget_;
  ReasonState state_;
  std::unique_ptr<Prover> of_events_;  // for conditions of events
  std::vector<Assumed> assumed_;
  std::vector<Truth> truths_;      // of these, by node
  std::vector<Literal> supposed_;  // that leave a choice
  NodeId open_ = kNone;            // an atom that is left to choose
  uint32_t steps_ = 0;             // of this question
  uint64_t asked_ = 0;             // steps before it
  Sketch* met_ = nullptr;          // that is wanted
};

// Reports stages that no one can be in, people who are left over, segments
// that are empty or everyone, and guards that cannot hold. REQUIRES: no errors
// in `diagnostics`.
void reason(const Repository& repository, const Syntax& syntax,
            const SourceSet& sources, Diagnostics& diagnostics);

}  // namespace kitle
