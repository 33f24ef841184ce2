// Bundles: what they answer, on every tier; what they do without machine code;
// what is refused.
#include "kitle/bundle.h"

#include <gmock/gmock.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "kitle/fit.h"
#include "service/bundle.h"
#include "tests/library/shop.h"

namespace kitle {
namespace {

using ::testing::AllOf;
using testing::expect_equal;
using ::testing::HasSubstr;
using testing::kDay;
using testing::kNow;
using testing::read_file;
using testing::run_of;
using testing::Shop;

std::string built(const Shop& shop, const Rules& rules, const Store* store) {
  std::string path = shop.folder / "all.kbundle";
  const auto report = build_bundle(
      rules, path, {.store = store, .cache_folder = shop.folder / "cache"});
  EXPECT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->bytes, read_file(path).size());
  return path;
}

Bundle opened(const std::string& path) {
  auto bundle = Bundle::open(path);
  EXPECT_TRUE(bundle) << bundle.error().message();
  return *bundle;
}

Bundle bundle_of(const Shop& shop) {
  const Store store = shop.open();
  return opened(built(shop, shop.rules, &store));
}

TEST(Bundle, AnswersAsItsRulesOnEveryTierThatItHas) {
  const Shop shop;
  const Store store = shop.open();
  const Bundle bundle = bundle_of(shop);
  const RunResult expected = shop.run({.tier = Tier::kReference});
  const Engine engine = Engine::create(bundle);
  for (const Tier tier : {Tier::kInterpreter, Tier::kAuto, Tier::kCompiled}) {
    if (tier == Tier::kCompiled && !bundle.no_machine_code().empty()) continue;
    const auto found = run_of(engine, store, {.now = kNow, .tier = tier});
    EXPECT_TRUE(tier == Tier::kAuto || found.tier == tier);
    expect_equal(found, expected);
  }
  const auto reference =
      engine.run(store, {.now = kNow, .tier = Tier::kReference});
  ASSERT_FALSE(reference);
  EXPECT_EQ(reference.error().code(), StatusCode::kUnsupported);
}

TEST(Bundle, KnowsWhatItsRulesKnow) {
  const Shop shop;
  const Store store = shop.open();
  const Bundle bundle = bundle_of(shop);
  EXPECT_EQ(bundle.name(), "shop");
  EXPECT_EQ(bundle.time_zone(), "Europe/Istanbul");
  ASSERT_EQ(bundle.segments().size(), 4);
  EXPECT_EQ(bundle.segments()[0].title, "Alıcılar");
  EXPECT_TRUE(bundle.has_segment("good"));
  EXPECT_FALSE(bundle.has_segment("bad"));
  EXPECT_FALSE(bundle.has_segment(""));
  EXPECT_EQ(bundle.instant("2026-03-01", &store), kNow);
  EXPECT_EQ(bundle.instant("2026-03-01"), kNow);
  EXPECT_EQ(bundle.local_time(kNow, &store), "2026-03-01 00:00:00");
  EXPECT_FALSE(bundle.instant("soon"));
}

TEST(Bundle, AnswersForOneProfile) {
  const Shop shop;
  const Store store = shop.open();
  const Engine engine = Engine::create(bundle_of(shop));
  auto expected = shop.engine().prepare(store, kNow);
  auto found = engine.prepare(store, kNow);
  ASSERT_TRUE(expected && found);
  for (uint32_t ordinal = 0; ordinal < store.profiles(); ++ordinal) {
    uint64_t ours = 0;
    uint64_t theirs = 0;
    EXPECT_TRUE(found->evaluate(ordinal, {&ours, 1}).ok());
    EXPECT_TRUE(expected->evaluate(ordinal, {&theirs, 1}).ok());
    EXPECT_EQ(ours, theirs);
  }
}

TEST(Bundle, AnswersChosenSegmentsInTheOrderOfDeclaration) {
  const Shop shop(R"(
segment buyers { any purchase }
private segment hidden { points > 5 }
stages life {
  bought when in buyers
  known when in hidden
  others otherwise
}
)");
  const Store store = shop.open();
  const Bundle bundle = bundle_of(shop);
  const Engine engine = Engine::create(bundle);
  ASSERT_EQ(bundle.stages().size(), 1);
  EXPECT_EQ(bundle.stages()[0].first, 1);
  EXPECT_EQ(bundle.stages()[0].count, 3);
  const bool has_code = bundle.no_machine_code().empty();
  for (const std::vector<std::string>& asked :
       {std::vector<std::string>{}, {"life"}, {"life.known"}, {"buyers"}}) {
    for (const Tier tier : {Tier::kInterpreter, Tier::kAuto, Tier::kCompiled}) {
      if (tier == Tier::kCompiled && !has_code) continue;
      const auto found =
          run_of(engine, store, {.now = kNow, .segments = asked, .tier = tier});
      EXPECT_TRUE(tier == Tier::kAuto || found.tier == tier);
      expect_equal(found, shop.run({.segments = asked}));
    }
  }
  const auto unknown =
      engine.run(store, {.now = kNow, .segments = {"life", "hidden"}});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code(), StatusCode::kNotFound);
  EXPECT_THAT(unknown.error().message(),
              AllOf(HasSubstr("all.kbundle"), HasSubstr("`hidden`")));
}

TEST(Bundle, MachineCodeOfAllRunsForMost) {
  const Shop shop;
  const Store store = shop.open();
  const Bundle bundle = bundle_of(shop);
  if (!bundle.no_machine_code().empty()) GTEST_SKIP();
  const Engine engine = Engine::create(bundle);
  const auto tier_of = [&](const std::vector<std::string>& asked, Tier tier) {
    return run_of(engine, store, {.now = kNow, .segments = asked, .tier = tier})
        .tier;
  };
  const std::vector<std::string> most = {"good", "newcomers", "everybody"};
  EXPECT_EQ(tier_of(most, Tier::kAuto), Tier::kCompiled);
  EXPECT_EQ(tier_of(most, Tier::kInterpreter), Tier::kInterpreter);
  EXPECT_EQ(tier_of({"buyers"}, Tier::kAuto), Tier::kInterpreter);
}

constexpr const char* kRanked = R"(
score rank for signed_up is present {
  spent: sum of purchase.amount, 2 bands by quantile
  refit every 7 days
}
segment upper { rank.spent is 2 }
segment first { in top 25 percent by points }
segment both { in upper and in first }
segment plain { any purchase }
)";

TEST(Bundle, HasTheFitsOfEveryInstant) {
  const Shop shop(kRanked);
  const Store store = shop.open();
  constexpr int64_t kFitted[] = {kNow - 300 * kDay, kNow - 10 * kDay};
  for (const int64_t now : kFitted) {
    const auto fits =
        fit(testing::good_rules(shop.folder.path()), store, {.now = now});
    ASSERT_TRUE(fits) << fits.error().message();
    ASSERT_TRUE(keep_fits(shop.rules, *fits).ok());
  }
  const Rules rules = testing::good_rules(shop.folder.path());
  const Bundle bundle = opened(built(shop, rules, &store));
  EXPECT_EQ(bundle.impl()->contents.periods.size(), 3);
  const Engine engine = Engine::create(bundle);
  const auto rules_engine = Engine::create(rules);
  for (const int64_t now :
       {INT64_C(0), kFitted[0] - 1, kFitted[0], kFitted[1] - 1, kFitted[1],
        kFitted[1] + 7 * kDay - 1, kNow}) {
    for (const auto& asked : {std::vector<std::string>{}, {"first"}}) {
      const RunOptions options{.now = now, .segments = asked};
      expect_equal(run_of(engine, store, options),
                   run_of(*rules_engine, store, options));
    }
  }
  expect_equal(
      run_of(engine, store, {.now = kNow, .fits_of = kFitted[0]}),
      run_of(*rules_engine, store, {.now = kNow, .fits_of = kFitted[0]}));
  const auto early = engine.prepare(store, 0);
  ASSERT_FALSE(early);
  EXPECT_THAT(early.error().message(), HasSubstr("is not fitted"));
}

// ---- machine code ----

Engine engine_on(const Bundle& bundle, std::optional<CpuLevel> cpu,
                 const std::string& build, std::string& why) {
  const auto impl = std::make_shared<const Bundle::Impl>(
      "all.kbundle", bundle.impl()->contents, cpu, build);
  why = impl->no_machine_code;
  return Engine::create(Bundle(impl));
}

TEST(Bundle, FallsBackToTheInterpreterAndSaysWhy) {
  const Shop shop;
  const Store store = shop.open();
  const Bundle bundle = bundle_of(shop);
  const BundleContents& contents = bundle.impl()->contents;
  if (contents.images.empty()) GTEST_SKIP() << "no machine code here";
  struct {
    std::optional<CpuLevel> cpu;
    std::string build;
    std::string why;
  } const cases[] = {
      {CpuLevel::kV4, "another", "another build of the runtime library"},
      {CpuLevel::kV4, "", "without an id"},
      {std::nullopt, contents.runtime_build, "older than x86-64-v3"},
  };
  for (const auto& each : cases) {
    std::string why;
    const Engine engine = engine_on(bundle, each.cpu, each.build, why);
    EXPECT_THAT(why, HasSubstr(each.why));
    const RunResult found = run_of(engine, store, {.now = kNow});
    EXPECT_EQ(found.tier, Tier::kInterpreter);
    expect_equal(found, shop.run({}));
    EXPECT_TRUE(engine.prepare(store, kNow));
    const auto compiled =
        engine.run(store, {.now = kNow, .tier = Tier::kCompiled});
    ASSERT_FALSE(compiled);
    EXPECT_EQ(compiled.error().code(), StatusCode::kUnsupported);
    EXPECT_THAT(compiled.error().message(),
                AllOf(HasSubstr("all.kbundle"), HasSubstr(each.why)));
  }
}

TEST(Bundle, TakesTheBestMachineCodeThatTheCpuRuns) {
  const Shop shop;
  const Store store = shop.open();
  const std::string path = shop.folder / "v3.kbundle";
  const auto report = build_bundle(
      shop.rules, path,
      {.store = &store, .cpus = {"x86-64-v3"}, .use_cache = false});
  if (!report) GTEST_SKIP() << report.error().message();
  const Bundle bundle = opened(path);
  if (!bundle.no_machine_code().empty()) GTEST_SKIP();
  expect_equal(run_of(Engine::create(bundle), store,
                      {.now = kNow, .tier = Tier::kCompiled}),
               shop.run({}));
  EXPECT_EQ(build_bundle(shop.rules, path, {.cpus = {"i486"}}).error().code(),
            StatusCode::kInvalid);
}

TEST(Bundle, OfAnotherStoresColumnsIsInterpreted) {
  const Shop shop;
  const Bundle bundle = bundle_of(shop);
  if (!bundle.no_machine_code().empty()) GTEST_SKIP();
  const Shop other;  // whose amounts need more bits
  other.folder.write(
      "data/orders.csv",
      std::string(testing::kOrders) +
          "A-4,C-4,2026-02-24T20:15:00+03:00,Ev,9000000000.00\n");
  other.ingest_again();
  const Store store = other.open();
  const Engine engine = Engine::create(bundle);
  const RunResult found = run_of(engine, store, {.now = kNow});
  EXPECT_EQ(found.tier, Tier::kInterpreter);
  expect_equal(found, other.run({}));
  const auto compiled =
      engine.run(store, {.now = kNow, .tier = Tier::kCompiled});
  ASSERT_FALSE(compiled);
  EXPECT_THAT(compiled.error().message(),
              HasSubstr("build it with this store"));
  EXPECT_TRUE(engine.prepare(store, kNow));
}

// ---- refusals ----

void expect_refused(const Bundle& bundle, const Store& store,
                    const std::string& why) {
  const Engine engine = Engine::create(bundle);
  const auto result = engine.run(store, {.now = kNow});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), StatusCode::kInvalid);
  EXPECT_THAT(result.error().message(),
              AllOf(HasSubstr("all.kbundle"), HasSubstr(why)));
  EXPECT_FALSE(engine.prepare(store, kNow));
}

// A store of the same data under other names or types.
Store store_with(const Shop& other, const char* file, std::string text,
                 const std::string& from, const std::string& to) {
  text.replace(text.find(from), from.size(), to);
  other.folder.write(file, text);
  std::filesystem::remove_all(other.folder / "store");
  const auto report = ingest(testing::good_rules(other.folder.path()), {});
  EXPECT_TRUE(report) << report.error().message();
  return other.open();
}

TEST(Bundle, RefusesAStoreThatItDoesNotFit) {
  const Shop shop;
  const Bundle bundle = bundle_of(shop);
  const Shop other("segment all { everyone }\n");
  expect_refused(bundle,
                 store_with(other, "kitle.toml", testing::kSettings,
                            "Europe/Istanbul", "Europe/Berlin"),
                 "time_zone Europe/Berlin, and the bundle is for "
                 "Europe/Istanbul");
  other.folder.write("kitle.toml", testing::kSettings);
  expect_refused(bundle,
                 store_with(other, "schema.kitle", testing::kSchema,
                            "amount money", "amount number"),
                 "`purchase.amount` as number, and the bundle reads money");
  std::string sources = testing::kSources;
  sources.replace(sources.find("    signed_up from"), 32, "");
  other.folder.write("sources.kitle", sources);
  expect_refused(bundle,
                 store_with(other, "schema.kitle", testing::kSchema,
                            "  signed_up time\n", ""),
                 "no `signed_up`, which the bundle reads");
}

uint64_t hash_of(const std::string& bytes) {
  return XXH3_64bits_withSeed(bytes.data() + 56, bytes.size() - 56,
                              XXH3_64bits(bytes.data(), 48));
}

std::string sealed(std::string bytes) {
  const uint64_t hash = hash_of(bytes);
  std::memcpy(bytes.data() + 48, &hash, sizeof hash);
  return bytes;
}

TEST(Bundle, OfAnotherVersionIsRefusedByItsName) {
  const Shop shop;
  std::string bytes = read_file(built(shop, shop.rules, nullptr));
  EXPECT_EQ(bytes, sealed(bytes));
  for (const size_t place : {8, 12}) {  // the format, that of programs
    std::string other = bytes;
    ++other[place];
    std::memcpy(other.data() + 16, "9.8.7", 6);
    const auto read = read_bundle(sealed(other), "old.kbundle");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), StatusCode::kNewer);
    EXPECT_THAT(read.error().message(),
                AllOf(HasSubstr("old.kbundle"), HasSubstr("Kitle 9.8.7"),
                      HasSubstr("build it again")));
  }
}

TEST(Bundle, DamageIsFoundWhereverItIs) {
  const Shop shop;
  const Store store = shop.open();
  const std::string bytes = read_file(built(shop, shop.rules, &store));
  ASSERT_TRUE(read_bundle(bytes, "a.kbundle"));
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] ^= 0x41;
    const auto read = read_bundle(damaged, "a.kbundle");
    ASSERT_FALSE(read) << "byte " << i;
    EXPECT_THAT(read.error().message(), HasSubstr("a.kbundle: "));
    EXPECT_FALSE(read_bundle(bytes.substr(0, i), ""));
  }
  EXPECT_FALSE(read_bundle(bytes + '\0', ""));
  EXPECT_EQ(Bundle::open(shop.folder / "none").error().code(),
            StatusCode::kNotFound);
}

// As if someone had written it so: what is accepted can be run.
TEST(Bundle, WhatHasARightChecksumStaysWithinItsBounds) {
  const Shop shop(kRanked);
  const Store store = shop.open();
  const std::string bytes = read_file(built(shop, shop.rules, nullptr));
  size_t accepted = 0;
  for (size_t i = 56; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] + (i % 2 == 0 ? 1 : 0x80));
    auto read = read_bundle(sealed(changed), "a.kbundle");
    if (!read) continue;
    ++accepted;
    const Bundle bundle(std::make_shared<const Bundle::Impl>(
        "a.kbundle", std::move(*read), std::nullopt, ""));
    const auto result = Engine::create(bundle).run(store, {.now = kNow});
    EXPECT_TRUE(!result || result->segments.size() == 4);
  }
  EXPECT_GT(accepted, 100);  // a name may be any
}

TEST(Bundle, IsWholeOrNotAtAll) {
  const Shop shop;
  EXPECT_EQ(build_bundle(shop.rules, shop.folder / "no/all.kbundle", {})
                .error()
                .code(),
            StatusCode::kNotFound);
  const auto mistaken = load_rules({{"a.kitle", "segment a {"}});
  EXPECT_EQ(build_bundle(mistaken, shop.folder / "a", {}).error().code(),
            StatusCode::kInvalid);
  EXPECT_FALSE(std::filesystem::exists(shop.folder / "a"));
}

TEST(BundleThreads, AreOpenedOnceAndAskedByMany) {
  const Shop shop;
  const Store store = shop.open();
  const Engine engine = Engine::create(bundle_of(shop));
  const RunResult expected = shop.run({});
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 4; ++round) {
        expect_equal(run_of(engine, store, {.now = kNow, .threads = 1}),
                     expected);
      }
    });
  }
}

}  // namespace
}  // namespace kitle
