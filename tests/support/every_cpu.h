// The vector kernels of every CPU that this one can run.
#pragma once

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <cstdint>

#include "runtime/vector_cpu.h"

namespace kitle::testing {

// Calls use() with each of them in turn.
template <class Use>
void on_every_cpu(Use use) {
  for (int64_t cpus = vector_cpus(); cpus != 0; cpus &= cpus - 1) {
    run_vectors_as(cpus & -cpus);
    SCOPED_TRACE(hwy::TargetName(cpus & -cpus));
    use();
  }
  run_vectors_as(0);
}

}  // namespace kitle::testing
