// What a test must give before something can be computed. Internal to
// library/tests*.cc.
#pragma once

#include <string>
#include <vector>

#include "compiler/typed.h"

namespace kitle {

// What a condition asks for that only a fit could say, also through segments
// and personas, each with the line that gives it: "`rfm.recency` is not known:
// write `given rfm.recency 5`, or ...". In the order of the rules.
// REQUIRES: what is given stands in its place, and no cuts were put.
std::vector<std::string> needs_of(const Repository& repository,
                                  const Typed& condition);

}  // namespace kitle
