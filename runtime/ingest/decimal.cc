#include "runtime/ingest/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace kitle {
namespace {

constexpr auto kPowers = [] {
  std::array<Int128, kMaxDigits + 1> powers{};
  powers[0] = 1;
  for (size_t i = 1; i < powers.size(); i++) powers[i] = powers[i - 1] * 10;
  return powers;
}();
constexpr Int128 kLimit = kPowers[kMaxDigits];

bool within(Int128 value) { return -kLimit < value && value < kLimit; }

// Without zeros at the end of the fraction.
Decimal reduced(Decimal value) {
  if (value.digits == 0) return {0, 0, value.cut};
  while (value.scale > 0 && value.digits % 10 == 0) {
    value.digits /= 10;
    value.scale--;
  }
  return value;
}

std::optional<Int128> scaled_up(Int128 digits, int by) {
  if (digits == 0) return 0;
  if (by > kMaxDigits) return std::nullopt;
  Int128 result = 0;
  if (__builtin_mul_overflow(digits, kPowers[by], &result)) {
    return std::nullopt;
  }
  return within(result) ? std::optional(result) : std::nullopt;
}

// The digits and points of a number; where each may stand is checked as they
// are read.
struct DigitReader {
  std::string_view text;
  size_t at = 0;
  Int128 digits = 0;
  int scale = 0;
  int seen = 0;
  bool too_long = false;

  void take(bool fraction) {
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; at++) {
      seen++;
      if (too_long) continue;
      too_long = digits >= kPowers[kMaxDigits - 1];
      if (too_long) continue;
      digits = digits * 10 + (text[at] - '0');
      scale += fraction;
    }
  }
};

bool take(std::string_view text, size_t& at, std::string_view any) {
  const bool there =
      at < text.size() && any.find(text[at]) != std::string_view::npos;
  at += there;
  return there;
}

DecimalError why_not(std::string_view text) {
  const bool comma = text.find(',') != std::string_view::npos;
  return comma ? DecimalError::kComma : DecimalError::kNotANumber;
}

// value x 10^exponent.
DecimalError shift(Decimal& value, int exponent) {
  value.scale -= exponent;
  value = reduced(value);
  if (value.scale >= 0) {
    return value.scale <= 1000 ? DecimalError::kNone : DecimalError::kTooLarge;
  }
  const std::optional<Int128> whole = scaled_up(value.digits, -value.scale);
  if (!whole) return DecimalError::kTooLarge;
  value = {*whole, 0, false};
  return DecimalError::kNone;
}

// The number of decimal digits of value >= 0.
int digits_of(Int128 value) {
  return static_cast<int>(std::ranges::upper_bound(kPowers, value) -
                          kPowers.begin());
}

Int128 magnitude(Int128 value) { return value < 0 ? -value : value; }

}  // namespace

DecimalError read_decimal(std::string_view text, Decimal& out) {
  size_t at = 0;
  const bool negative = take(text, at, "+-") && text[0] == '-';
  DigitReader reader{text, at};
  reader.take(false);
  if (take(text, reader.at, ".")) reader.take(true);
  if (reader.seen == 0) return why_not(text);
  int exponent = 0;
  if (take(text, reader.at, "eE")) {
    take(text, reader.at, "+");
    const char* const end = text.data() + text.size();
    const auto [behind, error] =
        std::from_chars(text.data() + reader.at, end, exponent);
    if (error == std::errc::result_out_of_range) {
      return DecimalError::kTooLarge;
    }
    if (error != std::errc()) return why_not(text);
    reader.at = static_cast<size_t>(behind - text.data());
  }
  if (reader.at != text.size()) return why_not(text);
  if (reader.too_long || exponent > 1000 || exponent < -1000) {
    return DecimalError::kTooLarge;
  }
  out = {negative ? -reader.digits : reader.digits, reader.scale, false};
  return exponent == 0 ? DecimalError::kNone : shift(out, exponent);
}

std::optional<Decimal> add(const Decimal& a, const Decimal& b) {
  if (a.cut || b.cut) return std::nullopt;
  const int scale = std::max(a.scale, b.scale);
  const auto left = scaled_up(a.digits, scale - a.scale);
  const auto right = scaled_up(b.digits, scale - b.scale);
  if (!left || !right) return std::nullopt;
  const Int128 sum = *left + *right;
  if (!within(sum)) return std::nullopt;
  return reduced({sum, scale, false});
}

std::optional<Decimal> multiply(const Decimal& a, const Decimal& b) {
  if (a.cut || b.cut) return std::nullopt;
  const Decimal x = reduced(a);
  const Decimal y = reduced(b);
  Int128 product = 0;
  const bool wraps = __builtin_mul_overflow(x.digits, y.digits, &product);
  if (wraps || !within(product)) return std::nullopt;
  return reduced({product, x.scale + y.scale, false});
}

std::optional<Decimal> divide(const Decimal& a, const Decimal& b) {
  if (a.cut || b.cut) return std::nullopt;
  if (a.digits == 0) return Decimal();
  const int room = kMaxDigits - digits_of(magnitude(a.digits));
  const Int128 numerator = a.digits * kPowers[room];
  Decimal quotient{numerator / b.digits, a.scale + room - b.scale,
                   numerator % b.digits != 0};
  // So few digits are no ground to round on.
  const bool coarse = magnitude(quotient.digits) < kPowers[20];
  if (quotient.cut && coarse) return std::nullopt;
  if (quotient.scale < 0) {
    const auto whole = scaled_up(quotient.digits, -quotient.scale);
    if (!whole || quotient.cut) return std::nullopt;
    return Decimal{*whole, 0, false};
  }
  return quotient.cut ? quotient : reduced(quotient);
}

Decimal negate(const Decimal& a) { return {-a.digits, a.scale, a.cut}; }

int compare(const Decimal& a, const Decimal& b) {
  auto sign = [](const Decimal& value) {
    return (value.digits > 0) - (value.digits < 0);
  };
  if (sign(a) != sign(b)) return sign(a) < sign(b) ? -1 : 1;
  const int scale = std::max(a.scale, b.scale);
  const auto left = scaled_up(a.digits, scale - a.scale);
  const auto right = scaled_up(b.digits, scale - b.scale);
  // One that has no room at the common scale is the larger in magnitude.
  if (!left) return sign(a);
  if (!right) return -sign(b);
  if (*left != *right) return *left < *right ? -1 : 1;
  if (a.cut == b.cut) return 0;
  return a.cut ? sign(a) : -sign(b);
}

FitError to_units(const Decimal& value, int places, bool rounded,
                  int64_t& out) {
  Int128 units = 0;
  if (value.scale <= places) {
    if (value.cut && !rounded) return FitError::kFiner;
    const auto scaled = scaled_up(value.digits, places - value.scale);
    if (!scaled) return FitError::kTooLarge;
    units = *scaled;
  } else {
    const int drop = value.scale - places;
    const Int128 power = drop <= kMaxDigits ? kPowers[drop] : kLimit;
    const bool tiny = drop > kMaxDigits;
    units = tiny ? 0 : value.digits / power;
    const Int128 rest =
        tiny ? Int128{value.digits != 0} : magnitude(value.digits % power);
    const bool exact = rest == 0 && !value.cut;
    if (!exact && !rounded) return FitError::kFiner;
    const bool half = !tiny && rest == power - rest && !value.cut;
    const bool up = !tiny && (half ? units % 2 != 0 : rest >= power - rest);
    if (up) units += value.digits < 0 ? -1 : 1;
  }
  if (units < INT64_MIN || units > INT64_MAX) return FitError::kTooLarge;
  out = static_cast<int64_t>(units);
  return FitError::kNone;
}

std::string to_text(const Decimal& value) {
  std::string text;
  Int128 rest = magnitude(value.digits);
  for (int i = 0; rest != 0 || i <= value.scale; i++) {
    if (i > 0 && i == value.scale) text += '.';
    text += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (value.digits < 0) text += '-';
  std::ranges::reverse(text);
  return text;
}

double to_double(const Decimal& value) {
  std::array<char, 64> text;
  size_t at = text.size();
  auto put = [&](char c) { text[--at] = c; };
  std::array<char, 8> exponent;
  // One more digit stands for what was cut off: strictly between.
  const int scale = value.scale + value.cut;
  const char* const end =
      std::to_chars(exponent.data(), exponent.data() + exponent.size(), -scale)
          .ptr;
  for (const char* c = end; c != exponent.data(); c--) put(c[-1]);
  put('e');
  if (value.cut) put('1');
  Int128 rest = magnitude(value.digits);
  do {
    put(static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  } while (rest != 0);
  if (value.digits < 0) put('-');
  double result = 0;
  std::from_chars(text.data() + at, text.data() + text.size(), result);
  return result == 0 ? 0.0 : result;
}

}  // namespace kitle
