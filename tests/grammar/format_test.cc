// The formatter, on texts in and texts out (tests/cases/format), and on every
// rule text that this repository has: formatting it twice changes nothing, and
// what it says stays.
#include "grammar/format.h"

#include <gtest/gtest.h>

#include "tests/support/cases.h"
#include "tests/support/format.h"
#include "tests/support/syntax.h"

namespace kitle {
namespace {

using testing::case_files;
using testing::comments_in;
using testing::formatted_alone;
using testing::parse_text;
using testing::read_file;
using testing::rule_texts;

// Between `=== what it shows` and `--->` the text, below it what it becomes:
// `(same)` and `(refused)` say so.
struct FormatCase {
  std::string about;
  std::string before;
  std::string after;
};

std::vector<FormatCase> cases_of(const std::string& text) {
  std::vector<FormatCase> cases;
  std::istringstream lines(text);
  bool out = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("=== ")) {
      cases.push_back({line.substr(4), "", ""});
      out = false;
    } else if (line == "--->") {
      out = true;
    } else {
      (out ? cases.back().after : cases.back().before) += line + "\n";
    }
  }
  return cases;
}

std::string formatted(const std::string& text) {
  const auto parsed = parse_text(text);
  Diagnostics diagnostics;
  const auto made =
      format(parsed.sources, 0, EventForms(parsed.syntax), diagnostics);
  EXPECT_EQ(made.has_value(), diagnostics.errors() == 0);
  for (const Diagnostic& each : diagnostics.all()) {
    EXPECT_NE(each.id, DiagnosticId::kFormatDiffers) << text;
  }
  return made.value_or("(refused)\n");
}

class FormatFile : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(FormatFile, HoldsWhatItSays) {
  for (const FormatCase& each : cases_of(read_file(GetParam()))) {
    SCOPED_TRACE(each.about);
    const bool same = each.after == "(same)\n";
    const std::string after = same ? each.before : each.after;
    EXPECT_EQ(formatted(each.before), after);
    if (after == "(refused)\n") continue;
    EXPECT_EQ(formatted(after), after) << "a second time";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, FormatFile, ::testing::ValuesIn(case_files("format", ".fcase")),
    [](const ::testing::TestParamInfo<std::filesystem::path>& file) {
      return file.param.stem().string();
    });

// ---- every text ----

TEST(Format, OfEveryTextSaysTheSameAndStays) {
  size_t count = 0;
  for (const auto& [name, text] : rule_texts()) {
    const auto once = formatted_alone(text);
    if (!once) continue;
    SCOPED_TRACE(name);
    ++count;
    EXPECT_EQ(formatted_alone(*once), once);
    const auto before = parse_text(text);
    const auto after = parse_text(*once);
    EXPECT_EQ(print(before.syntax), print(after.syntax));
    EXPECT_EQ(comments_in(before), comments_in(after));
  }
  EXPECT_GT(count, 350u);
}

TEST(Format, LeavesNoBlanksAtEndsOfLinesNoTabsAndNoBlankLinesInARow) {
  for (const auto& [name, text] : rule_texts()) {
    const auto made = formatted_alone(text);
    if (!made || made->empty()) continue;
    SCOPED_TRACE(name);
    EXPECT_EQ(made->find(" \n"), made->npos);
    EXPECT_EQ(made->find("\n\n\n"), made->npos);
    EXPECT_EQ(made->find('\r'), made->npos);
    EXPECT_NE(made->front(), '\n');
    EXPECT_EQ(made->back(), '\n');
    EXPECT_FALSE(made->ends_with("\n\n"));
  }
}

// ---- files ----

TEST(Format, TakesAwayTheByteOrderMarkAndCarriageReturns) {
  EXPECT_EQ(formatted("\xEF\xBB\xBF# a \r\n\r\n\r\nlet x = 5\t\r\n"),
            "# a\n\nlet x = 5\n");
  EXPECT_EQ(formatted("\xEF\xBB\xBF"), "");
}

TEST(Format, EndsAFileThatHasNoLastLineEnd) {
  EXPECT_EQ(formatted("let x = 5"), "let x = 5\n");
  EXPECT_EQ(formatted("let x = 5 # five"), "let x = 5  # five\n");
  EXPECT_EQ(formatted("# five"), "# five\n");
}

TEST(Format, RefusesMistakesOfSyntaxOnly) {
  EXPECT_EQ(formatted("segment s { any }\n"), "(refused)\n");
  EXPECT_EQ(formatted("segment s { ANY call }\n"), "(refused)\n");
  EXPECT_EQ(formatted("model p { horizon 3 days }\n"), "(refused)\n");
  EXPECT_EQ(formatted("let x = \"\xFF\"\n"), "(refused)\n");
  EXPECT_EQ(formatted("segment s{nobody_knows_this>5 EUR}\n"),
            "segment s { nobody_knows_this > 5 EUR }\n");
}

TEST(Format, ReportsTheMistakesOfTheText) {
  SourceSet sources;
  sources.add("a.kitle", "let x = 5\n");
  sources.add("b.kitle", "segment s { any }\n");
  Diagnostics diagnostics;
  EXPECT_TRUE(format(sources, 0, {}, diagnostics));
  EXPECT_EQ(diagnostics.all().size(), 0u);
  EXPECT_FALSE(format(sources, 1, {}, diagnostics));
  ASSERT_EQ(diagnostics.all().size(), 1u);
  EXPECT_EQ(diagnostics.all()[0].span.file, 1u);
}

// ---- the check behind it ----

struct Pair {
  const char* left;
  const char* right;
};

TEST(FormatCheck, SeesWhatIsLostAddedOrChanged) {
  const std::vector<Pair> differ = {
      {"let x = 5\n", ""},
      {"let x = 5\n", "let x = 6\n"},
      {"let x = 5\n", "let x = 5\nlet y = 5\n"},
      {"let x = {1, 2}\n", "let x = {1}\n"},
      {"let x = \"a b\"\n", "let x = \"a  b\"\n"},
      {"let x = 5 # a\n", "let x = 5\n"},
      {"let x = 5 # a\n", "let x = 5 # b\n"},
      {"# a\n# b\nlet x = 5\n", "# b\n# a\nlet x = 5\n"},
      {"segment s { a }\n", "segment s { b }\n"},
      {"segment s { a and b }\n", "segment s { a or b }\n"},
      {"segment s { (a and b) and c }\n", "segment s { a and (b and c) }\n"},
      {"segment s { a and b }\n", "segment s { (a) and b }\n"},
      {"segment s { a in last 1 day }\n", "segment s { a in last 1 week }\n"},
      {"segment s { a in May 2026 }\n", "segment s { a in June 2026 }\n"},
      {"segment s { fewer than 3 a }\n", "segment s { more than 3 a }\n"},
      {"segment s { any call }\n", "segment s { any calls }\n"},
      {"event a { b text, c code }\n", "event a { b text }\n"},
      {"let x = 5\n", "let x = \n"},
      {"let x = \n", "let x = \n"}};
  for (const Pair& each : differ) {
    EXPECT_FALSE(say_the_same(each.left, each.right, {}))
        << each.left << each.right;
  }
}

TEST(FormatCheck, SeesThroughBlanksCommasAndNumber) {
  const EventForms forms(parse_text("event call { reason code }\n").syntax);
  const std::vector<Pair> same = {
      {"let x={1,2,}", "let x = {\n  1,\n  2\n}\n"},
      {"event a {b text, c code}", "event a {\n b text\n c code\n}"},
      {"segment s { any calls }\n", "segment s { any call }\n"},
      {"segment s { count of call > 3 }", "segment s { count of calls > 3 }"},
      {"segment s { less than 3 a in last 1 days }",
       "segment s { fewer than 3 a in last 1 day }"},
      {"segment s { a in march 2026 }", "segment s { a in March 2026 }"}};
  for (const Pair& each : same) {
    EXPECT_TRUE(say_the_same(each.left, each.right, forms))
        << each.left << each.right;
  }
}

// Whatever the formatter may do wrong: such a text is not handed on.
TEST(FormatCheck, KeepsATextFromBeingDamaged) {
  SourceSet sources;
  sources.add("a.kitle", "let x = 5\n");
  Diagnostics diagnostics;
  EXPECT_EQ(if_same(sources, 0, "let x  =  5\n", {}, diagnostics),
            "let x  =  5\n");
  EXPECT_EQ(diagnostics.errors(), 0u);
  EXPECT_FALSE(if_same(sources, 0, "let x = 6\n", {}, diagnostics));
  ASSERT_EQ(diagnostics.errors(), 1u);
  EXPECT_EQ(info(diagnostics.all()[0].id).code, "E0196");
}

}  // namespace
}  // namespace kitle
