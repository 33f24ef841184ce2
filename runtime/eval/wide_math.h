// 128-bit integers and doubles: rounding once, comparing exactly.
#pragma once

#include <compare>

#include "runtime/wide.h"

namespace kitle {

// To nearest, ties to even.
double to_double(Int128 value);
// a / b rounded once, to nearest, ties to even; 0 where b = 0.
double rounded_quotient(Int128 a, Int128 b);
// As numbers, without rounding; unordered where b is NaN.
std::partial_ordering compare_exactly(Int128 a, double b);

}  // namespace kitle
