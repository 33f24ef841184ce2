// What rules cost: which operations, events and columns a segment needs, and
// what they take.
#include "kitle/cost.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/library/shop.h"

namespace kitle {
namespace {

using ::testing::Gt;
using ::testing::HasSubstr;
using testing::kNow;
using testing::Shop;

constexpr const char* kAsked = R"(
event call { reason code }
events visit = purchase, call
segment buyers { any purchase ever }
segment good { sum of purchase.amount in last 12 months > 500 TRY }
segment rich { sum of purchase.amount in last 12 months > 900 TRY }
segment few { points < 5 }
segment visited { at least 2 visits where (hour >= 9) in last 30 days }
segment left { any purchase then no call within 2 days }
segment everybody { everyone }
segment busy { at least 2 purchases in last 30 days }
segment steady { median gap between purchases < 9 days }
segment both { at least 2 purchases in last 30 days
  and median gap between purchases < 9 days }
)";

CostReport report_of(const Shop& shop, const CostOptions& options) {
  auto report = cost(shop.rules, shop.open(), options);
  EXPECT_TRUE(report) << report.error().message();
  return *report;
}

const SegmentCost& of(const CostReport& report, const std::string& name) {
  const auto found =
      std::ranges::find(report.segments, name, &SegmentCost::name);
  EXPECT_NE(found, report.segments.end()) << name;
  return *found;
}

TEST(Cost, CountsWhatASegmentLooksAt) {
  Shop shop(kAsked);
  const CostReport report = report_of(shop, {.now = kNow});
  EXPECT_EQ(report.segments.size(), 10);
  EXPECT_EQ(report.profiles, 4);
  // The sum looks at the three purchases, their times and amounts; whether
  // there is one, at the profiles alone.
  EXPECT_EQ(of(report, "good").events, 3);
  EXPECT_THAT(of(report, "good").bytes, Gt(0));
  EXPECT_EQ(of(report, "buyers").events, 0);
  EXPECT_EQ(of(report, "few").events, 0);
  EXPECT_EQ(of(report, "everybody").bytes, 0);
  // A group has the events of its members, which count once.
  EXPECT_EQ(of(report, "visited").events, 3);
  EXPECT_EQ(report.events, 3);
  EXPECT_FALSE(report.analyzed);
  EXPECT_EQ(of(report, "good").seconds, 0);
}

// A gap's kernel reads times without asking for the column, a window by it.
TEST(Cost, CountsTimesThatAreReadOnce) {
  Shop shop(kAsked);
  const CostReport report = report_of(shop, {.now = kNow});
  EXPECT_THAT(of(report, "steady").bytes, Gt(0));
  EXPECT_GE(of(report, "busy").bytes, of(report, "steady").bytes);
  EXPECT_EQ(of(report, "both").bytes, of(report, "busy").bytes);
  const auto gap =
      std::ranges::find_if(report.operations, [](const OperationCost& each) {
        return each.text.find(" = median_gap2 ") != std::string::npos;
      });
  ASSERT_NE(gap, report.operations.end());
  EXPECT_EQ(gap->bytes, of(report, "steady").bytes);
}

TEST(Cost, CountsASharedOperationWithEachThatNeedsIt) {
  Shop shop(kAsked);
  const CostReport report = report_of(shop, {.now = kNow});
  const SegmentCost& good = of(report, "good");
  const SegmentCost& rich = of(report, "rich");
  EXPECT_EQ(good.operations, rich.operations);
  EXPECT_EQ(good.own, 1);  // the comparison
  EXPECT_EQ(rich.own, 1);
  const auto sum =
      std::ranges::find_if(report.operations, [](const OperationCost& each) {
        return each.text.find(" = sum ") != std::string::npos;
      });
  ASSERT_NE(sum, report.operations.end());
  EXPECT_EQ(sum->segments, 2);
  EXPECT_EQ(sum->rows, 4);
  EXPECT_EQ(sum->events, 3);
  EXPECT_THAT(sum->text, HasSubstr("purchase.amount"));
}

TEST(Cost, KnowsWhatChangesByTimeAlone) {
  Shop shop(kAsked);
  const CostReport report = report_of(shop, {.now = kNow});
  EXPECT_TRUE(of(report, "good").moves_with_now);
  EXPECT_TRUE(of(report, "visited").moves_with_now);
  EXPECT_TRUE(of(report, "left").moves_with_now);  // two days pass
  EXPECT_FALSE(of(report, "buyers").moves_with_now);
  EXPECT_FALSE(of(report, "few").moves_with_now);
}

TEST(Cost, TimesEachOperation) {
  Shop shop(kAsked);
  const CostReport report = report_of(shop, {.now = kNow, .analyze = true});
  EXPECT_TRUE(report.analyzed);
  double operations = 0;
  double segments = 0;
  for (const OperationCost& each : report.operations) {
    operations += each.seconds;
  }
  for (const SegmentCost& each : report.segments) {
    segments += each.seconds;
    EXPECT_LE(each.own_seconds, each.seconds * 1.000001) << each.name;
  }
  EXPECT_THAT(operations, Gt(0));
  EXPECT_NEAR(segments, operations, operations * 1e-6);
  EXPECT_THAT(report.interpreter_seconds, Gt(0));
  EXPECT_THAT(report.run_seconds, Gt(0));
  EXPECT_EQ(report.profiles, 4);
}

TEST(Cost, TakesTheFormThatRuns) {
  Shop shop(kAsked);
  EXPECT_EQ(report_of(shop, {.now = kNow}).form, "fast");
  const CostReport early =
      report_of(shop, {.now = kNow - int64_t{200} * 86'400'000'000});
  EXPECT_EQ(early.form, "general");
  // There it looks whether purchases are not after now.
  EXPECT_EQ(of(early, "buyers").events, 3);
}

TEST(Cost, OfOneSegmentIsAllItsOwn) {
  Shop shop(kAsked);
  const CostReport report =
      report_of(shop, {.now = kNow, .segments = {"good"}});
  ASSERT_EQ(report.segments.size(), 1);
  EXPECT_EQ(report.segments[0].operations, report.segments[0].own);
  EXPECT_EQ(report.segments[0].operations, report.operations.size());
}

TEST(Cost, MakingAGroupIsAnOperationOfThoseThatAskForIt) {
  Shop shop(
      "event call { reason code }\nevents visit = purchase, call\n"
      "segment good { any purchase ever }\n"
      "segment visited { any visit then visit within 300 days }\n");
  const CostReport report = report_of(shop, {.now = kNow, .analyze = true});
  const OperationCost& last = report.operations.back();
  EXPECT_EQ(last.text, "make visit, the events of purchase, call");
  EXPECT_EQ(last.segments, 1);
  EXPECT_EQ(last.rows, 3);
  EXPECT_THAT(last.seconds, Gt(0));
  EXPECT_GE(of(report, "visited").own_seconds, last.seconds);
  const CostReport other = report_of(shop, {.now = kNow, .segments = {"good"}});
  EXPECT_THAT(other.operations.back().text, ::testing::Not(HasSubstr("make")));
}

TEST(Cost, CountsEachPersonOnceWhereTheyHaveNewEvents) {
  Shop shop(kAsked);
  shop.folder.write("data/orders-2.csv",
                    "order,customer,time,category,amount\n"
                    "A-9,C-1,2026-02-01T10:00:00+03:00,Kitap,10.00\n");
  shop.ingest_again();
  const CostReport report = report_of(shop, {.now = kNow});
  EXPECT_EQ(report.profiles, 4);
  EXPECT_EQ(of(report, "good").events, 4);
}

TEST(Cost, StopsWhereItIsAsked) {
  Shop shop(kAsked);
  const std::atomic<bool> stop = true;
  const auto stopped = cost(shop.rules, shop.open(),
                            {.now = kNow, .analyze = true, .cancel = &stop});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), StatusCode::kCancelled);
}

TEST(Cost, SaysWhatIsUndecidedForWantOfAFit) {
  Shop shop("segment best { in top 50 percent by points }\n");
  const CostReport report = report_of(shop, {.now = kNow});
  EXPECT_THAT(report.segments[0].undecided_reason, HasSubstr("kitle fit"));
}

TEST(Cost, RefusesWhatARunRefuses) {
  Shop shop(kAsked);
  const auto unknown =
      cost(shop.rules, shop.open(), {.now = kNow, .segments = {"god"}});
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message(), HasSubstr("did you mean `good`?"));
}

}  // namespace
}  // namespace kitle
