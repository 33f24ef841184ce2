// The Turkish messages: every one is there, with the same places and the same
// words of the language; and what messages say in places is Turkish, too.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <set>

#include "compiler/lint.h"
#include "grammar/translate.h"
#include "tests/check/case_shop.h"

namespace kitle {
namespace {

using testing::case_files;
using testing::read_file;

constexpr auto kTurkish = MessageLanguage::kTurkish;

std::vector<DiagnosticId> all_ids() {
  return {
#define KITLE_DIAGNOSTIC(name, code, severity, title, help) DiagnosticId::name,
#include "grammar/diagnostics.def"
#undef KITLE_DIAGNOSTIC
  };
}

// What stands between two signs, or in braces with one digit.
std::set<std::string> between(std::string_view text, char sign) {
  std::set<std::string> found;
  size_t open = text.find(sign);
  while (open != std::string_view::npos) {
    const size_t close = text.find(sign, open + 1);
    if (close == std::string_view::npos) break;
    found.emplace(text.substr(open + 1, close - open - 1));
    open = text.find(sign, close + 1);
  }
  return found;
}

std::set<std::string> places(std::string_view text) {
  std::set<std::string> found;
  for (size_t at = 0; at + 2 < text.size(); ++at) {
    const bool place = text[at] == '{' && text[at + 2] == '}' &&
                       std::isdigit(text[at + 1] & 0x7f) != 0;
    if (place) found.emplace(text.substr(at, 3));
  }
  return found;
}

TEST(Turkish, EveryMessageIsThere) {
  for (const DiagnosticId id : all_ids()) {
    EXPECT_NE(translation_of(kTurkish, id), nullptr)
        << info(id).code << " " << info(id).name
        << " has no row in grammar/diagnostics_tr.def";
  }
}

TEST(Turkish, MessagesHaveTheSamePlacesAndWordsOfTheLanguage) {
  for (const DiagnosticId id : all_ids()) {
    const DiagnosticInfo& english = info(id);
    const DiagnosticInfo* turkish = translation_of(kTurkish, id);
    if (turkish == nullptr) continue;  // said above
    EXPECT_EQ(places(turkish->title), places(english.title)) << english.code;
    EXPECT_EQ(between(turkish->title, '`'), between(english.title, '`'))
        << english.code;
    EXPECT_EQ(between(turkish->help, '`'), between(english.help, '`'))
        << english.code;
  }
}

// What is no code may not be the English text.
TEST(Turkish, MessagesAreNotEnglish) {
  constexpr std::string_view kEnglish[] = {" the ", " is ",  " of ",   " and ",
                                           " not ", " are ", " with ", " a "};
  for (const DiagnosticId id : all_ids()) {
    const DiagnosticInfo* row = translation_of(kTurkish, id);
    if (row == nullptr || info(id).help == row->help) continue;
    std::string words = " ";
    bool code = false;
    for (const char c :
         std::string(row->title) + " " + std::string(row->help)) {
      if (c == '`' || c == '"') code = !code;
      if (!code) words += c;
    }
    for (const std::string_view each : kEnglish) {
      EXPECT_EQ(words.find(each), std::string::npos)
          << info(id).code << each << words;
    }
  }
}

// ---- what is said beside the titles ----

LoadedRepository load_case(const std::filesystem::path& path) {
  std::vector<RuleText> texts{{"kitle.toml", testing::kCaseSettings}};
  const std::string text = read_file(path);
  if (text.find("profile ") == std::string::npos) {
    texts.push_back({"a.kitle", testing::case_schema()});
  }
  texts.push_back({"z.kitle", text});
  return testing::load_case_texts(std::move(texts));
}

// An argument that is words: it stands outside of quotes in the title.
bool is_words(std::string_view title, size_t argument) {
  const size_t at = title.find("{" + std::to_string(argument) + "}");
  if (at == std::string_view::npos) return false;
  const std::string_view before = title.substr(0, at);
  return std::ranges::count(before, '`') % 2 == 0 &&
         std::ranges::count(before, '"') % 2 == 0;
}

// Whose arguments are names and what is written, maybe with words of the
// language between them.
bool is_of_names(DiagnosticId id) {
  switch (id) {
    case DiagnosticId::kForeignLetter:
    case DiagnosticId::kCycle:
    case DiagnosticId::kGroupCycle:
    case DiagnosticId::kStagesAlone:
    case DiagnosticId::kArgumentCount:
    case DiagnosticId::kArgumentKind:
    case DiagnosticId::kNoSuchTime:
    case DiagnosticId::kSettingRange:
    case DiagnosticId::kHalvingDays:
    case DiagnosticId::kPointsPer:
    case DiagnosticId::kScoreCode:
    case DiagnosticId::kCaseWidth:
    case DiagnosticId::kNotCommon:
      return true;
    default:
      return false;
  }
}

void collect(const Diagnostic& each, std::set<std::string>& english) {
  const auto ask = [&](const std::string& phrase) {
    if (phrase.empty() || has_phrase(kTurkish, phrase)) return;
    english.insert(std::string(info(each.id).code) + " " + phrase);
  };
  const bool of_others =  // RE2 and toml++ say in English what is wrong
      each.id == DiagnosticId::kBadPattern ||
      each.id == DiagnosticId::kTomlSyntax;
  for (size_t i = 0; i < each.args.size(); ++i) {
    const bool asked = !of_others && !is_of_names(each.id);
    if (asked && is_words(info(each.id).title, i)) ask(each.args[i]);
  }
  if (is_of_names(each.id)) return;
  ask(each.label);
  for (const Label& label : each.labels) ask(label.text);
  for (const Mend& mend : each.mends) ask(mend.text);
}

void collect(const LoadedRepository& loaded, std::set<std::string>& english) {
  for (const Diagnostic& each : loaded.diagnostics.all()) {
    collect(each, english);
  }
  if (loaded.diagnostics.errors() > 0) return;
  const Diagnostics found = lint(loaded, {});
  for (const Diagnostic& each : found.all()) collect(each, english);
}

TEST(Turkish, LabelsMendsAndArgumentsAreTranslated) {
  std::set<std::string> english;
  for (const DiagnosticId id : all_ids()) {
    const DiagnosticExample* example = example_of(info(id).code);
    if (example == nullptr || example->wrong.empty()) {
      if (example != nullptr && !has_phrase(kTurkish, example->what_it_takes))
        english.emplace(example->what_it_takes);
      continue;
    }
    collect(testing::load_example(*example, example->wrong), english);
  }
  for (const char* folder : {"check", "grammar", "lint"}) {
    for (const auto& path : case_files(folder, ".kitle")) {
      collect(load_case(path), english);
    }
  }
  EXPECT_TRUE(english.empty())
      << "these have no row in grammar/phrases_tr.def"
      << fmt::format(":\n{}\n", fmt::join(english, "\n"));
}

// Names are not words, even where they are called like some.
TEST(Turkish, NamesAndCodeStayAsTheyAre) {
  Diagnostics made;
  made.add(DiagnosticId::kUnknownName, {}, {"window"})
      .with_label("did you mean `a time`?");
  EXPECT_EQ(title_of(made.all()[0], kTurkish), "`window` adında bir şey yok");
  EXPECT_EQ(translated(kTurkish, made.all()[0]).label,
            "şunu mu demek istediniz: `a time`?");
  made.add(DiagnosticId::kCannotCompare, {},
           {"age", "an integer", "city", "a text"});
  EXPECT_EQ(title_of(made.all()[1], kTurkish),
            "`age` (bir tam sayı) ile `city` (bir metin) karşılaştırılamaz");
}

TEST(Turkish, EachFormIsTurkishWithTheSameCodes) {
  SourceSet sources;
  sources.add("a.kitle", "segment a { citty is present }\n");
  Diagnostics made;
  made.add(DiagnosticId::kUnknownName, {0, 12, 17}, {"citty"})
      .with_mend({0, 12, 17}, "city", "write `city`");
  const auto as = [&](DiagnosticFormat format) {
    return render(made, sources, {.format = format, .language = kTurkish});
  };
  EXPECT_EQ(
      as(DiagnosticFormat::kText),
      "hata E0201: `citty` adında bir şey yok\n"
      "  --> a.kitle:1:13\n"
      "   |\n"
      " 1 | segment a { citty is present }\n"
      "   |             ^^^^^\n"
      "düzeltme: `city` yazın\n"
      "yardım: Tek başına bir ad, profilin bir özniteliği ya da bir `let` "
      "olur.\n"
      "        Öznitelikler schema.kitle içinde bildirilir.\n\n");
  EXPECT_THAT(as(DiagnosticFormat::kJson),
              ::testing::AllOf(::testing::HasSubstr("\"severity\": \"error\""),
                               ::testing::HasSubstr("adında bir şey yok")));
  EXPECT_THAT(as(DiagnosticFormat::kSarif),
              ::testing::AllOf(::testing::HasSubstr("\"ruleId\": \"E0201\""),
                               ::testing::HasSubstr("adında bir şey yok")));
  EXPECT_THAT(as(DiagnosticFormat::kGithub),
              ::testing::AllOf(::testing::StartsWith("::error file=a.kitle"),
                               ::testing::HasSubstr("düzeltme: `city` yazın")));
}

}  // namespace
}  // namespace kitle
