// The reference evaluator's time: one instant, `now`, and what windows and
// anchors mean at it (Meaning 10 and 11).
#pragma once

#include <cstdint>
#include <memory>

#include "compiler/reference_zone.h"
#include "compiler/typed.h"
#include "runtime/wide.h"
#include "runtime/window.h"

namespace kitle::reference {

// Instants or dates, both ends included; empty if low > high.
struct Span {
  Int128 low = 0;
  Int128 high = 0;

  bool contains(Int128 value) const { return low <= value && value <= high; }
  Span operator&(const Span& other) const;
};
Span always();

class Calendar {
 public:
  // first_day_of_week: 1 Monday ... 7 Sunday.
  Calendar(ZoneClock clock, int64_t now, int first_day_of_week);

  // The same clock and week at another instant.
  Calendar at(int64_t now) const;

  int64_t now() const { return now_; }
  int64_t today() const { return today_; }

  struct LocalTime {
    int64_t day = 0;
    int64_t micros = 0;  // of the day
  };
  LocalTime local(int64_t instant) const;
  // The local date of an instant, and the hour that clocks show.
  int64_t local_day(int64_t instant) const { return local(instant).day; }
  int64_t local_hour(int64_t instant) const;

  // Instants and days of a window.
  Span instants(const WindowSpec& window) const;
  Span days(const WindowSpec& window) const;

  // Instants after or before `moment`; of a date if `is_date`.
  Span after(const TypedAnchor& anchor, Int128 moment, bool is_date) const;
  Span before(const TypedAnchor& anchor, Int128 moment, bool is_date) const;

  // Whole years from a day to today. REQUIRES: day <= today.
  int64_t age(int64_t day) const;

 private:
  using Clock = std::shared_ptr<const ZoneClock>;
  Calendar(Clock clock, int64_t now, int first_day_of_week);

  Int128 instant(const LocalTime& local) const;
  Int128 start_of(int64_t day) const;
  Span whole_days(int64_t first, int64_t last) const;
  // The days of the calendar period that holds today, moved by n periods.
  Span period(StepUnit unit, int64_t n) const;
  Int128 moved(Int128 instant, int64_t n, StepUnit unit) const;
  int64_t moved_day(int64_t day, int64_t n, StepUnit unit) const;

  Clock clock_;
  int64_t now_;
  int first_day_of_week_;
  int64_t today_;
};

// Whether a day of any year is a birthday of someone born on `birth`.
bool is_birthday(int64_t birth, int64_t day);

}  // namespace kitle::reference
