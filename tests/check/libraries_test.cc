// Library files: those of a repository, and the standard library's texts.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/load.h"
#include "compiler/standard_library.h"
#include "grammar/format.h"

namespace kitle {
namespace {

constexpr char kSchema[] =
    "profile customer { id code key, city text, joined time }\n"
    "event purchase { product code, amount money }\n";

std::string shown(const LoadedRepository& loaded) {
  return render(loaded.diagnostics, loaded.sources, DiagnosticFormat::kText,
                false);
}

LoadedRepository load(const std::string& library, const std::string& rules) {
  return load_texts({{"kitle.toml", "currency = \"TRY\"\n"},
                     {"a.kitle", kSchema},
                     {"lib/mine.kitle", library},
                     {"z.kitle", rules}},
                    nullptr);
}

TEST(Libraries, OfTheRepositoryAreUsedByTheirPath) {
  const LoadedRepository loaded = load(
      "library mine(what event, value property of what money,\n"
      "  place attribute text, least money = 5 TRY, places list of text)\n"
      "let enough = least + 1 TRY\n"
      "template over(limit money) { sum of what.value > limit }\n"
      "segment mine { over(enough) and place in places }\n"
      "segment rest { not in mine and any what where value < least }\n",
      "use \"lib/mine.kitle\" with purchase, purchase.amount, city,\n"
      "  places {\"a\"} as first\n"
      "use \"lib/mine.kitle\" with purchase, purchase.amount, city, 9 TRY,\n"
      "  {\"b\"} as second\n"
      "segment last { in first or in second_rest }\n");
  EXPECT_EQ(shown(loaded), "");
  std::string names;
  for (const TypedSegment& each : loaded.repository.segments) {
    names += each.name + " ";
  }
  EXPECT_EQ(names, "last first first_rest second second_rest ");
}

// What its user gives may be the user's own.
TEST(Libraries, KeepWhatIsPrivateToThemselves) {
  const LoadedRepository loaded = load(
      "library mine(what event, value property of what money,\n"
      "  period duration, least money)\n"
      "private let enough = least + 1 TRY\n"
      "private template over(limit money) { sum of what.value > limit }\n"
      "private segment helper { any what in last period }\n"
      "private persona fan {\n"
      "  look back period\n"
      "  1 point for what\n"
      "  member when points > 3\n"
      "}\n"
      "segment mine { in helper and over(enough) and fan.points > 2 }\n",
      "private let grace = 9 days\n"
      "private let dear = 9 TRY\n"
      "use \"lib/mine.kitle\" with purchase, purchase.amount, grace, dear "
      "as first\n"
      "segment good { in first }\n"
      "segment bad { in first_helper or first_over(dear) }\n");
  std::string found;
  for (const Diagnostic& each : loaded.diagnostics.all()) {
    found += fmt::format("{} {}\n", info(each.id).code, each.args.at(0));
    EXPECT_EQ(each.args.at(1), "lib/mine.kitle");
    EXPECT_EQ(loaded.sources.file(each.span.file).path, "z.kitle");
  }
  EXPECT_EQ(found, "E0241 first_helper\nE0241 first_over\n") << shown(loaded);
}

TEST(Libraries, MayHaveScoresAndPersonas) {
  const LoadedRepository loaded = load(
      "library mine(what event, value property of what money,\n"
      "  kind property of what code, back duration = 30 days, age duration)\n"
      "persona mine {\n"
      "  look back 30 days\n"
      "  1 point for each different kind of what\n"
      "  1 point per 100 TRY of what.value\n"
      "  2 points when value.worth > 3\n"
      "  member when points > 3\n"
      "}\n"
      "score value for any what in last back {\n"
      "  worth: sum of what.value, 5 bands by quantile\n"
      "  often: count of what, 2 bands by cuts {3}\n"
      "}\n"
      "segment best { value.score > 6 and mine.points > 2 and in mine }\n",
      "use \"lib/mine.kitle\" with purchase, purchase.amount,\n"
      "  purchase.product, age 3 days as first\n"
      "segment last { first_value.worth is 5 and in first_best }\n");
  ASSERT_EQ(loaded.diagnostics.errors(), 0u) << shown(loaded);
  EXPECT_EQ(loaded.diagnostics.all().size(), 1u) << shown(loaded);
  EXPECT_EQ(info(loaded.diagnostics.all().front().id).code, "W0108");
  ASSERT_EQ(loaded.repository.fits.size(), 1u);
  EXPECT_EQ(loaded.repository.fits[0].name, "first_value");
  EXPECT_EQ(loaded.repository.personas[0].name, "first");
}

TEST(Libraries, MistakesShowTheLibraryAndTheUse) {
  const LoadedRepository loaded =
      load("library mine(what event)\nsegment mine { any what where a is 3 }\n",
           "use \"lib/mine.kitle\" with purchase as first\n");
  ASSERT_EQ(loaded.diagnostics.all().size(), 1u) << shown(loaded);
  const Diagnostic& made = loaded.diagnostics.all().front();
  EXPECT_EQ(loaded.sources.file(made.span.file).path, "lib/mine.kitle");
  ASSERT_FALSE(made.labels.empty());
  EXPECT_EQ(loaded.sources.file(made.labels.back().span.file).path, "z.kitle");
  EXPECT_EQ(made.labels.back().text, "called here");
}

TEST(Libraries, OneThatIsNotUsedDeclaresNothing) {
  const LoadedRepository loaded =
      load("library mine(what event)\nsegment mine { any what }\n", "");
  EXPECT_EQ(shown(loaded), "");
  EXPECT_TRUE(loaded.repository.segments.empty());
}

// Mistakes of a template's body stand in the template once, with the call.
TEST(Libraries, MistakesOfATemplateShowTheCall) {
  const LoadedRepository loaded =
      load("",
           "template t(p duration) { no purchse in last p }\n"
           "segment a { t(3 days) }\nsegment b { t(4 days) }\n");
  ASSERT_EQ(loaded.diagnostics.all().size(), 1u) << shown(loaded);
  const Diagnostic& made = loaded.diagnostics.all().front();
  EXPECT_EQ(loaded.sources.position(made.span.file, made.span.begin).line, 1u);
  ASSERT_EQ(made.labels.size(), 1u);
  const Span call = made.labels.front().span;
  EXPECT_EQ(loaded.sources.text(call), "t(3 days)");
}

TEST(Libraries, TemplatesThatGrowFastAreStopped) {
  std::string rules = "template t0(c flag) { c and c and c and c and c }\n";
  for (int i = 1; i < 15; ++i) {
    rules += fmt::format("template t{}(c flag) {{ t{}(t{}(t{}(c))) }}\n", i,
                         i - 1, i - 1, i - 1);
  }
  const LoadedRepository loaded =
      load("", rules + "segment s { t14(any purchase) }\n");
  ASSERT_GE(loaded.diagnostics.errors(), 1u);
  EXPECT_EQ(info(loaded.diagnostics.all().front().id).code, "E0234");
}

TEST(Libraries, TemplatesThatNestDeepAreStopped) {
  std::string rules = "template t0(c flag) { not c }\n";
  for (int i = 1; i < 15; ++i) {
    rules += fmt::format("template t{}(c flag) {{ t{}(t{}(c)) }}\n", i, i - 1,
                         i - 1);
  }
  const LoadedRepository loaded =
      load("", rules + "segment s { t14(any purchase) }\n");
  ASSERT_GE(loaded.diagnostics.errors(), 1u);
  EXPECT_EQ(info(loaded.diagnostics.all().front().id).code, "E0234");
}

TEST(Libraries, TheStandardOnesAreFormatted) {
  ASSERT_GE(standard_libraries().size(), 2u);
  for (const std::string& name : standard_libraries()) {
    SourceSet sources;
    sources.add(name, std::string(*standard_library(name)));
    Diagnostics diagnostics;
    EXPECT_EQ(format(sources, 0, EventForms(Syntax{}), diagnostics),
              *standard_library(name))
        << name;
  }
}

}  // namespace
}  // namespace kitle
