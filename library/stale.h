// Whether a fit is older than its rule allows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "compiler/fit.h"
#include "runtime/store/snapshot.h"

namespace kitle {

// In the time zone of the store. Errors: kCorrupt (its zone).
Result<bool> is_stale(const TypedFit& of, const Fit& fit, int64_t now,
                      const Snapshot& snapshot);

// What to say of the fits that these segments ask for, also through others:
// those that are too old. `written`: the rules before put_cuts().
Result<std::vector<std::string>> stale_fits(const Repository& written,
                                            const ChosenFits& chosen,
                                            std::span<const uint32_t> segments,
                                            int64_t now,
                                            const Snapshot& snapshot);

}  // namespace kitle
