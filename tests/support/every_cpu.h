// The vector kernels of every CPU that this one can run.
#pragma once

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <cstdint>

namespace kitle::testing {

// Calls use() with each of them in turn.
template <class Use>
void on_every_cpu(Use use) {
  for (int64_t targets = hwy::SupportedTargets(); targets != 0;
       targets &= targets - 1) {
    hwy::SetSupportedTargetsForTest(targets & -targets);
    SCOPED_TRACE(hwy::TargetName(targets & -targets));
    use();
  }
  hwy::SetSupportedTargetsForTest(0);
}

}  // namespace kitle::testing
