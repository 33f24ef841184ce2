// See reason_culprits.h.
#include "compiler/reason_culprits.h"

#include <algorithm>

#include "compiler/compile.h"
#include "compiler/reason.h"

namespace kitle {

namespace {

void collect(const Typed& tree, std::vector<const Typed*>& found) {
  if (tree.kind != TypedKind::kAnd) {
    found.push_back(&tree);
    return;
  }
  for (const TypedPtr& arg : tree.args) collect(*arg, found);
}

// Of clauses of people, or of events.
std::vector<size_t> contradiction(const Repository& repository,
                                  const std::vector<const Typed*>& clauses,
                                  uint32_t event) {
  std::vector<PlanPart> parts;
  for (const Typed* each : clauses) parts.push_back({each, event});
  const Plan plan = make_plan_of(repository, parts);
  Prover prover(plan, repository);
  std::vector<Literal> all;
  for (size_t i = 0; i < parts.size(); ++i) {
    const size_t place = repository.segments.size() + i;
    all.push_back({plan.segments[place].condition, true});
  }
  return prover.contradiction(all);
}

// The events that a comparison is of, if their `where` joins several.
const TypedEvents* filtered(const Typed& clause) {
  if (clause.events && clause.events->where &&
      clause.events->where->kind == TypedKind::kAnd) {
    return clause.events.get();
  }
  for (const TypedPtr& arg : clause.args) {
    const TypedEvents* found = filtered(*arg);
    if (found != nullptr) return found;
  }
  return nullptr;
}

}  // namespace

std::vector<const Typed*> clauses_of(const Typed& condition) {
  std::vector<const Typed*> found;
  collect(condition, found);
  return found;
}

Culprits find_culprits(const Repository& repository,
                       const std::vector<const Typed*>& clauses) {
  Culprits found;
  found.places = contradiction(repository, clauses, kNone);
  if (found.places.size() == 1) {
    const TypedEvents* events = filtered(*clauses[found.places.front()]);
    if (events != nullptr) {
      const auto inner = clauses_of(*events->where);
      for (const size_t each :
           contradiction(repository, inner, events->event)) {
        found.spans.push_back(inner[each]->span);
      }
    }
  }
  if (found.spans.empty()) {
    for (const size_t each : found.places) {
      found.spans.push_back(clauses[each]->span);
    }
  }
  // What the checker made of one (`between`) shares its place.
  const auto twice = std::ranges::unique(found.spans);
  found.spans.erase(twice.begin(), twice.end());
  return found;
}

}  // namespace kitle
