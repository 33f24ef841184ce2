// Cuts as texts and back (compiler/fit_file.h).
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "compiler/fit_file.h"
#include "compiler/literal.h"
#include "compiler/words.h"

namespace kitle {

namespace {

constexpr Int128 kMicrosPerSecond = 1'000'000;
constexpr Int128 kSecondsPerDay = 86'400;
constexpr std::string_view kDays = " days ";
constexpr size_t kMostDayDigits = 20;

bool is_money(ValueType type) {
  return type == ValueType::kMoney || type == ValueType::kMoneyFraction;
}

bool is_length(ValueType type) {
  return type == ValueType::kDuration || type == ValueType::kDurationFraction;
}

Int128 power(int digits) {
  Int128 result = 1;
  for (int i = 0; i < digits; ++i) result *= 10;
  return result;
}

// `digits` of them behind the point.
std::string decimal_text(Int128 value, int digits) {
  if (digits == 0) return int128_text(value);
  const Int128 unit = power(digits);
  const Int128 size = value < 0 ? -value : value;
  return fmt::format("{}{}.{:0>{}}", value < 0 ? "-" : "",
                     int128_text(size / unit), int128_text(size % unit),
                     digits);
}

std::string length_text(Int128 micros) {
  const Int128 size = micros < 0 ? -micros : micros;
  const Int128 seconds = size / kMicrosPerSecond;
  const auto of_day = static_cast<int64_t>(seconds % kSecondsPerDay);
  const auto rest = static_cast<int64_t>(size % kMicrosPerSecond);
  return fmt::format("{}{} days {:02}:{:02}:{:02}{}", micros < 0 ? "-" : "",
                     int128_text(seconds / kSecondsPerDay), of_day / 3600,
                     of_day / 60 % 60, of_day % 60,
                     rest == 0 ? "" : fmt::format(".{:06}", rest));
}

std::optional<Int128> whole(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 38) return std::nullopt;
  Int128 value = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + (digit - '0');
  }
  return negative ? -value : value;
}

// As decimal_text() wrote it.
std::optional<Int128> decimal(std::string_view text, int digits) {
  if (digits == 0) return whole(text);
  const size_t point = text.find('.');
  const bool fits = point != std::string_view::npos && point > 0 &&
                    text.size() - point - 1 == static_cast<size_t>(digits);
  if (!fits) return std::nullopt;
  return whole(std::string(text.substr(0, point)) +
               std::string(text.substr(point + 1)));
}

std::optional<Int128> two_digits(std::string_view text, Int128 below) {
  const auto value = text.size() == 2 ? whole(text) : std::nullopt;
  return value && *value >= 0 && *value < below ? value : std::nullopt;
}

// "04:30:00.250000" in microseconds.
std::optional<Int128> clock(std::string_view text) {
  const bool shaped = (text.size() == 8 || text.size() == 15) &&
                      text[2] == ':' && text[5] == ':';
  if (!shaped) return std::nullopt;
  const auto hours = two_digits(text.substr(0, 2), 24);
  const auto minutes = two_digits(text.substr(3, 2), 60);
  const auto seconds = two_digits(text.substr(6, 2), 60);
  std::optional<Int128> rest = 0;
  if (text.size() == 15) {
    rest = text[8] == '.' ? whole(text.substr(9)) : std::nullopt;
  }
  if (!hours || !minutes || !seconds || !rest) return std::nullopt;
  return ((*hours * 60 + *minutes) * 60 + *seconds) * kMicrosPerSecond + *rest;
}

std::optional<Int128> length(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t at = text.find(kDays);
  if (at > kMostDayDigits) return std::nullopt;  // or there is none
  const auto days = whole(text.substr(0, at));
  const auto of_day = clock(text.substr(at + kDays.size()));
  if (!days || !of_day) return std::nullopt;
  const Int128 size = *days * kSecondsPerDay * kMicrosPerSecond + *of_day;
  return negative ? -size : size;
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  const bool fits = error == std::errc() && rest == end && std::isfinite(value);
  return fits ? std::optional(value) : std::nullopt;
}

std::optional<Int128> top(ValueType type, std::string_view text,
                          const Settings& settings) {
  if (is_money(type)) return decimal(text, settings.currency_digits);
  return is_length(type) ? length(text) : whole(text);
}

}  // namespace

std::string cut_text(ValueType type, const Cut& cut, const Settings& settings) {
  if (type == ValueType::kNumber) return fmt::format("{}", cut.number);
  std::string text = int128_text(cut.top);
  if (is_money(type)) text = decimal_text(cut.top, settings.currency_digits);
  if (is_length(type)) text = length_text(cut.top);
  if (cut.bottom != 1) text += fmt::format("/{}", cut.bottom);
  return is_money(type) ? text + " " + settings.currency : text;
}

std::optional<Cut> read_cut(ValueType type, std::string_view text,
                            const Settings& settings) {
  if (type == ValueType::kNumber) {
    const auto value = number(text);
    return value ? std::optional(Cut{.number = *value}) : std::nullopt;
  }
  if (is_money(type)) {
    const std::string unit = " " + settings.currency;
    if (!text.ends_with(unit)) return std::nullopt;
    text.remove_suffix(unit.size());
  }
  const size_t slash = text.find('/');
  const auto value = top(type, text.substr(0, slash), settings);
  std::optional<Int128> bottom = 1;
  if (slash != std::string_view::npos) bottom = whole(text.substr(slash + 1));
  const bool fits = value && bottom && *bottom > 0 && *bottom <= INT64_MAX;
  if (!fits) return std::nullopt;
  return Cut{.top = *value, .bottom = static_cast<int64_t>(*bottom)};
}

}  // namespace kitle
