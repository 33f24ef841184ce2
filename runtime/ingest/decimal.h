// Exact decimals of 128 bits: what the cells of amounts are read as, added and
// multiplied in before they become a column's type.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/wide.h"

namespace kitle {

// digits x 10^-scale, |digits| < 10^38. A quotient that does not end is cut
// towards zero and `cut`: the true value lies strictly between `digits` and
// the next digit away from zero.
struct Decimal {
  Int128 digits = 0;
  int scale = 0;
  bool cut = false;
};

inline constexpr int kMaxDigits = 38;

enum class DecimalError : uint8_t { kNone, kNotANumber, kComma, kTooLarge };

// A sign, digits, a point and digits, an exponent: "-12.50", "+1e3", ".5".
// No spaces, no thousands separators.
DecimalError read_decimal(std::string_view text, Decimal& out);

inline Decimal decimal_of(int64_t value) { return {value, 0, false}; }

// Nothing where the exact result has more than 38 digits, or an operand is
// cut.
std::optional<Decimal> add(const Decimal& a, const Decimal& b);
std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
// REQUIRES: b is not zero.
std::optional<Decimal> divide(const Decimal& a, const Decimal& b);
Decimal negate(const Decimal& a);
// -1, 0, 1; exact, whatever the scales.
int compare(const Decimal& a, const Decimal& b);

enum class FitError : uint8_t { kNone, kFiner, kTooLarge };

// The decimal in units of 10^-places. A finer value is kFiner, or rounded half
// to even where `rounded`.
FitError to_units(const Decimal& value, int places, bool rounded, int64_t& out);

// Digits with a point, no exponent. REQUIRES: not cut.
std::string to_text(const Decimal& value);

// The nearest double; zero is never negative.
double to_double(const Decimal& value);

}  // namespace kitle
