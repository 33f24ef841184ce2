// Which clauses of a condition contradict each other.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "compiler/build_plan.h"
#include "compiler/reason.h"
#include "compiler/typed.h"

namespace kitle {

// The smallest set of a condition's clauses (what is joined by `and`, brackets
// left out) that is found by leaving out one after the other.
struct Culprits {
  std::vector<size_t> places;  // of the clauses
  // Of one clause alone, those inside its `where`, where it is these.
  std::vector<Span> spans;
};

class CulpritFinder {
 public:
  // One plan is made for all of `conditions`; repository and budget must
  // outlive it.
  CulpritFinder(const Repository& repository, ReasonBudget& budget,
                const std::vector<const Typed*>& conditions);

  // Of one of these, in which nobody can be.
  Culprits find(const Typed& condition);

 private:
  // Clauses of people, or of events, that stand together in the plan.
  struct Clauses {
    std::vector<const Typed*> all;
    size_t first = 0;
  };

  Plan plan_of(const std::vector<const Typed*>& conditions);
  void put(const Typed& condition, uint32_t event);
  std::vector<size_t> contradiction(const Clauses& clauses);

  const Repository& repository_;
  std::vector<PlanPart> parts_;
  std::unordered_map<const Typed*, Clauses> clauses_;  // by condition
  Plan plan_;
  Prover prover_;
};

}  // namespace kitle
