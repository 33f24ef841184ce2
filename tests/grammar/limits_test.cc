// Texts of any size and any bytes: a clear error or the right tree, in work
// that is counted, not timed.
#include <gtest/gtest.h>

#include "grammar/cst.h"
#include "tests/support/syntax.h"

namespace kitle {
namespace {

using testing::parse_text;

std::string repeated(std::string_view text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

// Rules tried for each byte of a text; the densest of these take 60.
constexpr uint64_t kStepsPerByte = 100;

// What opens a level, a hundred thousand times, closed or not.
TEST(Limits, NestingIsBounded) {
  constexpr size_t kLevels = 100'000;
  const std::pair<const char*, const char*> kLevel[] = {
      {"(", ")"},
      {"not ", ""},
      {"!", ""},
      {"-", ""},
      {"in last 7 days (", ")"},
      {"any purchase where (", ")"},
      {"count of purchase where (", ")"},
      {"last (purchase where ", ")"},
      {"{", "}"},
      {"50 percent of ", ""},
      {"age of ", ""},
      {"days since ", ""}};
  for (const auto& [open, close] : kLevel) {
    for (const bool closed : {true, false}) {
      const std::string text = "segment s { " + repeated(open, kLevels / 10) +
                               "everyone" +
                               repeated(closed ? close : "", kLevels / 10) +
                               " }\nsegment fine { everyone }\n";
      const auto parsed = parse_text(text);
      EXPECT_NE(parsed.codes().find("E0106"), std::string::npos) << open;
      EXPECT_LE(parsed.diagnostics.all().size(), 4u) << open;
      EXPECT_LE(match_text(text).steps, kStepsPerByte * text.size()) << open;
    }
  }
  const auto parsed = parse_text("segment s { " + repeated("(", kLevels) +
                                 "everyone" + repeated(")", kLevels) + " }");
  EXPECT_EQ(parsed.codes(), "E0106");
}

// The number of docs/language.md and of the message, for whatever nests.
TEST(Limits, NestingMayBe120LevelsDeep) {
  const std::pair<const char*, const char*> kLevel[] = {
      {"(", ")"}, {"not ", ""}, {"-", ""}, {"age of ", ""}};
  for (const auto& [open, close] : kLevel) {
    const auto nested = [&](size_t levels) {
      return parse_text("segment s { " + repeated(open, levels) + "household" +
                        repeated(close, levels) + " }");
    };
    EXPECT_EQ(nested(kMaxNesting).codes(), "") << open;
    const auto deeper = nested(kMaxNesting + 1);
    ASSERT_EQ(deeper.codes(), "E0106") << open;
    EXPECT_EQ(title_of(deeper.diagnostics.all()[0]),
              "brackets, `not` and the like are nested deeper than 120 levels");
  }
}

TEST(Limits, KeysOfKeysMayBe120LevelsDeep) {
  const auto keys = [](size_t names) {
    return parse_text("segment s { sum of " + repeated("a of ", names) +
                      "purchase > 3 }");
  };
  EXPECT_EQ(keys(kMaxNesting).codes(), "");
  EXPECT_EQ(keys(kMaxNesting + 1).codes(), "E0106");
  EXPECT_EQ(keys(200'000).codes(), "E0106");
}

TEST(Limits, LongSumsAndChainsAreBounded) {
  const auto sum = [](size_t signs) {
    return parse_text("segment s { household " + repeated("+ 1 ", signs) +
                      "> 3 }");
  };
  EXPECT_EQ(sum(kMaxOperators).codes(), "");
  EXPECT_EQ(sum(kMaxOperators + 1).codes(), "E0186");
  EXPECT_EQ(sum(100'000).codes(), "E0186");
  const std::string chain =
      "segment s { everyone " + repeated("and everyone ", 50'000) + "}";
  EXPECT_EQ(parse_text(chain).codes(), "");
}

TEST(Limits, AFileMayHaveOneMebibyte) {
  std::string text = "segment s { everyone }\n";
  text += "#" + std::string(kMaxFileBytes - text.size() - 1, '-');
  EXPECT_EQ(parse_text(text).codes(), "");
  const auto parsed = parse_text(text + "-");
  EXPECT_EQ(parsed.codes(), "E0101");
  EXPECT_TRUE(parsed.syntax.segments.empty());
}

TEST(Limits, AMebibyteOfRulesIsReadInBoundedSteps) {
  const std::string rule =
      "segment s { any purchase where (category in {\"A\", \"B\"} and amount > "
      "5 TRY) after last call in last 30 days and not in t }\n";
  const std::string text = repeated(rule, kMaxFileBytes / rule.size());
  const Cst cst = match_text(text);
  EXPECT_LE(cst.steps, kStepsPerByte * text.size());
  EXPECT_LE(cst.nodes.size(), text.size());
  const auto parsed = parse_text(text);
  EXPECT_EQ(parsed.codes(), "");
  EXPECT_EQ(parsed.syntax.segments.size(), text.size() / rule.size());
}

// The same few bytes again and again, whatever they are.
TEST(Limits, NonsenseGivesBoundedReports) {
  constexpr size_t kBytes = 1u << 16;
  for (const char* nonsense : {"(",
                               ")",
                               "{",
                               "}",
                               "\"",
                               "'",
                               "`",
                               "and ",
                               "or\n",
                               "}\n",
                               "segment ",
                               "segment s {\n",
                               "segment s { any }\n",
                               "a",
                               "1",
                               "1.",
                               "?",
                               "é ",
                               "in last ",
                               "where ",
                               "x is \"a\" or \"b\" or ",
                               "}{",
                               ")(",
                               "#\n",
                               "\\",
                               "let x = {",
                               "source s {\n",
                               "table t \"\n",
                               "any a\nany b\n",
                               "\xC2\xA0",
                               "a, ",
                               "1,1"}) {
    for (const char* before :
         {"", "segment s { ", "let x = {", "source s {\n"}) {
      const std::string_view one = nonsense;
      const std::string text = before + repeated(one, kBytes / one.size());
      const auto parsed = parse_text(text);
      EXPECT_LE(parsed.diagnostics.all().size(), Diagnostics::kLimit);
      EXPECT_LE(match_text(text).steps, kStepsPerByte * text.size())
          << before << nonsense;
    }
  }
}

TEST(BadBytes, InvalidUtf8IsNamed) {
  const auto parsed = parse_text("segment s { city is \"\xFD\" }\n");
  EXPECT_EQ(parsed.codes(), "E0102");
  EXPECT_EQ(title_of(parsed.diagnostics.all()[0]),
            "byte 0xFD is not UTF-8 text");
  EXPECT_EQ(parsed.diagnostics.all()[0].span, (Span{0, 21, 22}));
  for (const char* text : {"\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                           "\xE2\x82", "\x80", "# \xFF", "\"\xFF\""}) {
    EXPECT_EQ(parse_text(text).codes(), "E0102") << text;
  }
}

TEST(BadBytes, ControlCharactersAreNamed) {
  const auto parsed = parse_text(std::string("segment s { \0 }\n", 16));
  EXPECT_EQ(parsed.codes(), "E0103");
  EXPECT_EQ(title_of(parsed.diagnostics.all()[0]),
            "a control character (U+0000) stands in the text");
  EXPECT_EQ(parse_text("# bell \x07").codes(), "E0103");
  EXPECT_EQ(parse_text("\x7F").codes(), "E0103");
}

TEST(BadBytes, AByteOrderMarkAndCarriageReturnsAreNothing) {
  const auto parsed = parse_text(
      "\xEF\xBB\xBFsegment s {\r\n  any call\r\n  and everyone\r\n}\r\n");
  EXPECT_EQ(parsed.codes(), "");
  EXPECT_EQ(print(parsed.syntax),
            "segment s\n  and\n    any\n      event call\n    everyone\n");
}

TEST(BadBytes, AMarkInTheMiddleIsAnOddSpace) {
  EXPECT_EQ(parse_text("segment s { any\xEF\xBB\xBF call }").codes(), "E0104");
  EXPECT_EQ(parse_text("segment s { any\xE2\x80\x8B call }").codes(), "E0104");
  EXPECT_EQ(parse_text("segment s { city is \"a\xC2\xA0z\" }").codes(), "");
  EXPECT_EQ(parse_text("# a\xC2\xA0z\n").codes(), "");
}

// Latin with Cyrillic or Greek letters in it, and what to write instead.
TEST(BadBytes, MixedScriptsAreNamed) {
  const auto parsed = parse_text("segment s { c\xD0\xBEuntry is \"TR\" }");
  ASSERT_EQ(parsed.codes(), "E0105");
  const Diagnostic& diagnostic = parsed.diagnostics.all()[0];
  EXPECT_EQ(title_of(diagnostic),
            "the name `c\xD0\xBEuntry` contains `\xD0\xBE` (U+043E CYRILLIC "
            "SMALL LETTER O)");
  EXPECT_EQ(diagnostic.mends[0].replacement, "country");
}

}  // namespace
}  // namespace kitle
