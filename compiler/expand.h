// Templates put in where they are called, so that no later pass knows them: a
// call becomes kExpanded over a copy of the template's body, in which the
// parameters are the arguments (kArgument over a copy of what was written).
// Places in a copy are those of the template's file, and know the call
// (SourceSet::add_copy). Entry point: expand_templates().
#pragma once

#include <cstdint>

#include "grammar/ast.h"
#include "grammar/diagnostic.h"

namespace kitle {

inline constexpr uint64_t kMaxExpandedNodes = 1'000'000;
inline constexpr size_t kMaxCallDepth = 16;  // templates in templates

void expand_templates(SourceSet& sources, Syntax& syntax,
                      Diagnostics& diagnostics);

}  // namespace kitle
