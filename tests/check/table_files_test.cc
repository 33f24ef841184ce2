// Files that rules name: what is wrong in them is reported where it stands,
// and long ones cost little.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "compiler/load.h"
#include "tests/support/temp_folder.h"

namespace kitle {
namespace {

constexpr char kSchema[] =
    "profile customer { id code key, city text, region code }\n"
    "event purchase { product code, amount money, pieces integer, due date }\n";

LoadedRepository load(const std::string& rules, const std::string& csv) {
  return load_texts({{"kitle.toml", "currency = \"TRY\"\n"},
                     {"a.kitle", kSchema},
                     {"z.kitle", rules},
                     {"list.csv", csv}},
                    nullptr);
}

// "list.csv:2:1 E0807", one a line.
std::string reports(const LoadedRepository& loaded) {
  std::string all;
  for (const Diagnostic& each : loaded.diagnostics.all()) {
    const Span& span = each.span;
    const Position at = loaded.sources.position(span.file, span.begin);
    all += fmt::format("{}:{}:{} {}\n", loaded.sources.file(span.file).path,
                       at.line, at.column, info(each.id).code);
  }
  return all;
}

TEST(TableFiles, BrokenLinesAreReportedWhereTheyStand) {
  const LoadedRepository loaded =
      load("segment s { city in table \"list.csv\" column \"a\" }\n",
           "\xEF\xBB\xBF"
           "a,b\nx,1\ny\n\"z\"z,2\nw,\xFF\nlast,\"3\n");
  EXPECT_EQ(reports(loaded),
            "list.csv:3:1 E0803\nlist.csv:4:1 E0803\nlist.csv:5:1 E0803\n"
            "list.csv:6:1 E0803\n");
}

TEST(TableFiles, TwoColumnsOfOneNameAreReported) {
  const LoadedRepository loaded =
      load("segment s { city in table \"list.csv\" column \"a\" }\n",
           "a,b,a\n1,2,3\n");
  EXPECT_EQ(reports(loaded), "list.csv:1:5 E0804\n");
}

TEST(TableFiles, ValuesAreReadAsTheTypeTheyAreComparedWith) {
  const auto of = [](const std::string& property, const std::string& csv) {
    return reports(load("segment s { any purchase where " + property +
                            " in table \"list.csv\" }\n",
                        "v\n" + csv));
  };
  EXPECT_EQ(of("pieces", "1\n-2\n9223372036854775807\n"), "");
  EXPECT_EQ(of("pieces", "1\n1.5\nx\n9223372036854775808\n 3\n1_000\n"),
            "list.csv:3:1 E0807\nlist.csv:4:1 E0807\nlist.csv:5:1 E0807\n"
            "list.csv:6:1 E0807\nlist.csv:7:1 E0807\n");
  EXPECT_EQ(of("amount", "1\n1.5\n-0.25\n"), "");
  EXPECT_EQ(of("amount", "1.555\n1 TRY\n"),
            "list.csv:2:1 E0807\nlist.csv:3:1 E0807\n");
  EXPECT_EQ(of("due", "2026-02-28\n2026-02-29\n01.02.2026\n"),
            "list.csv:3:1 E0807\nlist.csv:4:1 E0807\n");
}

TEST(TableFiles, ManyBadValuesAreNotAllReported) {
  std::string csv = "v\n";
  for (int i = 0; i < 5000; ++i) csv += "x\n";
  const LoadedRepository loaded = load(
      "segment s { any purchase where pieces in table \"list.csv\" }\n", csv);
  EXPECT_EQ(loaded.diagnostics.errors(), 20u);
}

TEST(TableFiles, KeysAreThereAndOnce) {
  const auto of = [](const std::string& key, const std::string& csv) {
    return reports(
        load("table things from \"list.csv\" key k { k " + key + ", v text }\n",
             "v,k\n" + csv));
  };
  EXPECT_EQ(of("code", "a,x\nb,X\nc,y\n"), "");
  EXPECT_EQ(of("code", "a,x\nb,\nc,x\n"),
            "list.csv:3:1 E0803\nlist.csv:4:3 E0812\n");
  EXPECT_EQ(of("code any case", "a,x\nb,X\n"), "list.csv:3:3 E0812\n");
  EXPECT_EQ(of("text", "a,\xC3\xA9\nb,e\xCC\x81\n"), "list.csv:3:3 E0812\n");
  EXPECT_EQ(of("integer", "a,1\nb,01\nc,x\n"),
            "list.csv:3:3 E0812\nlist.csv:4:3 E0807\n");
}

TEST(TableFiles, ATestOfAColumnIsOneOfItsKeys) {
  const LoadedRepository loaded = load(
      "table things from \"list.csv\" key product { product code, size text }\n"
      "segment s { any purchase where size of product is \"L\" }\n",
      "product,size\na,l\nb,m\nc,L\n");
  ASSERT_EQ(reports(loaded), "");
  const std::string shown =
      print(*loaded.repository.segments[0].condition, loaded.repository.schema);
  EXPECT_NE(shown.find("in texts (size of product is \"L\", 2 of 3 rows of "
                       "things) {\"a\", \"c\"}"),
            std::string::npos)
      << shown;
}

TEST(TableFiles, LongListsAreKeptWholeAndPrintedShort) {
  std::string csv = "v\n";
  for (int i = 0; i < 100'000; ++i) csv += fmt::format("code-{}\n", i);
  const LoadedRepository loaded = load(
      "let all = table \"list.csv\"\n"
      "segment s { region in all }\nsegment t { region not in all }\n",
      csv);
  ASSERT_EQ(reports(loaded), "");
  const Typed& test = *loaded.repository.segments[0].condition;
  EXPECT_EQ(test.texts.size(), 100'000u);
  const std::string shown = print(test, loaded.repository.schema);
  EXPECT_LT(shown.size(), 2000u);
  EXPECT_NE(shown.find("and 99950 more"), std::string::npos) << shown;
}

TEST(TableFiles, AreReadBelowTheRepository) {
  const testing::TempFolder folder;
  const std::filesystem::path root(folder.path());
  std::filesystem::create_directories(root / "lists");
  std::ofstream(root / "kitle.toml") << "currency = \"TRY\"\n";
  std::ofstream(root / "a.kitle")
      << kSchema << "segment s { city in table \"lists/cities.csv\" }\n";
  std::ofstream(root / "lists/cities.csv") << "city\nizmir\n";
  const auto loaded = load_repository(root.string(), nullptr);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(reports(*loaded), "");
  EXPECT_EQ(loaded->repository.segments[0].condition->texts,
            std::vector<std::string>{"izmir"});
  std::filesystem::remove(root / "lists/cities.csv");
  std::filesystem::create_directories(root / "lists/cities.csv");
  const auto without = load_repository(root.string(), nullptr);
  ASSERT_TRUE(without);
  EXPECT_EQ(reports(*without), "a.kitle:3:27 E0801\n");
}

}  // namespace
}  // namespace kitle
