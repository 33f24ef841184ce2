// Which CPUs the vector kernels are compiled for: x86-64, AVX2, AVX-512, and
// AVX-512 with the bit algorithms. Included before Highway in each of them.
#pragma once

#define HWY_WANT_AVX3_DL 1
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
