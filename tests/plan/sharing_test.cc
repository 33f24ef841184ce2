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

TEST(Sharing, ManyFiltersOfOneColumnHaveAnIndex) {
  const std::string rule = "any view where category is \"#\" in last # days";
  const Program few = program_of(rule, 31);
  EXPECT_EQ(count(few, Op::kByCode), 0u) << print(few);
  EXPECT_EQ(count(few, Op::kInSet), 31u);
  const Program many = program_of(rule, 32);
  EXPECT_EQ(count(many, Op::kByCode), 1u) << print(many);
  EXPECT_EQ(count(many, Op::kAnyCoded), 32u);
  EXPECT_EQ(count(many, Op::kInSet), 0u);
  EXPECT_EQ(
      count(program_of("at least 2 views where category is \"#\" ever", 32),
            Op::kCountCoded),
      32u);
}

TEST(Sharing, WhatElseIsAskedKeepsItsMask) {
  // A second test of the event, or an anchor.
  for (const char* rule :
       {"any view where (category is \"#\" and price > 3 TRY) in last 9 days",
        "any view where category is \"#\" after last call",
        "sum of view.price where (category is \"#\") ever > 3 TRY"}) {
    const Program program = program_of(rule, 33);
    EXPECT_EQ(count(program, Op::kAnyCoded), 0u) << print(program);
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
  EXPECT_EQ(count(few, Op::kNthLast), 0u) << print(few);
  const Program many = program_of("at least # calls in last # days", 9);
  EXPECT_EQ(count(many, Op::kNthLast), 8u) << print(many);
  EXPECT_EQ(count(many, Op::kCount), 0u);
  // The general code sees events that are later than now.
  EXPECT_EQ(std::ranges::count(many.general.instructions, Op::kNthLast,
                               &Instruction::op),
            0);
  const Program past = program_of("at least # calls # to 99 days ago", 9);
  EXPECT_EQ(count(past, Op::kNthLast), 0u) << print(past);
}

// The index of one column read as another's would have other bounds.
TEST(Sharing, AnIndexIsReadByTheColumnItWasMadeOf) {
  Program program =
      program_of("any view where category is \"#\" in last # days", 32);
  ASSERT_TRUE(verify(program).ok());
  const auto reader = std::ranges::find(program.fast.instructions,
                                        Op::kAnyCoded, &Instruction::op);
  program.slots.push_back(program.slots[reader->slot]);
  reader->slot = static_cast<uint32_t>(program.slots.size() - 1);
  EXPECT_FALSE(verify(program).ok());
}

}  // namespace
}  // namespace kitle::test
