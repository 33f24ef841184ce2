// Windows at a run: a WindowSpec and `now` become an inclusive range
// (Meaning 10).
#pragma once

#include "runtime/status.h"
#include "runtime/time/zone.h"
#include "runtime/window.h"

namespace kitle {

struct Clock {
  int64_t now = 0;
  const Zone* zone = nullptr;
  int first_day_of_week = 1;  // 1 Monday ... 7 Sunday
  int64_t today() const { return zone->local_day(now); }
};

// kInvalid: an instant beyond the years 1 to 9999 is no `now`.
Status check_now(int64_t now);

// Over instants. Not yet cut at now: events add `time <= now`.
Bounds instant_bounds(const WindowSpec& window, const Clock& clock);
// Over dates.
Bounds date_bounds(const WindowSpec& window, const Clock& clock);

}  // namespace kitle
