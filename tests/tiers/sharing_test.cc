// Many rules that ask alike, over random people: every tier answers as where
// each is asked alone (compiler/sharing.h).
#include "compiler/sharing.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "compiler/compile.h"
#include "tests/support/random/differential.h"
#include "tests/support/random/random_writing.h"

namespace kitle::testing {
namespace {

constexpr int kRules = 30;
constexpr uint64_t kMachineEach = 12;
constexpr int64_t kPeople = 80;

class AlikeRules {
 public:
  AlikeRules(const Case& made, Dice& dice) : made_(made), dice_(dice) {
    for (const EventType& event : made.schema.events) {
      for (const Column& column : event.columns) {
        const bool coded =
            column.type == TypeKind::kText || column.type == TypeKind::kCode;
        if (coded) columns_.push_back({event.name, column.name});
        if (column.type == TypeKind::kInteger) {
          summed_.push_back({event.name, column.name});
        }
      }
    }
  }

  std::string text() {
    std::string text;
    for (int i = 0; i < kRules; ++i) {
      text += fmt::format("segment r{} {{ {} }}\n", i, condition());
    }
    return text;
  }

 private:
  using Words = std::vector<std::string>;

  std::string condition() {
    switch (dice_.below(columns_.empty() ? 2 : 6)) {
      case 0:
        return fmt::format("at least {} {} {}", dice_.between(1, 5), event(),
                           window());
      case 1:
        return fmt::format(
            "any {} then {}{} within {} {}", filtered(),
            dice_.chance(40) ? "no " : "", made_.schema.events.back().name,
            dice_.between(1, 40), dice_.pick(Words{"hours", "days", "months"}));
      case 2:
        return fmt::format("count of {} {} {} {}", filtered(), window(),
                           dice_.pick(Words{"<", ">=", "is"}),
                           dice_.between(0, dice_.chance(80) ? 3 : 18));
      case 3:
        return sum();
      default:
        return fmt::format("{} {} {}", dice_.chance(70) ? "any" : "no",
                           filtered(), window());
    }
  }

  std::string sum() {
    if (summed_.empty()) return fmt::format("any {} {}", event(), window());
    const auto& [event, column] = dice_.pick(summed_);
    return fmt::format("sum of {}.{} {} {} {}", event, column, window(),
                       dice_.pick(Words{"<", ">=", "is"}),
                       dice_.between(-2, 40));
  }

  const std::string& event() {
    const auto& events = made_.schema.events;
    return events[static_cast<size_t>(
                      dice_.below(static_cast<int64_t>(events.size())))]
        .name;
  }

  std::string filtered() {
    if (columns_.empty()) return event();
    // Mostly one column, so that many rules ask for it.
    const auto& [event, column] =
        dice_.chance(80) ? columns_.front() : dice_.pick(columns_);
    return fmt::format("{} where ({} in {{{}}})", event, column, texts());
  }

  std::string texts() {
    std::set<std::string> some;
    for (int64_t i = dice_.between(1, 4); i > 0; --i) {
      some.insert(dice_.pick(known_texts()));
    }
    std::string text;
    for (const std::string& each : some) {
      text += (text.empty() ? "" : ", ") + quoted(each);
    }
    return text;
  }

  std::string window() {
    switch (dice_.below(6)) {
      case 0:
        return "ever";
      case 1:
        return fmt::format("{} to {} days ago", dice_.between(0, 5),
                           dice_.between(6, 60));
      case 2:
        return "in this month";
      default:
        return fmt::format("in last {} {}", dice_.between(1, 60),
                           dice_.pick(Words{"hours", "days", "weeks"}));
    }
  }

  const Case& made_;
  Dice& dice_;
  std::vector<std::pair<std::string, std::string>> columns_;
  std::vector<std::pair<std::string, std::string>> summed_;
};

TEST(Tiers, AnswerAlikeToManyRulesThatAskAlike) {
  std::set<Op> used;
  const uint64_t count = case_count(200, 15);
  for (uint64_t seed = 1; seed <= count; ++seed) {
    const RandomTrial trial = random_trial(seed, {.people = kPeople});
    Case made = trial.ruled.made;
    Dice dice(seed);
    made.moments[0].rules = AlikeRules(made, dice).text();
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
