// Text to tree. The one place with PEGTL is behind this header.
#pragma once

#include "grammar/ast.h"
#include "grammar/diagnostic.h"

namespace kitle {

// Limits at the door, so that every later pass may recurse freely.
inline constexpr uint32_t kMaxNesting = 120;    // brackets, `not`, ...
inline constexpr uint32_t kMaxOperators = 256;  // `a + b - ...`, in all
inline constexpr uint32_t kMaxFileBytes = 1u << 20;
// A file with more failures is no rule file: the rest of it is not read.
inline constexpr uint32_t kMaxFailures = 1000;

// Parses the file `file` of `sources` and appends what it declares to
// `syntax`. Reports every mistake it finds (recovery at declarations and
// lines); what could not be understood is left out of the tree.
void parse(const SourceSet& sources, uint32_t file, Syntax& syntax,
           Diagnostics& diagnostics);

}  // namespace kitle
