// The whole compiler behind the checker: repository -> plan -> program.
// Entry points: make_plan(), compile().
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compiler/build_plan.h"
#include "compiler/lower.h"
#include "compiler/plan.h"
#include "compiler/simplify.h"
#include "compiler/typed.h"
#include "runtime/eval/program.h"

namespace kitle {

struct CompileOptions {
  Rewrites rewrites{};
  // Names of the segments wanted, with what they need; empty: all that are not
  // private.
  std::vector<std::string> segments{};
  LowerOptions lower{};
};

// The places of those that CompileOptions::segments says, in the order of
// declaration: that of the program's outputs.
std::vector<uint32_t> segments_wanted(const Repository& repository,
                                      const std::vector<std::string>& names);
// REQUIRES for both: check() found no error in `repository`.
Plan make_plan(const Repository& repository, const CompileOptions& options);
// The simplified plan of all segments in their order, private ones as well, and
// of `parts` behind them.
Plan make_plan_of(const Repository& repository,
                  std::span<const PlanPart> parts);
Program compile(const Repository& repository, const CompileOptions& options);

}  // namespace kitle
