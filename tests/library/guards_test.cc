// Guards of a run, and relations of segments, through the public interface.
#include "kitle/guards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kitle/tests.h"
#include "tests/library/shop.h"

namespace kitle::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

std::string guarded(const std::string& guards) { return kSegments + guards; }

std::vector<GuardVerdict> judged(const Shop& shop, const RunOptions& options) {
  auto verdicts = judge_guards(shop.rules, shop.open(), shop.run(options));
  EXPECT_TRUE(verdicts) << verdicts.error().message();
  return *verdicts;
}

TEST(Guards, AreJudgedByTheMembers) {
  const Shop shop(
      guarded("expect buyers excludes newcomers\n"
              "expect buyers implies good\n"
              "segment rich { points > 5 }\nexpect rich excludes buyers\n"
              "expect size of buyers between 40 and 60 percent\n"
              "expect size of buyers at least 3\n"));
  const auto all = judged(shop, {});
  ASSERT_EQ(all.size(), 5u);
  EXPECT_FALSE(all[0].broken());
  EXPECT_EQ(all[0].people, 0u);
  EXPECT_EQ(all[0].witness, "");
  EXPECT_TRUE(all[1].broken());
  EXPECT_EQ(all[1].people, 1u);
  EXPECT_EQ(all[1].witness, "C,\"3\"");
  EXPECT_EQ(all[1].found, "1 in `buyers` and not in `good`, such as `C,\"3\"`");
  EXPECT_EQ(all[1].guard.text, "expect buyers implies good");
  EXPECT_EQ(all[1].guard.file, "segments.kitle");
  EXPECT_TRUE(all[2].broken());
  EXPECT_EQ(all[2].witness, "C-1");
  EXPECT_FALSE(all[3].broken());
  EXPECT_EQ(all[3].found, "`buyers` has 2 of 4 people, 50.00 percent");
  EXPECT_TRUE(all[4].broken());
  EXPECT_EQ(all[4].people, 2u);
}

TEST(Guards, OfSegmentsThatWereNotRunAreNotJudged) {
  const Shop shop(
      guarded("expect buyers excludes newcomers\n"
              "expect size of good at most 3\n"));
  const auto all = judged(shop, {.segments = {"good"}});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].guard.text, "expect size of good at most 3");
}

TEST(Guards, OfUndecidedSegmentsAreNotJudged) {
  const Shop shop(guarded(
      "segment immense { points * 9_000_000_000_000_000_000\n"
      "  * 9_000_000_000_000_000_000 * 9_000_000_000_000_000_000 > 3 }\n"
      "expect immense implies buyers\n"));
  const auto all = judged(shop, {});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].outcome, GuardVerdict::Outcome::kUndecided);
  EXPECT_EQ(all[0].found, "`immense` is undecided");
}

TEST(Guards, NeverShowPersonalKeys) {
  const TempFolder folder;
  write_shop(folder, guarded("expect buyers implies good\n"));
  std::string schema = kSchema;
  schema.insert(schema.find(" key") + 4, " personal");
  folder.write("schema.kitle", schema);
  const Rules rules = good_rules(folder.path());
  ASSERT_TRUE(ingest(rules, {}));
  const auto store = Store::open(rules.store_folder());
  ASSERT_TRUE(store) << store.error().message();
  const auto result = Engine::create(rules, {folder / "cache", true})
                          ->run(*store, {.now = kNow});
  ASSERT_TRUE(result) << result.error().message();
  const auto verdicts = judge_guards(rules, *store, *result);
  ASSERT_TRUE(verdicts);
  ASSERT_EQ(verdicts->size(), 1u);
  EXPECT_TRUE(verdicts->front().broken());
  EXPECT_EQ(verdicts->front().witness, "");
  EXPECT_EQ(verdicts->front().found, "1 in `buyers` and not in `good`");
}

TEST(Guards, AreProvenWhereTheyFollow) {
  const Shop shop(
      guarded("expect newcomers excludes buyers\n"
              "segment rich { points > 5 }\nexpect rich excludes newcomers\n"));
  const RelationReport report = relations_of(shop.rules);
  ASSERT_EQ(report.guards.size(), 2u);
  EXPECT_TRUE(report.guards[0].proven);
  EXPECT_FALSE(report.guards[1].proven);
  std::vector<std::string> found;
  for (const Relation& each : report.relations) {
    const bool excludes = each.kind == RelationKind::kExcludes;
    found.push_back(each.first + (excludes ? " excludes " : " implies ") +
                    each.second);
  }
  EXPECT_THAT(found, UnorderedElementsAre("buyers excludes newcomers",
                                          "good excludes newcomers",
                                          "good implies buyers"));
}

TEST(Guards, AreRefutedByThePeopleOfTests) {
  const Shop shop(
      guarded("expect good implies buyers\n"
              "expect buyers implies good\n"
              "expect good equals buyers\n"
              "test \"a small order\" {\n"
              "  now 2026-03-01\n"
              "  purchase 3 days ago { amount 20 TRY }\n"
              "  expect in buyers\n"
              "}\n"));
  const auto report = run_tests(shop.rules, {});
  ASSERT_TRUE(report) << report.error().message();
  ASSERT_EQ(report->tests.size(), 4u);
  EXPECT_EQ(report->failed, 2u);
  EXPECT_TRUE(report->tests[1].failures.empty());
  ASSERT_EQ(report->tests[3].failures.size(), 1u);
  EXPECT_EQ(report->tests[3].failures[0].found,
            "the person of \"a small order\" is in only one of `good` and "
            "`buyers`");
  const TestResult& refuted = report->tests[2];
  EXPECT_EQ(refuted.title, "expect buyers implies good");
  ASSERT_EQ(refuted.failures.size(), 1u);
  EXPECT_EQ(refuted.failures[0].found,
            "the person of \"a small order\" is in `buyers` and not in `good`");
  EXPECT_THAT(refuted.failures[0].why, HasSubstr("buyers"));
}

}  // namespace
}  // namespace kitle::testing
