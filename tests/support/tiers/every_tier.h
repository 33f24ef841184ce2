// One repository, one store, one instant: asked on every tier.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/reference.h"
#include "compiler/sharing.h"
#include "compiler/typed.h"
#include "runtime/status.h"
#include "runtime/store/snapshot.h"

namespace kitle::testing {

// As if each question were one of many; of sequences, some still ask alone.
inline constexpr LowerOptions kEachOfMany = {.asked_from = 1,
                                             .followed_from = 1,
                                             .followed_asked_from = 2,
                                             .told_from = 1,
                                             .summed_from = 1};

struct TierAnswers {
  std::string tier;                        // "reference"
  std::vector<ReferenceSegment> segments;  // of the repository
  uint32_t profiles = 0;
};

struct TierOptions {
  bool each_rewrite_off = true;    // else only all on and all off
  bool machine = true;             // machine code, where it is possible
  bool machine_as_written = true;  // also of the plan without rewrites
  // Also with less and more of LLVM's work, and for the oldest CPU.
  bool each_code = false;
};

// The reference first. Point queries are asked for live profiles only.
Result<std::vector<TierAnswers>> ask_every_tier(
    const Repository& repository,
    const std::shared_ptr<const Snapshot>& snapshot, int64_t now,
    const TierOptions& options);

// What one tier says otherwise than the first, or "".
std::string first_difference(const Repository& repository,
                             const std::vector<TierAnswers>& answers);

}  // namespace kitle::testing
