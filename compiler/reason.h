// What can be said of conditions without any data: which nobody can meet, and
// which everyone does. Sound, and bounded: what it claims holds for every
// person who can be decided, whatever is stored and at any instant; what it
// cannot find within its budget it does not claim.
//
// Conditions of the plan are taken apart into `and`, `or`, `not` and atoms. A
// search over the atoms' truth meets a contradiction on every way, or gives
// up. What two atoms say of one thing is in reason_facts.h.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/plan.h"
#include "compiler/reason_facts.h"
#include "grammar/ast.h"
#include "grammar/diagnostic.h"

namespace kitle {

class Prover {
 public:
  // The plan must outlive it.
  explicit Prover(const Plan& plan) : plan_(plan), facts_(plan) {}

  // True: no person can meet all of these at once.
  bool impossible(std::span<const Literal> all);
  bool never(NodeId condition);
  bool always(NodeId condition);

 private:
  enum class Truth : uint8_t { kUnknown, kNo, kYes };

  bool refuted(std::span<const Literal> goals);
  bool either_way(std::span<const Literal> goals, NodeId atom);
  Truth truth(NodeId id);
  Truth junction(const Node& node, Truth decisive);
  bool contradicts(NodeId atom, bool holds) const;

  const Plan& plan_;
  ReasonFacts facts_;
  std::vector<Literal> assumed_;  // atoms
  std::vector<Truth> truths_;     // of atoms, by node
  NodeId open_ = kNone;           // an atom that truth() asked for in vain
  uint32_t steps_ = 0;
};

// Reports stages that no one can be in, people who are left over, and
// segments that are empty or everyone. REQUIRES: no errors in `diagnostics`.
void reason(const Repository& repository, const Syntax& syntax,
            Diagnostics& diagnostics);

}  // namespace kitle
