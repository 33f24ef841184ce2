#include "runtime/time/local_scale.h"

namespace kitle {
namespace {

constexpr int64_t kSecondMicros = 1'000'000;
// A clock put back by a day and some hours still shows a time behind the
// origin.
constexpr int64_t kRoomDays = 3;

int64_t day_at(int64_t instant, int64_t offset) {
  const int64_t local = instant + offset;
  return local / kMicrosPerDay - (local % kMicrosPerDay < 0 ? 1 : 0);
}

}  // namespace

std::optional<LocalScale> LocalScale::make(const Zone& zone, int64_t first,
                                           int64_t last) {
  constexpr int64_t kFarthest = int64_t{1} << 62;
  constexpr int64_t kLongest = (kMostScaleDays - 3 * kRoomDays) * kMicrosPerDay;
  const bool sane = -kFarthest < first && first <= last && last < kFarthest;
  if (!sane || last - first > kLongest) return std::nullopt;
  OffsetSpan span = zone.offset_span(first);
  const int64_t offset = span.offset * kSecondMicros;
  LocalScale made;
  made.first_day = day_at(first, offset) - kRoomDays;
  made.origin = made.first_day * kMicrosPerDay - offset;
  while (span.last < last) {
    if (made.steps == kMostSteps) return std::nullopt;
    const OffsetSpan next = zone.offset_span(span.last + 1);
    made.add_step(span.last + 1, span.offset * kSecondMicros,
                  next.offset * kSecondMicros);
    span = next;
  }
  return made;
}

void LocalScale::add_step(int64_t instant, int64_t before, int64_t after) {
  at[steps] = static_cast<double>(instant - origin);
  by[steps] = static_cast<double>(after - before);
  ++steps;
  if (day_at(instant, after) < day_at(instant - 1, before)) day_returns = true;
}

}  // namespace kitle
