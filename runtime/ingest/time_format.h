// Written dates and times: the formats of a source's `as "..."`, ISO 8601
// where there is none, and the way from a wall clock to an instant.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/status.h"
#include "runtime/time/zone.h"

namespace kitle {

// What a text says.
struct WrittenTime {
  LocalTime local;         // on the wall clock
  bool zoned = false;      // the text gives the distance from UTC
  int64_t offset = 0;      // zoned: microseconds east of UTC
  bool has_clock = false;  // a time of day was written
};

enum class TimeError : uint8_t {
  kNone,
  kFormat,      // not written so
  kImpossible,  // written so, but there is no such date or time
  kFiner,       // finer than a microsecond
};

// 2026-03-01, 2026-03-01T12:00, 2026-03-01 12:00:00.25+03:00, ...Z.
TimeError read_iso_time(std::string_view text, WrittenTime& out);

// A compiled format. Directives: %Y %y %m %d %b %B %H %I %p %M %S %f %z %F %T
// %%; every other character stands for itself. Numbers may lack their leading
// zeros (%Y has four digits, %y two: 69 to 99 are 19xx); %f has 1 to 9
// digits, %z is Z, +03, +0300 or +03:00; months are English, in any case.
class TimeFormat {
 public:
  // kInvalid, naming the directive, or what the format lacks of a date.
  static Result<TimeFormat> compile(std::string_view format);

  TimeError read(std::string_view text, WrittenTime& out) const;
  bool has_clock() const { return has_clock_; }

 private:
  struct Step {
    char directive = 0;  // 0: a literal
    char literal = 0;
  };
  std::vector<Step> steps_;
  bool has_clock_ = false;
};

// Wall clock -> instant in one zone, remembering the days at hand. Not
// thread-safe.
class WallClock {
 public:
  explicit WallClock(std::shared_ptr<const Zone> zone)
      : zone_(std::move(zone)) {}
  int64_t instant(const LocalTime& local);
  const Zone& zone() const { return *zone_; }

 private:
  struct Day {
    int64_t day = INT64_MIN;
    int64_t start = 0;
    bool plain = false;  // 24 hours of one offset
  };
  static Day look_at(const Zone& zone, int64_t day);

  std::shared_ptr<const Zone> zone_;
  std::array<Day, 256> days_;
};

// Years 1 to 9999.
bool in_range_day(int64_t day);
bool in_range_instant(int64_t micros);

}  // namespace kitle
