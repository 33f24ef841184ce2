// Where a program's answers depend on now; of its general code, which the fast
// one equals.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "runtime/eval/program.h"

namespace kitle {

// A value that is told by one of a column's, and by now.
struct TimedValue {
  uint32_t slot = 0;
  // In microseconds: the column's value, an instant, and `offset` more, give or
  // take `slack`; of a date and of another value both are 0.
  int64_t offset = 0;
  int64_t slack = 0;
  // Its local day, which is an integer from here on.
  bool as_day = false;
  // What of it is meant: itself; how long ago that is, in whole `per`; or how
  // long it is until then. Of a date in days, from today.
  enum class Since : uint8_t { kItself, kAgo, kUntil };
  Since since = Since::kItself;
  int64_t per = 1;
  friend auto operator<=>(const TimedValue&, const TimedValue&) = default;
};

// Whether an event's value of `slot` is in the set, or else in the range.
struct EventTest {
  uint32_t slot = 0;
  uint32_t set = kNone;    // in Program::sets
  uint32_t range = kNone;  // in Program::ranges; a constant one
  friend auto operator<=>(const EventTest&, const EventTest&) = default;
};

// Which of a person's events a use of time is about.
struct EventsOfUse {
  // Those that pass all of these.
  std::vector<EventTest> tests = {};
  // Of these only the n-th from the end, of those until now, as long as
  // `window` is a range that reaches up to now; of kFirst, the first one of
  // all. 0: each of them.
  static constexpr int64_t kFirst = -1;
  int64_t nth = 0;
  uint32_t window = kNone;
  friend auto operator<=>(const EventsOfUse&, const EventsOfUse&) = default;
};

struct TimeUses {
  // Whether the value is in the range.
  struct Ranged {
    TimedValue value;
    uint32_t range = 0;
    EventsOfUse events = {};
    friend auto operator<=>(const Ranged&, const Ranged&) = default;
  };
  std::vector<Ranged> ranged;
  std::vector<Ranged> birthdays;     // whether its anniversary is
  std::vector<TimedValue> ages;      // of dates
  std::vector<TimedValue> compared;  // before now, or not after today
  // For anyone the answers may change ...
  std::vector<uint32_t> unknown;  // ... as soon as one of these ranges does
  bool by_day = false;            // ... at each local midnight
  bool always = false;            // ... at any instant

  static TimeUses of(const Program& program);
};

}  // namespace kitle
