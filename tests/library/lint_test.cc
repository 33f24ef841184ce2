// Lints through the public interface, and what `--fix` writes.
#include "kitle/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace kitle {
namespace {

using ::testing::HasSubstr;

constexpr char kSchema[] =
    "profile customer { id code key, city text, vip flag, joined time }\n"
    "event purchase { amount money, gift flag }\n"
    "event call { reason code }\n";

std::vector<RuleText> texts(const std::string& rules) {
  return {{"kitle.toml", "currency = \"TRY\"\n"},
          {"a.kitle", kSchema},
          {"z.kitle", rules}};
}

Rules load(const std::string& rules) {
  Rules loaded = load_rules(texts(rules));
  EXPECT_TRUE(loaded.ok()) << loaded.diagnostics({});
  return loaded;
}

// The file as `--fix` leaves it.
std::string fixed(const std::string& rules) {
  const LintFixes fixes = fix_lints(load(rules), {});
  const auto found = std::ranges::find(fixes.files, "z.kitle", &RuleText::path);
  return found == fixes.files.end() ? rules : found->text;
}

TEST(Lint, RulesHaveNamesLevelsAndPages) {
  const auto rules = lint_rules();
  EXPECT_GE(rules.size(), 20u);
  for (const LintRule& each : rules) {
    EXPECT_THAT(explain_diagnostic(each.name), HasSubstr("\nFor example:\n"))
        << each.name;
    EXPECT_NE(each.summary, "");
    EXPECT_EQ(lint_level_named(lint_level_name(each.level)), each.level);
  }
  EXPECT_TRUE(std::ranges::any_of(rules, &LintRule::fixes));
  EXPECT_EQ(lint_level_named("bad"), std::nullopt);
}

// What `kitle help NAME` says of all of them.
std::string all_pages() {
  std::string text =
      "# Lints\n\nWhat `kitle help NAME` says of each lint; a test keeps this "
      "page true. docs/language.md says how levels\nare set and how a comment "
      "allows a finding.\n";
  for (const LintRule& each : lint_rules()) {
    const std::string page = explain_diagnostic(each.name);
    text += "\n## `" + each.name +
            "`\n\nLevel: " + lint_level_name(each.level) + ". Told by `kitle " +
            (each.proven ? "check" : "lint") + "`.\n\n```text\n" +
            page.substr(page.find(": ") + 2) + "```\n";
  }
  return text;
}

TEST(Lint, TheDocumentationHasAPageForEach) {
  std::ifstream file(KITLE_SOURCE_DIR "/docs/lint.md");
  std::stringstream found;
  found << file.rdbuf();
  const std::string pages = all_pages();
  const std::string wanted = ::testing::TempDir() + "lint.md";
  std::ofstream(wanted) << pages;
  EXPECT_TRUE(found.str() == pages)
      << "docs/lint.md is not what the lints say; copy " << wanted;
  for (const LintRule& each : lint_rules()) {
    EXPECT_EQ(each.fix_note.starts_with("writes "), each.fixes) << each.name;
  }
}

TEST(Lint, FindingsHaveTheirPlaces) {
  const Rules rules = load("segment a { city is not \"x\" }\n");
  const LintReport report = lint(rules, {});
  ASSERT_EQ(report.findings.size(), 1u);
  const LintFinding& found = report.findings[0];
  EXPECT_EQ(found.lint, "is-not-missing");
  EXPECT_EQ(found.file, "z.kitle");
  EXPECT_EQ(found.line, 1u);
  EXPECT_EQ(found.column, 13u);
  EXPECT_THAT(found.message, HasSubstr("`city is not \"x\"` is also true"));
  EXPECT_EQ(report.warnings, 1u);
  EXPECT_EQ(report.fixable, 0u);
  EXPECT_THAT(report.text, HasSubstr("warning is-not-missing: "));
}

TEST(Lint, ChosenOnesAndLevels) {
  const Rules rules = load("let spare = 3\nsegment a { city is not \"x\" }\n");
  EXPECT_EQ(lint(rules, {.only = {"unused-let"}}).findings.size(), 1u);
  const LintReport report =
      lint(rules, {.levels = {{"unused-let", LintLevel::kError},
                              {"is-not-missing", LintLevel::kNote}}});
  EXPECT_EQ(report.errors, 1u);
  EXPECT_EQ(report.notes, 1u);
  EXPECT_EQ(report.warnings, 0u);
}

TEST(Lint, FormatsAreThoseOfDiagnostics) {
  const Rules rules = load("segment a { city is not \"x\" }\n");
  const LintOptions note{.levels = {{"is-not-missing", LintLevel::kNote}}};
  using Format = DiagnosticStyle::Format;
  EXPECT_THAT(lint(rules, note, {.format = Format::kGithub}).text,
              HasSubstr("::notice file=z.kitle,line=1,"));
  EXPECT_THAT(lint(rules, note, {.format = Format::kSarif}).text,
              HasSubstr("\"level\": \"note\""));
  EXPECT_THAT(lint(rules, {}, {.format = Format::kJson}).text,
              HasSubstr("\"code\": \"is-not-missing\""));
}

TEST(LintFixes, KeepCommentsAndAreFormatted) {
  EXPECT_EQ(fixed("segment a {\n"
                  "  any purchase   in last 7 days  # why\n"
                  "  # and this\n"
                  "  and no call\n"
                  "}\n"),
            "segment a {\n"
            "  any purchase in last 7 days  # why\n"
            "  # and this\n"
            "  and no call ever\n"
            "}\n");
  EXPECT_EQ(fixed("segment a { no purchase then call }\n"),
            "segment a { not (any purchase then call) }\n");
}

TEST(LintFixes, LeaveNothingThatTheyMend) {
  const std::string once = fixed(
      "segment a { any call and no purchase in last 7 days }\n"
      "segment b { no call then purchase }\n"
      "segment c { joined after 2026-01-01 and any call after joined\n"
      "  and sum of purchase.amount where (gift) > 5 TRY }\n");
  EXPECT_EQ(lint(load(once), {}).fixable, 0u) << once;
  EXPECT_EQ(fixed(once), once);
}

// `gift ever` would be a test of the flag: the file stays as it is.
TEST(LintFixes, ThatWouldSaySomethingElseAreNotMade) {
  const std::string rules =
      "segment a { any call in last 7 days and any purchase where gift }\n"
      "segment b { any call in last 7 days and no purchase }\n";
  EXPECT_EQ(
      fixed(rules),
      "segment a { any call in last 7 days and any purchase where gift }\n"
      "segment b { any call in last 7 days and no purchase ever }\n");
}

TEST(LintFixes, MendOnlyWhatIsAskedFor) {
  const Rules rules = load(
      "segment a { any call in last 7 days and no purchase }\n"
      "segment b { no call then purchase }\n");
  const LintFixes fixes = fix_lints(rules, {.only = {"no-sequence"}});
  EXPECT_EQ(fixes.fixed, 1u);
  ASSERT_EQ(fixes.files.size(), 1u);
  EXPECT_THAT(fixes.files[0].text, HasSubstr("and no purchase }"));
}

}  // namespace
}  // namespace kitle
