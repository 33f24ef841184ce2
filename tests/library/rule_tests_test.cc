// Tests of rules, through the public interface.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "kitle/tests.h"
#include "tests/library/shop.h"

namespace kitle::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kFitted = R"(
segment top_spenders { in top 10 percent by sum of purchase.amount }
score rank for any purchase {
  recency: days since last purchase, 5 bands by quantile, less is better
}
score worth { monetary: sum of purchase.amount where (category is "Kitap"), 2 bands by cuts {100 TRY} }
persona reader {
  look back 30 days
  2 points for purchase where category is "Kitap"
  1 point when city is "Ankara" or city is "Izmir"
  member when points > 2
}
)";

TestReport report_of(const std::string& lines, TestOptions options) {
  const Shop shop(std::string(kSegments) + kFitted +
                  "test \"one\" {\n  now 2026-03-01\n" + lines + "}\n");
  auto report = run_tests(shop.rules, options);
  EXPECT_TRUE(report) << report.error().message();
  return report ? *std::move(report) : TestReport();
}

// Of the condition with these words: how often it held and did not.
std::optional<std::pair<size_t, size_t>> seen(const TestReport& report,
                                              const std::string& words) {
  for (const SegmentCoverage& segment : report.coverage) {
    for (const CoveredCondition& each : segment.conditions) {
      if (each.text == words) return std::pair(each.held, each.held_not);
    }
  }
  return std::nullopt;
}

TEST(RuleTests, SayWhatIsNotGiven) {
  const TestReport report =
      report_of("  expect in top_spenders and rank.recency > 3\n", {});
  ASSERT_EQ(report.failed, 1u);
  const TestFailure& failure = report.tests[0].failures.at(0);
  EXPECT_EQ(failure.found, "cannot be computed");
  EXPECT_EQ(failure.why,
            "?    `top_spenders.top` is not known: write `given "
            "top_spenders.top yes`, or fit it on fixtures, `given "
            "top_spenders.top fitted on ...`\n"
            "?    `rank.recency` is not known: write `given rank.recency 5`, "
            "or fit it on fixtures, `given rank fitted on ...`\n");
}

TEST(RuleTests, TakeWhatIsGivenOfTopsAndPoints) {
  const TestReport report = report_of(
      "  given top_spenders.top yes\n  expect in top_spenders\n"
      "  given top_spenders.top no\n  expect not in top_spenders\n"
      "  expect not in reader\n"
      "  given reader.points 2.01\n  expect in reader\n"
      "  given reader.points 2\n  expect not in reader\n",
      {});
  EXPECT_EQ(report.expectations, 5u);
  EXPECT_EQ(report.failed, 0u);
}

TEST(RuleTests, CoverLinesOfPersonasAndScores) {
  const TestReport report = report_of(
      "  expect reader.points is 0 and worth.monetary is 1\n"
      "  purchase yesterday { category \"Kitap\", amount 200 TRY }\n"
      "  expect reader.points is 2 and worth.monetary is 2\n",
      {.filter = "reader", .coverage = true});
  EXPECT_EQ(report.failed, 0u);
  EXPECT_EQ(seen(report, "2 points for purchase where category is \"Kitap\""),
            std::pair(size_t{1}, size_t{1}));
  EXPECT_EQ(
      seen(report, "1 point when city is \"Ankara\" or city is \"Izmir\""),
      std::pair(size_t{0}, size_t{2}));
  EXPECT_EQ(seen(report, "city is \"Ankara\""),
            std::pair(size_t{0}, size_t{2}));
  EXPECT_EQ(seen(report, "category is \"Kitap\""),
            std::pair(size_t{1}, size_t{1}));
  std::vector<std::string> names;
  for (const SegmentCoverage& each : report.coverage) {
    names.push_back(each.name);
  }
  EXPECT_THAT(names, ElementsAre("reader", "worth"));
}

TEST(RuleTests, CountNothingThatIsUndecided) {
  const TestReport report =
      report_of("  expect undecided top_spenders\n  expect not in buyers\n",
                {.coverage = true});
  EXPECT_EQ(report.failed, 0u);
  EXPECT_EQ(seen(report, "any purchase ever"), std::pair(size_t{0}, size_t{1}));
  EXPECT_THAT(lcov(report, ""), HasSubstr("BRDA:3,0,0,-\nBRDA:3,0,1,-\n"));
}

TEST(RuleTests, MutateLinesOfPersonasThatTestsAskFor) {
  const Shop shop(std::string(kSegments) + kFitted +
                  "test \"one\" {\n  now 2026-03-01\n"
                  "  purchase yesterday { category \"Kitap\" }\n"
                  "  expect reader.points is 2\n}\n");
  const auto report = mutate_tests(shop.rules, {.filter = "one"});
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_THAT(report->untested, IsEmpty());
  const auto dropped =
      std::ranges::find(report->mutants, std::string(), &MutantResult::after);
  ASSERT_NE(dropped, report->mutants.end());
  EXPECT_EQ(dropped->before,
            "2 points for purchase where category is \"Kitap\"");
  EXPECT_TRUE(dropped->killed);
  const auto survivor =
      std::ranges::find(std::next(dropped), report->mutants.end(),
                        std::string(), &MutantResult::after);
  ASSERT_NE(survivor, report->mutants.end());
  EXPECT_FALSE(survivor->killed);
}

}  // namespace
}  // namespace kitle::testing
