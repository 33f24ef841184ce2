// Every case file of tests/cases/check reports exactly what it says, and every
// message of the checker has a case.
#include "tests/support/cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "compiler/lint.h"
#include "tests/check/case_shop.h"

namespace kitle {
namespace {

using testing::case_files;
using testing::difference;
using testing::expected_codes;
using testing::read_file;
using testing::reported_codes;

// A second file, which keeps something to itself.
constexpr char kElsewhere[] = "private let elsewhere_only = {\"A\"}\n";

// The case is the last file.
LoadedRepository load_case(const std::filesystem::path& path) {
  std::string text = read_file(path);
  std::vector<RuleText> texts;
  if (path.extension() == ".toml") {
    texts.push_back({"kitle.toml", text});
    return load_texts(std::move(texts), nullptr);
  }
  bool own = text.find("profile ") != std::string::npos ||
             text.find("# without the base schema") != std::string::npos;
  if (text.find("# without settings") == std::string::npos) {
    texts.push_back({"kitle.toml", testing::kCaseSettings});
  }
  bool base = path.filename() == "base.kitle";
  if (!own && !base) texts.push_back({"a.kitle", testing::case_schema()});
  texts.push_back({"elsewhere.kitle", kElsewhere});
  texts.push_back({"z.kitle", text});
  return testing::load_case_texts(std::move(texts));
}

std::vector<std::filesystem::path> all_cases() {
  auto files = case_files("check", ".kitle");
  for (const auto& file : case_files("check", ".toml")) files.push_back(file);
  return files;
}

class CheckCase : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(CheckCase, ReportsWhatItSays) {
  LoadedRepository loaded = load_case(GetParam());
  uint32_t file = 0;  // the last one but for those that it names
  for (uint32_t i = 0; i < loaded.sources.size(); ++i) {
    const std::string& path = loaded.sources.file(i).path;
    const bool named = path.ends_with(".csv") || path.starts_with("std") ||
                       loaded.sources.call_of(i).has_value();
    if (!named) file = i;
  }
  auto expected = expected_codes(loaded.sources.file(file).text);
  auto reported = reported_codes(loaded.diagnostics, loaded.sources, file);
  EXPECT_EQ(difference(expected, reported), "") << render(
      loaded.diagnostics, loaded.sources, DiagnosticFormat::kText, false);
}

INSTANTIATE_TEST_SUITE_P(
    Files, CheckCase, ::testing::ValuesIn(all_cases()),
    [](const ::testing::TestParamInfo<std::filesystem::path>& file) {
      return file.param.stem().string() +
             (file.param.extension() == ".toml" ? "_toml" : "");
    });

// Rows that no file of a usual size can show; a test of this name does.
const std::set<std::string_view> kTestedElsewhere = {
    "E0217",  // Limits.LetsThatDoubleAreStopped
    "E0218",  // Limits.DeepSegmentsAreStopped
    "E1115",  // Limits.TestsThatTellTooMuchAreStopped
    "E0234",  // Libraries.TemplatesThatGrowFastAreStopped
    "E0938",  // Fit.ADamagedFileIsAMistakeWithItsPlace
    "E0711",  // Catalogues.MistakesAreReportedInTheirPlace
    "E0712",  // the same
    "E0713",  // the same
    "E0714",  // the same
    "E0803",  // TableFiles: places in files that rules name
    "E0807",  // the same
    "E0812",  // the same
};

TEST(CheckCases, EveryMessageHasOne) {
  std::set<std::string> shown;
  for (const auto& path : all_cases()) {
    for (const std::string& place : expected_codes(read_file(path))) {
      shown.insert(place.substr(place.find(' ') + 1));
    }
  }
#define KITLE_DIAGNOSTIC(name, code, severity, title, help)      \
  if (!testing::of_parser(code) && !is_lint(code) &&             \
      !kTestedElsewhere.contains(code)) {                        \
    EXPECT_TRUE(shown.contains(code)) << code << " has no case"; \
  }
#include "grammar/diagnostics.def"
#undef KITLE_DIAGNOSTIC
}

TEST(CheckCases, EveryMessageOfTheCheckerIsFilledIn) {
  for (const auto& path : all_cases()) {
    LoadedRepository loaded = load_case(path);
    for (const Diagnostic& diagnostic : loaded.diagnostics.all()) {
      std::string title = title_of(diagnostic);
      EXPECT_THAT(title, ::testing::Not(::testing::HasSubstr("{0}"))) << title;
      EXPECT_THAT(title, ::testing::Not(::testing::HasSubstr("{1}"))) << title;
      EXPECT_THAT(title, ::testing::Not(::testing::HasSubstr("``"))) << title;
    }
  }
}

TEST(CheckCases, TwentyMistakesGiveTwentyDiagnostics) {
  LoadedRepository loaded =
      load_case(KITLE_SOURCE_DIR "/tests/cases/check/twenty_mistakes.kitle");
  EXPECT_EQ(loaded.diagnostics.errors(), 20u);
  EXPECT_EQ(loaded.repository.segments.size(), 4u);
}

}  // namespace
}  // namespace kitle
