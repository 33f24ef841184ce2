// What is proven of pairs of segments, and which guards follow from that.
#include "compiler/relations.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/check/case_shop.h"

namespace kitle {
namespace {

LoadedRepository load(const std::string& rules) {
  return load_texts({{"kitle.toml", "currency = \"TRY\"\n"},
                     {"a.kitle", testing::case_schema()},
                     {"z.kitle", rules}},
                    nullptr);
}

const char* sign(RelationKind kind) {
  switch (kind) {
    case RelationKind::kImplies:
      return "<=";
    case RelationKind::kExcludes:
      return "|";
    case RelationKind::kEquals:
      return "=";
  }
  return "";
}

// "a <= b", "a | b", "a = b", a line each.
std::string relations(const std::string& rules) {
  const LoadedRepository loaded = load(rules);
  EXPECT_EQ(loaded.diagnostics.errors(), 0u) << render(
      loaded.diagnostics, loaded.sources, DiagnosticFormat::kText, false);
  const auto& segments = loaded.repository.segments;
  std::string text;
  for (const ProvenRelation& each : find_relations(loaded.repository).all) {
    text += fmt::format("{} {} {}\n", segments[each.first].name,
                        sign(each.kind), segments[each.second].name);
  }
  return text;
}

TEST(Relations, OfCountsAndWindows) {
  EXPECT_EQ(relations("segment a { at least 3 purchases in last 7 days }\n"
                      "segment b { any purchase in last 30 days }\n"
                      "segment c { no purchase in last 30 days }\n"
                      "segment d { no purchase in last 7 days }\n"),
            "a <= b\na | c\na | d\nb | c\nc <= d\n");
}

TEST(Relations, OfValuesAndLists) {
  EXPECT_EQ(relations("segment a { household > 5 }\n"
                      "segment b { household > 3 }\n"
                      "segment c { household between 1 and 3 }\n"
                      "segment d { country in {\"TR\", \"DE\"} }\n"
                      "segment e { country is \"TR\" }\n"
                      "segment f { country is \"FR\" }\n"),
            "a <= b\na | c\nb | c\ne <= d\nd | f\ne | f\n");
}

TEST(Relations, OfTheSameWrittenInTwoWays) {
  EXPECT_EQ(
      relations(
          "segment a { household > 3 and (gender is \"F\" or any call) }\n"
          "segment b { (any call and household >= 4)\n"
          "  or (gender is \"F\" and household > 3) }\n"
          "segment c { not (household is missing or household <= 3)\n"
          "  and any call }\n"),
      "a = b\nc <= a\nc <= b\n");
}

// Two to the power of the clauses would be too many ways: what is left without
// a choice is assumed first.
TEST(Relations, OfManyChoicesAreFound) {
  std::string wide = "segment wide { ads_consent";
  std::string narrow = "segment narrow { ads_consent";
  for (int i = 0; i < 40; ++i) {
    const std::string either =
        fmt::format(" and (city is \"c{0}\" or country is \"k{0}\")", i);
    const std::string more = fmt::format(
        " and (city is \"c{0}\" or country is \"k{0}\" or nick is \"n{0}\")",
        i);
    narrow += either;
    wide += more;
  }
  EXPECT_EQ(relations(narrow + " and any call }\n" + wide + " }\n"), "");
  std::string rules;
  for (int i = 0; i < 40; ++i) {
    rules += fmt::format(
        " and (any page_view where url is \"c{0}\" or any call where reason is "
        "\"k{0}\")",
        i);
  }
  EXPECT_EQ(
      relations("segment one { ads_consent" + rules + " }\n" +
                "segment two { ads_consent" + rules + " and any call }\n"),
      "two <= one\n");
}

TEST(Relations, LeaveOutWhatIsToldElsewhere) {
  EXPECT_EQ(relations("segment nobody { household < 3 and household > 5 }\n"
                      "segment all { no call or any call }\n"
                      "segment callers { any call }\n"
                      "stages life { new when any call in last 7 days\n"
                      "  old otherwise }\n"),
            "life.new <= callers\n");
}

// So many pairs that not all are looked at: it says so, and comes to an end.
TEST(Relations, OfVeryManySegmentsAreBounded) {
  std::string rules;
  for (int i = 0; i < 1500; ++i) {
    rules += fmt::format(
        "segment s{0} {{ household is {0} and (any call or loyalty > {0})\n"
        "  and (city is \"a\" or nick is \"b{0}\" or balance > {0} TRY) }}\n",
        i);
  }
  const LoadedRepository loaded = load(rules);
  ASSERT_EQ(loaded.diagnostics.errors(), 0u);
  const ProvenRelations found = find_relations(loaded.repository);
  EXPECT_GT(found.undecided, 0u);
  EXPECT_GT(found.all.size(), 1000u);
}

TEST(Guards, AreProvenWhereTheConditionsSaySo) {
  const LoadedRepository loaded = load(
      "segment a { at least 3 purchases }\n"
      "segment b { any purchase }\n"
      "segment c { no purchase }\n"
      "segment d { any call }\n"
      "expect a implies b\n"
      "expect a excludes c\n"
      "expect a excludes d\n"
      "expect a implies d\n"
      "expect size of a at least 3\n");
  ASSERT_EQ(loaded.diagnostics.errors(), 0u);
  EXPECT_EQ(find_relations(loaded.repository).guards,
            (std::vector<bool>{true, true, false, false, false}));
}

TypedGuard size_guard(const std::string& bound) {
  LoadedRepository loaded =
      load("segment a { any call }\nexpect size of a " + bound + "\n");
  EXPECT_EQ(loaded.repository.guards.size(), 1u) << bound;
  return loaded.repository.guards.at(0);
}

TEST(Guards, OfSizesCountExactly) {
  const TypedGuard people = size_guard("between 100 and 2_000");
  EXPECT_FALSE(is_within(people, 99, 5000));
  EXPECT_TRUE(is_within(people, 100, 5000));
  EXPECT_TRUE(is_within(people, 2000, 5000));
  EXPECT_FALSE(is_within(people, 2001, 5000));
  const TypedGuard share = size_guard("between 0.5 and 12.5 percent");
  EXPECT_FALSE(is_within(share, 4, 1000));
  EXPECT_TRUE(is_within(share, 5, 1000));
  EXPECT_TRUE(is_within(share, 125, 1000));
  EXPECT_FALSE(is_within(share, 126, 1000));
  EXPECT_TRUE(is_within(share, 0, 0));
  EXPECT_FALSE(is_within(size_guard("at most 5 percent"), 6, 100));
  EXPECT_TRUE(is_within(size_guard("at most 5 percent"), 5, 100));
  EXPECT_TRUE(is_within(size_guard("at least 3"), UINT32_MAX, UINT32_MAX));
  EXPECT_FALSE(is_within(size_guard("at least 3"), 2, 2));
}

}  // namespace
}  // namespace kitle
