// What is made once for many rules, and that few rules are left alone.
#include "compiler/sharing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/plan/rules.h"

namespace kitle::test {
namespace {

size_t count(const Program& program, Op op) {
  return static_cast<size_t>(
      std::ranges::count(program.fast.instructions, op, &Instruction::op));
}

// `text` for each number below `many`, with it for `#`.
Program program_of(const std::string& text, int many) {
  std::string rules;
  for (int i = 0; i < many; ++i) {
    std::string condition = text;
    for (size_t at; (at = condition.find('#')) != std::string::npos;) {
      condition.replace(at, 1, std::to_string(i + 1));
    }
    rules += "segment s" + std::to_string(i) + " { " + condition + " }\n";
  }
  return compile(repository_of(rules), {});
}

TEST(Sharing, ManyQuestionsByTextsAreOneOperation) {
  const std::string rule = "any view where category is \"#\" in last # days";
  const Program few = program_of(rule, 23);
  EXPECT_EQ(count(few, Op::kAnswers), 0u) << print(few);
  EXPECT_EQ(count(few, Op::kInSet), 23u);
  const Program many = program_of(rule, 24);
  EXPECT_EQ(count(many, Op::kAnswers), 1u) << print(many);
  EXPECT_EQ(count(many, Op::kAnswer), 24u);
  EXPECT_EQ(count(many, Op::kInSet), 0u);
  const Program counted =
      program_of("at least 2 views where category is \"#\" ever", 24);
  EXPECT_EQ(count(counted, Op::kAnswer), 24u) << print(counted);
  EXPECT_EQ(count(counted, Op::kCount), 0u);
  // At least 2, and not 4.
  const Program between = program_of(
      "count of view where (category is \"#\") ever between 2 and 3", 24);
  EXPECT_EQ(count(between, Op::kAnswer), 48u) << print(between);
  // At least 2 is asked once for both.
  const Program twice = program_of(
      "count of view where (category is \"#\") ever between 2 and 3 or "
      "at least 2 views where category is \"#\" ever",
      24);
  EXPECT_EQ(twice.answers.front().questions.size(), 48u) << print(twice);
  const Program more =
      program_of("at least 17 views where category is \"#\" ever", 24);
  EXPECT_EQ(count(more, Op::kAnswers), 0u) << print(more);
}

TEST(Sharing, WhatElseIsAskedKeepsItsMask) {
  // A second test of the event, or an anchor.
  for (const char* rule :
       {"any view where (category is \"#\" and price > 3 TRY) in last 9 days",
        "any view where category is \"#\" after last call",
        "sum of view.price where (category is \"#\") ever > 3 TRY"}) {
    const Program program = program_of(rule, 33);
    EXPECT_EQ(count(program, Op::kAnswers), 0u) << print(program);
    EXPECT_EQ(count(program, Op::kInSet), 33u);
  }
}

TEST(Sharing, TheNextEventIsFoundOnceForManySequences) {
  const std::string rule =
      "any view where category is \"#\" then call within # days";
  const Program few = program_of(rule, 3);
  EXPECT_EQ(count(few, Op::kSequence), 3u) << print(few);
  EXPECT_EQ(count(few, Op::kFollowing), 0u);
  const Program many = program_of(rule, 4);
  EXPECT_EQ(count(many, Op::kSequence), 0u) << print(many);
  EXPECT_EQ(count(many, Op::kFollowing), 1u);
  EXPECT_EQ(count(many, Op::kAnyFollowed), 4u);
  const Program others =
      program_of("any view then call where reason is \"#\" within 3 days", 4);
  EXPECT_EQ(count(others, Op::kFollowing), 0u) << print(others);
  const Program most = program_of(rule, 24);
  EXPECT_EQ(count(most, Op::kFollowedAnswers), 1u) << print(most);
  EXPECT_EQ(count(most, Op::kFollowing), 0u);
  EXPECT_EQ(count(most, Op::kAnyFollowed), 0u);
  EXPECT_EQ(count(most, Op::kAnswer), 24u);
  // The general code sees events that are later than now.
  EXPECT_EQ(std::ranges::count(most.general.instructions, Op::kAnyFollowed,
                               &Instruction::op),
            24);
}

TEST(Sharing, TheEndsTellOfAPairWithoutABound) {
  for (const char* rule :
       {"any view then call", "any view then no call",
        "any call where reason is \"#\" in last # days then view",
        "any purchase in last # days then no call where reason is \"#\""}) {
    const Program program = program_of(rule, 5);
    EXPECT_EQ(count(program, Op::kSequence), 0u) << print(program);
    EXPECT_EQ(count(program, Op::kFollowing), 0u) << print(program);
  }
  for (const char* rule :
       {"any view then call then view", "any view then call within 3 days",
        "any view as v then purchase where amount > v.price"}) {
    const Program program = program_of(rule, 1);
    EXPECT_EQ(count(program, Op::kSequence), 1u) << print(program);
  }
  const Program whole = program_of("any view then call", 1);
  EXPECT_EQ(count(whole, Op::kFirst) + count(whole, Op::kLast), 0u);
  const Program alike =
      program_of("any view where category is \"#\" then call", 24);
  EXPECT_EQ(count(alike, Op::kAnswer), 24u) << print(alike);
}

TEST(Sharing, DifferentValuesAreCountedUpToWhatIsAsked) {
  const auto least = [](const std::string& rule) {
    const Program program = program_of(rule, 1);
    const auto& code = program.fast.instructions;
    const auto found = std::ranges::find(code, Op::kDistinct, &Instruction::op);
    return found == code.end() ? -1 : found->imm;
  };
  EXPECT_EQ(least("at least 3 different category of view"), 3);
  EXPECT_EQ(least("distinct count of view.category in last 30 days > 3"), 4);
  EXPECT_EQ(least("distinct count of view.category between 3 and 5"), 0);
  EXPECT_EQ(least("distinct count of view.category < 3"), 0);
  const std::string twice = "distinct count of view.category > 3 or ";
  EXPECT_EQ(least(twice + "distinct count of view.category > 7"), 0);
  EXPECT_EQ(least(twice + "distinct count of view.category < count of view"),
            0);
}

TEST(Sharing, EachTableMayFollowTheOther) {
  std::string rules;
  for (int i = 1; i <= 4; ++i) {
    const std::string n = std::to_string(i);
    rules += "segment a" + n + " { any view then call within " + n +
             " days }\nsegment b" + n + " { any call then no view within " + n +
             " days }\n";
  }
  const Program program = compile(repository_of(rules), {});
  EXPECT_EQ(count(program, Op::kFollowing), 2u) << print(program);
  EXPECT_TRUE(verify(program).ok()) << print(program);
}

TEST(Sharing, OneEventTellsOfManyCounts) {
  const Program few = program_of("at least # calls in last 30 days", 8);
  // At least 1 is any.
  EXPECT_EQ(count(few, Op::kNthAnswers), 0u) << print(few);
  const Program many = program_of("at least # calls in last # days", 9);
  EXPECT_EQ(count(many, Op::kNthAnswers), 1u) << print(many);
  EXPECT_EQ(count(many, Op::kAnswer), 8u);
  EXPECT_EQ(count(many, Op::kCount), 0u);
  EXPECT_EQ(std::ranges::count(many.general.instructions, Op::kNthAnswers,
                               &Instruction::op),
            0);
  const Program past = program_of("at least # calls # to 99 days ago", 9);
  EXPECT_EQ(count(past, Op::kNthAnswers), 0u) << print(past);
}

TEST(Sharing, OnePassTellsOfManySums) {
  const std::string rule = "sum of view.price in last # days > # TRY";
  const Program few = program_of(rule, 31);
  EXPECT_EQ(count(few, Op::kSumAnswers), 0u) << print(few);
  const Program many = program_of(rule, 32);
  EXPECT_EQ(count(many, Op::kSumAnswers), 1u) << print(many);
  EXPECT_EQ(count(many, Op::kSumI), 0u);
  EXPECT_EQ(std::ranges::count(many.general.instructions, Op::kSumAnswers,
                               &Instruction::op),
            0);
  // Windows that end before now, and events that pass a test.
  for (const char* other :
       {"sum of view.price # to 99 days ago > 1 TRY",
        "sum of view.price where (category is \"#\") in last # days > 1 TRY"}) {
    const Program program = program_of(other, 33);
    EXPECT_EQ(count(program, Op::kSumAnswers), 0u) << print(program);
  }
}

TEST(Sharing, DamagedQuestionsAreFound) {
  const Program good =
      program_of("any view where category is \"#\" in last # days", 32);
  ASSERT_TRUE(verify(good).ok());
  const auto damaged = [&](auto damage) {
    Program program = good;
    damage(program);
    return verify(program).ok();
  };
  const auto of = [](Program& program, Op op) {
    return std::ranges::find(program.fast.instructions, op, &Instruction::op);
  };
  EXPECT_FALSE(damaged([&](Program& p) { of(p, Op::kAnswer)->imm = 32; }));
  EXPECT_FALSE(
      damaged([&](Program& p) { of(p, Op::kAnswers)->slot2 = kNone; }));
  EXPECT_FALSE(damaged([&](Program& p) {
    p.fast.registers[of(p, Op::kAnswers)->dst].questions = 33;
  }));
  EXPECT_FALSE(
      damaged([](Program& p) { p.answers[0].questions[3].set = 1000; }));
  EXPECT_FALSE(
      damaged([](Program& p) { p.answers[0].questions[3].least = 0; }));
  EXPECT_FALSE(
      damaged([](Program& p) { p.answers[0].questions[3].least = 5; }));
  EXPECT_FALSE(
      damaged([](Program& p) { p.answers[0].questions.back().least = 17; }));
  EXPECT_FALSE(
      damaged([](Program& p) { p.answers[0].questions[3].total = 0; }));

  Program last = program_of("at least # calls in last # days", 9);
  ASSERT_TRUE(verify(last).ok());
  last.sets.emplace_back();
  last.answers[0].questions[3].set = 0;
  EXPECT_FALSE(verify(last).ok());

  const std::string rule =
      "any view where category is \"#\" then call within # days";
  const auto damaged_wait = [&](const auto& damage) {
    Program program = program_of(rule, 24);
    EXPECT_TRUE(verify(program).ok());
    damage(program, *of(program, Op::kFollowedAnswers));
    return !verify(program).ok();
  };
  EXPECT_TRUE(damaged_wait([](Program&, Instruction& what) { what.imm = -1; }));
  EXPECT_TRUE(
      damaged_wait([](Program&, Instruction& what) { what.imm = 1000; }));
  EXPECT_TRUE(damaged_wait([](Program&, Instruction& what) { what.imm = 0; }));
  EXPECT_TRUE(
      damaged_wait([](Program&, Instruction& what) { what.b = kNone; }));
  EXPECT_TRUE(
      damaged_wait([](Program&, Instruction& what) { what.v = what.b; }));
  EXPECT_TRUE(
      damaged_wait([](Program&, Instruction& what) { what.slot2 = kNone; }));
  EXPECT_TRUE(damaged_wait([](Program& program, Instruction&) {
    program.answers[0].questions[3].range = kNone;
  }));

  Program sums = program_of("sum of view.price in last # days > # TRY", 32);
  ASSERT_TRUE(verify(sums).ok());
  sums.answers[0].questions[3].total = kNone;
  EXPECT_FALSE(verify(sums).ok());
}

}  // namespace
}  // namespace kitle::test
