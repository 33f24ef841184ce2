// See explain_values.h.
#include "compiler/explain_values.h"

#include <fmt/format.h>

#include <array>

#include "compiler/words.h"

namespace kitle {
namespace {

using reference::Fraction;
using reference::Value;

// As a text is written in rules; what it has of controls does not reach a
// terminal, and long ones are cut.
std::string text_words(std::string_view text) {
  constexpr size_t kMostBytes = 160;
  std::string shown;
  for (const char c : text) {
    const bool inside = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (shown.size() > kMostBytes && !inside) return "\"" + shown + "…\"";
    const bool control = static_cast<unsigned char>(c) < ' ' || c == 0x7F;
    if (c == '"' || c == '\\') shown += '\\';
    shown += control ? '?' : c;
  }
  return "\"" + shown + "\"";
}

std::string list_words(const std::vector<std::string>& list) {
  constexpr size_t kMostTexts = 20;
  std::string all;
  for (const std::string& text : list) {
    all += (all.empty() ? "" : ", ") + text_words(text);
    if (&text - list.data() == kMostTexts) return "{" + all + ", …}";
  }
  return "{" + all + "}";
}

std::string counted_words(Int128 count, const char* unit) {
  const std::string text = int128_text(count);
  return fmt::format("{} {}{}", text, unit, count == 1 ? "" : "s");
}

std::string seconds_words(Int128 micros) {
  std::string digits = fmt::format("{:.6f}", static_cast<double>(micros) / 1e6);
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.ends_with('.')) digits.pop_back();
  return digits + (digits == "1" ? " second" : " seconds");
}

// With two decimals. Sums are within kMostPointsSum.
std::string points_words(const Value& value) {
  const auto* fraction = std::get_if<Fraction>(&value);
  const Fraction points =
      fraction != nullptr ? *fraction : Fraction{std::get<Int128>(value), 1};
  const Int128 hundredths = rounded({points.top * 100, points.bottom});
  const bool fits = hundredths >= INT64_MIN / 2 && hundredths <= INT64_MAX / 2;
  if (!fits) return int128_text(hundredths / 100) + " points";
  return points_text(static_cast<int64_t>(hundredths)) + " points";
}

Int128 whole(const Value& value) {
  const auto* fraction = std::get_if<Fraction>(&value);
  return fraction != nullptr ? rounded(*fraction) : std::get<Int128>(value);
}

}  // namespace

Int128 rounded(const Fraction& fraction) {
  const bool turned = fraction.bottom < 0;
  const Int128 top = turned ? -fraction.top : fraction.top;
  const Int128 bottom = turned ? -fraction.bottom : fraction.bottom;
  const Int128 floor = reference::floor_divide(top, bottom);
  const Int128 rest = top - floor * bottom;
  const Int128 half = bottom / 2;
  const bool tie = bottom % 2 == 0 && rest == half;
  const bool up = tie ? floor % 2 != 0 : rest > half;
  return up ? floor + 1 : floor;
}

std::string duration_words(Int128 micros) {
  struct Unit {
    StepUnit unit;
    const char* name;
  };
  constexpr std::array<Unit, 3> kUnits{{{StepUnit::kDay, "day"},
                                        {StepUnit::kHour, "hour"},
                                        {StepUnit::kMinute, "minute"}}};
  if (micros < 0) return "-" + duration_words(-micros);
  std::string text;
  int shown = 0;
  for (const Unit& each : kUnits) {
    const Int128 count = micros / microseconds(each.unit);
    micros %= microseconds(each.unit);
    if (count == 0 || shown == 2) continue;
    text += (shown == 0 ? "" : " ") + counted_words(count, each.name);
    ++shown;
  }
  if (shown == 2 || (shown == 1 && micros == 0)) return text;
  return text + (shown == 0 ? "" : " ") + seconds_words(micros);
}

// ---- values ----

std::string ValueWords::time(int64_t instant) const {
  constexpr int64_t kSecond = 1'000'000;
  const auto local = calendar_.local(instant);
  const int64_t seconds = local.micros / kSecond;
  const int64_t micros = local.micros % kSecond;
  return fmt::format("{} {:02}:{:02}:{:02}{}", date_text(local.day),
                     seconds / 3600, seconds / 60 % 60, seconds % 60,
                     micros == 0 ? "" : fmt::format(".{:06}", micros));
}

// Without its digits where they are zeros, as rules write it.
std::string ValueWords::money(Int128 minor) const {
  Int128 one = 1;
  for (int i = 0; i < settings_.currency_digits; ++i) one *= 10;
  const Int128 size = minor < 0 ? -minor : minor;
  std::string text = (minor < 0 ? "-" : "") + int128_text(size / one);
  if (size % one != 0) {
    const std::string digits = int128_text(size % one + one);
    text += "." + digits.substr(1);
  }
  return text + " " + settings_.currency;
}

std::string ValueWords::of(const Value& value, ValueType type) const {
  if (reference::is_missing(value)) return "missing";
  switch (type) {
    case ValueType::kMoney:
    case ValueType::kMoneyFraction:
      return money(whole(value));
    case ValueType::kDuration:
    case ValueType::kDurationFraction:
      return duration_words(whole(value));
    case ValueType::kPoints:
      return points_words(value);
    case ValueType::kTime:
      return time(static_cast<int64_t>(whole(value)));
    case ValueType::kText:
    case ValueType::kCode:
      return text_words(std::get<std::string>(value));
    case ValueType::kTextList:
    case ValueType::kCodeList:
      return list_words(std::get<std::vector<std::string>>(value));
    case ValueType::kNumber:
      return value_text(type, 0, std::get<double>(value));
    case ValueType::kFlag:
    case ValueType::kInteger:
    case ValueType::kDate:
    case ValueType::kWeekday:
      return value_text(type, whole(value), 0);
  }
  return "";
}

// ---- rules ----

RuleWords::RuleWords(const Repository& repository, const SourceSet& sources)
    : sources_(sources), syntax_(sources) {
  for (const DeclaredUses& declared : repository.declared) {
    if (!declared.segment.empty()) continue;
    const std::string text = of(declared.span);
    const size_t begin = text.find(' ') + 1;
    const size_t equals = text.find('=');
    if (equals == std::string::npos || begin == 0) continue;
    const size_t end = text.find_last_not_of(' ', equals - 1) + 1;
    const size_t value = text.find_first_not_of(' ', equals + 1);
    lets_.emplace(text.substr(begin, end - begin), text.substr(value));
  }
}

std::string RuleWords::of(const Span& span) const {
  return in_one_line(sources_.text(span));
}

std::string RuleWords::full(const Span& span) const {
  const std::string given = this->given(span);
  return given.empty() ? of(span) : of(span) + " (" + given + ")";
}

std::string RuleWords::given(const Span& span) const {
  return syntax_.given(span);
}

std::string RuleWords::meaning(const std::string& words) const {
  const auto found = lets_.find(words);
  return found == lets_.end() ? "" : found->second;
}

}  // namespace kitle
