// The values that a fit ranks. Internal to library/.
#pragma once

#include <memory>
#include <vector>

#include "compiler/fit.h"
#include "runtime/eval/run.h"
#include "runtime/store/snapshot.h"

namespace kitle {

// By dimension, over everyone of a snapshot who is ranked, at an instant, with
// the cuts of the fits that this one asks for.
Result<std::vector<SegmentValues>> ranked_values(
    const Repository& repository, const ChosenFits& chosen, uint32_t fit,
    const std::shared_ptr<const Snapshot>& snapshot, int64_t now,
    const RunControls& controls);

}  // namespace kitle
