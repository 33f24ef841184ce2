// What single operations of the model are, in the most obvious way.
#pragma once

#include <optional>
#include <vector>

#include "runtime/eval/program.h"
#include "runtime/window.h"

namespace kitle::test {

// a / b, or a, as an integer; `imm` as of kRoundW. Nothing beyond 128 bits.
std::optional<Int128> model_rounded(Int128 a, Int128 b, int imm);
std::optional<Int128> model_rounded(double a, int imm);
bool model_among(const WholesParam& param, Int128 value);
// The texts of a lookup say what the codes are.
std::optional<int64_t> model_look_up(const LookupParam& lookup, Int128 key);
// Nothing beyond 128 bits.
std::optional<Int128> model_sum(const std::vector<Int128>& values);
// Twice the median gap between distinct times; nothing if there is none.
std::optional<int64_t> model_median_gap2(const std::vector<int64_t>& times);
// kCmpWF.
bool model_mixed(Int128 a, double b, int imm);
int64_t model_age(int64_t birth, int64_t today);
bool model_birthday(int64_t birth, const Bounds& window, int64_t today);

}  // namespace kitle::test
