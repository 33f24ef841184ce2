// Local time of one zone, from pinned rules (TZif bytes), never from the
// machine. Dates are days since 1970-01-01, instants microseconds since
// 1970-01-01T00:00Z. Results that leave int64 are clamped to its ends.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/status.h"
#include "runtime/window.h"

namespace kitle {

inline constexpr int64_t kMicrosPerDay = int64_t{86400} * 1'000'000;

struct CivilDate {
  int64_t year = 1970;
  int month = 1;
  int day = 1;
};
CivilDate civil_of(int64_t days);
int64_t days_of(const CivilDate& date);  // any month, day: normalised
int days_in_month(int64_t year, int month);
// 1 Monday ... 7 Sunday.
int weekday_of(int64_t days);
// `days` moved by n months, clamped to the month's end.
int64_t add_months(int64_t days, int64_t n);

// A place on the wall clock of a zone.
struct LocalTime {
  int64_t day = 0;
  int64_t micros = 0;  // of the day, 0 <= micros < 86400e6
};

// Between first and last, both included, clocks show UTC and `offset` seconds
// more.
struct OffsetSpan {
  int64_t first = 1;
  int64_t last = 0;
  int64_t offset = 0;
};

// Immutable, thread-safe.
class Zone {
 public:
  virtual ~Zone() = default;
  // kInvalid if the bytes are no zone's rules. `name` is for messages.
  static Result<std::shared_ptr<const Zone>> from_tzif(std::string_view bytes,
                                                       std::string name);

  virtual LocalTime local(int64_t instant) const = 0;
  // A local time that does not exist moves to the end of the gap; one that
  // exists twice is the earlier.
  virtual int64_t instant(const LocalTime& local) const = 0;
  // A span that holds the instant; not always the longest one.
  virtual OffsetSpan offset_span(int64_t instant) const = 0;

  int64_t local_day(int64_t instant) const { return local(instant).day; }
  int64_t day_start(int64_t day) const { return instant({day, 0}); }
  // Clock units exactly; calendar units in local time, clamped to the
  // month's end, clock time kept.
  int64_t shift(int64_t from, int64_t n, StepUnit unit) const;
};

// The TZif bytes of an IANA name from the machine's zone data, to be pinned.
Result<std::string> read_zone_bytes(const std::string& name);

}  // namespace kitle
