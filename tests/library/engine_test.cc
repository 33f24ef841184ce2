// Everyone and one profile at a time, on every tier.
#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <thread>
#include <vector>

#include "kitle/why.h"
#include "tests/library/shop.h"

namespace kitle {
namespace {

using ::testing::HasSubstr;
using testing::kDay;
using testing::kNow;
using testing::Shop;

std::vector<std::string> keys(const Shop& shop, const Members& members) {
  const Store store = shop.open();
  std::vector<std::string> found;
  for (const uint32_t ordinal : members.ordinals()) {
    found.push_back(*store.key_of(ordinal));
  }
  return found;
}

TEST(EngineRun, AnswersInTheOrderOfDeclaration) {
  const Shop shop;
  const RunResult result = shop.run({});
  ASSERT_EQ(result.segments.size(), 4);
  EXPECT_EQ(result.now, kNow);
  EXPECT_EQ(result.profiles, 4);
  EXPECT_EQ(result.segments[0].name, "buyers");
  EXPECT_EQ(result.segments[0].title, "Alıcılar");
  EXPECT_THAT(keys(shop, result.segments[0].members),
              ::testing::ElementsAre("C-1", "C,\"3\""));
  EXPECT_THAT(keys(shop, result.segments[1].members),
              ::testing::ElementsAre("C-1"));
  EXPECT_THAT(keys(shop, result.segments[2].members),
              ::testing::ElementsAre("C-2", "C-4"));
  EXPECT_EQ(result.segments[3].members.size(), 4);
}

TEST(EngineRun, EveryTierGivesTheSameMembers) {
  const Shop shop;
  const RunResult expected = shop.run({.tier = Tier::kReference});
  EXPECT_EQ(expected.tier, Tier::kReference);
  for (const Tier tier : {Tier::kAuto, Tier::kInterpreter, Tier::kCompiled}) {
    const auto result =
        shop.engine().run(shop.open(), {.now = kNow, .tier = tier});
    if (!result) {  // a CPU below x86-64-v3 has no machine code
      EXPECT_EQ(result.error().code(), StatusCode::kUnsupported);
      EXPECT_EQ(tier, Tier::kCompiled);
      continue;
    }
    EXPECT_EQ(result->profiles, expected.profiles);
    for (size_t i = 0; i < expected.segments.size(); ++i) {
      EXPECT_EQ(result->segments[i].members, expected.segments[i].members);
    }
  }
}

TEST(EngineRun, ASmallStoreIsNotCompiledForButCachedCodeIsUsed) {
  const Shop shop;
  EXPECT_EQ(shop.run({}).tier, Tier::kInterpreter);
  const auto compiled =
      shop.engine().run(shop.open(), {.now = kNow, .tier = Tier::kCompiled});
  if (!compiled) GTEST_SKIP() << compiled.error().message();
  EXPECT_EQ(compiled->tier, Tier::kCompiled);
  EXPECT_EQ(shop.run({}).tier, Tier::kCompiled);
  const auto without = Engine::create(shop.rules, {"", false});
  const auto result = without->run(shop.open(), {.now = kNow});
  EXPECT_EQ(result->tier, Tier::kInterpreter);
}

TEST(EngineRun, ChosenSegmentsGiveWhatAllGive) {
  const Shop shop;
  const RunResult all = shop.run({});
  const RunResult one = shop.run({.segments = {"newcomers"}});
  ASSERT_EQ(one.segments.size(), 1);
  EXPECT_EQ(one.segments[0].name, "newcomers");
  EXPECT_EQ(one.segments[0].members, all.segments[2].members);
}

TEST(EngineRun, AnEngineIsAskedAgainWithOtherSegmentsAndInstants) {
  const Shop shop;
  const Engine engine = shop.engine();
  const Store store = shop.open();
  constexpr int64_t kYear = int64_t{365} * 86400 * 1'000'000;
  for (int round = 0; round < 2; ++round) {
    const auto good = engine.run(store, {.now = kNow, .segments = {"good"}});
    const auto later =
        engine.run(store, {.now = kNow + kYear, .segments = {"good"}});
    const auto all = engine.run(store, {.now = kNow});
    ASSERT_TRUE(good && later && all);
    EXPECT_EQ(good->segments[0].members.size(), 1);
    EXPECT_EQ(later->segments[0].members.size(), 0);
    EXPECT_EQ(all->segments.size(), 4);
  }
}

// The first run that machine code answers, of many; or the last one.
RunResult run_until_compiled(const Engine& engine, const Store& store) {
  const auto until =
      std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (;;) {
    auto result = engine.run(store, {.now = kNow});
    EXPECT_TRUE(result) << result.error().message();
    const bool late = std::chrono::steady_clock::now() > until;
    if (result->tier == Tier::kCompiled || late) return *result;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

TEST(EngineRun, MachineCodeIsMadeBesideTheInterpretersRuns) {
  const Shop shop;
  const Store store = shop.open();
  if (!shop.engine().run(store, {.now = kNow, .tier = Tier::kCompiled})) {
    GTEST_SKIP() << "no machine code here";
  }
  const auto engine =
      Engine::create(shop.rules, {shop.folder / "other", true, 0});
  const auto first = engine->run(store, {.now = kNow});
  EXPECT_EQ(first->tier, Tier::kInterpreter);
  const RunResult later = run_until_compiled(*engine, store);
  EXPECT_EQ(later.tier, Tier::kCompiled);
  for (size_t i = 0; i < later.segments.size(); ++i) {
    EXPECT_EQ(later.segments[i].members, first->segments[i].members);
  }
  // It was kept.
  const auto next =
      Engine::create(shop.rules, {shop.folder / "other", true, 1e9});
  EXPECT_EQ(next->run(store, {.now = kNow})->tier, Tier::kCompiled);
}

// An engine that nobody frees makes machine code in a process that ends, with
// `end()`, so long after it began.
template <class End>
void forget_engine(const Shop& shop, int microseconds, End end) {
  const Store store = shop.open();
  auto engine = Engine::create(shop.rules, {shop.folder / "new", true, 0});
  const bool answered = engine->run(store, {.now = kNow}).has_value();
  std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
  static const Engine* forgotten;  // which no leak checker minds
  forgotten = new Engine(*std::move(engine));
  ASSERT_NE(forgotten, nullptr);
  std::error_code ignored;
  std::filesystem::remove_all(shop.folder.path(), ignored);
  end(answered ? 0 : 1);
}

// LLVM is at work then.
TEST(EngineDeathTest, TheProcessMayEndBesideMachineCodeThatIsMade) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const Shop shop;
  for (int i = 0; i < 8; ++i) {
    EXPECT_EXIT(
        forget_engine(shop, i * i * 1000, [](int code) { std::exit(code); }),
        ::testing::ExitedWithCode(0), "");
  }
}

TEST(EngineRun, ShortRunsNeverCompile) {
  const Shop shop;
  const Store store = shop.open();
  const auto engine = Engine::create(shop.rules, {shop.folder / "other", true});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(engine->run(store, {.now = kNow})->tier, Tier::kInterpreter);
  }
}

// Before the newest event a block needs the program's other code: what was
// made for a later instant has no function for it.
TEST(EngineRun, AnInstantThatNeedsOtherCodeGetsItOrSaysInterpreter) {
  const Shop shop;
  const Engine engine = shop.engine();
  const Store store = shop.open();
  constexpr int64_t kYear = int64_t{365} * 86400 * 1'000'000;
  const auto run = [&](int64_t now, Tier tier) {
    return engine.run(store, {.now = now, .tier = tier});
  };
  const auto late = run(kNow, Tier::kCompiled);
  if (!late) GTEST_SKIP() << late.error().message();
  const int64_t early = kNow - kYear / 2;  // before two of the three orders
  EXPECT_EQ(run(early, Tier::kAuto)->tier, Tier::kInterpreter);
  EXPECT_EQ(run(kNow, Tier::kAuto)->tier, Tier::kCompiled);
  const auto compiled = run(early, Tier::kCompiled);
  ASSERT_TRUE(compiled) << compiled.error().message();
  EXPECT_EQ(compiled->tier, Tier::kCompiled);
  EXPECT_EQ(run(early, Tier::kAuto)->tier, Tier::kCompiled);
  EXPECT_EQ(run(kNow, Tier::kAuto)->tier, Tier::kCompiled);
  const auto expected = run(early, Tier::kReference);
  ASSERT_EQ(expected->segments[0].members.size(), 1);
  for (size_t i = 0; i < expected->segments.size(); ++i) {
    EXPECT_EQ(compiled->segments[i].members, expected->segments[i].members);
  }
}

TEST(EngineRun, AnUnknownSegmentIsNotFoundWithTheNearest) {
  const Shop shop;
  const auto result =
      shop.engine().run(shop.open(), {.now = kNow, .segments = {"god"}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), StatusCode::kNotFound);
  EXPECT_THAT(result.error().message(), HasSubstr("`good`"));
}

TEST(EngineRun, ARunThatIsToStopStops) {
  const Shop shop;
  const std::atomic<bool> stop = true;
  const auto result =
      shop.engine().run(shop.open(), {.now = kNow, .cancel = &stop});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), StatusCode::kCancelled);
}

TEST(EngineRun, AStoreMadeWithOtherSettingsIsRefusedOnEveryTier) {
  const Shop shop("segment everybody { everyone }\n");  // in any currency
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"Europe/Istanbul", "Europe/Berlin"},
      {"\"tr\"", "\"en\""},
      {"\"TRY\"", "\"EUR\""},
      {"currency =", "currency_digits = 3\ncurrency ="},
      {"\"monday\"", "\"sunday\""}};
  for (const auto& [from, to] : changes) {
    std::string settings = testing::kSettings;
    settings.replace(settings.find(from), from.size(), to);
    shop.folder.write("kitle.toml", settings);
    const auto engine = Engine::create(testing::good_rules(shop.folder.path()));
    for (const Tier tier :
         {Tier::kReference, Tier::kInterpreter, Tier::kAuto}) {
      const auto result = engine->run(shop.open(), {.now = kNow, .tier = tier});
      ASSERT_FALSE(result) << to << static_cast<int>(tier);
      EXPECT_EQ(result.error().code(), StatusCode::kInvalid);
      EXPECT_THAT(result.error().message(), HasSubstr("the store was made"));
    }
    EXPECT_FALSE(engine->prepare(shop.open(), kNow));
  }
}

TEST(EngineRun, NowIsOfTheYears1To9999) {
  const Shop shop;
  const Store store = shop.open();
  const Engine engine = shop.engine();
  for (const int64_t now : {-719'162 * kDay, 2'932'896 * kDay}) {
    for (const Tier tier : {Tier::kReference, Tier::kInterpreter}) {
      const auto result = engine.run(store, {.now = now, .tier = tier});
      ASSERT_TRUE(result) << result.error().message();
      EXPECT_EQ(result->segments[0].members.size(), now < 0 ? 0 : 2);
    }
  }
  for (const int64_t now :
       {INT64_MIN, -719'164 * kDay, 2'932'898 * kDay, INT64_MAX}) {
    for (const Tier tier : {Tier::kReference, Tier::kInterpreter}) {
      const auto result = engine.run(store, {.now = now, .tier = tier});
      ASSERT_FALSE(result) << now;
      EXPECT_EQ(result.error().code(), StatusCode::kInvalid);
      EXPECT_THAT(result.error().message(), HasSubstr("years 1 to 9999"));
    }
    EXPECT_FALSE(engine.prepare(store, now));
    EXPECT_FALSE(explain_person(shop.rules, store,
                                {.key = "C-1", .segment = "good", .now = now}));
  }
}

TEST(EngineRun, AColumnThatTheStoreLacksReadsAsMissing) {
  const Shop shop;
  std::string schema = testing::kSchema;
  schema.insert(schema.find("  points"), "  height number\n");
  shop.folder.write("schema.kitle", schema);
  shop.folder.write("segments.kitle",
                    "segment tall { height > 1.9 }\n"
                    "segment unknown { height is missing }\n");
  const auto engine = Engine::create(testing::good_rules(shop.folder.path()));
  for (const Tier tier : {Tier::kReference, Tier::kInterpreter, Tier::kAuto}) {
    const auto result = engine->run(shop.open(), {.now = kNow, .tier = tier});
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ(result->segments[0].members.size(), 0);
    EXPECT_EQ(result->segments[1].members.size(), 4);
  }
}

constexpr const char* kTooLarge =
    "segment fine { points > 15 }\n"
    "segment large { points * 9223372036854775807 * 9223372036854775807"
    " * 9223372036854775807 > 0 }\n"
    "segment both { in large and points > 100 }\n";

TEST(EngineRun, WhatCannotBeComputedLeavesItsSegmentsUndecided) {
  const Shop shop(kTooLarge);
  for (const Tier tier : {Tier::kReference, Tier::kInterpreter, Tier::kAuto}) {
    const RunResult result = shop.run({.tier = tier});
    EXPECT_FALSE(result.segments[0].undecided);
    EXPECT_EQ(result.segments[0].members.size(), 1);
    for (const size_t i : {size_t{1}, size_t{2}}) {
      EXPECT_TRUE(result.segments[i].undecided) << i;
      EXPECT_EQ(result.segments[i].members.size(), 0);
      EXPECT_EQ(result.segments[i].undecided_key, "C-1");
    }
  }
}

// ---- one profile ----

TEST(ProfileQuery, AnswersAsTheRunDoes) {
  const Shop shop;
  const RunResult expected = shop.run({.tier = Tier::kReference});
  const Store store = shop.open();
  auto query = shop.engine().prepare(store, kNow);
  ASSERT_TRUE(query) << query.error().message();
  std::vector<uint64_t> bits(query->words());
  for (uint32_t ordinal = 0; ordinal < store.profiles(); ++ordinal) {
    ASSERT_TRUE(query->evaluate(ordinal, bits).ok());
    for (size_t i = 0; i < expected.segments.size(); ++i) {
      EXPECT_EQ(((bits[i / 64] >> (i % 64)) & 1) != 0,
                expected.segments[i].members.contains(ordinal))
          << ordinal << " " << expected.segments[i].name;
    }
  }
}

TEST(ProfileQuery, MoreSegmentsThanAWordHas) {
  std::string segments;
  for (int i = 0; i < 130; ++i) {
    segments += "segment s" + std::to_string(i) + " { points > " +
                std::to_string(i - 100) + " }\n";
  }
  const Shop shop(segments);
  auto query = shop.engine().prepare(shop.open(), kNow);
  ASSERT_TRUE(query);
  ASSERT_EQ(query->words(), 3);
  std::vector<uint64_t> bits(3);
  const uint32_t ordinal = **shop.open().ordinal_of("C-2");  // has 20 points
  ASSERT_TRUE(query->evaluate(ordinal, bits).ok());
  for (size_t i = 0; i < 130; ++i) {
    EXPECT_EQ((bits[i / 64] >> (i % 64)) & 1, i < 120 ? 1 : 0) << i;
  }
}

TEST(ProfileQuery, AWrongOrdinalAndTooLittleRoomAreInvalid) {
  const Shop shop;
  auto query = shop.engine().prepare(shop.open(), kNow);
  ASSERT_TRUE(query);
  std::vector<uint64_t> bits(query->words());
  EXPECT_EQ(query->evaluate(4, bits).code(), StatusCode::kInvalid);
  EXPECT_EQ(query->evaluate(UINT32_MAX, bits).code(), StatusCode::kInvalid);
  EXPECT_EQ(query->evaluate(0, {}).code(), StatusCode::kInvalid);
}

TEST(ProfileQuery, AnUndecidedSegmentIsNamed) {
  const Shop shop(kTooLarge);
  const Store store = shop.open();
  auto query = shop.engine().prepare(store, kNow);
  ASSERT_TRUE(query);
  std::vector<uint64_t> bits(query->words());
  const Status status = query->evaluate(**store.ordinal_of("C-1"), bits);
  EXPECT_EQ(status.code(), StatusCode::kUnsupported);
  EXPECT_THAT(status.message(), HasSubstr("`large`"));
  // Nothing to multiply: this one can be decided.
  EXPECT_TRUE(query->evaluate(**store.ordinal_of("C,\"3\""), bits).ok());
}

TEST(ProfileQuery, OutlivesItsEngineAndStore) {
  const Shop shop;
  auto query = [&] { return shop.engine().prepare(shop.open(), kNow); }();
  ASSERT_TRUE(query);
  std::vector<uint64_t> bits(query->words());
  EXPECT_TRUE(query->evaluate(0, bits).ok());
}

}  // namespace
}  // namespace kitle
