// The reference evaluator: an obvious, slow walk over the typed tree, one
// profile at a time, on strings, instants and exact integers. It shares
// nothing with the fast tiers: no plan, no program, no binder, no code sets,
// its own calendar (date.h) and its own folding. What it says is right.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/typed.h"
#include "runtime/status.h"
#include "runtime/store/snapshot.h"

namespace kitle {

struct ReferenceSegment {
  std::vector<uint32_t> members;    // ordinals, increasing; none undecided
  std::vector<uint32_t> undecided;  // ordinals, increasing
};

struct ReferenceAnswers {
  std::vector<ReferenceSegment> segments;  // as asked for
  uint32_t profiles = 0;                   // live ones
};

// `segments`: indexes in repository.segments.
Result<ReferenceAnswers> evaluate_reference(const Repository& repository,
                                            std::span<const uint32_t> segments,
                                            const Snapshot& snapshot,
                                            int64_t now);

}  // namespace kitle
