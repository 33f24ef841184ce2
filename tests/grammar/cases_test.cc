// Every case file of tests/cases/grammar reports exactly what it says, and
// every message of the parser has a case.
#include "tests/support/cases.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/syntax.h"

namespace kitle {
namespace {

using testing::case_files;
using testing::difference;
using testing::expected_codes;
using testing::parse_text;
using testing::read_file;
using testing::reported_codes;

class GrammarCase : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(GrammarCase, ReportsWhatItSays) {
  const std::string text = read_file(GetParam());
  const auto parsed = parse_text(text);
  const auto reported = reported_codes(parsed.diagnostics, parsed.sources, 0);
  EXPECT_EQ(difference(expected_codes(text), reported), "") << parsed.text();
}

// Whatever was skipped, reading went on to the end.
TEST_P(GrammarCase, IsReadToItsEnd) {
  const auto parsed = parse_text(read_file(GetParam()));
  ASSERT_FALSE(parsed.syntax.segments.empty());
  EXPECT_EQ(parsed.syntax.segments.back().name.text, "fine");
  EXPECT_NE(parsed.syntax.segments.back().condition, nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    Files, GrammarCase, ::testing::ValuesIn(case_files("grammar", ".kitle")),
    [](const ::testing::TestParamInfo<std::filesystem::path>& file) {
      return file.param.stem().string();
    });

// Rows that a case file cannot show; a test of this name does.
const std::set<std::string_view> kTestedElsewhere = {
    "E0101",  // Limits.AFileMayHaveOneMebibyte
    "E0102",  // BadBytes.InvalidUtf8IsNamed
    "E0103",  // BadBytes.ControlCharactersAreNamed
    "E0106",  // Limits.NestingIsBounded
    "E0186",  // Limits.LongSumsAndChainsAreBounded
    "E0196",  // FormatCheck.KeepsATextFromBeingDamaged
};

TEST(GrammarCases, EveryMessageHasOne) {
  std::set<std::string> shown;
  for (const auto& path : case_files("grammar", ".kitle")) {
    for (const std::string& place : expected_codes(read_file(path))) {
      shown.insert(place.substr(place.find(' ') + 1));
    }
  }
#define KITLE_DIAGNOSTIC(name, code, severity, title, help)           \
  if (testing::of_parser(code) && !kTestedElsewhere.contains(code)) { \
    EXPECT_TRUE(shown.contains(code)) << code << " has no case";      \
  }
#include "grammar/diagnostics.def"
#undef KITLE_DIAGNOSTIC
}

TEST(GrammarCases, EveryMessageIsFilledIn) {
  for (const auto& path : case_files("grammar", ".kitle")) {
    const auto parsed = parse_text(read_file(path));
    for (const Diagnostic& each : parsed.diagnostics.all()) {
      const std::string title = title_of(each);
      EXPECT_EQ(title.find("{0}"), title.npos) << title;
      EXPECT_EQ(title.find("{1}"), title.npos) << title;
      EXPECT_EQ(title.find("``"), title.npos) << title;
    }
  }
}

}  // namespace
}  // namespace kitle
