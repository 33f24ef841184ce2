// The order of a program's instructions: what machine code makes one loop of
// stands together.
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/code_maker.h"
#include "tests/plan/rules.h"

namespace kitle::test {
namespace {

// Pieces of neighbouring instructions of one domain that no kernel's call
// breaks.
size_t loops_of(const Code& code) {
  size_t loops = 0;
  uint32_t domain = kNone - 1;
  for (const Instruction& what : code.instructions) {
    if (!is_emitted(what)) {
      domain = kNone - 1;
      continue;
    }
    const uint32_t next = code.registers[what.dst].domain;
    loops += next != domain;
    domain = next;
  }
  return loops;
}

TEST(Layout, OneLoopATableAndOneOfPeople) {
  const Program program = compile(repository_of(R"(
    segment a { at least 2 views where category is "x" in last 7 days }
    segment b { any call where reason is "r" ever and age > 30 }
    segment c { exactly 1 view where category is "y" ever and gender is "F" }
    segment d { in a or at least 3 calls ever }
    segment e { at least 2 views where price > 3 TRY ever and in b }
  )"),
                                  {});
  EXPECT_EQ(loops_of(program.fast), 3u) << print(program);
}

TEST(Layout, CallsStandBeforeWhatIsEmitted) {
  const Program program = compile(repository_of(R"(
    segment a { median gap between views < 3 days and age > 30 }
    segment b { exactly 1 view where category is "y" ever and gender is "F" }
    segment c { median gap between calls < 4 days and country is "TR" }
    segment d { age of birth_date > 30 and at least 2 calls ever }
  )"),
                                  {});
  // Birth dates for the age; categories; the rest.
  EXPECT_EQ(loops_of(program.fast), 3u) << print(program);
  const auto& code = program.fast.instructions;
  EXPECT_FALSE(std::ranges::all_of(code, is_emitted));
}

TEST(Layout, ManyEventsAreTakenInTurns) {
  std::string rules;
  for (int i = 0; i < 300; ++i) {
    const std::string n = std::to_string(i);
    rules += "segment s" + n + " { any view where category is \"" + n +
             "\" in last " + std::to_string(i + 1) + " days }\n";
  }
  const Program program =
      compile(repository_of(rules), {.lower = {.asked_from = 1000}});
  // Three instructions a rule, at most 256 before people have theirs.
  EXPECT_EQ(loops_of(program.fast), 2u * 4) << print(program);
}

}  // namespace
}  // namespace kitle::test
