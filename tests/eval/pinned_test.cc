// Texts are compared as the store was made to, whatever this machine's ICU
// would say: by the fold table and the NFC of the Unicode that it pins.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/eval/shop.h"
#include "tests/support/repin.h"
#include "tests/support/tiers/every_tier.h"

namespace kitle::testing {
namespace {

constexpr const char* kSchema = R"(
profile customer { id code key, city text, other text, word code,
                   mark code any case, tags list of text }
)";

using Keys = std::vector<std::string>;

// Who is in each segment, by every tier that reads the store's table; the
// reference folds by itself.
std::map<std::string, Keys> members(const Case& people, const FoldData& folds,
                                    const std::string& version) {
  const auto store = CaseStore::make(people, StoreForm());
  EXPECT_TRUE(store);
  repin((*store)->folder(), folds, version);
  const auto snapshot = open_snapshot((*store)->folder());
  const auto loaded = load_moment(people, 0);
  EXPECT_TRUE(snapshot && loaded);
  const auto answers =
      ask_every_tier(loaded->repository, *snapshot, kShopNow, TierOptions());
  EXPECT_TRUE(answers);
  const auto& segments = loaded->repository.segments;
  std::map<std::string, Keys> all;
  EXPECT_GT(answers->size(), 1u);
  for (const TierAnswers& tier : *answers) {
    if (tier.tier == "reference") continue;
    for (size_t i = 0; i < segments.size(); ++i) {
      Keys keys;
      for (const uint32_t ordinal : tier.segments[i].members) {
        keys.push_back((*store)->key(ordinal));
      }
      const auto known = all.emplace(segments[i].name, keys).first;
      EXPECT_EQ(known->second, keys) << tier.tier << ": " << segments[i].name;
    }
  }
  return all;
}

Case with_people(const std::string& rules, std::vector<CasePerson> people) {
  Case made = shop_case(kSchema, rules);
  made.people = std::move(people);
  return made;
}

// x folds to y here, and X to nothing else.
TEST(PinnedFolding, DecidesEveryTestOfTexts) {
  const Case people = with_people(
      R"(
segment is_ { city is "xray" }
segment capital { city is "XRAY" }
segment exactly { city is exactly "xray" }
segment contains_ { city contains "axi" }
segment starts { city starts with "yr" }
segment ends { city ends with "xi" }
segment in_ { city in {"xray", "nowhere"} }
segment has { tags contains "X1" or tags contains "x2" }
segment equal { city is other }
segment code_ { word is "x" }
segment any_case { mark is "x" }
segment pattern { city matches "x.*" }
)",
      {{.key = "a", .attributes = {Cell("xray"), Cell("yraX"), Cell("x")}},
       {.key = "b", .attributes = {Cell("yray"), Cell("xrax"), Cell("y")}},
       {.key = "c", .attributes = {Cell("XRAY"), Cell("xray"), Cell("X")}},
       {.key = "d",
        .attributes = {Cell("taxi"), Cell("tayi"), Cell(), Cell("X")}},
       {.key = "e",
        .attributes = {Cell("tayi"), Cell(), Cell(), Cell("y"),
                       Cell(std::vector<std::string>{"y2", "x1"})}}});
  const FoldData folds{{'x'}, {0, 1}, "y"};
  const auto found = members(people, folds, unicode_version());
  const std::map<std::string, Keys> expected{
      {"is_", {"a", "b"}},       {"capital", {"c"}},     {"exactly", {"a"}},
      {"contains_", {"d", "e"}}, {"starts", {"a", "b"}}, {"ends", {"d", "e"}},
      {"in_", {"a", "b"}},       {"has", {"e"}},         {"equal", {"b", "d"}},
      {"code_", {"a"}},          {"any_case", {"d"}},    {"pattern", {"a"}}};
  EXPECT_EQ(found, expected);
}

// A store of Unicode 7: U+AB70 came with 8 and folds to U+13A0, U+1DF9 is a
// mark below since 10. A newer ICU would normalise what is written otherwise,
// before it ever sees the store.
TEST(PinnedFolding, OfAnOlderUnicodeDecidesAsThenWhateverTheRulesAreReadBy) {
  const std::string old_text = "a\u1DF9\u0301";
  const std::string new_text = "\u00E1\u1DF9";
  ASSERT_EQ(Nfc().of(old_text), new_text);
  const Case people = with_people(
      "segment cherokee { city is \"\u13A0\" }\n"
      "segment small { city is \"\uAB70\" }\n"
      "segment marked { city is \"" +
          old_text +
          "\" }\n"
          "segment pattern { city matches \"" +
          old_text +
          "\" }\n"
          "segment exactly { city is exactly \"" +
          old_text +
          "\" }\n"
          "segment composed { city is \"E\u0301\" }\n",
      {{.key = "capital", .attributes = {Cell("\u13A0")}},
       {.key = "small", .attributes = {Cell("\uAB70")}},
       {.key = "old", .attributes = {Cell(old_text)}},
       {.key = "new", .attributes = {Cell(new_text)}},
       {.key = "e", .attributes = {Cell("\u00E9")}}});
  const auto then = members(people, make_folds("en", "7.0"), "7.0");
  const std::map<std::string, Keys> expected{
      {"cherokee", {"capital"}}, {"small", {"small"}}, {"marked", {"old"}},
      {"pattern", {"old"}},      {"exactly", {"old"}}, {"composed", {"e"}}};
  EXPECT_EQ(then, expected);
  const auto now =
      members(people, make_folds("en", unicode_version()), unicode_version());
  EXPECT_EQ(now.at("cherokee"), (Keys{"capital", "small"}));
  EXPECT_EQ(now.at("exactly"), Keys{"new"});
}

}  // namespace
}  // namespace kitle::testing
