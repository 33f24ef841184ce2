// Which segments an edit of the rules left as they were.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/typed.h"

namespace kitle {

// For each segment of `after` one of `before` that has the same members over
// every store at every instant, and is undecided for the same people: their
// plans are equal, whatever they are called. None where that is not known, and
// for all where settings or columns differ. Costs two plans.
// REQUIRES: check() found no error in either.
std::vector<std::optional<uint32_t>> unchanged_segments(
    const Repository& before, const Repository& after);

}  // namespace kitle
