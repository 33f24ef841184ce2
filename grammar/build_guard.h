// Guards: from the matched text to the syntax tree; see build.h.
#pragma once

#include "grammar/build_expr.h"

namespace kitle {

GuardDecl build_guard(const BuildInput& input, const NodeRef& node);

}  // namespace kitle
