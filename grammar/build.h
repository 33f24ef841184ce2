// From what the grammar matched to the syntax tree, with the reports of slips
// and failures. build() is the entry.
#pragma once

#include "grammar/ast.h"
#include "grammar/cst.h"
#include "grammar/diagnostic.h"

namespace kitle {

struct BuildInput {
  const SourceSet& sources;
  uint32_t file;
  std::string_view text;  // the door's
  const Cst& cst;
  Diagnostics& diagnostics;
};

void build(const BuildInput& input, Syntax& syntax);

}  // namespace kitle
