// The bounds of a persona's points, which are counted in hundredths.
#pragma once

#include <cstdint>

#include "runtime/wide.h"

namespace kitle {

inline constexpr int64_t kNoLimit = INT64_MAX;
// |points| of a line, and what a persona's limits are within.
inline constexpr int64_t kMostPoints = 100'000'000;
// Sums of hundredths, times 2^32 where they halve, beyond this are too big.
inline constexpr Int128 kMostPointsSum = Int128{1} << 120;
// Days in which points halve.
inline constexpr uint32_t kMostHalving = 3650;

}  // namespace kitle
