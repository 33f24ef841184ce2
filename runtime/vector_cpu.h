// Which of the CPUs that vector kernels are compiled for is at hand.
#pragma once

#include <cstdint>

namespace kitle {

// Those that this CPU can run, bits as Highway names them (HWY_AVX2); the
// lowest is the best.
int64_t vector_cpus();

// For tests: from now on kernels run as on a CPU of these alone; 0: as on this
// one. No kernel may run meanwhile.
void run_vectors_as(int64_t cpus);

}  // namespace kitle
