// The whole compiler behind the checker: repository -> plan -> program.
// Entry points: make_plan(), compile().
#pragma once

#include <string>
#include <vector>

#include "compiler/plan.h"
#include "compiler/simplify.h"
#include "compiler/typed.h"
#include "runtime/eval/program.h"

namespace kitle {

struct CompileOptions {
  Rewrites rewrites{};
  // Names of the segments wanted, with what they need; empty: all.
  std::vector<std::string> segments{};
};

// REQUIRES for both: check() found no error in `repository`.
Plan make_plan(const Repository& repository, const CompileOptions& options);
Program compile(const Repository& repository, const CompileOptions& options);

}  // namespace kitle
