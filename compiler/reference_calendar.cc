// See reference_calendar.h.
#include "compiler/reference_calendar.h"

#include <algorithm>

#include "compiler/reference_values.h"

namespace kitle::reference {
namespace {

constexpr int64_t kSecondMicros = 1'000'000;
constexpr int64_t kDayMicros = 86400 * kSecondMicros;

// Beyond every instant and date.
constexpr Int128 kEndless = Int128{1} << 100;

Span from(Int128 low) { return {low, kEndless}; }
Span until(Int128 high) { return {-kEndless, high}; }

// Stored instants have 64 bits.
int64_t as_instant(Int128 value) {
  return static_cast<int64_t>(std::clamp<Int128>(value, INT64_MIN, INT64_MAX));
}

int64_t add_months(int64_t day, int64_t n) {
  constexpr int64_t kYearMonths = 12;
  Civil civil = civil_of(day);
  const int64_t month = civil.year * kYearMonths + civil.month - 1 + n;
  civil.year = static_cast<int64_t>(floor_divide(month, kYearMonths));
  civil.month = static_cast<unsigned>(month - civil.year * kYearMonths) + 1;
  civil.day = std::min(civil.day, days_in(civil.year, civil.month));
  return day_of(civil);
}

int64_t days_of(StepUnit unit) { return microseconds(unit) / kDayMicros; }

}  // namespace

Span Span::operator&(const Span& other) const {
  return {std::max(low, other.low), std::min(high, other.high)};
}

Span always() { return {-kEndless, kEndless}; }

Calendar::Calendar(ZoneClock clock, int64_t now, int first_day_of_week)
    : Calendar(std::make_shared<const ZoneClock>(std::move(clock)), now,
               first_day_of_week) {}

Calendar::Calendar(Clock clock, int64_t now, int first_day_of_week)
    : clock_(std::move(clock)),
      now_(now),
      first_day_of_week_(first_day_of_week),
      today_(local(now).day) {}

Calendar Calendar::at(int64_t now) const {
  return {clock_, now, first_day_of_week_};
}

// ---- the clock ----

Calendar::LocalTime Calendar::local(int64_t instant) const {
  const auto seconds =
      static_cast<int64_t>(floor_divide(instant, kSecondMicros));
  const Int128 shown =
      Int128{instant} + Int128{clock_->offset_at(seconds)} * kSecondMicros;
  const Int128 day = floor_divide(shown, kDayMicros);
  return {static_cast<int64_t>(day),
          static_cast<int64_t>(shown - day * kDayMicros)};
}

int64_t Calendar::local_hour(int64_t instant) const {
  return local(instant).micros / microseconds(StepUnit::kHour);
}

Int128 Calendar::instant(const LocalTime& local) const {
  const int64_t second = local.micros / kSecondMicros;
  const ZoneClock::Found found =
      clock_->instant_of(local.day * (kDayMicros / kSecondMicros) + second);
  const int64_t rest = found.skipped ? 0 : local.micros % kSecondMicros;
  return Int128{found.seconds} * kSecondMicros + rest;
}

Int128 Calendar::start_of(int64_t day) const { return instant({day, 0}); }

Int128 Calendar::moved(Int128 instant, int64_t n, StepUnit unit) const {
  if (!is_calendar(unit)) return instant + Int128{n} * microseconds(unit);
  LocalTime at = local(as_instant(instant));
  at.day = add_months(at.day, n * months(unit));
  return this->instant(at);
}

int64_t Calendar::moved_day(int64_t day, int64_t n, StepUnit unit) const {
  return is_calendar(unit) ? add_months(day, n * months(unit))
                           : day + n * days_of(unit);
}

// ---- windows ----

Span Calendar::whole_days(int64_t first, int64_t last) const {
  return {start_of(first), start_of(last + 1) - 1};
}

Span Calendar::period(StepUnit unit, int64_t n) const {
  const Civil today = civil_of(today_);
  int64_t first = today_;
  switch (unit) {
    case StepUnit::kWeek: {
      const auto weekday = static_cast<int64_t>(weekday_of(today_));
      first -= (weekday - first_day_of_week_ + 7) % 7;
      break;
    }
    case StepUnit::kMonth:
      first = day_of({today.year, today.month, 1});
      break;
    case StepUnit::kQuarter:
      first = day_of({today.year, (today.month - 1) / 3 * 3 + 1, 1});
      break;
    case StepUnit::kYear:
      first = day_of({today.year, 1, 1});
      break;
    case StepUnit::kMicrosecond:
    case StepUnit::kSecond:
    case StepUnit::kMinute:
    case StepUnit::kHour:
    case StepUnit::kDay:
      break;
  }
  return {moved_day(first, n, unit), moved_day(first, n + 1, unit) - 1};
}

Span Calendar::instants(const WindowSpec& window) const {
  const StepUnit unit = window.unit;
  switch (window.form) {
    case WindowForm::kEver:
      return always();
    case WindowForm::kLast:
      return {moved(now_, -window.n, unit) + 1, now_};
    case WindowForm::kNext:
      return {Int128{now_} + 1, moved(now_, window.n, unit)};
    case WindowForm::kDayAgo:
      return whole_days(today_ - window.n, today_ - window.n);
    case WindowForm::kRangeAgo:
      return {moved(now_, -window.m, unit) + 1, moved(now_, -window.n, unit)};
    case WindowForm::kPeriod: {
      const Span days = period(unit, window.n);
      return whole_days(static_cast<int64_t>(days.low),
                        static_cast<int64_t>(days.high));
    }
    case WindowForm::kDates: {
      Span span = always();
      if (window.first_day != INT32_MIN) span.low = start_of(window.first_day);
      if (window.last_day != INT32_MAX) {
        span.high = start_of(int64_t{window.last_day} + 1) - 1;
      }
      return span;
    }
    case WindowForm::kInstants:
      return {window.first, window.last};
  }
  return always();
}

// REQUIRES: no window of hours, and kInstants never (the checker refuses
// them for dates).
Span Calendar::days(const WindowSpec& window) const {
  const StepUnit unit = window.unit;
  switch (window.form) {
    case WindowForm::kEver:
    case WindowForm::kInstants:
      return always();
    case WindowForm::kLast:
      return {moved_day(today_, -window.n, unit) + 1, today_};
    case WindowForm::kNext:
      return {today_ + 1, moved_day(today_, window.n, unit)};
    case WindowForm::kDayAgo:
      return {today_ - window.n, today_ - window.n};
    case WindowForm::kRangeAgo:
      return {moved_day(today_, -window.m, unit) + 1,
              moved_day(today_, -window.n, unit)};
    case WindowForm::kPeriod:
      return period(unit, window.n);
    case WindowForm::kDates:
      return {window.first_day, window.last_day};
  }
  return always();
}

// ---- anchors ----

Span Calendar::after(const TypedAnchor& anchor, Int128 moment,
                     bool is_date) const {
  // A time itself is not after it; the day after a date begins whole.
  Int128 start = moment;
  if (is_date) start = start_of(static_cast<int64_t>(moment) + 1) - 1;
  const auto later = [&](int64_t n, StepUnit unit) {
    return is_date ? moved(start + 1, n, unit) - 1 : moved(start, n, unit);
  };
  switch (anchor.shape) {
    case AnchorShape::kPlain:
      return from(start + 1);
    case AnchorShape::kWithin:
      return {start + 1, later(anchor.m, anchor.unit)};
    case AnchorShape::kMoreThan:
      return from(later(anchor.m, anchor.unit) + 1);
    case AnchorShape::kRange:
      return {later(anchor.n, anchor.low_unit) + 1,
              later(anchor.m, anchor.unit)};
  }
  return always();
}

Span Calendar::before(const TypedAnchor& anchor, Int128 moment,
                      bool is_date) const {
  const Int128 end = is_date ? start_of(static_cast<int64_t>(moment)) : moment;
  const auto earlier = [&](int64_t n, StepUnit unit) {
    return moved(end, -n, unit);
  };
  switch (anchor.shape) {
    case AnchorShape::kPlain:
      return until(end - 1);
    case AnchorShape::kWithin:
      return {earlier(anchor.m, anchor.unit), end - 1};
    case AnchorShape::kMoreThan:
      return until(earlier(anchor.m, anchor.unit) - 1);
    case AnchorShape::kRange:
      return {earlier(anchor.m, anchor.unit),
              earlier(anchor.n, anchor.low_unit) - 1};
  }
  return always();
}

// Who was born on 29 February has a birthday on 28 February of other years.
int64_t Calendar::age(int64_t day) const {
  const Civil birth = civil_of(day);
  const Civil today = civil_of(today_);
  const unsigned birthday =
      std::min(birth.day, days_in(today.year, birth.month));
  const bool had = today.month != birth.month ? today.month > birth.month
                                              : today.day >= birthday;
  return today.year - birth.year - (had ? 0 : 1);
}

bool is_birthday(int64_t birth, int64_t day) {
  const Civil born = civil_of(birth);
  const Civil here = civil_of(day);
  return born.month == here.month &&
         std::min(born.day, days_in(here.year, born.month)) == here.day;
}

}  // namespace kitle::reference
