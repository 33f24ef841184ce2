// Whether a fit is older than its rule allows.
#pragma once

#include <string>
#include <vector>

#include "compiler/fit.h"
#include "library/fitted_rules.h"
#include "runtime/store/snapshot.h"

namespace kitle {

// In the time zone of the store. Errors: kCorrupt (its zone).
Result<bool> is_stale(const TypedFit& of, const Fit& fit, int64_t now,
                      const Snapshot& snapshot);

// What to say of the fits that a run used: those that are too old.
Result<std::vector<std::string>> stale_fits(const FittedRules& rules,
                                            int64_t now,
                                            const Snapshot& snapshot);

}  // namespace kitle
