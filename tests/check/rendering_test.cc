// What a user sees: diagnostics as text, in colour and as JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "compiler/load.h"
#include "tests/check/fake_store.h"

namespace kitle {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

LoadedRepository load(std::string rules) {
  static const FakeStore store({{"city", {"İstanbul", "Iğdır", "Ankara"}},
                                {"email", {"ayse@example.com"}},
                                {"channel", {"web", "mobile"}}});
  return load_texts({{"kitle.toml", "locale = \"tr\"\ncurrency = \"TRY\"\n"},
                     {"schema.kitle",
                      "profile customer { id code key, email text personal, "
                      "city text, country code, balance money }\n"
                      "event purchase { channel code, amount money }\n"},
                     {"segments/a.kitle", std::move(rules)}},
                    &store);
}

std::string rendered(std::string rules, bool colour = false) {
  const LoadedRepository loaded = load(std::move(rules));
  return render(loaded.diagnostics, loaded.sources, DiagnosticFormat::kText,
                colour);
}

TEST(Rendering, ShowsTheLineACaretAndTheMend) {
  EXPECT_EQ(
      rendered("segment vip {\n  balance > 500\n}\n"),
      R"(error E0301: `balance` is money and `500` is an integer: they cannot be compared
  --> segments/a.kitle:2:13
   |
 2 |   balance > 500
   |             ^^^ an integer; write `500 TRY`
  --> segments/a.kitle:2:3
   |
 2 |   balance > 500
   |   ------- money
help: Only values of one kind are compared: money with money (`500 TRY`), a
      duration with a duration (`30 days`), a text with a text in quotes, a date
      with a date (`2026-01-31`). Integers and numbers go together.

)");
}

TEST(Rendering, ShowsASecondPlace) {
  EXPECT_EQ(rendered("segment vip { everyone }\n\n"
                     "segment vip { no purchase }\n"),
            R"(error E0205: `vip` is declared a second time
  --> segments/a.kitle:3:9
   |
 3 | segment vip { no purchase }
   |         ^^^
  --> segments/a.kitle:1:9
   |
 1 | segment vip { everyone }
   |         --- a segment of this name
help: Profile, events (with their plurals), segments, stages, lets and sources
      share one list of names, so that a name means one thing everywhere. The
      schema's attributes cannot be hidden by a `let` or by stages either.

)");
}

TEST(Rendering, ExplainsACodeOnce) {
  const std::string text =
      rendered("segment a { contry is \"TR\" }\nsegment b { cty is \"A\" }\n");
  EXPECT_EQ(text.find("help:"), text.rfind("help:"));
  EXPECT_THAT(text, HasSubstr("a.kitle:1:13"));
  EXPECT_THAT(text, HasSubstr("a.kitle:2:13"));
}

// Tabs are two columns, a wide letter two, a combining mark none.
TEST(Rendering, PutsCaretsUnderTabsAndWideLetters) {
  EXPECT_THAT(
      rendered("segment a {\n\tcity is \"Ankara\" and\tcoutry is \"TR\"\n}\n"),
      HasSubstr("\n 2 |   city is \"Ankara\" and  coutry is \"TR\"\n"
                "   |                         ^^^^^^ did you mean "
                "`country`?\n"));
  EXPECT_THAT(
      rendered("segment a { city is not \"東京\" and coutry is \"TR\" }\n"),
      HasSubstr("\"東京\" and coutry is \"TR\" }\n"
                "   |                                    ^^^^^^ "));
  EXPECT_THAT(
      rendered("segment a { city is not \"I\u0307\" and coutry is \"TR\" }\n"),
      HasSubstr("   |                                 ^^^^^^ "));
}

TEST(Rendering, CutsLongLinesAroundTheCaret) {
  const std::string list = std::string(3'000, 'x');
  const std::string text = rendered("segment a { city is not \"" + list +
                                    "\" and coutry is \"TR\" }\n");
  EXPECT_THAT(text, HasSubstr("^^^^^^"));
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    EXPECT_LT(end - at, 300u);
    at = end + 1;
  }
}

// Also where only I, ı, İ and i differ.
TEST(Rendering, SuggestsSeenValues) {
  EXPECT_THAT(rendered("segment a { city is \"Istanbul\" }\n"),
              HasSubstr("did you mean \"İstanbul\"?"));
  EXPECT_THAT(rendered("segment a { city is \"iğdir\" }\n"),
              HasSubstr("did you mean \"Iğdır\"?"));
  EXPECT_THAT(rendered("segment a { city is \"Ankra\" }\n"),
              HasSubstr("did you mean \"Ankara\"?"));
  EXPECT_THAT(rendered("segment a { any purchase where channel is \"wep\" }\n"),
              HasSubstr("did you mean \"web\"?"));
  EXPECT_EQ(rendered("segment a { city is \"İSTANBUL\" }\n"), "");
}

TEST(Rendering, NeverShowsPersonalValues) {
  for (const char* condition :
       {"email is \"ayse@example.co\"", "email in {\"ayse@exampl.com\"}",
        "email is ayse", "emial is \"ayse@example.co\""}) {
    EXPECT_THAT(rendered("segment a { " + std::string(condition) + " }\n"),
                Not(HasSubstr("ayse@example.com")));
  }
}

// Spans that hold nothing, or half of something, come with their mends.
TEST(Rendering, MendsSpans) {
  EXPECT_THAT(rendered("segment a { any purchase in last 1.5 days }\n"),
              HasSubstr("mend: write `36 hours`"));
  EXPECT_THAT(rendered("segment a { any purchase in last 0.5 years }\n"),
              HasSubstr("mend: write `6 months`"));
  EXPECT_THAT(rendered("segment a { any purchase in last 0.3 days }\n"),
              Not(HasSubstr("mend:")));
  EXPECT_THAT(rendered("segment a { any purchase in last 0 days }\n"),
              HasSubstr("mend: write `in last 1 day`\nmend: write `today`"));
  EXPECT_THAT(
      rendered("segment a { any purchase in last day }\n"),
      HasSubstr("mend: write `yesterday`\nmend: write `in last 1 day`"));
  EXPECT_THAT(rendered("segment a { purchase 7 days ago }\n"),
              HasSubstr("mend: write `any purchase`"));
}

TEST(Rendering, IsColouredOnlyIfAsked) {
  const char* rules = "segment a { in vip }\n";
  EXPECT_THAT(rendered(rules), Not(HasSubstr("\033")));
  EXPECT_THAT(rendered(rules, true),
              HasSubstr("\033[1;31merror E0204\033[0m: \033[1mno segment is "
                        "called `vip`\033[0m\n"));
  EXPECT_THAT(rendered(rules, true), HasSubstr("\033[1;31m^^^\033[0m"));
}

TEST(Rendering, AsJsonSaysTheSame) {
  const LoadedRepository loaded = load("segment a { city == \"Ankara\" }\n");
  EXPECT_EQ(
      render(loaded.diagnostics, loaded.sources, DiagnosticFormat::kJson, true),
      R"([
  {
    "code": "E0137",
    "severity": "error",
    "title": "`==` is written `is`",
    "place": {
      "path": "segments/a.kitle",
      "begin": {
        "line": 1,
        "column": 18,
        "byte": 17
      },
      "end": {
        "line": 1,
        "column": 20,
        "byte": 19
      }
    },
    "label": "",
    "labels": [],
    "mends": [
      {
        "place": {
          "path": "segments/a.kitle",
          "begin": {
            "line": 1,
            "column": 18,
            "byte": 17
          },
          "end": {
            "line": 1,
            "column": 20,
            "byte": 19
          }
        },
        "replacement": "is",
        "text": "write `is`"
      }
    ],
    "help": "Comparisons are `is`, `is not`, `<`, `<=`, `>`, `>=`, `between` and `in`."
  }
]
)");
}

TEST(Rendering, AsSarifHasRulesPlacesAndFixes) {
  const LoadedRepository loaded =
      load("segment a { city == \"Ankara\" and city == \"Ankara\" }\n");
  const auto log = nlohmann::json::parse(
      render(loaded.diagnostics, loaded.sources, DiagnosticFormat::kSarif,
             false, "my rules/"));
  EXPECT_EQ(log["version"], "2.1.0");
  const auto& run = log["runs"][0];
  ASSERT_EQ(run["tool"]["driver"]["rules"].size(), 1u);
  EXPECT_EQ(run["tool"]["driver"]["rules"][0]["id"], "E0137");
  ASSERT_EQ(run["results"].size(), 2u);
  const auto& second = run["results"][1];
  EXPECT_EQ(second["ruleIndex"], 0);
  EXPECT_EQ(second["level"], "error");
  EXPECT_EQ(second["message"]["text"], "`==` is written `is`");
  const auto& place = second["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "my%20rules/segments/a.kitle");
  EXPECT_EQ(place["region"], (nlohmann::json{{"startLine", 1},
                                             {"startColumn", 39},
                                             {"endLine", 1},
                                             {"endColumn", 41},
                                             {"byteOffset", 38},
                                             {"byteLength", 2}}));
  const auto& change = second["fixes"][0]["artifactChanges"][0];
  EXPECT_EQ(change["replacements"][0]["insertedContent"]["text"], "is");
  EXPECT_EQ(change["replacements"][0]["deletedRegion"], place["region"]);
}

TEST(Rendering, ForGithubIsAnAnnotationALine) {
  const LoadedRepository loaded = load("segment a { city == \"Ankara\" }\n");
  EXPECT_EQ(render(loaded.diagnostics, loaded.sources,
                   DiagnosticFormat::kGithub, false, "50%,x/"),
            "::error file=50%25%2Cx/segments/a.kitle,line=1,endLine=1,col=18,"
            "endColumn=20,title=E0137::`==` is written `is`%0Amend: write "
            "`is`\n");
}

TEST(Rendering, OfNothingIsNothing) {
  const LoadedRepository loaded = load("segment a { everyone }\n");
  EXPECT_EQ(render(loaded.diagnostics, loaded.sources, DiagnosticFormat::kText,
                   false),
            "");
  EXPECT_EQ(render(loaded.diagnostics, loaded.sources, DiagnosticFormat::kJson,
                   false),
            "[]\n");
  EXPECT_EQ(render(loaded.diagnostics, loaded.sources,
                   DiagnosticFormat::kGithub, false),
            "");
  const auto log = nlohmann::json::parse(render(
      loaded.diagnostics, loaded.sources, DiagnosticFormat::kSarif, false));
  EXPECT_EQ(log["runs"][0]["results"], nlohmann::json::array());
}

}  // namespace
}  // namespace kitle
