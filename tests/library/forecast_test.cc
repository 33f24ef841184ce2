// How segments change by time alone.
#include "kitle/forecast.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "kitle/fit.h"
#include "tests/library/shop.h"

namespace kitle {
namespace {

using ::testing::HasSubstr;
using testing::kDay;
using testing::kNow;
using testing::Shop;

// C-1 buys on 15 January at 12:30; C-2 signs up on 20 February at 18:05, C-4 on
// the 25th.
constexpr const char* kAsked = R"(
segment bought { any purchase in last 60 days }
segment waits { no purchase in last 60 days }
segment fresh { signed_up in last 10 days }
segment everybody { everyone }
)";

Forecast forecast_of(const Shop& shop, const ForecastOptions& options) {
  auto made = forecast(shop.engine(), shop.open(), options);
  EXPECT_TRUE(made) << made.error().message();
  return *made;
}

const SegmentForecast& of(const Forecast& forecast, const std::string& name) {
  return *std::ranges::find(forecast.segments, name, &SegmentForecast::name);
}

// "2026-03-16 -1 +0 = 0" for each day on which something changes.
std::vector<std::string> changes(const SegmentForecast& segment) {
  std::vector<std::string> found;
  for (const ForecastDay& day : segment.days) {
    if (day.leave == 0 && day.enter == 0) continue;
    found.push_back(day.date + " -" + std::to_string(day.leave) + " +" +
                    std::to_string(day.enter) + " = " +
                    std::to_string(day.size));
  }
  return found;
}

TEST(Forecast, SaysWhoLeavesAndEntersOnWhichDay) {
  const Shop shop(kAsked);
  const Forecast made = forecast_of(shop, {.now = kNow, .days = 40});
  EXPECT_EQ(made.profiles, 4);
  EXPECT_FALSE(made.knows_later_events);
  EXPECT_EQ(of(made, "bought").size, 1);
  EXPECT_EQ(of(made, "bought").days.size(), 40);
  EXPECT_EQ(of(made, "bought").days[0].date, "2026-03-01");
  EXPECT_THAT(changes(of(made, "bought")),
              ::testing::ElementsAre("2026-03-16 -1 +0 = 0"));
  EXPECT_THAT(changes(of(made, "waits")),
              ::testing::ElementsAre("2026-03-16 -0 +1 = 4"));
  EXPECT_THAT(
      changes(of(made, "fresh")),
      ::testing::ElementsAre("2026-03-02 -1 +0 = 1", "2026-03-07 -1 +0 = 0"));
  EXPECT_THAT(changes(of(made, "everybody")), ::testing::IsEmpty());
}

// A month begins with its first day, not with the last one of the month before.
TEST(Forecast, AMidnightIsOfTheDayThatItBegins) {
  const Shop shop("segment january { any purchase in last month }\n");
  const Forecast made =
      forecast_of(shop, {.now = kNow - 10 * kDay, .days = 30});
  EXPECT_THAT(changes(of(made, "january")),
              ::testing::ElementsAre("2026-03-01 -1 +0 = 0"));
}

TEST(Forecast, EqualsRunsOfThoseDays) {
  const Shop shop(kAsked);
  const Forecast made = forecast_of(shop, {.now = kNow + kDay / 2, .days = 30});
  const Engine engine = shop.engine();
  for (size_t day = 0; day < 30; ++day) {
    const int64_t end = kNow + static_cast<int64_t>(day + 1) * kDay - 1;
    const auto run = engine.run(shop.open(), {.now = end});
    ASSERT_TRUE(run);
    for (size_t i = 0; i < made.segments.size(); ++i) {
      EXPECT_EQ(made.segments[i].days[day].size,
                run->segments[i].members.size());
    }
  }
}

TEST(Forecast, SaysWhereTheStoreKnowsBetter) {
  const Shop shop(kAsked);
  const Forecast made = forecast_of(
      shop, {.now = kNow - 60 * kDay, .days = 30, .segments = {"bought"}});
  EXPECT_TRUE(made.knows_later_events);
  ASSERT_EQ(made.segments.size(), 1);
  EXPECT_THAT(changes(made.segments[0]),
              ::testing::Contains("2026-01-15 -0 +1 = 2"));
}

TEST(Forecast, HasTheFitsOfNow) {
  // Ranks of days since signing up change with each day, those of points not.
  const Shop shop("segment best { in top 50 percent by points }\n");
  const auto before = forecast_of(shop, {.now = kNow, .days = 2});
  EXPECT_TRUE(before.segments[0].undecided);
  EXPECT_THAT(before.segments[0].days, ::testing::IsEmpty());
  // Fits of yesterday and of tomorrow: the second is not known today.
  for (const int64_t at : {kNow - kDay, kNow + kDay}) {
    const auto fits = fit(shop.rules, shop.open(), {.now = at});
    ASSERT_TRUE(fits) << fits.error().message();
    ASSERT_TRUE(keep_fits(shop.rules, *fits).ok());
  }
  const Rules rules = testing::good_rules(shop.folder.path());
  const auto engine = Engine::create(rules, {shop.folder / "cache", true});
  const auto after = forecast(*engine, shop.open(), {.now = kNow, .days = 9});
  ASSERT_TRUE(after);
  EXPECT_FALSE(after->segments[0].undecided);
  EXPECT_THAT(changes(after->segments[0]), ::testing::IsEmpty());
}

TEST(Forecast, RefusesSoManyDays) {
  const Shop shop(kAsked);
  for (const unsigned days : {0U, kMostForecastDays + 1}) {
    const auto made =
        forecast(shop.engine(), shop.open(), {.now = kNow, .days = days});
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message(), HasSubstr("from 1 to 366"));
  }
}

TEST(Members, KnowHowManyAreInBoth) {
  const Shop shop(kAsked);
  const RunResult result = shop.run({});
  const Members& bought = result.segments[0].members;
  EXPECT_EQ(bought.common(result.segments[3].members), 1);
  EXPECT_EQ(bought.common(result.segments[1].members), 0);
  EXPECT_EQ(bought.common(Members()), 0);
}

}  // namespace
}  // namespace kitle
