// Whatever rules are written, the work of what is reasoned of them is bounded,
// in steps that are counted.
#include "compiler/reason_budget.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

#include "compiler/compile.h"
#include "compiler/load.h"
#include "compiler/reason_pairs.h"
#include "compiler/relations.h"

namespace kitle {
namespace {

TEST(ReasonBudget, IsSharedAndWhatIsLeftGoesOn) {
  ReasonBudget budget(100);
  {
    const auto first = budget.share(3);
    budget.take(24);
    EXPECT_FALSE(budget.spent());
    budget.take(1);
    EXPECT_TRUE(budget.spent());
  }
  EXPECT_FALSE(budget.spent());
  {
    const auto second = budget.share(2);  // needs nothing
  }
  const auto third = budget.share(1);
  {
    const auto inner = budget.at_most(1000);  // is no more than that
    budget.take(36);
    EXPECT_FALSE(budget.spent());
    budget.take(1);
    EXPECT_TRUE(budget.spent());
  }
  EXPECT_TRUE(budget.spent());
}

LoadedRepository load(std::string rules) {
  LoadedRepository loaded =
      load_texts({{"kitle.toml", "currency = \"TRY\"\n"},
                  {"a.kitle",
                   "profile customer {\n"
                   "  id code key, city text, code code, household integer\n}\n"
                   "event call { reason code, wait number }\n"},
                  {"z.kitle", std::move(rules)}},
                 nullptr);
  EXPECT_EQ(loaded.diagnostics.errors(), 0u);
  return loaded;
}

// A part for each number, joined.
std::string joined(int count, std::string_view by,
                   const std::function<std::string(int)>& part) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += fmt::format("{}({})", i == 0 ? "" : by, part(i));
  }
  return text;
}

// What costs much to ask of: each is a segment, and its parts are many.
std::vector<std::string> costly() {
  constexpr int kMany = 400;
  return {
      joined(kMany, " or ",
             [](int i) { return fmt::format("city is \"c{}\"", i); }),
      joined(kMany, " and ",
             [](int i) { return fmt::format("city is not \"c{}\"", i); }),
      joined(kMany, " or ",
             [](int i) { return fmt::format("city starts with \"c{}\"", i); }),
      joined(kMany, " or ",
             [](int i) {
               return fmt::format("any call where wait > {} in last {} days", i,
                                  i + 1);
             }),
      joined(kMany, " and ",
             [](int i) {
               return fmt::format("count of call in last {} days < {}", i + 1,
                                  i + 5);
             }),
      joined(kMany, " and ",
             [](int i) {
               return fmt::format(
                   "household is {0} or any call or code is "
                   "\"c{0}\"",
                   i);
             }),
  };
}

TEST(ReasonBudget, BoundsEveryQuestion) {
  // One fact, or one pair of texts, is finished when it is spent.
  constexpr uint64_t kOver = 2'000;
  for (const std::string& each : costly()) {
    const LoadedRepository loaded = load("segment s { " + each + " }\n");
    const Plan plan = make_plan(loaded.repository, {});
    for (const uint64_t most : {1'000, 10'000, 100'000}) {
      ReasonBudget budget(most);
      Prover prover(plan, loaded.repository, budget);
      prover.never(plan.segments[0].condition);
      prover.always(plan.segments[0].condition);
      EXPECT_LT(budget.taken(), most + kOver) << each.substr(0, 80);
    }
  }
}

TEST(ReasonBudget, BoundsAllPairsOfAll) {
  std::string rules;
  int number = 0;
  for (const std::string& each : costly()) {
    rules += fmt::format("segment c{} {{ {} }}\n", ++number, each);
  }
  for (int i = 0; i < 1'500; ++i) {
    rules += fmt::format(
        "segment s{0} {{ any call where wait > {0} in last {1} days\n"
        "  and (household > {2} or no call in last {2} days) }}\n",
        i, i / 10 + 1, i % 30 + 1);
  }
  const LoadedRepository loaded = load(rules);
  const Plan plan = make_plan(loaded.repository, {});
  for (const uint64_t most : {20'000, 500'000}) {
    ReasonBudget budget(most);
    Prover prover(plan, loaded.repository, budget);
    const ProvenRelations found =
        find_implications(loaded.repository, plan, prover, budget);
    EXPECT_LT(budget.taken(), most + most / 4);
    EXPECT_GT(found.undecided, 1'000'000u);
  }
}

// What costs much takes nothing from what costs little.
TEST(ReasonBudget, IsFair) {
  std::string rules;
  int number = 0;
  for (const std::string& each : costly()) {
    rules += fmt::format("segment c{} {{ {} }}\n", ++number, each);
  }
  rules += "segment few { household > 3 }\nsegment some { household > 2 }\n";
  const LoadedRepository loaded = load(rules);
  const Plan plan = make_plan(loaded.repository, {});
  ReasonBudget budget(400'000);
  Prover prover(plan, loaded.repository, budget);
  const ProvenRelations found =
      find_implications(loaded.repository, plan, prover, budget);
  ASSERT_EQ(found.all.size(), 1u);
  EXPECT_EQ(loaded.repository.segments[found.all[0].first].name, "few");
}

// Segments that have little to do with one another.
std::string apart(int count) {
  std::string rules;
  for (int i = 0; i < count; ++i) {
    const std::string part =
        i % 3 == 0   ? fmt::format("city contains \"c{}\"", i)
        : i % 3 == 1 ? fmt::format("any call where reason is \"r{}\"", i)
                     : fmt::format("count of call in last {} days > 3", i);
    rules +=
        fmt::format("segment s{} {{ {} and not (code starts with \"k{}\") }}\n",
                    i, part, i);
  }
  return rules;
}

// The same steps whenever it is asked, and on every machine.
TEST(ReasonBudget, IsSpentTheSameEveryTime) {
  const LoadedRepository loaded = load(apart(120));
  const Plan plan = make_plan(loaded.repository, {});
  std::vector<uint64_t> taken;
  for (int i = 0; i < 2; ++i) {
    ReasonBudget budget;
    Prover prover(plan, loaded.repository, budget);
    find_implications(loaded.repository, plan, prover, budget);
    taken.push_back(budget.taken());
  }
  EXPECT_EQ(taken[0], taken[1]);
}

// Who is met spares questions: both directions of all pairs take less than one
// did.
TEST(ReasonBudget, IsSparedByPeopleWhoAreMet) {
  const LoadedRepository loaded = load(apart(120));
  const Plan plan = make_plan(loaded.repository, {});
  ReasonBudget of_all;
  Prover prover(plan, loaded.repository, of_all);
  find_implications(loaded.repository, plan, prover, of_all);
  ReasonBudget of_each;
  Prover asked(plan, loaded.repository, of_each);
  for (const PlanSegment& a : plan.segments) {
    for (const PlanSegment& b : plan.segments) {
      asked.implies(a.condition, b.condition);
    }
  }
  EXPECT_LT(4 * of_all.taken(), 3 * of_each.taken());
}

}  // namespace
}  // namespace kitle
