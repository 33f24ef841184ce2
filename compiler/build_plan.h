// Typed tree -> plan, one node for one node. Entry point: build_plan().
#pragma once

#include "compiler/plan.h"
#include "compiler/typed.h"

namespace kitle {

// REQUIRES: check() found no error in `repository`.
Plan build_plan(const Repository& repository);

}  // namespace kitle
