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
#include "compiler/reason_facts.h"
#include "compiler/reason_state.h"
#include "grammar/ast.h"
#include "grammar/diagnostic.h"

namespace kitle {

class Prover {
 public:
  // The plan, of the repository; both must outlive it.
  Prover(const Plan& plan, const Repository& repository);
  Prover(const Prover&) = delete;
  Prover& operator=(const Prover&) = delete;
  ~Prover();

  // True: no person can meet all of these at once.
  bool impossible(std::span<const Literal> all);
  bool never(NodeId condition);
  bool always(NodeId condition);
  bool implies(NodeId a, NodeId b);
  bool excludes(NodeId a, NodeId b);
  // The places of some of `all` that no person can meet at once, of which none
  // can be left out; none where that is not known.
  std::vector<size_t> contradiction(std::span<const Literal> all);
  // Work of all questions so far, for who asks many.
  uint64_t steps_taken() const;

 private:
  enum class Truth : uint8_t { kUnknown, kNo, kYes };

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
  void step(size_t work);
  Truth truth(NodeId id);
  Truth junction(const Node& node, Truth decisive);
  bool contradicts(NodeId atom, bool holds);
  Prover& of_events();

  // An atom, or a choice that is left.
  struct Assumed {
    NodeId atom = kNone;
    ReasonState::Mark before{};
  };

  const Plan& plan_;
  const Repository& repository_;
  ReasonState state_;
  std::unique_ptr<Prover> of_events_;  // for conditions of events
  std::vector<Assumed> assumed_;
  std::vector<Truth> truths_;  // of these, by node
  NodeId open_ = kNone;        // an atom that is left to choose
  uint32_t steps_ = 0;         // of this question
  uint64_t taken_ = 0;
};

// Reports stages that no one can be in, people who are left over, segments
// that are empty or everyone, and guards that cannot hold. REQUIRES: no errors
// in `diagnostics`.
void reason(const Repository& repository, const Syntax& syntax,
            const SourceSet& sources, Diagnostics& diagnostics);

}  // namespace kitle
