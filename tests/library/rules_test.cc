// Loading rules, showing them, and reading instants.
#include <gmock/gmock.h>

#include "tests/library/shop.h"

namespace kitle {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::TempFolder;

TEST(LoadRules, AGoodRepositoryNamesItsSegmentsInOrder) {
  const TempFolder folder;
  testing::write_shop(folder);
  const Rules rules = testing::good_rules(folder.path());
  ASSERT_EQ(rules.segments().size(), 4);
  EXPECT_EQ(rules.segments()[0].name, "buyers");
  EXPECT_EQ(rules.segments()[0].title, "Alıcılar");
  EXPECT_EQ(rules.segments()[1].title, "good");  // the name: no title is there
  EXPECT_EQ(rules.name(), "shop");
  EXPECT_EQ(rules.time_zone(), "Europe/Istanbul");
  EXPECT_EQ(rules.store_folder(), folder / "store");
  EXPECT_EQ(rules.warnings(), 0);
}

TEST(LoadRules, LanguagesHaveTheNamesOfLocales) {
  for (const char* name : {"tr", "tr_TR", "tr_TR.UTF-8", "tr-TR", "tr@euro"}) {
    EXPECT_EQ(language_named(name), Language::kTurkish) << name;
  }
  EXPECT_EQ(language_named("en_GB.UTF-8"), Language::kEnglish);
  for (const char* name : {"", "C", "C.UTF-8", "trk", "de_DE"}) {
    EXPECT_EQ(language_named(name), std::nullopt) << name;
  }
  EXPECT_THAT(explain_diagnostic("E0201", Language::kTurkish),
              HasSubstr("Düzeltilmişi:"));
}

TEST(LoadRules, AFolderInsideFindsTheRepository) {
  const TempFolder folder;
  testing::write_shop(folder);
  EXPECT_EQ(testing::good_rules(folder / "data").segments().size(), 4);
}

TEST(LoadRules, EveryMistakeIsReportedAndNothingCanRun) {
  const TempFolder folder;
  testing::write_shop(folder,
                      "segment a { no purchse ever }\n"
                      "segment b { citty is \"x\" }\n"
                      "segment c { points > 3 TRY }\n");
  const auto rules = load_rules(folder.path());
  ASSERT_TRUE(rules);
  EXPECT_FALSE(rules->ok());
  EXPECT_EQ(rules->errors(), 3);
  EXPECT_TRUE(rules->segments().empty());
  const std::string text = rules->diagnostics({});
  EXPECT_THAT(text, HasSubstr("segments.kitle:1:"));
  EXPECT_THAT(text, HasSubstr("did you mean `purchase`?"));
  EXPECT_THAT(text, HasSubstr("segments.kitle:3:"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b[")));
  EXPECT_THAT(rules->diagnostics({.colour = true}), HasSubstr("\x1b["));
  using Format = DiagnosticStyle::Format;
  EXPECT_THAT(rules->diagnostics({.format = Format::kJson}),
              HasSubstr("\"code\""));
  EXPECT_THAT(rules->diagnostics({.format = Format::kSarif, .folder = "a b/"}),
              HasSubstr("\"uri\": \"a%20b/"));
  EXPECT_THAT(rules->diagnostics({.format = Format::kGithub, .folder = "ci/"}),
              StartsWith("::error file=ci/"));
  const std::string turkish =
      rules->diagnostics({.language = Language::kTurkish});
  EXPECT_THAT(turkish, HasSubstr("şunu mu demek istediniz: `purchase`?"));
  EXPECT_THAT(turkish, Not(HasSubstr("did you mean")));
  const auto engine = Engine::create(*rules);
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().code(), StatusCode::kInvalid);
}

TEST(LoadRules, NoFolderAndNoRepositoryAreNotFound) {
  const TempFolder folder;
  for (const std::string& path : {folder.path(), folder / "nowhere"}) {
    const auto rules = load_rules(path);
    ASSERT_FALSE(rules) << path;
    EXPECT_EQ(rules.error().code(), StatusCode::kNotFound);
  }
}

TEST(LoadRules, TextsFromMemoryAreARepository) {
  const Rules rules =
      load_rules({{"kitle.toml", testing::kSettings},
                  {"schema.kitle", testing::kSchema},
                  {"s.kitle", "segment one { points is missing }"}});
  ASSERT_TRUE(rules.ok()) << rules.diagnostics({});
  EXPECT_EQ(rules.folder(), "");
  EXPECT_EQ(rules.segments().size(), 1);
}

TEST(LoadRules, FurtherTextsStandBehindTheFiles) {
  const TempFolder folder;
  testing::write_shop(folder);
  LoadOptions options;
  options.more = {{"(typed)", "segment typed { in buyers }"}};
  const auto rules = load_rules(folder.path(), options);
  ASSERT_TRUE(rules);
  ASSERT_TRUE(rules->ok()) << rules->diagnostics({});
  EXPECT_EQ(rules->segments().back().name, "typed");
}

TEST(LoadRules, ValuesThatTheStoreHasSeenServeSuggestions) {
  const testing::Shop shop;
  const Store store = shop.open();
  LoadOptions options;
  options.seen = &store;
  options.more = {
      {"(typed)",
       "segment typed { any purchase where category is \"Kitab\" }"}};
  const auto rules = load_rules(shop.folder.path(), options);
  ASSERT_TRUE(rules && rules->ok());
  EXPECT_EQ(rules->warnings(), 1);
  EXPECT_THAT(rules->diagnostics({}), HasSubstr("Kitap"));
}

TEST(Explain, EveryStageShowsTheSegment) {
  const TempFolder folder;
  testing::write_shop(folder);
  const Rules rules = testing::good_rules(folder.path());
  for (const Stage stage : {Stage::kSyntax, Stage::kTyped, Stage::kPlan,
                            Stage::kProgram, Stage::kCode}) {
    const auto all = rules.explain(stage, "");
    const auto one = rules.explain(stage, "good");
    ASSERT_TRUE(all && one) << static_cast<int>(stage);
    EXPECT_FALSE(one->empty());
    EXPECT_GT(all->size(), one->size()) << static_cast<int>(stage);
  }
}

TEST(Explain, AnUnknownSegmentComesWithTheNearest) {
  const TempFolder folder;
  testing::write_shop(folder);
  const auto text =
      testing::good_rules(folder.path()).explain(Stage::kTyped, "bayers");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code(), StatusCode::kNotFound);
  EXPECT_THAT(text.error().message(), HasSubstr("did you mean `buyers`?"));
}

TEST(Explain, ValuesOfPersonalAttributesAreNotShown) {
  const TempFolder folder;
  testing::write_shop(folder,
                      "segment s { email is \"secret@example.com\" }\n");
  const Rules rules = testing::good_rules(folder.path());
  for (const Stage stage :
       {Stage::kTyped, Stage::kPlan, Stage::kProgram, Stage::kCode}) {
    const auto text = rules.explain(stage, "");
    ASSERT_TRUE(text);
    EXPECT_THAT(*text, Not(HasSubstr("secret"))) << static_cast<int>(stage);
  }
}

TEST(ExplainDiagnostic, KnowsCodesAndOnlyThose) {
  EXPECT_THAT(explain_diagnostic("E0201"), HasSubstr("E0201: "));
  EXPECT_THAT(explain_diagnostic("E0201"), Not(HasSubstr("{0}")));
  EXPECT_EQ(explain_diagnostic("E9999"), "");
}

TEST(NearestName, IsNearOrNothing) {
  EXPECT_EQ(nearest_name("rum", {"size", "run"}), "run");
  EXPECT_EQ(nearest_name("elephant", {"size", "run"}), "");
}

// ---- instants ----

Rules rules_in(const std::string& zone) {
  return load_rules(
      {{"kitle.toml", "name = \"x\"\ntime_zone = \"" + zone + "\"\n"},
       {"schema.kitle", "profile customer { id code key }"}});
}

std::string utc_of(const Rules& rules, const std::string& written) {
  const auto instant = rules.instant(written);
  if (!instant) return "";
  return rules_in("UTC").local_time(*instant);
}

TEST(Instant, IsADateALocalTimeOrRfc3339) {
  const Rules rules = rules_in("Europe/Istanbul");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"2026-03-01", "2026-02-28 21:00:00"},
      {"2026-03-01 12:00", "2026-03-01 09:00:00"},
      {"2026-03-01 12:00:59", "2026-03-01 09:00:59"},
      {"2026-03-01T12:00", "2026-03-01 09:00:00"},
      {"2026-03-01T12:00:00Z", "2026-03-01 12:00:00"},
      {"2026-03-01T12:00:00z", "2026-03-01 12:00:00"},
      {"2026-03-01T12:00:00+05:30", "2026-03-01 06:30:00"},
      {"2026-03-01T23:00:00-02:00", "2026-03-02 01:00:00"},
      {"2024-02-29", "2024-02-28 21:00:00"},
      {"1969-12-31T23:59:59Z", "1969-12-31 23:59:59"},
  };
  for (const auto& [written, utc] : cases) {
    EXPECT_EQ(utc_of(rules, written), utc) << written;
  }
  EXPECT_EQ(*rules.instant("2026-03-01"), testing::kNow);
  EXPECT_EQ(*rules.instant("1970-01-01T00:00:00.25Z"), 250'000);
  EXPECT_EQ(*rules.instant("1970-01-01T00:00:00.123456789Z"), 123'456);
}

TEST(Instant, ALocalTimeInTheGapMovesToItsEndAndOneTwiceIsTheEarlier) {
  const Rules rules = rules_in("Europe/Berlin");
  EXPECT_EQ(utc_of(rules, "2026-03-29 01:59"), "2026-03-29 00:59:00");
  EXPECT_EQ(utc_of(rules, "2026-03-29 02:30"), "2026-03-29 01:00:00");
  EXPECT_EQ(utc_of(rules, "2026-03-29 03:00"), "2026-03-29 01:00:00");
  EXPECT_EQ(utc_of(rules, "2026-10-25 02:30"), "2026-10-25 00:30:00");
  EXPECT_EQ(utc_of(rules, "2026-10-25 03:00"), "2026-10-25 02:00:00");
}

TEST(Instant, AnythingElseIsRefusedWithTheForms) {
  const Rules rules = rules_in("UTC");
  for (const char* written : {"",
                              "today",
                              "2026-3-1",
                              "01.03.2026",
                              "2026-02-29",
                              "2026-13-01",
                              "2026-00-10",
                              "2026-01-00",
                              "2026-01-32",
                              "2026-03-01 24:00",
                              "2026-03-01 12",
                              "2026-03-01 12:60",
                              "2026-03-01T12:00:00+25:00",
                              "2026-03-01 12:00:00.",
                              "2026-03-01 12:00 x",
                              "2026-03-01Z",
                              "+026-1-1",
                              "-026-01-01",
                              "0000-01-01",
                              "2026-03-01T12:00:00+0300"}) {
    const auto instant = rules.instant(written);
    ASSERT_FALSE(instant) << written;
    EXPECT_EQ(instant.error().code(), StatusCode::kInvalid);
    EXPECT_THAT(instant.error().message(), HasSubstr("2026-03-01 12:00"));
  }
}

TEST(LocalTime, IsInTheRepositorysZone) {
  EXPECT_EQ(rules_in("Europe/Istanbul").local_time(testing::kNow),
            "2026-03-01 00:00:00");
  EXPECT_EQ(rules_in("America/New_York").local_time(testing::kNow),
            "2026-02-28 16:00:00");
}

// The zone's bytes are of the store: what the machine's files say of the
// rules' zone plays no part.
TEST(Instant, AFractionOfASecondIsShownWhereThereIsOne) {
  const Rules rules = rules_in("UTC");
  EXPECT_EQ(rules.local_time(250'000), "1970-01-01 00:00:00.250000");
  EXPECT_EQ(rules.local_time(-1), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(rules.local_time(1'000'000), "1970-01-01 00:00:01");
}

TEST(Instant, WithAStoreIsInTheZoneThatTheStorePinned) {
  const testing::Shop shop;  // in Istanbul
  const Store store = shop.open();
  const Rules rules = rules_in("America/New_York");
  EXPECT_EQ(*rules.instant("2026-03-01", &store), testing::kNow);
  EXPECT_NE(*rules.instant("2026-03-01"), testing::kNow);
  EXPECT_EQ(rules.local_time(testing::kNow, &store), "2026-03-01 00:00:00");
}

TEST(Rules, StagesStandTogetherInTheOrderOfDeclaration) {
  const Rules rules = load_rules(
      {{"kitle.toml", testing::kSettings},
       {"schema.kitle", testing::kSchema},
       {"a.kitle",
        "segment buyers { any purchase }\n"
        "stages life \"Life\" {\n  new \"New\" when no purchase\n  old "
        "otherwise\n}\nsegment lost { life is old }\n"}});
  ASSERT_TRUE(rules.ok()) << rules.diagnostics({});
  ASSERT_EQ(rules.segments().size(), 4);
  EXPECT_EQ(rules.segments()[0].stages, "");
  EXPECT_EQ(rules.segments()[1].name, "life.new");
  EXPECT_EQ(rules.segments()[1].title, "New");
  EXPECT_EQ(rules.segments()[1].stages, "life");
  EXPECT_EQ(rules.segments()[2].title, "life.old");
  EXPECT_EQ(rules.segments()[3].name, "lost");
  ASSERT_EQ(rules.stages().size(), 1);
  EXPECT_EQ(rules.stages()[0].title, "Life");
  EXPECT_EQ(rules.stages()[0].first, 1);
  EXPECT_EQ(rules.stages()[0].count, 2);
  const auto all = rules.explain(Stage::kTyped, "life");
  const auto one = rules.explain(Stage::kPlan, "life.old");
  ASSERT_TRUE(all && one);
  EXPECT_NE(all->find("segment life.new"), all->npos);
  EXPECT_NE(one->find("life.old = "), one->npos);
  EXPECT_EQ(one->find("life.new = "), one->npos);
}

}  // namespace
}  // namespace kitle
