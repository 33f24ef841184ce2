// Local times and windows of pinned zones, against instants worked out by
// hand from the zones' published rules.
#include "runtime/time/zone.h"

#include <gtest/gtest.h>

#include <cmath>

#include "runtime/time/bounds.h"
#include "runtime/time/local_clock.h"
#include "runtime/time/local_scale.h"

namespace kitle {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kHour = 3600 * kSecond;

std::shared_ptr<const Zone> zone(const std::string& name) {
  const auto bytes = read_zone_bytes(name);
  EXPECT_TRUE(bytes.has_value()) << name;
  auto made = Zone::from_tzif(*bytes, name);
  EXPECT_TRUE(made.has_value()) << name;
  return *made;
}

int64_t day(int64_t year, int month, int of_month) {
  return days_of({year, month, of_month});
}

int64_t utc(int64_t year, int month, int of_month, int hour = 0,
            int minute = 0) {
  return day(year, month, of_month) * kMicrosPerDay + hour * kHour +
         minute * 60 * kSecond;
}

TEST(Calendar, DaysAndDatesAreInverse) {
  EXPECT_EQ(day(1970, 1, 1), 0);
  EXPECT_EQ(day(2000, 3, 1), 11017);
  for (int64_t days = -800000; days < 800000; days += 37) {
    EXPECT_EQ(days_of(civil_of(days)), days);
  }
  // Years that the standard calendar does not know, and where they begin.
  for (const int64_t far : {10'000'000, 50'000'000, -10'000'000, -50'000'000}) {
    for (int64_t days = far - 3; days <= far + 3; ++days) {
      EXPECT_EQ(days_of(civil_of(days)), days);
      EXPECT_EQ(weekday_of(days + 1), weekday_of(days) % 7 + 1);
    }
  }
}

TEST(Calendar, MonthsClampToTheMonthsEnd) {
  EXPECT_EQ(add_months(day(2024, 1, 31), 1), day(2024, 2, 29));
  EXPECT_EQ(add_months(day(2023, 1, 31), 1), day(2023, 2, 28));
  EXPECT_EQ(add_months(day(2024, 3, 31), -1), day(2024, 2, 29));
  EXPECT_EQ(add_months(day(2024, 2, 29), 12), day(2025, 2, 28));
  EXPECT_EQ(weekday_of(day(2026, 11, 25)), 3);
}

// Half-hour summer time, one dropped long ago, and none; beside every change,
// and beyond those that a zone lists.
TEST(LocalClock, ShowsWhatTheZoneShows) {
  for (const char* name :
       {"Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata",
        "Europe/Istanbul", "UTC", "America/New_York"}) {
    const auto of = zone(name);
    LocalClock clock(*of);
    std::vector<int64_t> instants = {INT64_MIN, INT64_MAX, 0, -1};
    for (int64_t at = utc(1890, 1, 1); at < utc(2450, 1, 1);) {
      const OffsetSpan span = of->offset_span(at);
      ASSERT_TRUE(span.first <= at && at <= span.last) << name;
      instants.push_back(span.first);
      instants.push_back(span.first + kHour);
      if (span.first > INT64_MIN) instants.push_back(span.first - 1);
      if (span.last == INT64_MAX) break;
      at = span.last == at ? at + 200 * kMicrosPerDay + kHour : span.last + 1;
    }
    for (int64_t at : instants) {
      const LocalTime local = of->local(at);
      EXPECT_EQ(clock.day(at), local.day) << name << " " << at;
      EXPECT_EQ(clock.hour(at), local.micros / kHour) << name << " " << at;
      EXPECT_EQ(weekday_number(local.day), weekday_of(local.day));
    }
  }
}

// The day and the hour that the scale gives, as kernels take them from it.
std::pair<int64_t, int64_t> by_scale(const LocalScale& scale, int64_t instant) {
  const auto behind = static_cast<double>(instant - scale.origin);
  double shown = behind;
  for (size_t k = 0; k < scale.steps; ++k) {
    if (behind >= scale.at[k]) shown += scale.by[k];
  }
  const double days = std::floor((shown + 0.5) * kPerDay);
  const double rest = shown - days * static_cast<double>(kMicrosPerDay);
  EXPECT_GE(days, 0);
  return {scale.first_day + static_cast<int64_t>(days),
          static_cast<int64_t>((rest + 0.5) * kPerHour)};
}

void expect_scale(const Zone& of, int64_t first, int64_t last) {
  const auto scale = LocalScale::make(of, first, last);
  ASSERT_TRUE(scale.has_value());
  std::vector<int64_t> instants = {first, last};
  for (int64_t at = first; at <= last; at = of.offset_span(at).last + 1) {
    for (const int64_t beside : {at - 1, at, at + kHour, at + 30 * kHour}) {
      instants.push_back(beside);
    }
  }
  for (int64_t day = of.local_day(first) + 1; day <= of.local_day(last);
       day += 13) {
    const int64_t start = of.day_start(day);
    for (const int64_t beside :
         {start - 1, start, start + 5 * kHour - 1, start + 5 * kHour}) {
      instants.push_back(beside);
    }
  }
  for (const int64_t at : instants) {
    if (at < first || at > last) continue;
    const LocalTime local = of.local(at);
    EXPECT_EQ(by_scale(*scale, at), std::pair(local.day, local.micros / kHour))
        << at;
  }
}

TEST(LocalScale, ShowsWhatTheZoneShows) {
  for (const char* name :
       {"UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns",
        "Pacific/Apia", "Pacific/Kwajalein", "America/Juneau"}) {
    SCOPED_TRACE(name);
    const auto of = zone(name);
    for (int64_t year = 1866; year < 2100; year += 6) {
      expect_scale(*of, utc(year, 3, 7, 5) + 123'456, utc(year + 7, 1, 2, 3));
    }
  }
  // As long as one may be.
  expect_scale(*zone("UTC"), utc(1970, 1, 1), utc(2038, 1, 1));
}

TEST(LocalScale, KnowsThatADayComesAgain) {
  const auto st_johns = zone("America/St_Johns");  // 00:01 becomes 23:01
  EXPECT_TRUE(LocalScale::make(*st_johns, utc(2006, 1, 1), utc(2007, 1, 1))
                  ->day_returns);
  EXPECT_FALSE(LocalScale::make(*st_johns, utc(2012, 1, 1), utc(2020, 1, 1))
                   ->day_returns);
  EXPECT_FALSE(
      LocalScale::make(*zone("Europe/Berlin"), utc(2006, 1, 1), utc(2020, 1, 1))
          ->day_returns);
}

TEST(LocalScale, IsNotMadeOfWhatItCannotHold) {
  const auto berlin = zone("Europe/Berlin");
  EXPECT_FALSE(LocalScale::make(*berlin, 0, -1).has_value());
  EXPECT_FALSE(LocalScale::make(*berlin, INT64_MIN, INT64_MAX).has_value());
  EXPECT_FALSE(LocalScale::make(*berlin, 0, utc(2040, 1, 1)).has_value());
  // More changes of the clock than it has steps.
  EXPECT_FALSE(LocalScale::make(*berlin, utc(2000, 1, 1), utc(2020, 1, 1)));
}

TEST(Zone, ATimeThatDoesNotExistMovesToTheEndOfTheGap) {
  // New York, 8 March 2026: 02:00 EST becomes 03:00 EDT at 07:00 UTC.
  const auto new_york = zone("America/New_York");
  const LocalTime skipped{day(2026, 3, 8), 2 * kHour + 30 * 60 * kSecond};
  EXPECT_EQ(new_york->instant(skipped), utc(2026, 3, 8, 7));
}

TEST(Zone, ATimeThatExistsTwiceIsTheEarlier) {
  // New York, 1 November 2026: 01:30 is 05:30 UTC (EDT) and 06:30 UTC (EST).
  const auto new_york = zone("America/New_York");
  const LocalTime twice{day(2026, 11, 1), kHour + 30 * 60 * kSecond};
  EXPECT_EQ(new_york->instant(twice), utc(2026, 11, 1, 5, 30));
}

TEST(Zone, LocalDaysFollowTheOffset) {
  const auto istanbul = zone("Europe/Istanbul");
  EXPECT_EQ(istanbul->local_day(utc(2026, 3, 1, 20, 59)), day(2026, 3, 1));
  EXPECT_EQ(istanbul->local_day(utc(2026, 3, 1, 21)), day(2026, 3, 2));
  EXPECT_EQ(istanbul->day_start(day(2026, 3, 2)), utc(2026, 3, 1, 21));
  const auto kathmandu = zone("Asia/Kathmandu");
  EXPECT_EQ(kathmandu->day_start(day(2026, 1, 1)), utc(2025, 12, 31, 18, 15));
}

TEST(Zone, MicrosecondsBeforeTheEpochKeepTheirPlace) {
  const auto plain = zone("UTC");
  const LocalTime local = plain->local(-1);
  EXPECT_EQ(local.day, -1);
  EXPECT_EQ(local.micros, kMicrosPerDay - 1);
  EXPECT_EQ(plain->instant(local), -1);
}

TEST(Zone, DamagedRulesAreRefused) {
  EXPECT_FALSE(Zone::from_tzif("TZif2 nonsense", "Nowhere").has_value());
  EXPECT_FALSE(read_zone_bytes("../../etc/passwd").has_value());
  EXPECT_FALSE(read_zone_bytes("Mars/Olympus").has_value());
  EXPECT_FALSE(read_zone_bytes("Europe").has_value());  // a folder
}

class Windows : public ::testing::Test {
 protected:
  Clock clock(int64_t now) const { return {now, zone_.get(), 1}; }
  std::shared_ptr<const Zone> zone_ = zone("Europe/Istanbul");
  // Sunday 1 March 2026, 12:00 in Istanbul (UTC+3).
  int64_t now_ = utc(2026, 3, 1, 9);
};

TEST_F(Windows, LastDaysRollByTwentyFourHours) {
  const Bounds bounds = instant_bounds(
      {.form = WindowForm::kLast, .unit = StepUnit::kDay, .n = 7}, clock(now_));
  EXPECT_EQ(bounds.low, now_ - 7 * kMicrosPerDay + 1);
  EXPECT_EQ(bounds.high, now_);
}

TEST_F(Windows, LastMonthsAreCalendarSteps) {
  const Bounds bounds = instant_bounds(
      {.form = WindowForm::kLast, .unit = StepUnit::kMonth, .n = 1},
      clock(utc(2026, 3, 31, 9)));
  EXPECT_EQ(bounds.low, utc(2026, 2, 28, 9) + 1);
}

TEST_F(Windows, PeriodsAreWholeLocalDays) {
  const Bounds month = instant_bounds(
      {.form = WindowForm::kPeriod, .unit = StepUnit::kMonth, .n = -1},
      clock(now_));
  EXPECT_EQ(month.low, utc(2026, 1, 31, 21));
  EXPECT_EQ(month.high, utc(2026, 2, 28, 21) - 1);
  const Bounds week = date_bounds(
      {.form = WindowForm::kPeriod, .unit = StepUnit::kWeek, .n = 0},
      clock(now_));
  EXPECT_EQ(week.low, day(2026, 2, 23));
  EXPECT_EQ(week.high, day(2026, 3, 1));
  const Bounds quarter = date_bounds(
      {.form = WindowForm::kPeriod, .unit = StepUnit::kQuarter, .n = -1},
      clock(now_));
  EXPECT_EQ(quarter.low, day(2025, 10, 1));
  EXPECT_EQ(quarter.high, day(2025, 12, 31));
}

TEST_F(Windows, AWeekMayBeginOnSunday) {
  Clock sunday = clock(now_);
  sunday.first_day_of_week = 7;
  const Bounds week = date_bounds(
      {.form = WindowForm::kPeriod, .unit = StepUnit::kWeek, .n = 0}, sunday);
  EXPECT_EQ(week.low, day(2026, 3, 1));
  EXPECT_EQ(week.high, day(2026, 3, 7));
}

TEST_F(Windows, DaysAgoIsOneLocalDayAndRangesRoll) {
  const Bounds day_ago = instant_bounds(
      {.form = WindowForm::kDayAgo, .unit = StepUnit::kDay, .n = 7},
      clock(now_));
  EXPECT_EQ(day_ago.low, utc(2026, 2, 21, 21));
  EXPECT_EQ(day_ago.high, utc(2026, 2, 22, 21) - 1);
  const Bounds range = instant_bounds(
      {.form = WindowForm::kRangeAgo, .unit = StepUnit::kDay, .n = 7, .m = 8},
      clock(now_));
  EXPECT_EQ(range.low, now_ - 8 * kMicrosPerDay + 1);
  EXPECT_EQ(range.high, now_ - 7 * kMicrosPerDay);
}

TEST_F(Windows, DatesCountLocalDays) {
  const Bounds last =
      date_bounds({.form = WindowForm::kLast, .unit = StepUnit::kDay, .n = 30},
                  clock(now_));
  EXPECT_EQ(last.low, day(2026, 3, 1) - 29);
  EXPECT_EQ(last.high, day(2026, 3, 1));
  const Bounds next =
      date_bounds({.form = WindowForm::kNext, .unit = StepUnit::kMonth, .n = 1},
                  clock(now_));
  EXPECT_EQ(next.low, day(2026, 3, 2));
  EXPECT_EQ(next.high, day(2026, 4, 1));
}

}  // namespace
}  // namespace kitle
