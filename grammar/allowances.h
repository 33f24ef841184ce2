// Comments that allow what a lint finds, with a reason:
//   # lint: allow is-not-missing because nobody without a city is meant
// They are about the next line that is not a comment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "grammar/ast.h"
#include "grammar/source.h"

namespace kitle {

struct Allowance {
  std::vector<Name> lints;
  bool reason = false;  // it has one
  Span span;            // of the comment
  // Of the line that it is about; empty where none follows.
  Span line;
};

// Those of all comments, by file and place.
std::vector<Allowance> read_allowances(const SourceSet& sources,
                                       const Syntax& syntax);

}  // namespace kitle
