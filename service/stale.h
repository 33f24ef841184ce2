// Whether a fit is older than its rule allows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/eval/program.h"
#include "runtime/store/snapshot.h"

namespace kitle {

// A fit that segments ask for.
struct FitInUse {
  int64_t fitted = 0;        // its `now`
  StepParam refit = {};      // how often its rule says; n = 0: it does not
  std::string warning = {};  // what to say where that is too long ago
};

// In the time zone of the store. Errors: kCorrupt (its zone).
Result<bool> is_stale(int64_t fitted, const StepParam& refit, int64_t now,
                      const Snapshot& snapshot);

// The warnings of those that are too old.
Result<std::vector<std::string>> stale_fits(std::span<const FitInUse> fits,
                                            int64_t now,
                                            const Snapshot& snapshot);

}  // namespace kitle
