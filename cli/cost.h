// kitle explain --cost and --analyze.
#pragma once

#include <string>

#include "cli/evaluate.h"

namespace kitle::cli {

// Prints what the segments of `options.run` cost over the store; `analyze`:
// runs them for it.
int explain_cost(const EvaluateOptions& options, bool analyze,
                 Context& context);

}  // namespace kitle::cli
