// The reference evaluator's clock of a time zone: a reader of TZif (RFC 8536)
// and of the yearly rule at its end, on the date library's calendar.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/status.h"

namespace kitle::reference {

// A day of the calendar of any year.
struct Civil {
  int64_t year = 1970;
  unsigned month = 1;
  unsigned day = 1;
};
Civil civil_of(int64_t day);  // days since 1970-01-01
int64_t day_of(const Civil& civil);
unsigned days_in(int64_t year, unsigned month);
unsigned weekday_of(int64_t day);  // ISO: 1 Monday ... 7 Sunday

// From `at` on, in UTC seconds, clocks show UTC and `offset` seconds more.
struct OffsetChange {
  int64_t at = 0;
  int64_t offset = 0;
};

// A day of each year and the local time at which clocks are changed.
struct YearlyChange {
  enum class Form : uint8_t { kMonthWeek, kJulian, kZeroBased };
  Form form = Form::kMonthWeek;
  int month = 1;
  int week = 1;  // 5: the last
  int day = 0;   // weekday from 0 Sunday, or day of the year
  int64_t seconds = 7200;
};

// What holds after the last change that is listed.
struct YearlyRule {
  int64_t standard = 0;
  int64_t summer = 0;
  bool has_summer = false;
  YearlyChange begin;
  YearlyChange end;
};

// "EET-2EEST,M3.5.0/3,M10.5.0/4"; empty if it is none.
std::optional<YearlyRule> read_yearly_rule(std::string_view text);

// What the bytes of a TZif file say.
struct ZoneRules {
  int64_t first_offset = 0;  // before the first change
  std::vector<OffsetChange> changes;
  std::optional<YearlyRule> yearly;
};
// kInvalid: the bytes are no TZif of version 2 or later.
Result<ZoneRules> read_tzif(std::string_view bytes);

class ZoneClock {
 public:
  explicit ZoneClock(ZoneRules rules);

  // Seconds that clocks show more than UTC at an instant in UTC seconds.
  int64_t offset_at(int64_t seconds) const;

  struct Found {
    int64_t seconds = 0;   // UTC
    bool skipped = false;  // clocks never show it: the end of the gap
  };
  // When clocks show a local second; for the first time, if they do twice.
  Found instant_of(int64_t local) const;

 private:
  // REQUIRES: clocks change every year. Whether known_ has all near it.
  bool is_known(int64_t seconds) const;
  // All changes from the last that is two days before `seconds`, or the first
  // of all, until two days after it.
  std::vector<OffsetChange> changes_around(int64_t seconds) const;

  ZoneRules rules_;
  // In their order: those that are listed, and the yearly ones of some
  // centuries.
  std::vector<OffsetChange> known_;
};

}  // namespace kitle::reference
