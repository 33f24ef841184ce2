// The `source` declarations.
#pragma once

#include "grammar/tree.h"

namespace kitle {

SourceDecl build_source(const BuildInput& input, const NodeRef& node);

}  // namespace kitle
