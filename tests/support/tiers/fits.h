// What is fitted in a repository, fitted twice: by the definition of Meaning 21
// over the reference evaluator's values, and by the program.
#pragma once

#include <memory>

#include "compiler/typed.h"
#include "runtime/status.h"
#include "runtime/store/snapshot.h"

namespace kitle::testing {

// The repository with the cuts of these fits in place. What cannot be fitted,
// because a value cannot be computed for somebody, leaves its segments
// undecided. An error also where the two fits are not the same.
Result<Repository> fitted_alike(const Repository& repository,
                                const std::shared_ptr<const Snapshot>& snapshot,
                                int64_t now);

}  // namespace kitle::testing
