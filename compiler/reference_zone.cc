// See reference_zone.h.
#include "compiler/reference_zone.h"

#include <date/date.h>

#include <algorithm>
#include <utility>

#include "compiler/reference_values.h"

namespace kitle::reference {
namespace {

// The calendar repeats after 400 years; date::year has 16 bits.
constexpr int64_t kEraYears = 400;
constexpr int64_t kEraDays = 146097;
constexpr int64_t kDaySeconds = 86400;
constexpr int64_t kNear = 2 * kDaySeconds;  // no clock is further from UTC
constexpr int64_t kKnownYears = 2500;

int64_t floor_of(int64_t a, int64_t b) {
  return static_cast<int64_t>(floor_divide(a, b));
}

date::year_month_day in_era(int64_t day) {
  return date::sys_days(date::days(day - floor_of(day, kEraDays) * kEraDays));
}

int64_t day_in(const YearlyChange& change, int64_t year) {
  const auto month = static_cast<unsigned>(change.month);
  switch (change.form) {
    case YearlyChange::Form::kMonthWeek: {
      const auto weekday =
          static_cast<unsigned>(change.day == 0 ? 7 : change.day);
      const int64_t first = day_of({year, month, 1});
      int64_t day = first + (weekday + 7 - weekday_of(first)) % 7;
      day += 7 * (change.week - 1);
      while (day >= first + days_in(year, month)) day -= 7;
      return day;
    }
    case YearlyChange::Form::kJulian: {  // 29 February has no number
      const bool behind = change.day > 59 && days_in(year, 2) == 29;
      return day_of({year, 1, 1}) + change.day - 1 + (behind ? 1 : 0);
    }
    case YearlyChange::Form::kZeroBased:
      return day_of({year, 1, 1}) + change.day;
  }
  return 0;
}

void add_year(const YearlyRule& rule, int64_t year,
              std::vector<OffsetChange>& changes) {
  const auto at = [&](const YearlyChange& change, int64_t offset_before) {
    return day_in(change, year) * kDaySeconds + change.seconds - offset_before;
  };
  changes.push_back({at(rule.begin, rule.standard), rule.summer});
  changes.push_back({at(rule.end, rule.summer), rule.standard});
}

// Of the years around an instant, in their order. (Where summer lasts all
// year, its end and its next beginning are one instant: the beginning holds.)
std::vector<OffsetChange> yearly_around(const YearlyRule& rule,
                                        int64_t seconds) {
  const int64_t year = civil_of(floor_of(seconds, kDaySeconds)).year;
  std::vector<OffsetChange> changes;
  for (int64_t i = year - 2; i <= year + 2; ++i) add_year(rule, i, changes);
  std::ranges::stable_sort(changes, {}, &OffsetChange::at);
  return changes;
}

}  // namespace

Civil civil_of(int64_t day) {
  const date::year_month_day date = in_era(day);
  return {int{date.year()} + floor_of(day, kEraDays) * kEraYears,
          unsigned{date.month()}, unsigned{date.day()}};
}

int64_t day_of(const Civil& civil) {
  const int64_t era = floor_of(civil.year, kEraYears);
  const date::year year(static_cast<int>(civil.year - era * kEraYears));
  const date::sys_days day = year / date::month(civil.month) / civil.day;
  return day.time_since_epoch().count() + era * kEraDays;
}

unsigned days_in(int64_t year, unsigned month) {
  const bool last = month == 12;
  return static_cast<unsigned>(
      day_of({last ? year + 1 : year, last ? 1 : month + 1, 1}) -
      day_of({year, month, 1}));
}

unsigned weekday_of(int64_t day) {
  return date::weekday(date::sys_days(in_era(day))).iso_encoding();
}

ZoneClock::ZoneClock(ZoneRules rules)
    : rules_(std::move(rules)), known_(rules_.changes) {
  if (!rules_.yearly) return;
  const YearlyRule& yearly = *rules_.yearly;
  if (!yearly.has_summer) {
    if (known_.empty()) known_.push_back({INT64_MIN, yearly.standard});
    return;
  }
  const int64_t listed = known_.empty() ? INT64_MIN : known_.back().at;
  const int64_t first =
      known_.empty() ? 1 : civil_of(floor_of(listed, kDaySeconds)).year;
  std::vector<OffsetChange> changes;
  for (int64_t i = first; i < kKnownYears; ++i) add_year(yearly, i, changes);
  std::ranges::stable_sort(changes, {}, &OffsetChange::at);
  for (const OffsetChange& change : changes) {
    if (change.at > listed) known_.push_back(change);
  }
}

bool ZoneClock::is_known(int64_t seconds) const {
  const bool before =
      rules_.changes.empty() && seconds < known_.front().at + kNear;
  return !before && seconds <= known_.back().at - kNear;
}

std::vector<OffsetChange> ZoneClock::changes_around(int64_t seconds) const {
  const bool yearly = rules_.yearly && rules_.yearly->has_summer;
  if (yearly && !is_known(seconds)) {
    return yearly_around(*rules_.yearly, seconds);
  }
  const auto at = &OffsetChange::at;
  auto first = std::ranges::upper_bound(known_, seconds - kNear, {}, at);
  if (first != known_.begin()) --first;
  return {first, std::ranges::upper_bound(known_, seconds + kNear, {}, at)};
}

int64_t ZoneClock::offset_at(int64_t seconds) const {
  int64_t offset = rules_.first_offset;
  for (const OffsetChange& change : changes_around(seconds)) {
    if (change.at <= seconds) offset = change.offset;
  }
  return offset;
}

ZoneClock::Found ZoneClock::instant_of(int64_t local) const {
  std::optional<int64_t> earliest;
  const auto consider = [&](int64_t offset) {
    const int64_t at = local - offset;
    if (offset_at(at) != offset) return;
    earliest = std::min(earliest.value_or(at), at);
  };
  int64_t before = rules_.first_offset;
  int64_t gap_end = local;
  consider(offset_at(local - kNear));
  for (const OffsetChange& change : changes_around(local)) {
    const int64_t offset = std::exchange(before, change.offset);
    if (change.at < local - kNear || change.at > local + kNear) continue;
    consider(change.offset);
    const bool skipped =
        local - offset >= change.at && local - change.offset < change.at;
    if (skipped) gap_end = change.at;
  }
  return earliest ? Found{*earliest, false} : Found{gap_end, true};
}

}  // namespace kitle::reference
