// The graph itself: what is shared, what verify() finds, what print() hides.
#include "compiler/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/plan/rules.h"

namespace kitle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

size_t count_of(const Plan& plan, NodeKind kind) {
  size_t count = 0;
  for (NodeId id = 0; id < plan.size(); ++id) count += plan[id].kind == kind;
  return count;
}

TEST(Plan, EqualClausesOfDifferentSegmentsAreOneNode) {
  const Repository repository = repository_of(R"(
    segment a { any view where category is "Shoes" in last 7 days }
    segment b {
      no view where (category in {"Shoes"}) in last 7 days
      and at least 2 calls
    }
    segment c { more than 1 call and age > 3 }
  )");
  const Plan plan = make_plan(repository, {});
  EXPECT_EQ(count_of(plan, NodeKind::kTexts), 1u);
  EXPECT_EQ(count_of(plan, NodeKind::kAny), 1u);
  EXPECT_EQ(count_of(plan, NodeKind::kMeasure), 1u);
  EXPECT_EQ(count_of(plan, NodeKind::kEvents), 2u);
}

TEST(Plan, ASegmentInASegmentIsItsNode) {
  const Repository repository = repository_of(R"(
    segment outer { in inner and not in other }
    segment inner { age > 30 }
    segment other { country is "TR" }
  )");
  const Plan plan = make_plan(repository, {});
  EXPECT_THAT(
      lines_of(plan, repository.schema),
      ElementsAre("%0 value customer.age", "%1 predicate %0 >= 31",
                  "%2 value customer.country", "%3 predicate %2 is \"TR\"",
                  "%4 predicate not %3", "%5 predicate %1 and %4", "outer = %5",
                  "inner = %1", "other = %3"));
}

TEST(Plan, ValuesPrintAsTheyAreSaid) {
  const Repository repository = repository_of(R"(
    segment a {
      birthday of birth_date in next 7 days and length of country > 1
      and age / 2 rounded down is 4
    }
  )");
  const Plan plan = make_plan(repository, {});
  EXPECT_EQ(verify(plan, repository.schema), "");
  const std::string text = print(plan, repository.schema);
  EXPECT_THAT(text, HasSubstr("birthday of %0 in next 7 days"));
  EXPECT_THAT(text, HasSubstr("length of %"));
  EXPECT_THAT(text, HasSubstr(" rounded down"));
}

TEST(Plan, ASequencePrintsItsStepsAndWhatBindsThem) {
  const Repository repository = repository_of(R"(
    segment a {
      any view as v in last 7 days then no call within 2 days then view
        where category is v.category all within 5 days with same day
    }
    segment b {
      any view as other in last 7 days then no call within 2 days then view
        where category is other.category all within 5 days with same day
    }
  )");
  const Plan plan = make_plan(repository, {});
  EXPECT_EQ(verify(plan, repository.schema), "");
  EXPECT_EQ(count_of(plan, NodeKind::kSequence), 1u);
  EXPECT_THAT(print(plan, repository.schema),
              HasSubstr("%0 then no %1 within 2 days then %2 all within 5 days "
                        "same day, step 2: %3 = %3 of step 0"));
}

TEST(Plan, OnlyWantedSegmentsAndWhatTheyNeedArePlanned) {
  const Repository repository = repository_of(R"(
    segment outer { in inner and any call }
    segment inner { age > 30 }
    segment other { country is "TR" }
  )");
  const Plan plan = make_plan(repository, {.segments = {"outer"}});
  ASSERT_EQ(plan.segments.size(), 1u);
  EXPECT_EQ(plan.segments[0].name, "outer");
  EXPECT_EQ(count_of(plan, NodeKind::kTexts), 0u);
}

TEST(Plan, PrintSaysWhoUsesANode) {
  const Repository repository = repository_of(R"(
    segment a { any call in 2025 }
    segment b { no call in 2025 and age > 3 }
  )");
  const std::string text = print(make_plan(repository, {}), repository.schema);
  EXPECT_THAT(text, HasSubstr("any %0                "));
  EXPECT_THAT(text, HasSubstr("2 uses: a, b"));
  EXPECT_THAT(text, HasSubstr("1 use: b"));
}

TEST(Plan, ValuesComparedWithPersonalColumnsAreNotShown) {
  const Repository repository = repository_of(R"(
    segment s {
      email is "ali@example.com" and income > 1234 TRY
      and income + income > 5678 TRY and email in {"x@example.com"}
    }
  )");
  const std::string plan = print(make_plan(repository, {}), repository.schema);
  const std::string program = print(compile(repository, {}));
  for (const std::string& text : {plan, program}) {
    EXPECT_THAT(text, HasSubstr("hidden"));
    EXPECT_THAT(text, Not(HasSubstr("example")));
    EXPECT_THAT(text, Not(HasSubstr("1234")));
    EXPECT_THAT(text, Not(HasSubstr("1235")));
    EXPECT_THAT(text, Not(HasSubstr("5678")));
  }
}

// A plan with one node of another kind, made over the same nodes.
Plan with_node(const Plan& plan, NodeId id,
               const std::function<void(Node&)>& change) {
  Plan result;
  for (NodeId i = 0; i < plan.size(); ++i) {
    Node node = plan[i];
    if (i == id) change(node);
    result.add(node);
  }
  result.segments = plan.segments;
  return result;
}

class PlantedDamage : public ::testing::Test {
 protected:
  NodeId first(NodeKind kind) const {
    NodeId id = 0;
    while (id + 1 < plan_.size() && plan_[id].kind != kind) ++id;
    EXPECT_EQ(plan_[id].kind, kind);
    return id;
  }
  std::string found(NodeKind kind,
                    const std::function<void(Node&)>& change) const {
    return verify(with_node(plan_, first(kind), change), repository_.schema);
  }

  Repository repository_ = repository_of(R"(
    segment s {
      any view where category is "A" in last 7 days
      and no call within 3 days after first purchase
      and country is "TR" and age < income / 5 TRY
      and sum of purchase.amount > 3 TRY
    }
  )");
  Plan plan_ = make_plan(repository_, {.rewrites = Rewrites::none()});
};

TEST_F(PlantedDamage, IsNotThereToBeginWith) {
  EXPECT_EQ(verify(plan_, repository_.schema), "");
}

TEST_F(PlantedDamage, OfTablesAndColumnsIsFound) {
  EXPECT_THAT(found(NodeKind::kAttribute, [](Node& n) { n.column = 99; }),
              HasSubstr("not there"));
  EXPECT_THAT(found(NodeKind::kProperty, [](Node& n) { n.column = 9; }),
              HasSubstr("not there"));
  EXPECT_THAT(found(NodeKind::kEvents, [](Node& n) { n.table = 9; }),
              HasSubstr("not there"));
  EXPECT_THAT(found(NodeKind::kMeasure, [](Node& n) { n.table = 2; }),
              HasSubstr("another table"));
}

TEST_F(PlantedDamage, OfArgumentsIsFound) {
  EXPECT_THAT(found(NodeKind::kEvents, [](Node& n) { n.has_where = false; }),
              HasSubstr("other arguments"));
  EXPECT_THAT(
      found(NodeKind::kCompare, [](Node& n) { n.args.push_back(n.args[0]); }),
      HasSubstr("two arguments"));
  EXPECT_THAT(found(NodeKind::kAnd, [](Node& n) { n.args.clear(); }),
              HasSubstr("wants an argument"));
  EXPECT_THAT(
      found(NodeKind::kTexts, [](Node& n) { n.kind = NodeKind::kRange; }),
      HasSubstr("wants an integer"));
}

TEST_F(PlantedDamage, OfComparisonsIsFound) {
  EXPECT_THAT(found(NodeKind::kCompare,
                    [](Node& n) { n.comparison = Comparison::kGreater; }),
              HasSubstr("turned round"));
  EXPECT_THAT(found(NodeKind::kTexts, [](Node& n) { n.kind = NodeKind::kNot; }),
              HasSubstr("wrong family"));
}

TEST_F(PlantedDamage, OfSegmentsIsFound) {
  Plan plan = plan_;
  plan.segments[0].condition = first(NodeKind::kAttribute);
  EXPECT_THAT(verify(plan, repository_.schema), HasSubstr("segment s"));
  plan.segments[0].condition = plan.size();
  EXPECT_THAT(verify(plan, repository_.schema), HasSubstr("segment s"));
}

}  // namespace
}  // namespace kitle::test
