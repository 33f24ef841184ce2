// Programs as text and as bytes: what is saved is what is loaded, and whatever
// is damaged is refused or still a program that verify() lets pass.
#include "runtime/eval/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xxhash.h>

#include <cstring>

#include "tests/plan/rules.h"

namespace kitle::test {
namespace {

using ::testing::HasSubstr;

constexpr size_t kLengthAt = 8;
constexpr size_t kHashAt = 16;
constexpr size_t kBodyAt = 24;

Program every_kind() {
  return compile(repository_of(R"(
    segment a {
      any view where category contains "hoe" in last 7 days
      and no call within 2 months after first purchase
      and email is "ali@example.com"
    }
    segment b {
      average of purchase.amount in 2025 > 500 TRY
      and median gap between calls < 3 days
      and age * 1.5 > 30 and age of birth_date between 25 and 34
      and signed_up in last 3 months
    }
    segment c { distinct count of view.category > 2 and not in a }
    segment d { median gap between deals < 3 days }
    segment e { any dealing where length > 3 minutes }
    segment f {
      age in {1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21} and length of country > 1
      and birthday of birth_date in next 7 days and age / 2 rounded is 4
    }
  )"),
                 {});
}

// Makes header and body fit, so that damage behind them is looked at.
void seal(std::string& bytes) {
  const uint64_t length = bytes.size() - kBodyAt;
  const uint64_t hash = XXH3_64bits(bytes.data() + kBodyAt, length);
  std::memcpy(bytes.data() + kLengthAt, &length, sizeof length);
  std::memcpy(bytes.data() + kHashAt, &hash, sizeof hash);
}

TEST(SavedProgram, IsTheOneThatIsLoaded) {
  const Program program = every_kind();
  const std::string bytes = save(program);
  const Result<Program> loaded = load_program(bytes);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
  EXPECT_EQ(print(*loaded), print(program));
  EXPECT_EQ(save(*loaded), bytes);
}

TEST(SavedProgram, IsTheSameEachTime) {
  EXPECT_EQ(save(every_kind()), save(every_kind()));
}

TEST(SavedProgram, IsRefusedWithAnyByteFlipped) {
  const std::string bytes = save(every_kind());
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(~damaged[i]);
    EXPECT_FALSE(load_program(damaged).has_value()) << i;
  }
}

TEST(SavedProgram, IsRefusedWhereBytesAreMissingOrLeftOver) {
  const std::string bytes = save(every_kind());
  for (size_t size = 0; size < bytes.size(); size += size < 64 ? 1 : 97) {
    EXPECT_FALSE(load_program(bytes.substr(0, size)).has_value()) << size;
    if (size < kBodyAt) continue;
    std::string sealed = bytes.substr(0, size);
    seal(sealed);
    EXPECT_FALSE(load_program(sealed).has_value()) << size;
  }
  std::string longer = bytes + "x";
  EXPECT_FALSE(load_program(longer).has_value());
  seal(longer);
  EXPECT_FALSE(load_program(longer).has_value());
}

TEST(SavedProgram, OfAnotherVersionSaysSo) {
  std::string bytes = save(every_kind());
  bytes[4] = static_cast<char>(kProgramVersion + 1);
  const Result<Program> loaded = load_program(bytes);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code(), StatusCode::kNewer);
}

// Behind a right checksum damage is refused, or it made another program, which
// can be printed, saved and verified.
TEST(SavedProgram, WithARightChecksumIsRefusedOrAProgram) {
  const std::string bytes = save(every_kind());
  size_t loaded_count = 0;
  for (size_t i = kBodyAt; i < bytes.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      seal(damaged);
      const Result<Program> loaded = load_program(damaged);
      if (!loaded) continue;
      ++loaded_count;
      EXPECT_EQ(verify(*loaded).message(), Status().message());
      EXPECT_FALSE(print(*loaded).empty());
      EXPECT_EQ(save(*loaded), damaged);
    }
  }
  EXPECT_GT(loaded_count, 0u);  // a letter of a text, at least
}

// ---- verify() ----

template <class Change>
std::string refused(Change change) {
  Program program = every_kind();
  change(program);
  return verify(program).message();
}

size_t first(const Code& code, Op op) {
  size_t at = 0;
  while (code.instructions[at].op != op) ++at;
  return at;
}

TEST(VerifyProgram, WantsRegistersDefinedBeforeTheyAreUsed) {
  EXPECT_THAT(refused([](Program& p) {
                std::swap(p.fast.instructions.front(),
                          p.fast.instructions.back());
              }),
              HasSubstr("is not what it must be"));
  EXPECT_THAT(refused([](Program& p) { p.fast.instructions.pop_back(); }),
              HasSubstr("an output"));
}

TEST(VerifyProgram, WantsPositionsOfTheSameTable) {
  const auto foreign = [](Program& p) {
    Code& code = p.general;
    const size_t at = first(code, Op::kTakeI);
    // Any other integer of a person would be read as a position.
    for (const Instruction& what : code.instructions) {
      const bool plain = what.op == Op::kLoadI || what.op == Op::kParamI;
      if (plain && code.registers[what.dst].domain == kProfiles) {
        code.instructions[at].a = what.dst;
        return;
      }
    }
    FAIL() << "no such register";
  };
  EXPECT_THAT(refused(foreign), HasSubstr("position"));
}

TEST(VerifyProgram, WantsOneOutputASegment) {
  EXPECT_THAT(
      refused([](Program& p) { p.fast.outputs.push_back(p.fast.outputs[0]); }),
      HasSubstr("outputs"));
  EXPECT_THAT(refused([](Program& p) { p.fast.outputs[1].segment = 0; }),
              HasSubstr("an output"));
}

// What a window makes of any `now` is an instant.
TEST(VerifyProgram, WantsWindowsOfSaneLength) {
  const auto with = [](const WindowSpec& window) {
    return refused([&](Program& p) { p.ranges[0].window = window; });
  };
  using enum WindowForm;
  using enum StepUnit;
  EXPECT_EQ(with({.form = kRangeAgo, .n = 1, .m = kEveryDay}),
            Status().message());
  EXPECT_EQ(with({.form = kPeriod, .unit = kYear, .n = -10'000}),
            Status().message());
  EXPECT_EQ(with({.form = kDates, .first_day = -719'162}), Status().message());
  EXPECT_EQ(with({.form = kDates, .last_day = 2'932'896}), Status().message());
  for (const WindowSpec& window : {
           WindowSpec{.form = kLast, .n = INT64_MIN},
           {.form = kLast, .n = -1},
           {.form = kDayAgo, .n = kEveryDay + 1},
           {.form = kPeriod, .unit = kYear, .n = -10'001},
           {.form = kRangeAgo, .unit = kWeek, .m = 530'001},
           {.form = kDates, .first_day = INT32_MIN + 1},
           {.form = kDates, .last_day = INT32_MAX - 1},
       }) {
    EXPECT_THAT(with(window), HasSubstr("a window"));
  }
}

TEST(VerifyProgram, WantsValuesAndKeysInTheirOrder) {
  Program program = every_kind();
  ASSERT_EQ(program.wholes.size(), 1u);
  std::swap(program.wholes[0].wholes[0], program.wholes[0].wholes[1]);
  EXPECT_FALSE(verify(program).ok());
  program = every_kind();
  program.lookups.push_back({.texts = {"a"}, .wholes = {}, .values = {1, 2}});
  EXPECT_FALSE(verify(program).ok());
  program.lookups.back() = {.texts = {"a"}, .wholes = {1}, .values = {1, 2}};
  EXPECT_FALSE(verify(program).ok());
  program.lookups.back() = {.texts = {}, .wholes = {1, 2}, .values = {1, 2}};
  EXPECT_TRUE(verify(program).ok());
}

TEST(VerifyProgram, WantsDerivedTablesOfStoredOnes) {
  const auto with = [](const std::vector<uint32_t>& members) {
    return refused([&](Program& p) { p.derived[0].members = members; });
  };
  EXPECT_EQ(with({0, 2}), Status().message());
  for (const std::vector<uint32_t>& members :
       {std::vector<uint32_t>{0, 3}, {1, 0}, {1, 1}, {kNone}}) {
    EXPECT_THAT(with(members), HasSubstr("derived"));
  }
  const auto sessions = [](std::vector<uint32_t> members, int64_t gap) {
    return refused([&](Program& p) { p.derived[1] = {4, members, gap}; });
  };
  EXPECT_EQ(sessions({0}, 1), Status().message());
  EXPECT_EQ(sessions({3}, 1), Status().message());
  EXPECT_THAT(sessions({4}, 1), HasSubstr("derived"));
  EXPECT_THAT(sessions({0, 1}, 1), HasSubstr("derived"));
  EXPECT_THAT(sessions({0}, -1), HasSubstr("derived"));
  EXPECT_THAT(refused([](Program& p) {
                for (Slot& slot : p.slots) slot.column = 7;
              }),
              HasSubstr("slot"));
  EXPECT_THAT(refused([](Program& p) { p.derived[0].table = 1; }),
              HasSubstr("derived"));
  EXPECT_THAT(refused([](Program& p) { p.derived.resize(9); }),
              HasSubstr("derived"));
}

TEST(VerifyProgram, WantsParametersThatExist) {
  EXPECT_THAT(refused([](Program& p) { p.ranges.clear(); }),
              HasSubstr("parameter"));
  EXPECT_THAT(refused([](Program& p) { p.sets.clear(); }),
              HasSubstr("parameter"));
  EXPECT_NE(refused([](Program& p) { p.slots.clear(); }), "");
  EXPECT_NE(refused([](Program& p) { p.tables.clear(); }), "");
}

}  // namespace
}  // namespace kitle::test
