// Plan -> program: both codes, general and fast. Entry point: lower().
//
// Values become registers of 64 bits where their interval allows it, else of
// 128, or of doubles; presence becomes bits beside them; what may be
// undecided becomes error bits, joined for each segment over all its nodes,
// whatever its logic says (Meaning 3).
#pragma once

#include "compiler/plan.h"
#include "compiler/sharing.h"
#include "runtime/eval/program.h"

namespace kitle {

// REQUIRES: verify(plan, schema) finds nothing.
Program lower(const Plan& plan, const Schema& schema,
              const LowerOptions& options = {});

}  // namespace kitle
