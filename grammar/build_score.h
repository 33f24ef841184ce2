// Scores: from the matched text to the syntax tree; see build.h.
#pragma once

#include "grammar/build_expr.h"

namespace kitle {

ScoreDecl build_score(const BuildInput& input, const NodeRef& node);

}  // namespace kitle
