// Every rewrite, switched off and on beside those that it builds on: the plan
// of one segment before and after.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plan/rules.h"

namespace kitle::test {
namespace {

using Lines = std::vector<std::string>;

struct Row {
  const char* rewrite;
  std::vector<const char*> beside;  // on in both
  const char* condition;
  Lines before;
  Lines after;
};

// clang-format off
const Row kRows[] = {
    {"flatten", {},
     R"((country is "TR" and age > 17) and (gender is "F" and age > 17))",
     {R"(%0 value customer.country)",
      R"(%1 predicate %0 is "TR")",
      R"(%2 value customer.age)",
      R"(%4 predicate 17 < %2)",
      R"(%5 predicate %1 and %4)",
      R"(%6 value customer.gender)",
      R"(%7 predicate %6 is "F")",
      R"(%8 predicate %7 and %4)",
      R"(%9 predicate %5 and %8)",
      R"(s = %9)"},
     {R"(%0 value customer.country)",
      R"(%1 predicate %0 is "TR")",
      R"(%2 value customer.age)",
      R"(%4 predicate 17 < %2)",
      R"(%5 value customer.gender)",
      R"(%6 predicate %5 is "F")",
      R"(%7 predicate %1 and %4 and %6)",
      R"(s = %7)"}},
    {"constants", {"flatten"},
     R"(age > 2 + 3 and everyone)",
     {R"(%0 value customer.age)",
      R"(%3 value 2 + 3)",
      R"(%4 predicate %3 < %0)",
      R"(%5 predicate everyone)",
      R"(%6 predicate %4 and %5)",
      R"(s = %6)"},
     {R"(%0 value customer.age)",
      R"(%2 predicate 5 < %0)",
      R"(s = %2)"}},
    {"double-not", {},
     R"(not (not (country is "TR")))",
     {R"(%0 value customer.country)",
      R"(%1 predicate %0 is "TR")",
      R"(%2 predicate not %1)",
      R"(%3 predicate not %2)",
      R"(s = %3)"},
     {R"(%0 value customer.country)",
      R"(%1 predicate %0 is "TR")",
      R"(s = %1)"}},
    {"ranges", {},
     R"(age >= 18 and 60 > age and age * 2 >= 2.5)",
     {R"(%0 value customer.age)",
      R"(%2 predicate 18 <= %0)",
      R"(%4 predicate %0 < 60)",
      R"(%6 value %0 * 2)",
      R"(%8 predicate 2.5 <= %6)",
      R"(%9 predicate %2 and %4 and %8)",
      R"(s = %9)"},
     {R"(%0 value customer.age)",
      R"(%1 predicate %0 >= 18)",
      R"(%2 predicate %0 <= 59)",
      R"(%4 value %0 * 2)",
      R"(%5 predicate %4 >= 3)",
      R"(%6 predicate %1 and %2 and %5)",
      R"(s = %6)"}},
    {"merge-ranges", {"flatten", "ranges"},
     R"(age between 18 and 40 and age between 30 and 65)",
     {R"(%0 value customer.age)",
      R"(%1 predicate %0 >= 18)",
      R"(%2 predicate %0 <= 40)",
      R"(%3 predicate %0 >= 30)",
      R"(%4 predicate %0 <= 65)",
      R"(%5 predicate %1 and %2 and %3 and %4)",
      R"(s = %5)"},
     {R"(%0 value customer.age)",
      R"(%1 predicate %0 30 to 40)",
      R"(s = %1)"}},
    {"merge-sets", {},
     R"(country is "TR" or country is "DE" or country is "FR")",
     {R"(%0 value customer.country)",
      R"(%1 predicate %0 is "TR")",
      R"(%2 predicate %0 is "DE")",
      R"(%3 predicate %0 is "FR")",
      R"(%4 predicate %1 or %2 or %3)",
      R"(s = %4)"},
     {R"(%0 value customer.country)",
      R"(%1 predicate %0 is {"DE", "FR", "TR"})",
      R"(s = %1)"}},
    {"merge-sets", {},
     R"(country is not "TR" and country is not "DE")",
     {R"(%0 value customer.country)",
      R"(%1 predicate %0 is "TR")",
      R"(%2 predicate not %1)",
      R"(%3 predicate %0 is "DE")",
      R"(%4 predicate not %3)",
      R"(%5 predicate %2 and %4)",
      R"(s = %5)"},
     {R"(%0 value customer.country)",
      R"(%1 predicate %0 is {"DE", "TR"})",
      R"(%2 predicate not %1)",
      R"(s = %2)"}},
    {"groups", {},
     R"(at least 3 deals where hour > 5 in last 7 days)",
     {R"(%0 value deal.time)",
      R"(%1 value hour of %0)",
      R"(%3 predicate 5 < %1)",
      R"(%4 events deal where %3 in last 7 days)",
      R"(%5 feature count of order of %4)",
      R"(%7 predicate 3 <= %5)",
      R"(s = %7)"},
     {R"(%1 value view.time)",
      R"(%2 value hour of %1)",
      R"(%3 predicate 5 < %2)",
      R"(%4 events view where %3 in last 7 days)",
      R"(%5 feature count of %4)",
      R"(%6 value purchase.time)",
      R"(%7 value hour of %6)",
      R"(%8 predicate 5 < %7)",
      R"(%9 events purchase where %8 in last 7 days)",
      R"(%10 feature count of order of %9)",
      R"(%11 value %5 + %10)",
      R"(%13 predicate 3 <= %11)",
      R"(s = %13)"}},
    {"any", {"groups"},
     R"(no deal)",
     {R"(%0 events view)",
      R"(%1 feature count of %0)",
      R"(%2 events purchase)",
      R"(%3 feature count of order of %2)",
      R"(%4 value %1 + %3)",
      R"(%6 predicate %4 = 0)",
      R"(s = %6)"},
     {R"(%0 events view)",
      R"(%1 events purchase)",
      R"(%2 feature any %0)",
      R"(%3 feature any %1)",
      R"(%4 predicate %2 or %3)",
      R"(%5 predicate not %4)",
      R"(s = %5)"}},
    {"any", {},
     R"(at least 1 view where category is "A" and no call in last 7 days)",
     {R"(%0 value view.category)",
      R"(%1 predicate %0 is "A")",
      R"(%2 events view where %1)",
      R"(%3 feature count of %2)",
      R"(%5 predicate 1 <= %3)",
      R"(%6 events call in last 7 days)",
      R"(%7 feature count of %6)",
      R"(%9 predicate %7 = 0)",
      R"(%10 predicate %5 and %9)",
      R"(s = %10)"},
     {R"(%0 value view.category)",
      R"(%1 predicate %0 is "A")",
      R"(%2 events view where %1)",
      R"(%3 feature any %2)",
      R"(%4 events call in last 7 days)",
      R"(%5 feature any %4)",
      R"(%6 predicate not %5)",
      R"(%7 predicate %3 and %6)",
      R"(s = %7)"}},
    {"anchor-windows", {"any"},
     R"(any view after 2026-01-01)",
     {R"(%1 events view after 2026-01-01)",
      R"(%2 feature any %1)",
      R"(s = %2)"},
     {R"(%0 events view since 2026-01-02)",
      R"(%1 feature any %0)",
      R"(s = %1)"}},
    {"days-since", {},
     R"(days since last view < 30)",
     {R"(%0 events view)",
      R"(%1 feature time of last %0)",
      R"(%2 value days since %1)",
      R"(%4 predicate %2 < 30)",
      R"(s = %4)"},
     {R"(%0 events view)",
      R"(%1 feature time of last %0)",
      R"(%2 predicate %1 in last 30 days)",
      R"(s = %2)"}},
    {"days-since", {},
     R"(days since last view >= 180)",
     {R"(%0 events view)",
      R"(%1 feature time of last %0)",
      R"(%2 value days since %1)",
      R"(%4 predicate 180 <= %2)",
      R"(s = %4)"},
     {R"(%0 events view)",
      R"(%1 feature time of last %0)",
      R"(%2 predicate %1 180 or more days ago)",
      R"(s = %2)"}},
    {"days-since", {},
     R"(days since last view between 7 and 13)",
     {R"(%0 events view)",
      R"(%1 feature time of last %0)",
      R"(%2 value days since %1)",
      R"(%4 predicate 7 <= %2)",
      R"(%6 predicate %2 <= 13)",
      R"(%7 predicate %4 and %6)",
      R"(s = %7)"},
     {R"(%0 events view)",
      R"(%1 feature time of last %0)",
      R"(%2 predicate %1 7 or more days ago)",
      R"(%3 predicate %1 in last 14 days)",
      R"(%4 predicate %2 and %3)",
      R"(s = %4)"}},
    {"last-time", {"any"},
     R"(any view in last 7 days and no call in 2025)",
     {R"(%0 events view in last 7 days)",
      R"(%1 feature any %0)",
      R"(%2 events call between 2025-01-01 and 2025-12-31)",
      R"(%3 feature any %2)",
      R"(%4 predicate not %3)",
      R"(%5 predicate %1 and %4)",
      R"(s = %5)"},
     {R"(%0 events view)",
      R"(%1 feature time of last %0)",
      R"(%2 predicate %1 in last 7 days)",
      R"(%3 events call between 2025-01-01 and 2025-12-31)",
      R"(%4 feature any %3)",
      R"(%5 predicate not %4)",
      R"(%6 predicate %2 and %5)",
      R"(s = %6)"}},
    {"last-time", {"any"},
     R"(no purchase after last call)",
     {R"(%0 events call)",
      R"(%1 feature time of last %0)",
      R"(%2 events purchase after %1)",
      R"(%3 feature any %2)",
      R"(%4 predicate not %3)",
      R"(s = %4)"},
     {R"(%0 events call)",
      R"(%1 feature time of last %0)",
      R"(%2 events purchase)",
      R"(%3 feature time of last %2)",
      R"(%4 predicate %1 < %3)",
      R"(%5 predicate not %4)",
      R"(s = %5)"}},
    {"factor", {},
     R"((country is "TR" and age > 17) or (country is "TR" and gender is "F"))",
     {R"(%0 value customer.country)",
      R"(%1 predicate %0 is "TR")",
      R"(%2 value customer.age)",
      R"(%4 predicate 17 < %2)",
      R"(%5 predicate %1 and %4)",
      R"(%6 value customer.gender)",
      R"(%7 predicate %6 is "F")",
      R"(%8 predicate %1 and %7)",
      R"(%9 predicate %5 or %8)",
      R"(s = %9)"},
     {R"(%0 value customer.country)",
      R"(%1 predicate %0 is "TR")",
      R"(%2 value customer.age)",
      R"(%4 predicate 17 < %2)",
      R"(%5 value customer.gender)",
      R"(%6 predicate %5 is "F")",
      R"(%7 predicate %4 or %6)",
      R"(%8 predicate %1 and %7)",
      R"(s = %8)"}},
    {"factor", {},
     R"((country is "TR" and age > 17) or country is "TR")",
     {R"(%0 value customer.country)",
      R"(%1 predicate %0 is "TR")",
      R"(%2 value customer.age)",
      R"(%4 predicate 17 < %2)",
      R"(%5 predicate %1 and %4)",
      R"(%6 predicate %5 or %1)",
      R"(s = %6)"},
     {R"(%0 value customer.country)",
      R"(%1 predicate %0 is "TR")",
      R"(s = %1)"}},
};
// clang-format on

Rewrites only(const std::vector<const char*>& names) {
  Rewrites rewrites = Rewrites::none();
  for (const char* name : names) {
    const auto rewrite = find_rewrite(name);
    EXPECT_TRUE(rewrite.has_value()) << name;
    if (rewrite) rewrites.set(*rewrite, true);
  }
  return rewrites;
}

TEST(Rewrites, EachOneTurnsThePlanBeforeIntoTheOneAfter) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(std::string(row.rewrite) + ": " + row.condition);
    const Repository repository =
        repository_of(std::string("segment s { ") + row.condition + " }");
    std::vector<const char*> on = row.beside;
    on.push_back(row.rewrite);
    const Plan before = make_plan(repository, {.rewrites = only(row.beside)});
    const Plan after = make_plan(repository, {.rewrites = only(on)});
    EXPECT_EQ(lines_of(before, repository.schema), row.before);
    EXPECT_EQ(lines_of(after, repository.schema), row.after);
    EXPECT_EQ(verify(before, repository.schema), "");
    EXPECT_EQ(verify(after, repository.schema), "");
  }
}

TEST(Rewrites, EachOneHasARowAbove) {
  for (size_t i = 0; i < kRewriteCount; ++i) {
    const std::string name = rewrite_name(static_cast<Rewrite>(i));
    EXPECT_TRUE(std::ranges::any_of(kRows, [&](const Row& row) {
      return row.rewrite == name;
    })) << name;
  }
}

TEST(Rewrites, NothingIsDroppedThatCanBeUndecided) {
  // price * price may leave 128 bits: the person stays undecided though the
  // other side of the `or` holds for everyone.
  const Repository repository = repository_of(
      "segment s { everyone or age * age * age * age * age > 5 }");
  const Plan plan = make_plan(repository, {});
  const NodeId root = plan.segments[0].condition;
  EXPECT_EQ(plan[root].kind, NodeKind::kOr);
  EXPECT_TRUE(plan.fallible(root));
}

TEST(Rewrites, AreKnownByTheirNamesOnly) {
  EXPECT_EQ(find_rewrite("last-time"), Rewrite::kLastTime);
  EXPECT_EQ(find_rewrite("last time"), std::nullopt);
  EXPECT_EQ(find_rewrite(""), std::nullopt);
}

}  // namespace
}  // namespace kitle::test
