#include "runtime/ingest/duration.h"

#include <algorithm>
#include <array>
#include <optional>

#include "runtime/ingest/decimal.h"

namespace kitle {
namespace {

struct Unit {
  std::string_view name;
  int64_t nanos;
};

constexpr int64_t kSecond = 1'000'000'000;
constexpr std::array<Unit, 26> kUnits = {{{"nanoseconds", 1},
                                          {"nanosecond", 1},
                                          {"ns", 1},
                                          {"microseconds", 1'000},
                                          {"microsecond", 1'000},
                                          {"us", 1'000},
                                          {"milliseconds", 1'000'000},
                                          {"millisecond", 1'000'000},
                                          {"ms", 1'000'000},
                                          {"seconds", kSecond},
                                          {"second", kSecond},
                                          {"s", kSecond},
                                          {"minutes", 60 * kSecond},
                                          {"minute", 60 * kSecond},
                                          {"min", 60 * kSecond},
                                          {"hours", 3600 * kSecond},
                                          {"hour", 3600 * kSecond},
                                          {"h", 3600 * kSecond},
                                          {"days", 86400 * kSecond},
                                          {"day", 86400 * kSecond},
                                          {"d", 86400 * kSecond},
                                          {"weeks", 7 * 86400 * kSecond},
                                          {"week", 7 * 86400 * kSecond},
                                          {"w", 7 * 86400 * kSecond},
                                          {"hr", 3600 * kSecond},
                                          {"sec", kSecond}}};

std::optional<Decimal> number(std::string_view text) {
  Decimal value;
  const bool fine = read_decimal(text, value) == DecimalError::kNone;
  return fine ? std::optional(value) : std::nullopt;
}

// Nanoseconds, exactly.
std::optional<Decimal> times(std::string_view count, int64_t nanos) {
  const auto value = number(count);
  return value ? multiply(*value, decimal_of(nanos)) : std::nullopt;
}

std::optional<Decimal> with_unit(std::string_view text) {
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto unit =
      std::ranges::find(kUnits, text.substr(space + 1), &Unit::name);
  if (unit == kUnits.end()) return std::nullopt;
  return times(text.substr(0, space), unit->nanos);
}

std::optional<Decimal> plus(std::optional<Decimal> sum, std::string_view count,
                            int64_t nanos) {
  const bool plain =
      !count.empty() && count[0] >= '0' && count[0] <= '9' &&
      count.find_first_not_of("0123456789.") == std::string_view::npos;
  const auto part = plain ? times(count, nanos) : std::nullopt;
  return sum && part ? add(*sum, *part) : std::nullopt;
}

// 1:30:00.
std::optional<Decimal> clock(std::string_view text) {
  const size_t first = text.find(':');
  if (first == std::string_view::npos) return std::nullopt;
  const size_t second = text.find(':', first + 1);
  std::optional<Decimal> sum = Decimal();
  sum = plus(sum, text.substr(0, first), 3600 * kSecond);
  if (second == std::string_view::npos) {
    return plus(sum, text.substr(first + 1), 60 * kSecond);
  }
  sum = plus(sum, text.substr(first + 1, second - first - 1), 60 * kSecond);
  return plus(sum, text.substr(second + 1), kSecond);
}

// Behind the P.
std::optional<Decimal> iso(std::string_view text) {
  std::optional<Decimal> sum = Decimal();
  std::string_view units = "WD";
  bool any = false;
  while (!text.empty()) {
    if (text[0] == 'T' && units != "HMS") {
      units = "HMS";
      text.remove_prefix(1);
      continue;
    }
    const size_t at = text.find_first_of("WDHMS");
    if (at == std::string_view::npos ||
        units.find(text[at]) == std::string_view::npos) {
      return std::nullopt;
    }
    const char unit = text[at];
    const int64_t seconds = unit == 'W'   ? 7 * 86400
                            : unit == 'D' ? 86400
                            : unit == 'H' ? 3600
                            : unit == 'M' ? 60
                                          : 1;
    sum = plus(sum, text.substr(0, at), seconds * kSecond);
    text.remove_prefix(at + 1);
    any = true;
  }
  return any ? sum : std::nullopt;
}

std::optional<Decimal> nanoseconds(std::string_view text) {
  if (text.starts_with('P')) return iso(text.substr(1));
  if (text.find(':') != std::string_view::npos) return clock(text);
  return with_unit(text);
}

}  // namespace

DurationError read_duration(std::string_view text, int64_t& micros) {
  const bool negative = text.starts_with('-');
  auto nanos = nanoseconds(negative ? text.substr(1) : text);
  if (!nanos) return DurationError::kFormat;
  if (negative) nanos = negate(*nanos);
  nanos->scale += 3;
  switch (to_units(*nanos, 0, false, micros)) {
    case FitError::kNone:
      return DurationError::kNone;
    case FitError::kFiner:
      return DurationError::kFiner;
    case FitError::kTooLarge:
      return DurationError::kTooLarge;
  }
  return DurationError::kNone;
}

}  // namespace kitle
