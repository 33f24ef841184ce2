#include "runtime/eval/registers.h"

#include <gtest/gtest.h>

#include "runtime/eval/program.h"

namespace kitle {
namespace {

// Two answers of as many questions, one behind the other, and an output of a
// mask of each.
Code two_answers(bool first_is_used_last) {
  Code code;
  code.registers = {{RegisterKind::kAnswers, kProfiles, 2},
                    {RegisterKind::kBits, kProfiles},
                    {RegisterKind::kAnswers, kProfiles, 2},
                    {RegisterKind::kBits, kProfiles},
                    {RegisterKind::kBits, kProfiles}};
  const uint32_t other = first_is_used_last ? 1 : 3;
  code.instructions = {{.op = Op::kNthAnswers, .dst = 0, .slot2 = 0},
                       {.op = Op::kAnswer, .dst = 1, .a = 0, .imm = 1},
                       {.op = Op::kNthAnswers, .dst = 2, .slot2 = 0},
                       {.op = Op::kAnswer, .dst = 3, .a = 2, .imm = 0},
                       {.op = Op::kAnd, .dst = 4, .a = 3, .b = other}};
  return code;
}

bool share_memory(const Code& code, const std::vector<uint32_t>& output_at) {
  const RegisterPlan plan = RegisterPlan::make(code, output_at);
  return plan.homes[0].class_index == plan.homes[2].class_index &&
         plan.homes[0].number == plan.homes[2].number;
}

TEST(RegisterPlan, AnswersLiveAsLongAsTheirMasks) {
  EXPECT_FALSE(share_memory(two_answers(true), {}));
  EXPECT_TRUE(share_memory(two_answers(false), {}));
  // Stored behind the second answers, and before them.
  Code stored = two_answers(false);
  stored.outputs = {{.segment = 0, .bits = 1}};
  EXPECT_FALSE(share_memory(stored, {2}));
  EXPECT_TRUE(share_memory(stored, {1}));
}

TEST(RegisterPlan, MasksHaveNoMemory) {
  const RegisterPlan plan = RegisterPlan::make(two_answers(true), {});
  ASSERT_EQ(plan.masks.size(), 2u);
  EXPECT_EQ(plan.masks[0].reg, 1u);
  EXPECT_EQ(plan.masks[0].of, 0u);
  EXPECT_EQ(plan.masks[0].question, 1u);
  EXPECT_EQ(plan.homes[1].class_index, kNone);
  EXPECT_EQ(plan.homes[3].class_index, kNone);
  EXPECT_NE(plan.homes[4].class_index, kNone);
}

}  // namespace
}  // namespace kitle
