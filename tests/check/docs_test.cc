// The documentation is true: its examples are rules without a mistake.
#include <gtest/gtest.h>

#include <sstream>

#include "compiler/load.h"
#include "grammar/format.h"
#include "tests/support/cases.h"

namespace kitle {
namespace {

// The fenced blocks of a language, one after the other. What is between them
// is blank lines, so that places are those of the page.
std::string blocks(const std::string& page, const std::string& language) {
  std::istringstream lines(page);
  std::string found;
  std::string line;
  bool inside = false;
  while (std::getline(lines, line)) {
    const bool fence = line.starts_with("```");
    if (inside && !fence) found += line;
    found += '\n';
    if (fence) inside = !inside && line == "```" + language;
  }
  return found;
}

std::string page(const std::string& path) {
  return testing::read_file(std::string(KITLE_SOURCE_DIR "/") + path);
}

std::string mistakes(std::vector<RuleText> texts) {
  const LoadedRepository loaded = load_texts(std::move(texts), nullptr);
  return render(loaded.diagnostics, loaded.sources, DiagnosticFormat::kText,
                false);
}

// The fenced block of a language that begins so.
std::string block_of(const std::string& page, const std::string& language,
                     const std::string& begin) {
  const std::string open = "\n```" + language + "\n";
  const size_t at = page.find(open + begin) + open.size();
  return page.substr(at, page.find("```", at) - at);
}

// Its settings, rules, and the files that these name.
std::vector<RuleText> repository_of(const std::string& language,
                                    const std::string& rules) {
  return {{"kitle.toml", blocks(language, "toml")},
          {"docs/language.md", rules},
          {"toys.csv", block_of(language, "csv", "category")},
          {"vips.csv", "name,city\nAyşe,İzmir\n"},
          {"products.csv", block_of(language, "csv", "product,")}};
}

TEST(Docs, TheExamplesOfTheLanguageAreRules) {
  const std::string language = page("docs/language.md");
  const std::string rules = blocks(language, "kitle");
  EXPECT_GT(std::ranges::count(rules, '{'), 40);
  EXPECT_EQ(mistakes(repository_of(language, rules)), "");
}

// Each of the fenced blocks.
std::vector<std::string> each_block(const std::string& of) {
  std::vector<std::string> found;
  const std::string open = "\n```kitle\n";
  for (size_t at = of.find(open); at != of.npos; at = of.find(open, at)) {
    at += open.size();
    found.push_back(of.substr(at, of.find("```", at) - at));
  }
  return found;
}

TEST(Docs, TheExamplesAreFormatted) {
  const std::string language = page("docs/language.md");
  const LoadedRepository all =
      load_texts({{"rules.kitle", blocks(language, "kitle")}}, nullptr);
  const EventForms forms(all.syntax);
  size_t count = 0;
  for (const std::string& from : {language, page("README.md")}) {
    for (const std::string& block : each_block(from)) {
      SourceSet sources;
      sources.add("rules.kitle", block);
      Diagnostics diagnostics;
      EXPECT_EQ(format(sources, 0, forms, diagnostics), block);
      ++count;
    }
  }
  EXPECT_GT(count, 15u);
}

// README.md shows what docs/language.md explains.
TEST(Docs, TheExamplesOfTheReadmeAreRules) {
  const std::string language = page("docs/language.md");
  std::string rules = blocks(language, "kitle");
  const std::string readme = blocks(page("README.md"), "kitle");
  EXPECT_NE(readme.find("segment "), readme.npos);
  // Segments of the same name are the README's.
  for (size_t at = readme.find("segment "); at != readme.npos;
       at = readme.find("segment ", at + 1)) {
    const std::string name = readme.substr(at, readme.find(' ', at + 8) - at);
    const size_t twin = rules.find(name + " ");
    if (twin != rules.npos) rules.insert(twin + name.size(), "_of_language");
  }
  std::vector<RuleText> texts = repository_of(language, rules);
  texts.push_back({"README.md", readme});
  EXPECT_EQ(mistakes(std::move(texts)), "");
}

// Every exit code, setting and type that exists is in the page.
TEST(Docs, TheLanguagePageIsComplete) {
  const std::string language = page("docs/language.md");
  for (const char* word :
       {"`name`", "`time_zone`", "`locale`", "`currency`", "`currency_digits`",
        "`first_day_of_week`", "`store`", "`flag`", "`integer`", "`number`",
        "`money`", "`text`", "`code`", "`date`", "`time`", "`duration`",
        "`list of text`"}) {
    EXPECT_NE(language.find(std::string("| ") + word), language.npos) << word;
  }
}

}  // namespace
}  // namespace kitle
