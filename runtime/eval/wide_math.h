// 128-bit integers and doubles: rounding once, comparing exactly.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

#include "runtime/wide.h"

namespace kitle {

// To nearest, ties to even.
double to_double(Int128 value);
// a / b rounded once, to nearest, ties to even; 0 where b = 0.
double rounded_quotient(Int128 a, Int128 b);

// Which integer is meant: Instruction::imm of kRoundW and kRoundF.
enum class RoundTo : uint8_t { kNearestEven = 0, kDown = 1, kUp = 2 };
// a / b as an integer, 0 where b = 0; nothing beyond 128 bits.
std::optional<Int128> rounded_whole(Int128 a, Int128 b, RoundTo to);
// The same of a number; nothing where it is not finite.
std::optional<Int128> rounded_whole(double a, RoundTo to);

// As numbers, without rounding; unordered where b is NaN.
std::partial_ordering compare_exactly(Int128 a, double b);

}  // namespace kitle
