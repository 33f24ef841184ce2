// See words.h.
#include "compiler/words.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "runtime/time/zone.h"

namespace kitle {
namespace {

constexpr std::array kWeekdays = {"monday", "tuesday",  "wednesday", "thursday",
                                  "friday", "saturday", "sunday"};

std::string dates_text(const WindowSpec& window) {
  if (window.first_day == INT32_MIN)
    return "until " + date_text(window.last_day);
  if (window.last_day == INT32_MAX)
    return "since " + date_text(window.first_day);
  return fmt::format("between {} and {}", date_text(window.first_day),
                     date_text(window.last_day));
}

std::string instants_text(const WindowSpec& window) {
  if (window.first == INT64_MIN) return "until " + time_text(window.last);
  if (window.last == INT64_MAX) return "since " + time_text(window.first);
  return fmt::format("between {} and {}", time_text(window.first),
                     time_text(window.last));
}

}  // namespace

const char* weekday_text(Int128 weekday) {
  const bool known = weekday >= 1 && weekday <= Int128{kWeekdays.size()};
  return known ? kWeekdays[static_cast<size_t>(weekday) - 1] : "";
}

int weekday_named(std::string_view word) {
  for (size_t i = 0; i < kWeekdays.size(); ++i) {
    if (word == kWeekdays[i]) return static_cast<int>(i) + 1;
  }
  return 0;
}

const char* time_property_text(uint32_t index) {
  if (index == kDayIndex) return "day";
  if (index == kHourIndex) return "hour";
  return index == kWeekdayIndex ? "weekday" : "time";
}

const char* unit_text(StepUnit unit) {
  switch (unit) {
    case StepUnit::kMicrosecond:
      return "microseconds";
    case StepUnit::kSecond:
      return "seconds";
    case StepUnit::kMinute:
      return "minutes";
    case StepUnit::kHour:
      return "hours";
    case StepUnit::kDay:
      return "days";
    case StepUnit::kWeek:
      return "weeks";
    case StepUnit::kMonth:
      return "months";
    case StepUnit::kQuarter:
      return "quarters";
    case StepUnit::kYear:
      return "years";
  }
  return "";
}

std::string date_text(int64_t days) {
  CivilDate date = civil_of(days);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

// An instant in UTC.
std::string time_text(int64_t micros) {
  int64_t day = micros / kMicrosPerDay;
  int64_t rest = micros % kMicrosPerDay;
  if (rest < 0) {
    rest += kMicrosPerDay;
    --day;
  }
  int64_t seconds = rest / 1'000'000;
  std::string text =
      fmt::format("{}T{:02}:{:02}:{:02}", date_text(day), seconds / 3600,
                  seconds / 60 % 60, seconds % 60);
  if (rest % 1'000'000 != 0) text += fmt::format(".{:06}", rest % 1'000'000);
  return text + "Z";
}

std::string window_text(const WindowSpec& window) {
  const char* unit = unit_text(window.unit);
  switch (window.form) {
    case WindowForm::kEver:
      return "ever";
    case WindowForm::kLast:
      return fmt::format("in last {} {}", window.n, unit);
    case WindowForm::kNext:
      return fmt::format("in next {} {}", window.n, unit);
    case WindowForm::kDayAgo:
      return fmt::format("{} days ago", window.n);
    case WindowForm::kRangeAgo:
      if (window.unit == StepUnit::kDay && window.m == kEveryDay) {
        return fmt::format("{} or more days ago", window.n);
      }
      return fmt::format("{} to {} {} ago", window.n, window.m, unit);
    case WindowForm::kPeriod:
      return fmt::format("in period {} of {}", window.n, unit);
    case WindowForm::kDates:
      return dates_text(window);
    case WindowForm::kInstants:
      return instants_text(window);
  }
  return "";
}

const char* comparison_text(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual:
      return "=";
    case Comparison::kLess:
      return "<";
    case Comparison::kLessEqual:
      return "<=";
    case Comparison::kGreater:
      return ">";
    case Comparison::kGreaterEqual:
      return ">=";
  }
  return "";
}

const char* test_text(TextTest test) {
  switch (test) {
    case TextTest::kIs:
      return "is";
    case TextTest::kExactly:
      return "is exactly";
    case TextTest::kContains:
      return "contains";
    case TextTest::kStartsWith:
      return "starts with";
    case TextTest::kEndsWith:
      return "ends with";
    case TextTest::kMatches:
      return "matches";
  }
  return "";
}

const char* measure_text(Measure measure) {
  switch (measure) {
    case Measure::kCount:
      return "count of";
    case Measure::kSum:
      return "sum of";
    case Measure::kAverage:
      return "average of";
    case Measure::kSmallest:
      return "smallest";
    case Measure::kLargest:
      return "largest";
    case Measure::kDistinctCount:
      return "distinct count of";
    case Measure::kMedianGap:
      return "median gap between";
    case Measure::kMostFrequent:
      return "most frequent";
  }
  return "";
}

std::string int128_text(Int128 value) {
  bool negative = value < 0;
  std::string digits;
  do {
    int digit = static_cast<int>(value % 10);
    digits.insert(digits.begin(), static_cast<char>('0' + std::abs(digit)));
    value /= 10;
  } while (value != 0);
  return negative ? "-" + digits : digits;
}

std::string points_text(int64_t hundredths) {
  const int64_t size = std::abs(hundredths);
  return fmt::format("{}{}.{:02}", hundredths < 0 ? "-" : "", size / 100,
                     size % 100);
}

std::string quoted(std::string_view text) {
  return fmt::format("\"{}\"", text);
}

std::string value_text(ValueType type, Int128 integer, double number) {
  switch (type) {
    case ValueType::kNumber:
      return fmt::format("{}", number);
    case ValueType::kDate:
      return date_text(static_cast<int64_t>(integer));
    case ValueType::kTime:
      return time_text(static_cast<int64_t>(integer));
    case ValueType::kWeekday:
      return weekday_text(integer);
    case ValueType::kFlag:
      return integer != 0 ? "yes" : "no";
    case ValueType::kInteger:
    case ValueType::kMoney:
    case ValueType::kMoneyFraction:
    case ValueType::kDuration:
    case ValueType::kDurationFraction:
    case ValueType::kPoints:
    case ValueType::kText:
    case ValueType::kCode:
    case ValueType::kTextList:
    case ValueType::kCodeList:
      return int128_text(integer);
  }
  return "";
}

}  // namespace kitle
