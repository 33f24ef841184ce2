// Which segments imply, exclude or equal one another, as far as can be proven
// without data (compiler/reason.h).
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/plan.h"
#include "compiler/reason.h"
#include "compiler/typed.h"
#include "kitle/guards.h"

namespace kitle {

struct ProvenRelation {
  uint32_t first = 0;  // of Repository::segments
  uint32_t second = 0;
  RelationKind kind = RelationKind::kImplies;
};

struct ProvenRelations {
  std::vector<ProvenRelation> all;
  std::vector<bool> guards;  // proven; by Repository::guards
  // Pairs of segments of which something was not decided, because the steps
  // that are taken for so many were spent.
  uint64_t undecided = 0;
};

// Pairs of segments that are neither empty nor everyone for certain, and are
// not stages of one declaration, which exclude each other by their meaning.
// REQUIRES: no errors in `repository`.
ProvenRelations find_relations(const Repository& repository);

// Those that imply each other alone, without the guards, by a prover of a plan
// whose first segments are the repository's.
ProvenRelations find_implications(const Repository& repository,
                                  const Plan& plan, Prover& prover,
                                  ReasonBudget& budget);

}  // namespace kitle
