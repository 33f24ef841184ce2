// See reason_culprits.h.
#include "compiler/reason_culprits.h"

#include <algorithm>

#include "compiler/compile.h"

namespace kitle {

namespace {

void collect(const Typed& tree, std::vector<const Typed*>& found) {
  if (tree.kind != TypedKind::kAnd) {
    found.push_back(&tree);
    return;
  }
  for (const TypedPtr& arg : tree.args) collect(*arg, found);
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

CulpritFinder::CulpritFinder(const Repository& repository, ReasonBudget& budget,
                             const std::vector<const Typed*>& conditions)
    : repository_(repository),
      plan_(plan_of(conditions)),
      prover_(plan_, repository, budget) {}

Plan CulpritFinder::plan_of(const std::vector<const Typed*>& conditions) {
  for (const Typed* each : conditions) put(*each, kNone);
  return make_plan_of(repository_, parts_);
}

void CulpritFinder::put(const Typed& condition, uint32_t event) {
  const auto [made, fresh] = clauses_.try_emplace(&condition);
  if (!fresh) return;
  std::vector<const Typed*> all;
  collect(condition, all);
  made->second = {all, parts_.size()};
  for (const Typed* each : all) parts_.push_back({each, event});
  if (event != kNone) return;
  for (const Typed* each : all) {
    const TypedEvents* events = filtered(*each);
    if (events != nullptr) put(*events->where, events->event);
  }
}

std::vector<size_t> CulpritFinder::contradiction(const Clauses& clauses) {
  std::vector<Literal> all;
  for (size_t i = 0; i < clauses.all.size(); ++i) {
    const size_t place = repository_.segments.size() + clauses.first + i;
    all.push_back({plan_.segments[place].condition, true});
  }
  return prover_.contradiction(all);
}

Culprits CulpritFinder::find(const Typed& condition) {
  const Clauses& clauses = clauses_.at(&condition);
  Culprits found{contradiction(clauses), {}};
  if (found.places.size() == 1) {
    const TypedEvents* events = filtered(*clauses.all[found.places.front()]);
    if (events != nullptr) {
      const Clauses& inner = clauses_.at(events->where.get());
      for (const size_t each : contradiction(inner)) {
        found.spans.push_back(inner.all[each]->span);
      }
    }
  }
  if (found.spans.empty()) {
    for (const size_t each : found.places) {
      found.spans.push_back(clauses.all[each]->span);
    }
  }
  // What the checker made of one (`between`) shares its place.
  const auto twice = std::ranges::unique(found.spans);
  found.spans.erase(twice.begin(), twice.end());
  return found;
}

}  // namespace kitle
