// Stages among random rules, and how rules ask for them.
#pragma once

#include <cstdint>
#include <functional>

#include "tests/support/random/dice.h"
#include "tests/support/random/random_rules.h"

namespace kitle::testing {

// A line each, of which all but the last may be left out. `condition` makes
// one of a depth.
Rule random_stages(int64_t number, Dice& dice,
                   const std::function<Phrase(int)>& condition);

// REQUIRES: `rule` is stages.
Phrase stage_test(const Rule& rule, Dice& dice);

}  // namespace kitle::testing
