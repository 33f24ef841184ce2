// Fits: made over a store, kept in files, chosen by instant.
#include "kitle/fit.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "kitle/why.h"
#include "tests/library/shop.h"

namespace kitle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kDay;
using testing::kNow;
using testing::Shop;

constexpr const char* kRanked = R"(
score rank for signed_up is present {
  spent: sum of purchase.amount, 2 bands by quantile
  rest: days since signed_up, 4 bands by quantile, less is better
  refit every 7 days
}
segment upper { rank.spent is 2 }
segment first { in top 25 percent by points }
segment both { in upper and in first }
segment plain { any purchase }
)";

std::vector<std::string> undecided(const RunResult& result) {
  std::vector<std::string> names;
  for (const SegmentResult& each : result.segments) {
    if (each.undecided) names.push_back(each.name);
  }
  return names;
}

RunResult run_at(const Shop& shop, int64_t now, Tier tier = Tier::kAuto) {
  const Rules rules = testing::good_rules(shop.folder.path());
  return testing::run_of(testing::engine_of(rules), shop.open(),
                         {.now = now, .tier = tier});
}

std::vector<FitResult> fitted(const Shop& shop, const FitOptions& options) {
  auto fits =
      fit(testing::good_rules(shop.folder.path()), shop.open(), options);
  EXPECT_TRUE(fits) << fits.error().message();
  return *fits;
}

void fit_and_keep(const Shop& shop, int64_t now) {
  const auto fits = fitted(shop, {.now = now});
  EXPECT_TRUE(keep_fits(shop.rules, fits).ok());
}

TEST(Fit, RanksEveryoneWithEqualValuesInOneBand) {
  const Shop shop(kRanked);
  const auto fits = fitted(shop, {.now = kNow});
  ASSERT_EQ(fits.size(), 2);
  EXPECT_EQ(fits[0].name, "rank");
  EXPECT_EQ(fits[0].path, "fits/rank.2026-02-28T210000Z.toml");
  // 0, 0, 120 and 530.50: the two at 0 have the rank 1.5 of 4.
  EXPECT_THAT(fits[0].dimensions[0].cuts, ElementsAre("0.00 TRY"));
  EXPECT_THAT(fits[0].dimensions[0].people, ElementsAre(2, 2));
  EXPECT_THAT(fits[0].dimensions[1].people, ElementsAre(1, 1, 1, 1));
  // -3, 10 and 20 of three who have points: ranks 1, 2 and 3 of 3 * 0.75.
  EXPECT_EQ(fits[1].name, "first.top");
  EXPECT_THAT(fits[1].dimensions[0].cuts, ElementsAre("10"));
}

TEST(Fit, IsMissingUntilItIsMade) {
  const Shop shop(kRanked);
  const RunResult before = run_at(shop, kNow);
  EXPECT_THAT(undecided(before), ElementsAre("upper", "first", "both"));
  EXPECT_THAT(before.segments[0].undecided_reason, HasSubstr("kitle fit"));
  const Rules rules = testing::good_rules(shop.folder.path());
  const auto query = Engine::create(rules)->prepare(shop.open(), kNow);
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().code(), StatusCode::kUnsupported);
  EXPECT_THAT(query.error().message(), HasSubstr("`rank` is not fitted"));
}

TEST(Fit, GivesEveryTierTheSameMembers) {
  const Shop shop(kRanked);
  fit_and_keep(shop, kNow);
  const RunResult reference = run_at(shop, kNow, Tier::kReference);
  EXPECT_THAT(undecided(reference), ElementsAre());
  EXPECT_EQ(reference.segments[0].members.size(), 2);
  EXPECT_EQ(reference.segments[1].members.size(), 1);
  const RunResult fast = run_at(shop, kNow, Tier::kInterpreter);
  for (size_t i = 0; i < fast.segments.size(); ++i) {
    EXPECT_EQ(fast.segments[i].members, reference.segments[i].members);
  }
}

TEST(Fit, TheNewestOneUntilNowCounts) {
  const Shop shop(kRanked);
  fit_and_keep(shop, kNow);
  EXPECT_THAT(undecided(run_at(shop, kNow - 1)),
              ElementsAre("upper", "first", "both"));
  EXPECT_TRUE(run_at(shop, kNow + 7 * kDay - 1).warnings.empty());
  const RunResult late = run_at(shop, kNow + 7 * kDay);
  EXPECT_TRUE(undecided(late).empty());
  ASSERT_EQ(late.warnings.size(), 1);
  EXPECT_THAT(late.warnings[0], HasSubstr("every 7 days"));
  fit_and_keep(shop, kNow + 8 * kDay);
  EXPECT_TRUE(run_at(shop, kNow + 9 * kDay).warnings.empty());
  // One engine is asked about both instants, one behind the other.
  const auto engine = Engine::create(testing::good_rules(shop.folder.path()));
  for (const int64_t now : {kNow, kNow + 9 * kDay, kNow - 1, kNow}) {
    const auto result = engine->run(shop.open(), {.now = now});
    ASSERT_TRUE(result);
    EXPECT_EQ(undecided(*result).empty(), now >= kNow);
  }
}

TEST(Fit, OldOnesAreSaidWhereTheyAreAskedFor) {
  const Shop shop(kRanked);
  fit_and_keep(shop, kNow);
  const Rules rules = testing::good_rules(shop.folder.path());
  const auto warnings = [&](const std::string& segment) {
    const auto result = Engine::create(rules)->run(
        shop.open(), {.now = kNow + 8 * kDay, .segments = {segment}});
    return result->warnings.size();
  };
  EXPECT_EQ(warnings("both"), 1);
  EXPECT_EQ(warnings("first"), 0);  // says no `refit`
  EXPECT_EQ(warnings("plain"), 0);
  WhyOptions asked{.key = "C-1", .segment = "both", .now = kNow + 8 * kDay};
  EXPECT_EQ(explain_person(rules, shop.open(), asked)->warnings.size(), 1);
  asked.segment = "plain";
  EXPECT_TRUE(explain_person(rules, shop.open(), asked)->warnings.empty());
}

TEST(Fit, OfStagesThoseBeforeAMissingOneAreExplained) {
  const Shop shop(R"(
score rank { spent: sum of purchase.amount, 2 bands by quantile }
stages parts {
  here  when city is "Ankara"
  upper when rank.spent is 2
  other otherwise
}
)");
  const Store store = shop.open();
  size_t explained = 0;
  size_t refused = 0;
  for (uint32_t ordinal = 0; ordinal < store.profiles(); ++ordinal) {
    WhyOptions asked{
        .key = *store.key_of(ordinal), .segment = "parts.here", .now = kNow};
    const auto here = explain_person(shop.rules, store, asked);
    asked.segment = "parts";
    const auto why = explain_person(shop.rules, store, asked);
    ASSERT_TRUE(here);
    ASSERT_EQ(why.has_value(), here->member);
    ++(why ? explained : refused);
    if (why) {
      EXPECT_EQ(why->segment, "parts.here");
    } else {
      EXPECT_EQ(why.error().code(), StatusCode::kUnsupported);
    }
  }
  EXPECT_GT(explained, 0u);
  EXPECT_GT(refused, 0u);
}

TEST(Fit, WhatIsDueIsMissingOrTooOld) {
  const Shop shop(kRanked);
  EXPECT_EQ(fitted(shop, {.now = kNow, .due = true}).size(), 2);
  fit_and_keep(shop, kNow);
  EXPECT_TRUE(fitted(shop, {.now = kNow, .due = true}).empty());
  const auto late = fitted(shop, {.now = kNow + 8 * kDay, .due = true});
  ASSERT_EQ(late.size(), 1);
  EXPECT_EQ(late[0].name, "rank");
}

TEST(Fit, AnotherDefinitionWantsAnotherFit) {
  const Shop shop(kRanked);
  fit_and_keep(shop, kNow);
  std::string text = kRanked;
  text.replace(text.find("2 bands"), 7, "3 bands");
  shop.folder.write("segments.kitle", text);
  const RunResult changed = run_at(shop, kNow);
  EXPECT_THAT(undecided(changed), ElementsAre("upper", "both"));
  EXPECT_THAT(changed.segments[0].undecided_reason,
              HasSubstr("before its definition changed"));
}

TEST(Fit, ADamagedFileIsAMistakeWithItsPlace) {
  const Shop shop(kRanked);
  const auto fits = fitted(shop, {.now = kNow});
  const std::string& path = fits[0].path;
  const auto check = [&](const std::string& from, const std::string& to) {
    std::string text = fits[0].text;
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    shop.folder.write(path, text.replace(at, from.size(), to));
    const auto rules = load_rules(shop.folder.path());
    EXPECT_EQ(rules->errors(), 1) << to;
    EXPECT_THAT(rules->diagnostics({}), HasSubstr("E0938")) << to;
    EXPECT_THAT(rules->diagnostics({}), HasSubstr(path)) << to;
  };
  check("kitle_fit = 1", "kitle_fit = 2");
  check("kitle_fit = 1", "");
  check("\"0.00 TRY\"", "\"1.00 TRY\", \"none\"");
  check("snapshot = ", "snapshot = -");
  check("\"0.00 TRY\"", "\"0 TRY\"");
  check("\"0.00 TRY\"", "\"0.00 USD\"");
  check("\"0.00 TRY\"", "\"0.00 TRY\", \"1.00 TRY\"");
  check("now = 2026-02-28T21:00:00Z", "now = 2026-02-28");
  check("people = [2, 2]", "people = [2, -2]");
  check("[dimensions.spent]", "[dimensions.spend]");
  check("[dimensions.spent]", "[dimensions.spent");
}

std::string nested(const std::string& percent) {
  return "score inner for in first { m: points, 2 bands by quantile }\n"
         "segment first { in top " +
         percent +
         " percent by points }\n"
         "segment best { inner.m is 2 }\n";
}

TEST(Fit, WhatItDependsOnIsPartOfItsDefinition) {
  const Shop shop(nested("25"));
  fit_and_keep(shop, kNow);
  EXPECT_TRUE(undecided(run_at(shop, kNow)).empty());
  shop.folder.write("segments.kitle", nested("60"));
  const auto due = fitted(shop, {.now = kNow, .due = true});
  EXPECT_EQ(due.size(), 2);
}

TEST(Fit, OtherFilesInItsFolderAreLeftAlone) {
  const Shop shop(kRanked);
  fit_and_keep(shop, kNow);
  shop.folder.write("fits/.hidden.toml", "no fit");
  shop.folder.write("fits/readme.txt", "no fit");
  std::filesystem::create_directories(shop.folder / "fits/folder.toml");
  EXPECT_TRUE(undecided(run_at(shop, kNow)).empty());
  const auto fits = fitted(shop, {.now = kNow});
  shop.folder.write("fits/copy.toml", fits[0].text);
  const auto rules = load_rules(shop.folder.path());
  EXPECT_EQ(rules->errors(), 1);
  EXPECT_THAT(rules->diagnostics({}), HasSubstr("another fit of `rank`"));
}

TEST(Fit, WithoutAPopulationThoseAreRankedWhoHaveAllValues) {
  const Shop shop(R"(
score rank {
  spent: sum of purchase.amount, 2 bands by quantile
  calm: points, 2 bands by quantile
}
segment has_spent { rank.spent >= 1 }
segment has_score { rank.score >= 2 }
segment pointed { points is present }
)");
  fit_and_keep(shop, kNow);
  const RunResult result = run_at(shop, kNow);
  EXPECT_EQ(result.segments[0].members, result.segments[2].members);
  EXPECT_EQ(result.segments[1].members, result.segments[2].members);
}

TEST(Fit, UnknownNamesAndMemory) {
  const Shop shop(kRanked);
  const auto unknown =
      fit(shop.rules, shop.open(), {.now = kNow, .names = {"rnk"}});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code(), StatusCode::kNotFound);
  EXPECT_THAT(unknown.error().message(), HasSubstr("did you mean `rank`"));
  const auto one = fitted(shop, {.now = kNow, .names = {"first.top"}});
  EXPECT_EQ(one.size(), 1);
  const Rules from_memory =
      load_rules(std::vector<RuleText>{{"kitle.toml", testing::kSettings},
                                       {"schema.kitle", testing::kSchema},
                                       {"rules.kitle", kRanked},
                                       {one[0].path, one[0].text}});
  ASSERT_TRUE(from_memory.ok()) << from_memory.diagnostics({});
  const auto result =
      Engine::create(from_memory)->run(shop.open(), {.now = kNow});
  EXPECT_THAT(undecided(*result), ElementsAre("upper", "both"));
  EXPECT_EQ(keep_fits(from_memory, one).code(), StatusCode::kInvalid);
}

TEST(Fit, EachBehindWhatItAsksFor) {
  const Shop shop(R"(
score second for rank.spent is 2 { calm: points, 2 bands by quantile }
score rank { spent: sum of purchase.amount, 2 bands by quantile }
segment one { second.calm is 2 }
)");
  const auto fits = fitted(shop, {.now = kNow});
  ASSERT_EQ(fits.size(), 2);
  EXPECT_EQ(fits[0].name, "rank");
  const auto alone = fit(testing::good_rules(shop.folder.path()), shop.open(),
                         {.now = kNow, .names = {"second"}});
  ASSERT_FALSE(alone);
  EXPECT_THAT(alone.error().message(), HasSubstr("`rank` is not fitted"));
  EXPECT_TRUE(keep_fits(shop.rules, fits).ok());
  EXPECT_TRUE(undecided(run_at(shop, kNow)).empty());
}

}  // namespace
}  // namespace kitle
