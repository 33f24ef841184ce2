// Digits and exponents by hand: no rounding but the one that is wanted.
#include "runtime/eval/wide_math.h"

#include <bit>
#include <cstdint>

namespace kitle {
namespace {

constexpr int kSignificand = 53;
constexpr int64_t kExact = int64_t{1} << kSignificand;

UInt128 magnitude(Int128 value) {
  return value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

int bit_width(UInt128 value) {
  const auto high = static_cast<uint64_t>(value >> 64);
  const auto low = static_cast<uint64_t>(value);
  return static_cast<int>(high != 0 ? 64 + std::bit_width(high)
                                    : std::bit_width(low));
}

// 2^exponent, which is in the range of normal doubles.
double power_of_two(int exponent) {
  return std::bit_cast<double>(static_cast<uint64_t>(exponent + 1023) << 52);
}

// digits * 2^exponent, `more` if something less than one follows the digits.
// Rounded once: digits beyond 53 bits fall off here, not in a conversion.
double round_digits(UInt128 digits, int exponent, bool more) {
  const int extra = bit_width(digits) - kSignificand;
  if (extra <= 0) {
    return static_cast<double>(static_cast<uint64_t>(digits)) *
           power_of_two(exponent);
  }
  const UInt128 rest = digits & ((UInt128{1} << extra) - 1);
  const UInt128 half = UInt128{1} << (extra - 1);
  auto kept = static_cast<uint64_t>(digits >> extra);
  if (rest > half || (rest == half && (more || kept % 2 != 0))) ++kept;
  return static_cast<double>(kept) * power_of_two(exponent + extra);
}

bool is_exact(Int128 value) { return value <= kExact && value >= -kExact; }

double magnitude_quotient(UInt128 a, UInt128 b) {
  UInt128 digits = a / b;
  UInt128 rest = a % b;
  int exponent = 0;
  // Two digits more than a double holds, so that `more` is below the half.
  while (rest != 0 && bit_width(digits) < kSignificand + 2) {
    // rest < b <= 2^127, so it can be doubled.
    rest <<= 1;
    digits = digits << 1 | (rest >= b ? 1 : 0);
    if (rest >= b) rest -= b;
    --exponent;
  }
  return round_digits(digits, exponent, rest != 0);
}

}  // namespace

double to_double(Int128 value) {
  const double size = round_digits(magnitude(value), 0, false);
  return value < 0 ? -size : size;
}

double rounded_quotient(Int128 a, Int128 b) {
  if (a == 0 || b == 0) return 0;
  if (is_exact(a) && is_exact(b)) {
    return static_cast<double>(static_cast<int64_t>(a)) /
           static_cast<double>(static_cast<int64_t>(b));
  }
  const double size = magnitude_quotient(magnitude(a), magnitude(b));
  return (a < 0) != (b < 0) ? -size : size;
}

std::partial_ordering compare_exactly(Int128 a, double b) {
  constexpr double kEnd = 0x1p127;
  if (b != b) return std::partial_ordering::unordered;
  if (b >= kEnd) return std::partial_ordering::less;
  if (b < -kEnd) return std::partial_ordering::greater;
  const auto whole = static_cast<Int128>(b);
  if (a != whole) return a <=> whole;
  return 0.0 <=> b - static_cast<double>(whole);
}

namespace {

// From a whole below by a rest of it, 0 <= rest < 1: `half` is how the rest is
// to 1 / 2.
bool goes_up(bool has_rest, std::strong_ordering half, bool odd, RoundTo to) {
  if (to == RoundTo::kDown) return false;
  if (to == RoundTo::kUp) return has_rest;
  return half > 0 || (half == 0 && odd);
}

}  // namespace

std::optional<Int128> rounded_whole(Int128 a, Int128 b, RoundTo to) {
  if (b == 0) return 0;
  // -2^127 / -1 is the only quotient that is beyond.
  if (b == -1) {
    Int128 turned = 0;
    const bool beyond = __builtin_sub_overflow(Int128{0}, a, &turned);
    return beyond ? std::nullopt : std::optional(turned);
  }
  const Int128 rest = a % b;
  const bool below = rest != 0 && (rest < 0) != (b < 0);
  const Int128 floor = a / b - (below ? 1 : 0);
  // The rest above the floor, of the same sign as b and smaller.
  const Int128 above = below ? rest + b : rest;
  const UInt128 part = static_cast<UInt128>(above < 0 ? -above : above);
  const UInt128 whole =
      b < 0 ? -static_cast<UInt128>(b) : static_cast<UInt128>(b);
  const auto half = part <=> (whole - part);
  return floor + (goes_up(part != 0, half, floor % 2 != 0, to) ? 1 : 0);
}

std::optional<Int128> rounded_whole(double a, RoundTo to) {
  constexpr double kBeyond = 0x1p127;
  if (!(a >= -kBeyond && a < kBeyond)) return std::nullopt;
  const auto cut = static_cast<Int128>(a);
  const auto back = static_cast<double>(cut);  // exact: it has no more digits
  const Int128 floor = cut - (back > a ? 1 : 0);
  const double part = a - static_cast<double>(floor);
  const auto half = part < 0.5   ? std::strong_ordering::less
                    : part > 0.5 ? std::strong_ordering::greater
                                 : std::strong_ordering::equal;
  return floor + (goes_up(part != 0, half, floor % 2 != 0, to) ? 1 : 0);
}

}  // namespace kitle
