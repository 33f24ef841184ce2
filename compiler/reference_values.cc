// See reference_values.h.
#include "compiler/reference_values.h"

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>

namespace kitle::reference {
namespace {

using boost::multiprecision::cpp_int;

constexpr int kQuotientBits = 63;

cpp_int magnitude(Int128 value) {
  const cpp_int wide(value);
  return value < 0 ? cpp_int(-wide) : wide;
}

// As a quotient of integers of any size.
std::optional<Int128> whole_beside(const cpp_int& top, const cpp_int& bottom,
                                   Rounding rounding) {
  cpp_int floor = top / bottom;  // cut towards 0
  if (floor * bottom > top) --floor;
  const cpp_int twice = 2 * (top - floor * bottom);
  const bool odd = floor % 2 != 0;
  const bool up = rounding == Rounding::kUp ? twice != 0
                  : rounding == Rounding::kDown
                      ? false
                      : twice > bottom || (twice == bottom && odd);
  if (up) ++floor;
  const cpp_int limit = cpp_int(1) << 127;
  if (floor >= limit || floor < -limit) return std::nullopt;
  return static_cast<Int128>(floor);
}

}  // namespace

std::optional<Int128> sum(Int128 a, Int128 b) {
  Int128 result = 0;
  if (__builtin_add_overflow(a, b, &result)) return std::nullopt;
  return result;
}

std::optional<Int128> difference(Int128 a, Int128 b) {
  Int128 result = 0;
  if (__builtin_sub_overflow(a, b, &result)) return std::nullopt;
  return result;
}

std::optional<Int128> product(Int128 a, Int128 b) {
  Int128 result = 0;
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  return result;
}

std::optional<Fraction> product(const Fraction& a, const Fraction& b) {
  const std::optional<Int128> top = product(a.top, b.top);
  const std::optional<Int128> bottom = product(a.bottom, b.bottom);
  if (!top || !bottom) return std::nullopt;
  return Fraction{*top, *bottom};
}

// One bottom below 0 turns the order round.
std::optional<std::strong_ordering> compare(const Fraction& a,
                                            const Fraction& b) {
  const std::optional<Int128> left = product(a.top, b.bottom);
  const std::optional<Int128> right = product(b.top, a.bottom);
  if (!left || !right) return std::nullopt;
  const bool turned = (a.bottom < 0) != (b.bottom < 0);
  return turned ? *right <=> *left : *left <=> *right;
}

std::strong_ordering compare(Int128 a, const Fraction& decimal) {
  const Int128 floor = floor_divide(decimal.top, decimal.bottom);
  if (a != floor) return a <=> floor;
  return decimal.top % decimal.bottom == 0 ? std::strong_ordering::equal
                                           : std::strong_ordering::less;
}

// 63 or 64 bits of the quotient, the last of them set if anything is left
// over: enough for one right rounding by the conversion.
double quotient(Int128 a, Int128 b) {
  if (a == 0) return 0;
  cpp_int top = magnitude(a);
  cpp_int bottom = magnitude(b);
  const int shift = kQuotientBits + static_cast<int>(msb(bottom)) -
                    static_cast<int>(msb(top));
  if (shift > 0) top <<= shift;
  if (shift < 0) bottom <<= -shift;
  auto bits = static_cast<uint64_t>(cpp_int(top / bottom));
  if (top % bottom != 0) bits |= 1;
  const double rounded = std::ldexp(static_cast<double>(bits), -shift);
  return (a < 0) != (b < 0) ? -rounded : rounded;
}

std::strong_ordering compare(Int128 a, double b) {
  constexpr double kBeyond = 0x1p127;
  if (b >= kBeyond) return std::strong_ordering::less;
  if (b < -kBeyond) return std::strong_ordering::greater;
  const double floor = std::floor(b);
  const auto whole = static_cast<Int128>(floor);
  if (a != whole) return a <=> whole;
  return b > floor ? std::strong_ordering::less : std::strong_ordering::equal;
}

std::optional<Int128> whole_beside(const Fraction& value, Rounding rounding) {
  const bool turned = value.bottom < 0;
  const cpp_int top(value.top);
  const cpp_int bottom(value.bottom);
  return turned ? whole_beside(-top, -bottom, rounding)
                : whole_beside(top, bottom, rounding);
}

// A double is an integer times a power of two.
std::optional<Int128> whole_beside(double value, Rounding rounding) {
  int exponent = 0;
  constexpr int kDigits = 53;
  const double part = std::ldexp(std::frexp(value, &exponent), kDigits);
  cpp_int top(static_cast<int64_t>(part));
  cpp_int bottom(1);
  exponent -= kDigits;
  (exponent > 0 ? top : bottom) <<= exponent > 0 ? exponent : -exponent;
  return whole_beside(top, bottom, rounding);
}

Int128 floor_divide(Int128 a, Int128 b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace kitle::reference
