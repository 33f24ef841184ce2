// Lints: every case file of tests/cases/lint finds exactly what it says, and
// every lint has a line that it finds and one beside it that it does not.
#include "compiler/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "compiler/standard_library.h"
#include "tests/check/case_shop.h"

namespace kitle {
namespace {

using testing::case_files;
using testing::case_schema;
using testing::difference;
using ::testing::HasSubstr;
using testing::read_file;

LoadedRepository load(const std::string& rules, const std::string& lint = "") {
  std::vector<RuleText> texts = {
      {"kitle.toml", "locale = \"tr\"\ncurrency = \"TRY\"\n" + lint},
      {"a.kitle", case_schema()},
      {"z.kitle", rules}};
  testing::add_tables(texts);
  return load_texts(std::move(texts), nullptr);
}

std::string shown(const LoadedRepository& loaded, const Diagnostics& found) {
  return render(found, loaded.sources, DiagnosticFormat::kText, false);
}

// "12 unused-let", of the last file.
std::vector<std::string> found_in(const LoadedRepository& loaded,
                                  const Diagnostics& found) {
  std::vector<std::string> all;
  for (const Diagnostic& each : found.all()) {
    const Position at =
        loaded.sources.position(each.span.file, each.span.begin);
    all.push_back(std::to_string(at.line) + " " +
                  std::string(info(each.id).code));
  }
  std::ranges::sort(all);
  return all;
}

// What lines say behind `# finds:`.
std::vector<std::string> expected(const std::string& text) {
  constexpr std::string_view kMark = "# finds:";
  std::vector<std::string> all;
  std::istringstream lines(text);
  std::string line;
  for (size_t number = 1; std::getline(lines, line); ++number) {
    const size_t mark = line.find(kMark);
    if (mark == std::string::npos) continue;
    std::istringstream names(line.substr(mark + kMark.size()));
    std::string name;
    while (names >> name) all.push_back(std::to_string(number) + " " + name);
  }
  std::ranges::sort(all);
  return all;
}

// `# level NAME LEVEL` at the top, as kitle.toml says it.
std::string levels_of(const std::string& text) {
  std::string levels;
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line) && line.starts_with("#")) {
    std::istringstream words(line);
    std::string sign;
    std::string word;
    std::string name;
    std::string level;
    words >> sign >> word >> name >> level;
    if (word == "level") levels += name + " = \"" + level + "\"\n";
  }
  return levels.empty() ? "" : "[lint]\n" + levels;
}

class LintCase : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(LintCase, FindsWhatItSays) {
  const std::string text = read_file(GetParam());
  const LoadedRepository loaded = load(text, levels_of(text));
  ASSERT_EQ(loaded.diagnostics.errors(), 0u)
      << shown(loaded, loaded.diagnostics);
  const Diagnostics found = lint(loaded, {});
  EXPECT_EQ(difference(expected(text), found_in(loaded, found)), "")
      << shown(loaded, found);
}

INSTANTIATE_TEST_SUITE_P(
    Files, LintCase, ::testing::ValuesIn(case_files("lint", ".kitle")),
    [](const ::testing::TestParamInfo<std::filesystem::path>& file) {
      return file.param.stem().string();
    });

TEST(Lint, EachHasACase) {
  std::set<std::string> shown;
  for (const auto& path : case_files("lint", ".kitle")) {
    for (const std::string& place : expected(read_file(path))) {
      shown.insert(place.substr(place.find(' ') + 1));
    }
  }
  for (const DiagnosticId id : all_lints()) {
    EXPECT_TRUE(shown.contains(std::string(info(id).code))) << info(id).code;
  }
  EXPECT_EQ(shown.size(), all_lints().size());
}

TEST(Lint, MessagesAreFilledIn) {
  for (const auto& path : case_files("lint", ".kitle")) {
    const LoadedRepository loaded = load(read_file(path));
    const Diagnostics found = lint(loaded, {});
    for (const Diagnostic& each : found.all()) {
      EXPECT_THAT(title_of(each), ::testing::Not(HasSubstr("``")));
      EXPECT_THAT(title_of(each), ::testing::Not(HasSubstr("{0}")));
    }
  }
}

TEST(Lint, LevelsAreThoseOfTheRepositoryAndThenOfTheCaller) {
  const std::string rules = "let spare = 3\nsegment a { any call }\n";
  const LoadedRepository plain = load(rules);
  EXPECT_EQ(lint(plain, {}).warnings(), 1u);
  const LoadedRepository off = load(rules, "[lint]\nunused-let = \"off\"\n");
  EXPECT_TRUE(lint(off, {}).all().empty());
  const LoadedRepository error =
      load(rules, "[lint]\nunused-let = \"error\"\n");
  EXPECT_EQ(lint(error, {}).errors(), 1u);
  EXPECT_THAT(shown(error, lint(error, {})), HasSubstr("error unused-let: "));
  EXPECT_EQ(lint(error, {{"unused-let", LintLevel::kNote}}).notes(), 1u);
  EXPECT_EQ(lint(error, {{"unused-let", LintLevel::kNote}}).errors(), 0u);
}

TEST(Lint, LevelsHaveNamesThatAreKnown) {
  const auto codes = [](const std::string& lint) {
    std::string all;
    const LoadedRepository loaded = load("", lint);
    for (const Diagnostic& each : loaded.diagnostics.all()) {
      all += std::string(info(each.id).code) + " ";
    }
    return all;
  };
  EXPECT_EQ(codes("[lint]\nunused-lte = \"off\"\n"), "E0709 ");
  EXPECT_EQ(codes("[lint]\nunused-let = \"of\"\n"), "E0708 ");
  EXPECT_EQ(codes("[lint]\nunused-let = 3\n"), "E0703 ");
  EXPECT_EQ(codes("lint = \"off\"\n"), "E0703 ");
}

TEST(Lint, AReasonIsMoreThanTheWord) {
  const LoadedRepository loaded = load(
      "# lint: allow is-not-missing because\n"
      "segment a { city is not \"Ankara\" }\n");
  EXPECT_EQ(
      found_in(loaded, lint(loaded, {})),
      (std::vector<std::string>{"1 allow-without-reason", "2 is-not-missing"}));
}

// Libraries as a file of the repository; what they declare is linted.
TEST(Lint, TheStandardLibraryIsClean) {
  for (const std::string& name : standard_libraries()) {
    const std::string text(*standard_library(name));
    const bool of_people = name == "std.life_cycle" || name == "std.buyers";
    std::string parameters = "call, purchase";
    if (of_people) parameters = "purchase, signed_up";
    if (name == "std.rfm") parameters = "purchase, purchase.amount";
    if (name == "std.birthdays") parameters = "birth_date";
    const LoadedRepository loaded =
        load_texts({{"kitle.toml", "locale = \"tr\"\ncurrency = \"TRY\"\n"},
                    {"a.kitle", case_schema()},
                    {"lib/standard.kitle", text},
                    {"z.kitle", "use \"lib/standard.kitle\" with " +
                                    parameters + " as it\n"}},
                   nullptr);
    ASSERT_EQ(loaded.diagnostics.errors(), 0u)
        << name << shown(loaded, loaded.diagnostics);
    const Diagnostics found = lint(loaded, {});
    EXPECT_TRUE(found.all().empty()) << name << shown(loaded, found);
  }
}

}  // namespace
}  // namespace kitle
