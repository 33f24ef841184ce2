// The reference evaluator's values, and how they are calculated exactly.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "grammar/ast_expr.h"
#include "runtime/wide.h"

namespace kitle::reference {

// top / bottom, never reduced; bottom is not 0, but may be negative.
struct Fraction {
  Int128 top = 0;
  Int128 bottom = 1;
};

// What an expression is: missing; flags, integers, money, dates, times and
// durations; fractions of money and durations; numbers; texts; lists.
using Value = std::variant<std::monostate, Int128, Fraction, double,
                           std::string, std::vector<std::string>>;

inline bool is_missing(const Value& value) { return value.index() == 0; }

// ---- exact; nothing where the result is beyond 128 bits ----
std::optional<Int128> sum(Int128 a, Int128 b);
std::optional<Int128> difference(Int128 a, Int128 b);
std::optional<Int128> product(Int128 a, Int128 b);
std::optional<Fraction> product(const Fraction& a, const Fraction& b);
std::optional<std::strong_ordering> compare(const Fraction& a,
                                            const Fraction& b);

// An integer with a decimal that was written. REQUIRES: bottom > 0.
std::strong_ordering compare(Int128 a, const Fraction& decimal);

// ---- numbers ----
// Rounded once, to nearest even. REQUIRES: b is not 0.
double quotient(Int128 a, Int128 b);
// By their mathematical values. REQUIRES: b is finite.
std::strong_ordering compare(Int128 a, double b);

// The whole value beside it that `rounding` says; nothing beyond 128 bits.
std::optional<Int128> whole_beside(const Fraction& value, Rounding rounding);
std::optional<Int128> whole_beside(double value, Rounding rounding);

// Towards minus infinity. REQUIRES: b > 0.
Int128 floor_divide(Int128 a, Int128 b);

}  // namespace kitle::reference
