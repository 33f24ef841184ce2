// See random_writing.h.
#include "tests/support/random/random_writing.h"

#include <fmt/format.h>

#include "runtime/time/zone.h"

namespace kitle::testing {
namespace {

using Words = std::vector<std::string>;

constexpr int64_t kSecond = 1'000'000;

std::string written_day(int64_t day) {
  const CivilDate date = civil_of(day);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string written_instant(int64_t instant) {
  int64_t day = instant / kMicrosPerDay;
  if (instant % kMicrosPerDay < 0) --day;
  const int64_t rest = instant - day * kMicrosPerDay;
  const int64_t seconds = rest / kSecond;
  return fmt::format("{}T{:02}:{:02}:{:02}.{:06}Z", written_day(day),
                     seconds / 3600, seconds / 60 % 60, seconds % 60,
                     rest % kSecond);
}

}  // namespace

std::string quoted(const std::string& text) {
  std::string written = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') written += '\\';
    written += c;
  }
  return written + "\"";
}

std::string Writing::integer() {
  static const Words kSpecial = {"0", "1", "9223372036854775807",
                                 "-9223372036854775807", "9007199254740993"};
  if (dice_.chance(15)) return dice_.pick(kSpecial);
  return std::to_string(dice_.between(-3, 20));
}

std::string Writing::decimal() {
  static const Words kSpecial = {
      "0.1",  "0.5", "9007199254740993.5", "92233720368547.75", "0.000001",
      "1.50", "-2.5"};
  if (dice_.chance(50)) return dice_.pick(kSpecial);
  return fmt::format("{}.{}", dice_.between(-4, 30), dice_.between(0, 99));
}

std::string Writing::money() {
  const Settings& settings = case_.parsed_settings;
  std::string amount = dice_.chance(10) ? "92233720368547" : integer();
  if (amount.size() > 16) amount = "1000";
  // Three digits could be read as thousands.
  if (settings.currency_digits > 0 && dice_.chance(50)) {
    amount += fmt::format(".{:02}", dice_.between(0, 99));
  }
  return amount + " " + settings.currency;
}

std::string Writing::duration() {
  return amount_text(
      dice_.between(0, 90),
      dice_.pick(Words{"second", "minute", "hour", "day", "week"}));
}

std::string Writing::amount_text(int64_t count, const std::string& unit) {
  return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
}

std::string Writing::written(Kind kind) {
  switch (kind) {
    case Kind::kInteger:
      return integer();
    case Kind::kNumber:
      return dice_.chance(70) ? decimal() : integer();
    case Kind::kMoney:
      return money();
    case Kind::kDate:
      return written_day(dice_.pick(edges_.days));
    case Kind::kTime:
      return written_instant(near(dice_.pick(edges_.instants)));
    case Kind::kDuration:
      return duration();
    case Kind::kFlag:
    case Kind::kText:
    case Kind::kCode:
    case Kind::kTextList:
    case Kind::kCodeList:
      return quoted(dice_.pick(known_texts()));
  }
  return "";
}

int64_t Writing::near(int64_t instant) {
  return instant + dice_.between(-1, 1);
}

std::string Writing::text() {
  // Numbers of orders, too.
  if (dice_.chance(10)) return quoted(fmt::format("o{}", dice_.below(6)));
  return quoted(dice_.pick(known_texts()));
}

// ---- windows ----

std::string Writing::unit(bool days) {
  return dice_.pick(days ? Words{"day", "week", "month", "quarter", "year"}
                         : Words{"hour", "day", "day", "week", "month", "month",
                                 "quarter", "year"});
}

int64_t Writing::count() {
  return dice_.pick(std::vector<int64_t>{1, 1, 2, 3, 7, 12, 24, 30, 60});
}

// `in last 7 days ( ... )`: without `ever` and what begins otherwise.
std::string Writing::group_window() {
  std::string made;
  while (!made.starts_with("in ")) made = window_from(Of::kEvents);
  return made;
}
// Beside anchors, `after` and `before` would be a second one.
std::string Writing::event_window() {
  std::string made = "after";
  while (made.starts_with("after") || made.starts_with("before")) {
    made = window_from(Of::kEvents);
  }
  return made;
}

std::string Writing::value_window(Of of) {
  std::string made = "ever";
  while (made == "ever") made = window_from(of);
  return made;
}

std::string Writing::window_from(Of of) {
  const bool days = of == Of::kDate;
  switch (dice_.below(of == Of::kEvents ? 10 : 11)) {
    case 0:
    case 1:
    case 2:
      return "in last " + amount_text(count(), unit(days));
    case 3: {
      const int64_t low = dice_.between(0, 3);
      const int64_t high = low + dice_.between(1, 30);
      return fmt::format("{} to {} {}s ago", low, high, unit(days));
    }
    case 4:
      return fmt::format("{} days ago", dice_.between(1, 4));
    case 5:
      return dice_.pick(Words{"today", "yesterday", "in this week",
                              "in last week", "in this month", "in last month",
                              "in this quarter", "in last quarter",
                              "in this year", "in last year"});
    case 6:
      return dice_.pick(Words{"in 2026", "in 2025", "in March 2026",
                              "in February 2024", "in October 2026"});
    case 7: {
      int64_t low = dice_.pick(edges_.days);
      int64_t high = dice_.pick(edges_.days);
      if (low > high) std::swap(low, high);
      return fmt::format("between {} and {}", written_day(low),
                         written_day(high));
    }
    case 8:
      return dice_.pick(Words{"since ", "until ", "after ", "before "}) +
             written(Kind::kDate);
    case 9:
      if (of == Of::kEvents && dice_.chance(50)) return "ever";
      if (days) return "today";
      return dice_.pick(Words{"since ", "until ", "after ", "before "}) +
             written(Kind::kTime);
    default:
      return "in next " + amount_text(count(), unit(days));
  }
}

std::string Writing::text_test(Kind kind) {
  if (is_list(kind)) return "contains " + text();
  static const Words kPatterns = {"\".*\"",      "\"a.*\"", "\"[a-zı]+\"",
                                  "\"(?i)web\"", "\"İ.*\"", "\"\"",
                                  "\"o[0-3]\"",  "\".\""};
  switch (dice_.below(9)) {
    case 0:
      return "is not " + text();
    case 1:
      return "is exactly " + text();
    case 2:
      return "contains " + text();
    case 3:
      return "starts with " + text();
    case 4:
      return "ends with " + text();
    case 5:
      return "matches " + dice_.pick(kPatterns);
    case 6:
    case 7: {
      std::string list = text();
      for (int64_t i = dice_.below(4); i > 0; --i) list += ", " + text();
      return (dice_.chance(70) ? "in {" : "not in {") + list + "}";
    }
    default:
      return "is " + text();
  }
}

}  // namespace kitle::testing
