// Days and hours of many instants in one zone: remembers spans of one offset,
// so that the zone is asked once for each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "runtime/time/zone.h"

namespace kitle {

// For one thread. Gives what Zone::local gives.
class LocalClock {
 public:
  // The zone must outlive it.
  explicit LocalClock(const Zone& zone) : zone_(zone) {}

  int64_t day(int64_t instant) {
    return floor_divide(local_seconds(instant), kDaySeconds);
  }
  int64_t hour(int64_t instant) {
    const int64_t seconds = local_seconds(instant);
    const int64_t day = floor_divide(seconds, kDaySeconds);
    return (seconds - day * kDaySeconds) / kHourSeconds;
  }

 private:
  static constexpr int64_t kDaySeconds = 86400;
  static constexpr int64_t kHourSeconds = 3600;
  static constexpr int64_t kSecondMicros = 1'000'000;
  // An instant's place among the spans: some 50 days have one, and no two of
  // the same eight years.
  static constexpr int kPlaceShift = 42;
  static constexpr size_t kPlaces = 64;

  static int64_t floor_divide(int64_t a, int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
  }

  int64_t local_seconds(int64_t instant) {
    const auto place = static_cast<size_t>(instant >> kPlaceShift) % kPlaces;
    OffsetSpan& span = spans_[place];
    if (instant < span.first || instant > span.last) {
      span = zone_.offset_span(instant);
    }
    return floor_divide(instant, kSecondMicros) + span.offset;
  }

  const Zone& zone_;
  std::array<OffsetSpan, kPlaces> spans_ = {};
};

// 1 Monday ... 7 Sunday, as weekday_of().
constexpr int64_t weekday_number(int64_t day) {
  constexpr int64_t kWeek = 7;
  constexpr int64_t kThursday = 3 + kWeek;  // 1970-01-01, from 0 Monday
  return (day % kWeek + kThursday) % kWeek + 1;
}

}  // namespace kitle
