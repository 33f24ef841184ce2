// Typed tree -> plan, one node for one node. Entry point: build_plan().
#pragma once

#include <span>

#include "compiler/plan.h"
#include "compiler/typed.h"

namespace kitle {

// A condition in a repository's rules, of people or of events of a type.
struct PlanPart {
  const Typed* condition = nullptr;
  uint32_t event = kNone;
};

// Each of `parts` becomes a segment behind those of the repository. REQUIRES:
// check() found no error in `repository`.
Plan build_plan(const Repository& repository,
                std::span<const PlanPart> parts = {});

}  // namespace kitle
