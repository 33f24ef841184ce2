// Windows of time as a recipe (Meaning 10): what was written, with every
// name and date resolved, and `now` still open. Bounds come from it at run
// time. Serialised in programs.
#pragma once

#include <cstdint>

namespace kitle {

// A step of time: clock units are exact (a day is 24 h), months and longer
// are calendar steps in local time.
enum class StepUnit : uint8_t {
  kMicrosecond = 0,
  kSecond = 1,
  kMinute = 2,
  kHour = 3,
  kDay = 4,    // 24 h
  kWeek = 5,   // 7 days
  kMonth = 6,  // calendar
  kQuarter = 7,
  kYear = 8,
};
constexpr bool is_calendar(StepUnit unit) { return unit >= StepUnit::kMonth; }
// Microseconds of a clock unit.
constexpr int64_t microseconds(StepUnit unit) {
  constexpr int64_t kSecondMicros = 1'000'000;
  switch (unit) {
    case StepUnit::kMicrosecond:
      return 1;
    case StepUnit::kSecond:
      return kSecondMicros;
    case StepUnit::kMinute:
      return 60 * kSecondMicros;
    case StepUnit::kHour:
      return 3600 * kSecondMicros;
    case StepUnit::kDay:
      return 86400 * kSecondMicros;
    case StepUnit::kWeek:
      return 7 * 86400 * kSecondMicros;
    case StepUnit::kMonth:
    case StepUnit::kQuarter:
    case StepUnit::kYear:
      return 0;
  }
  return 0;
}
// Months of a calendar unit.
constexpr int64_t months(StepUnit unit) {
  if (unit == StepUnit::kMonth) return 1;
  if (unit == StepUnit::kQuarter) return 3;
  return unit == StepUnit::kYear ? 12 : 0;
}

// On instants; the date form is in brackets where it is not the same thing
// with days (`today` is the local date of now).
enum class WindowForm : uint8_t {
  kEver = 0,      // everything (events: still time <= now)
  kLast = 1,      // (now - n units, now]
  kNext = 2,      // (now, now + n units]
  kDayAgo = 3,    // the whole local day n days before today
  kRangeAgo = 4,  // (now - m units, now - n units]; m days may be kEveryDay
  kPeriod = 5,    // the calendar period (unit: day, week, month, quarter,
                  // year) that holds today, moved by n periods; half-open
  kDates = 6,     // whole local days first_day..last_day, both included
  kInstants = 7,  // first..last microseconds, both included
};

// More days than lie between any two dates of the years 1 to 9999.
inline constexpr int64_t kEveryDay = 4'000'000;
// How many of a unit make 10,000 years: more steps no written window has.
constexpr int64_t most_steps(StepUnit unit) {
  constexpr int64_t kYears = 10'000;
  if (is_calendar(unit)) return kYears * 12 / months(unit);
  if (unit == StepUnit::kWeek) return kYears * 53;
  return kYears * 366 * (microseconds(StepUnit::kDay) / microseconds(unit));
}
// The most steps of a window, to either side.
inline constexpr int64_t kMostSteps = 1'000'000'000'000;

// n, m >= 0 except kPeriod's n. Dates are days since 1970-01-01; open ends
// are the extremes of their type.
struct WindowSpec {
  WindowForm form = WindowForm::kEver;
  StepUnit unit = StepUnit::kDay;
  int64_t n = 0;
  int64_t m = 0;
  int32_t first_day = INT32_MIN;
  int32_t last_day = INT32_MAX;
  int64_t first = INT64_MIN;
  int64_t last = INT64_MAX;
  friend bool operator==(const WindowSpec&, const WindowSpec&) = default;
};

// Today, this month and the like. Where clocks go back over midnight (St.
// John's until 2011), they may end before now in the hour that is there twice.
inline bool is_current_period(const WindowSpec& window) {
  return window.n == 0 && (window.form == WindowForm::kDayAgo ||
                           window.form == WindowForm::kPeriod);
}

// Inclusive on both ends; empty if low > high.
struct Bounds {
  int64_t low = INT64_MIN;
  int64_t high = INT64_MAX;
};

}  // namespace kitle
