// Many rules that ask alike, over random people: every tier answers as where
// each is asked alone (compiler/sharing.h).
#include "compiler/sharing.h"

#include <gtest/gtest.h>

#include <set>

#include "compiler/compile.h"
#include "tests/support/random/alike_rules.h"
#include "tests/support/random/differential.h"

namespace kitle::testing {
namespace {

constexpr int kRules = 30;
constexpr uint64_t kMachineEach = 12;
constexpr int64_t kPeople = 80;

TEST(Tiers, AnswerAlikeToManyRulesThatAskAlike) {
  std::set<Op> used;
  const uint64_t count = case_count(200, 15);
  for (uint64_t seed = 1; seed <= count; ++seed) {
    const RandomTrial trial = random_trial(seed, {.people = kPeople});
    Case made = trial.ruled.made;
    Dice dice(seed);
    made.moments[0].rules = AlikeRules(made, dice).text(kRules);
    const auto loaded = load_moment(made, 0);
    ASSERT_TRUE(loaded) << "seed " << seed << "\n" << loaded.error();
    const Program program = compile(loaded->repository, {.lower = kEachOfMany});
    for (const Instruction& what : program.fast.instructions) {
      used.insert(what.op);
    }
    const TierOptions options{.machine = seed % kMachineEach == 0};
    EXPECT_EQ(difference_of(made, trial.form, options), "") << "seed " << seed;
  }
  for (const Op op :
       {Op::kAnswers, Op::kFollowedAnswers, Op::kNthAnswers, Op::kSumAnswers,
        Op::kAnswer, Op::kFollowing, Op::kAnyFollowed}) {
    EXPECT_TRUE(used.contains(op)) << op_name(op);
  }
}

}  // namespace
}  // namespace kitle::testing
