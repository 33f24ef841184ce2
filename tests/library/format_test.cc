// The formatter as an embedder uses it, its files, and diffs.
#include "kitle/format.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>

#include "tests/support/temp_folder.h"

namespace kitle {
namespace {

namespace fs = std::filesystem;

using testing::read_file;
using testing::TempFolder;
using testing::write_file;
using Texts = std::vector<RuleText>;

constexpr const char* kSchema = "event call plural calling { reason code }\n";

TEST(Formatter, KnowsTheEventsOfItsTexts) {
  const RuleText text{"a.kitle", "segment s{at least 3 call}\n"};
  const Formatter knowing(Texts{{"schema.kitle", kSchema}});
  EXPECT_EQ(knowing.format(text).text, "segment s { at least 3 calling }\n");
  EXPECT_EQ(Formatter().format(text).text, "segment s { at least 3 call }\n");
  // Mistakes elsewhere do not matter.
  const Formatter partly(
      Texts{{"b.kitle", "segment s {"}, {"c.kitle", kSchema}});
  EXPECT_EQ(partly.format(text).text, "segment s { at least 3 calling }\n");
}

TEST(Formatter, ReportsMistakesOfSyntaxInTheirPlace) {
  const FormattedText made = Formatter().format({"a.kitle", "segment s {"});
  EXPECT_FALSE(made.ok);
  EXPECT_EQ(made.text, "");
  EXPECT_NE(made.diagnostics.find("--> a.kitle:1:"), std::string::npos);
  const FormattedText json = Formatter().format(
      {"a.kitle", "segment s {"}, {.format = DiagnosticStyle::Format::kJson});
  EXPECT_TRUE(json.diagnostics.starts_with("["));
}

TEST(RuleFiles, AreThoseOfOneRepositoryOrAllBelowAFolder) {
  const TempFolder folder;
  const fs::path root(folder.path());
  write_file(root / "kitle.toml", "store = \"kept\"\n");
  for (const char* name : {"b/x.kitle", "a.kitle", "kept/y.kitle",
                           "build/z.kitle", "inner/w.kitle", "b/x.txt"}) {
    write_file(root / name, "# here\n");
  }
  write_file(root / "inner/kitle.toml", "");
  const auto one = read_rule_files(root.string());
  ASSERT_TRUE(one);
  ASSERT_EQ(one->texts.size(), 2u);
  EXPECT_EQ(one->texts[0].path, "a.kitle");
  EXPECT_EQ(one->texts[1].path, "b/x.kitle");
  EXPECT_EQ(one->texts[1].text, "# here\n");
  const auto all = find_rule_files(root.string());
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 4u);
  EXPECT_EQ(read_rule_files("/").error().code(), StatusCode::kNotFound);
  EXPECT_FALSE(find_rule_files((root / "none").string()));
  EXPECT_FALSE(read_rule_file((root / "none").string()));
}

TEST(RuleFiles, AreReplacedAtOnceAndKeepTheirPermissions) {
  const TempFolder folder;
  const fs::path path = fs::path(folder.path()) / "a.kitle";
  write_file(path, "before");
  fs::permissions(path, fs::perms(0604));
  ASSERT_TRUE(write_rule_file(path.string(), "after").ok());
  EXPECT_EQ(read_file(path), "after");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms(0604));
  fs::permissions(path, fs::perms(0444));
  EXPECT_EQ(write_rule_file(path.string(), "x").code(), StatusCode::kIo);
  EXPECT_EQ(read_file(path), "after");
  const fs::path none = fs::path(folder.path()) / "none";
  EXPECT_FALSE(write_rule_file(none.string(), "x").ok());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

// ---- diffs ----

TEST(UnifiedDiff, ShowsThreeLinesAroundEachChange) {
  EXPECT_EQ(unified_diff("a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
                         "1\n2\n3\n4\n5\n6\nx\n8\n9\n"),
            "--- a/a\n+++ b/a\n@@ -4,6 +4,6 @@\n 4\n 5\n 6\n-7\n+x\n 8\n 9\n");
  EXPECT_EQ(unified_diff("a", "", "1\n"),
            "--- a/a\n+++ b/a\n@@ -0,0 +1 @@\n+1\n");
  EXPECT_EQ(unified_diff("a", "1\n", ""),
            "--- a/a\n+++ b/a\n@@ -1 +0,0 @@\n-1\n");
  EXPECT_EQ(unified_diff("a", "1", "1\n"),
            "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n\\ No newline at end of file\n"
            "+1\n");
  EXPECT_EQ(unified_diff("a", "1\n", "1\n"), "");
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

// What `patch` would make of it: lines outside of hunks stay.
std::string patched(const std::string& before, const std::string& diff) {
  std::vector<std::string> lines;
  std::istringstream old(before);
  for (std::string line; std::getline(old, line);) lines.push_back(line + "\n");
  std::vector<std::string> made;
  size_t at = 0;
  std::istringstream edits(diff);
  for (std::string line; std::getline(edits, line);) {
    if (line.starts_with("---") || line.starts_with("+++")) continue;
    if (line.starts_with("@@")) {
      const std::string numbers = line.substr(4, line.find(' ', 4) - 4);
      const size_t start = std::stoul(numbers);
      const bool none = numbers.ends_with(",0");
      while (at + (none ? 0 : 1) < start) made.push_back(lines.at(at++));
      continue;
    }
    if (line[0] != '-') made.push_back(line.substr(1) + "\n");
    if (line[0] == '+') continue;
    EXPECT_EQ(lines.at(at), line.substr(1) + "\n");
    ++at;
  }
  while (at < lines.size()) made.push_back(lines[at++]);
  return joined(made);
}

RC_GTEST_PROP(UnifiedDiff, LeadsFromOneTextToTheOther, ()) {
  const auto line = rc::gen::element<std::string>("a\n", "b\n", "\n", "c c\n");
  const auto lines = rc::gen::container<std::vector<std::string>>(line);
  const std::string before = joined(*lines);
  const std::string after = joined(*lines);
  RC_ASSERT(patched(before, unified_diff("x", before, after)) == after);
}

// Texts that have nothing in common take no more memory than others.
TEST(UnifiedDiff, OfLongTextsEnds) {
  std::string before;
  std::string after;
  for (int i = 0; i < 20'000; ++i) {
    before += std::to_string(i) + "\r\n";
    after += std::to_string(i) + "\n";
  }
  EXPECT_EQ(patched(before, unified_diff("x", before, after)), after);
}

}  // namespace
}  // namespace kitle
