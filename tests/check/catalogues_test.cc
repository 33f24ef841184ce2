// Catalogues of libraries: titles and actions in other languages, what is wrong
// with them, and that the standard library's are whole.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "compiler/load.h"
#include "compiler/standard_library.h"
#include "compiler/toml_places.h"
#include "grammar/parse.h"

namespace kitle {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr char kSchema[] =
    "profile customer { id code key, city text, joined time }\n"
    "event purchase { product code, amount money }\n";
constexpr char kLibrary[] =
    "library mine(what event)\n"
    "segment mine \"Mine\" { any what }\n"
    "stages groups \"Groups\" {\n"
    "  new \"New\" when any what in last 7 days\n"
    "  lost \"Lost\" otherwise\n"
    "}\n"
    "score value \"Value\" for any what {\n"
    "  often: count of what, 2 bands by cuts {3}\n"
    "}\n";

std::string shown(const LoadedRepository& loaded) {
  return render(loaded.diagnostics, loaded.sources, DiagnosticFormat::kText,
                false);
}

// A repository whose library has these catalogues, by their language.
LoadedRepository load(const std::string& locale,
                      const std::map<std::string, std::string>& catalogues) {
  std::vector<RuleText> texts{
      {"kitle.toml", "currency = \"TRY\"\nlocale = \"" + locale + "\"\n"},
      {"a.kitle", kSchema},
      {"lib/mine.kitle", kLibrary},
      {"z.kitle", "use \"lib/mine.kitle\" with purchase as my\n"}};
  for (const auto& [language, text] : catalogues) {
    texts.push_back({"lib/mine." + language + ".toml", text});
  }
  return load_texts(std::move(texts), nullptr);
}

std::string titles(const LoadedRepository& loaded) {
  EXPECT_EQ(shown(loaded), "");
  std::string all;
  for (const TypedSegment& each : loaded.repository.segments) {
    all += each.title + ", ";
  }
  for (const TypedStages& each : loaded.repository.stages) all += each.title;
  return all;
}

const std::string kTurkish =
    "[mine]\ntitle = \"Benimkiler\"\naction = \"Kutlayın.\"\n"
    "[groups]\ntitle = \"Gruplar\"\n"
    "[groups.lost]\ntitle = \"Kaybedilenler\"\naction = \"Bırakın.\"\n"
    "[value]\ntitle = \"Değer\"\n";

TEST(Catalogues, GiveTitlesAndActionsInTheLocale) {
  const LoadedRepository loaded = load("tr", {{"tr", kTurkish}});
  EXPECT_EQ(titles(loaded), "Benimkiler, New, Kaybedilenler, Gruplar");
  EXPECT_THAT(loaded.actions, ElementsAre(Pair("my", "Kutlayın."),
                                          Pair("my_groups.lost", "Bırakın.")));
}

TEST(Catalogues, TheCountryOfALocaleDoesNotMatter) {
  EXPECT_EQ(titles(load("tr-TR", {{"tr", kTurkish}})),
            "Benimkiler, New, Kaybedilenler, Gruplar");
}

TEST(Catalogues, AnotherLanguageHasTheEnglishOneOrWhatIsWritten) {
  const std::string english = "[mine]\ntitle = \"Ours\"\n";
  EXPECT_EQ(titles(load("de", {{"tr", kTurkish}})), "Mine, New, Lost, Groups");
  EXPECT_EQ(titles(load("de", {{"tr", kTurkish}, {"en", english}})),
            "Ours, New, Lost, Groups");
  EXPECT_EQ(titles(load("tr", {{"tr", kTurkish}, {"en", english}})),
            "Benimkiler, New, Kaybedilenler, Gruplar");
}

// "2 E0201 titel", and the mend in brackets.
std::vector<std::string> mistakes(const std::string& catalogue) {
  const LoadedRepository loaded = load("tr", {{"tr", catalogue}});
  std::vector<std::string> found;
  for (const Diagnostic& each : loaded.diagnostics.all()) {
    const SourceFile& file = loaded.sources.file(each.span.file);
    EXPECT_EQ(file.path, "lib/mine.tr.toml") << shown(loaded);
    const auto at = loaded.sources.position(each.span.file, each.span.begin);
    found.push_back(fmt::format(
        "{} {} {}{}", at.line, info(each.id).code,
        loaded.sources.text(each.span),
        each.mends.empty() ? "" : " (" + each.mends[0].replacement + ")"));
  }
  return found;
}

TEST(Catalogues, MistakesAreReportedInTheirPlace) {
  EXPECT_THAT(mistakes("[mien]\ntitle = \"a\"\n"),
              ElementsAre("1 E0712 mien (mine)"));
  EXPECT_THAT(mistakes("[groups]\n[groups.lots]\ntitle = \"a\"\n"),
              ElementsAre("2 E0221 lots (lost)"));
  EXPECT_THAT(mistakes("[mine]\ntitel = \"a\"\n"),
              ElementsAre("2 E0713 titel (title)"));
  EXPECT_THAT(mistakes("[mine]\ntitle = 3\n"), ElementsAre("2 E0714 3"));
  EXPECT_THAT(mistakes("[mine]\naction = [\"a\"]\n"),
              ElementsAre("2 E0714 [\"a\"]"));
  EXPECT_THAT(mistakes("mine = \"a\"\n"), ElementsAre("1 E0714 \"a\""));
  EXPECT_THAT(mistakes("[mine]\ntitle = \"\"\n"), ElementsAre("2 E0714 \"\""));
  EXPECT_THAT(mistakes("[mine]\ntitle = \"a\\nb\"\n"),
              ElementsAre("2 E0714 \"a\\nb\""));
  EXPECT_THAT(mistakes("[value]\naction = \"a\"\n"),
              ElementsAre("2 E0713 action"));
  EXPECT_THAT(mistakes("[groups]\naction = \"a\"\n"),
              ElementsAre("2 E0713 action"));
  const auto broken = mistakes("[mine]\ntitle = \"a\n");
  ASSERT_EQ(broken.size(), 1u);
  EXPECT_TRUE(broken[0].starts_with("2 E0711")) << broken[0];
}

TEST(Catalogues, ThoseOfOtherLanguagesAreCheckedToo) {
  const LoadedRepository loaded =
      load("tr", {{"tr", kTurkish},
                  {"de", "[mien]\ntitle = \"Meine\"\n"},
                  {"en", "[mine]\ntitle = \"Ours\"\naction = 3\n"},
                  {"backup", "[mien]\n"}});
  std::vector<std::string> found;
  for (const Diagnostic& each : loaded.diagnostics.all()) {
    found.push_back(fmt::format(
        "{} {}", loaded.sources.file(each.span.file).path, info(each.id).code));
  }
  EXPECT_THAT(found,
              ElementsAre("lib/mine.de.toml E0712", "lib/mine.en.toml E0714"));
  const LoadedRepository sound =
      load("tr", {{"tr", kTurkish}, {"de", "[mine]\ntitle = \"Meine\"\n"}});
  EXPECT_EQ(titles(sound), "Benimkiler, New, Kaybedilenler, Gruplar");
}

// ---- the standard library ----

// What a library declares: "groups", "groups.lost", with the title written.
std::map<std::string, std::string> declared(const std::string& name) {
  SourceSet sources;
  Diagnostics diagnostics;
  Syntax syntax;
  parse(sources, sources.add(name, std::string(*standard_library(name))),
        syntax, diagnostics);
  std::map<std::string, std::string> all;
  for (const auto& each : syntax.segments) all[each.name.text] = each.title;
  for (const auto& each : syntax.personas) all[each.name.text] = each.title;
  for (const auto& each : syntax.scores) all[each.name.text] = each.title;
  for (const auto& each : syntax.stages) {
    all[each.name.text] = each.title;
    for (const auto& stage : each.stages) {
      all[each.name.text + "." + stage.name.text] = stage.title;
    }
  }
  return all;
}

// "groups.lost" and "title" or "action", with the text.
using Texts = std::map<std::pair<std::string, std::string>, std::string>;

void collect(const toml::table& table, const std::string& name, Texts& texts) {
  for (auto&& [key, value] : table) {
    const std::string here(key.str());
    const auto* inner = value.as_table();
    if (inner != nullptr) {
      collect(*inner, name.empty() ? here : name + "." + here, texts);
    } else {
      texts[{name, here}] = *value.value_exact<std::string>();
    }
  }
}

Texts catalogue(const std::string& library, std::string_view language) {
  const auto text = standard_catalogue(library, language);
  if (!text) return {};
  const toml::parse_result parsed = toml::parse(*text);
  Texts texts;
  if (parsed) collect(parsed.table(), "", texts);
  return texts;
}

class StandardCatalogue : public ::testing::TestWithParam<std::string> {};

TEST_P(StandardCatalogue, NamesWhatTheLibraryDeclares) {
  const Texts english = catalogue(GetParam(), "en");
  std::map<std::string, std::string> titles;
  for (const auto& [of, text] : english) {
    if (of.second == "title") titles[of.first] = text;
  }
  EXPECT_EQ(titles, declared(GetParam()));
}

TEST_P(StandardCatalogue, SaysTheSameInTurkish) {
  const Texts english = catalogue(GetParam(), "en");
  const Texts turkish = catalogue(GetParam(), "tr");
  ASSERT_FALSE(english.empty());
  for (const auto& [of, text] : english) {
    const auto found = turkish.find(of);
    ASSERT_NE(found, turkish.end()) << of.first << " " << of.second;
    EXPECT_NE(found->second, text) << of.first << " " << of.second;
  }
  EXPECT_EQ(turkish.size(), english.size());
}

// Scores have no members, and stages as a whole have those of each.
TEST_P(StandardCatalogue, SaysWhatToDoAboutMembers) {
  const Texts english = catalogue(GetParam(), "en");
  const auto all = declared(GetParam());
  for (const auto& [name, title] : all) {
    const bool stages = std::ranges::any_of(all, [&](const auto& each) {
      return each.first.starts_with(name + ".");
    });
    const bool score = name == "rfm" || name == "e_rfm";
    EXPECT_EQ(english.contains({name, "action"}), !stages && !score) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, StandardCatalogue,
                         ::testing::ValuesIn(standard_libraries()),
                         [](const auto& each) {
                           return each.param.substr(sizeof("std.") - 1);
                         });

TEST(Catalogues, TheElevenGroupsHaveActionsInBothLanguages) {
  for (const char* locale : {"tr", "en"}) {
    const LoadedRepository loaded = load_texts(
        {{"kitle.toml",
          "currency = \"TRY\"\nlocale = \"" + std::string(locale) + "\"\n"},
         {"a.kitle", kSchema},
         {"z.kitle", "use std.rfm with purchase, purchase.amount as value\n"}},
        nullptr);
    EXPECT_EQ(shown(loaded), "");
    ASSERT_EQ(loaded.repository.segments.size(), 12u);
    for (const TypedSegment& each : loaded.repository.segments) {
      EXPECT_TRUE(loaded.actions.contains(each.name)) << each.name;
    }
    EXPECT_EQ(loaded.repository.segments[1].title,
              std::string(locale) == "tr" ? "Şampiyonlar" : "Champions");
  }
}

}  // namespace
}  // namespace kitle
