#include "runtime/time/bounds.h"

#include <string>

namespace kitle {
namespace {

constexpr Bounds kEmpty{1, 0};

// [first day of the calendar period that holds today, moved by n; the first
// day of the one after it).
struct Period {
  int64_t first;
  int64_t end;
};

Period period(StepUnit unit, int64_t n, const Clock& clock) {
  const int64_t today = clock.today();
  if (!is_calendar(unit)) {
    const int64_t length = unit == StepUnit::kWeek ? 7 : 1;
    const int64_t back =
        length == 7 ? (weekday_of(today) - clock.first_day_of_week + 7) % 7 : 0;
    const int64_t first = today - back + n * length;
    return {first, first + length};
  }
  const CivilDate date = civil_of(today);
  const int64_t length = months(unit);
  const int64_t month = date.year * 12 + date.month - 1;
  const int64_t start = month - ((month % length) + length) % length;
  const auto first_of = [](int64_t index) {
    return add_months(days_of({1970, 1, 1}), index - int64_t{1970} * 12);
  };
  return {first_of(start + n * length), first_of(start + (n + 1) * length)};
}

Bounds day_instants(int64_t first, int64_t last, const Zone& zone) {
  Bounds bounds;
  if (first != INT32_MIN) bounds.low = zone.day_start(first);
  if (last != INT32_MAX) bounds.high = zone.day_start(last + 1) - 1;
  return bounds;
}

// (from - n units, ...]: the first instant after it.
int64_t after_step_back(const Clock& clock, int64_t n, StepUnit unit) {
  const int64_t at = clock.zone->shift(clock.now, -n, unit);
  return at == INT64_MAX ? at : at + 1;
}

// Today moved by n units, in days.
int64_t move_day(int64_t today, int64_t n, StepUnit unit) {
  if (is_calendar(unit)) return add_months(today, n * months(unit));
  return today + n * (unit == StepUnit::kWeek ? 7 : 1);
}

}  // namespace

Status check_now(int64_t now) {
  // A day more to either side, for zones.
  constexpr int64_t kFirst = -719'163 * kMicrosPerDay;
  constexpr int64_t kEnd = 2'932'898 * kMicrosPerDay;
  if (kFirst <= now && now < kEnd) return {};
  return {StatusCode::kInvalid, "evaluate", "",
          "now is " + std::to_string(now) +
              " microseconds from 1970, beyond the years 1 to 9999"};
}

Bounds instant_bounds(const WindowSpec& window, const Clock& clock) {
  const Zone& zone = *clock.zone;
  switch (window.form) {
    case WindowForm::kEver:
      return {};
    case WindowForm::kLast:
      return {after_step_back(clock, window.n, window.unit), clock.now};
    case WindowForm::kNext:
      if (clock.now == INT64_MAX) return kEmpty;
      return {clock.now + 1, zone.shift(clock.now, window.n, window.unit)};
    case WindowForm::kDayAgo: {
      const int64_t day = clock.today() - window.n;
      return day_instants(day, day, zone);
    }
    case WindowForm::kRangeAgo:
      return {after_step_back(clock, window.m, window.unit),
              zone.shift(clock.now, -window.n, window.unit)};
    case WindowForm::kPeriod: {
      const Period range = period(window.unit, window.n, clock);
      return {zone.day_start(range.first), zone.day_start(range.end) - 1};
    }
    case WindowForm::kDates:
      return day_instants(window.first_day, window.last_day, zone);
    case WindowForm::kInstants:
      return {window.first, window.last};
  }
  return kEmpty;
}

Bounds date_bounds(const WindowSpec& window, const Clock& clock) {
  const int64_t today = clock.today();
  switch (window.form) {
    case WindowForm::kEver:
      return {};
    case WindowForm::kLast:
      return {move_day(today, -window.n, window.unit) + 1, today};
    case WindowForm::kNext:
      return {today + 1, move_day(today, window.n, window.unit)};
    case WindowForm::kDayAgo:
      return {today - window.n, today - window.n};
    case WindowForm::kRangeAgo:
      return {move_day(today, -window.m, window.unit) + 1,
              move_day(today, -window.n, window.unit)};
    case WindowForm::kPeriod: {
      const Period range = period(window.unit, window.n, clock);
      return {range.first, range.end - 1};
    }
    case WindowForm::kDates: {
      Bounds bounds;
      if (window.first_day != INT32_MIN) bounds.low = window.first_day;
      if (window.last_day != INT32_MAX) bounds.high = window.last_day;
      return bounds;
    }
    case WindowForm::kInstants: {
      Bounds bounds;
      if (window.first != INT64_MIN) {
        bounds.low = clock.zone->local_day(window.first);
      }
      if (window.last != INT64_MAX) {
        bounds.high = clock.zone->local_day(window.last);
      }
      return bounds;
    }
  }
  return kEmpty;
}

}  // namespace kitle
