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

struct TimeUses {
  // Whether the value is in the range.
  struct Ranged {
    TimedValue value;
    uint32_t range = 0;
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
