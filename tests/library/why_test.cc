// Explanations of one person through the library.
#include "kitle/why.h"

#include <gtest/gtest.h>

#include <string>

#include "kitle/kitle.h"
#include "tests/library/shop.h"

namespace kitle::testing {
namespace {

TEST(Why, SaysWhatARunSays) {
  const Shop shop;
  const Store store = shop.open();
  const RunResult result = shop.run({});
  for (const SegmentResult& segment : result.segments) {
    for (uint32_t ordinal = 0; ordinal < store.profiles(); ++ordinal) {
      const std::string key = *store.key_of(ordinal);
      const auto why =
          explain_person(shop.rules, store,
                         {.key = key, .segment = segment.name, .now = kNow});
      ASSERT_TRUE(why) << why.error().message();
      EXPECT_EQ(why->member, segment.members.contains(ordinal))
          << why_text(*why);
      EXPECT_EQ(why->condition.holds, why->member);
      EXPECT_TRUE(why->condition.decides);
    }
  }
}

TEST(Why, NamesWhatItDoesNotKnow) {
  const Shop shop;
  EXPECT_TRUE(can_explain(shop.rules, "good"));
  EXPECT_FALSE(can_explain(shop.rules, "buyer"));
  const Store store = shop.open();
  const auto segment = explain_person(
      shop.rules, store, {.key = "C-1", .segment = "buyer", .now = kNow});
  ASSERT_FALSE(segment);
  EXPECT_EQ(segment.error().code(), StatusCode::kNotFound);
  EXPECT_EQ(segment.error().cause(),
            "there is no segment `buyer`; did you mean `buyers`?");
  const auto person = explain_person(
      shop.rules, store, {.key = " c-1", .segment = "buyers", .now = kNow});
  ASSERT_FALSE(person);
  EXPECT_EQ(person.error().code(), StatusCode::kNotFound);
  EXPECT_EQ(person.error().cause(),
            "there is no customer ` c-1`; did you mean `C-1`?");
}

TEST(Why, OtherwiseIsNoTestOfASmallestSet) {
  const Shop shop(
      "stages life { rest otherwise }\n"
      "segment asked { any purchase or life is rest }\n");
  const auto why = explain_person(
      shop.rules, shop.open(), {.key = "C-1", .segment = "asked", .now = kNow});
  ASSERT_TRUE(why) << why.error().message();
  ASSERT_EQ(why->condition.parts.size(), 2U);
  EXPECT_TRUE(why->condition.parts[0].holds);
  EXPECT_FALSE(why->condition.parts[0].decides);
  EXPECT_TRUE(why->condition.parts[1].decides);
}

// Cuts of a column of a table are told by its keys, not compared.
TEST(Why, ABandOfALookedUpValueHasNoDistanceToTheNext) {
  const TempFolder folder;
  write_shop(
      folder,
      "table cities from \"cities.csv\" key city {\n"
      "  city text, people integer\n"
      "}\n"
      "score worth { size: people of city, 4 bands by cuts {5, 9, 12} }\n"
      "segment best { worth.score >= 3 }\n");
  folder.write("cities.csv", "city,people\nAnkara,6\nIzmir,10\nOslo,20\n");
  const Rules rules = good_rules(folder.path());
  ASSERT_TRUE(ingest(rules, {}));
  const auto store = Store::open(rules.store_folder());
  const auto why = explain_person(
      rules, *store, {.key = "C-2", .segment = "best", .now = kNow});
  ASSERT_TRUE(why) << why.error().message();
  ASSERT_EQ(why->condition.scores.size(), 1U) << why_text(*why);
  const WhyBand& band = why->condition.scores[0].bands.at(0);
  EXPECT_EQ(band.band, 2U);
  EXPECT_EQ(band.next, "");
}

TEST(Why, ColoursOnlyWhatIsAsked) {
  const Shop shop;
  const auto why = explain_person(
      shop.rules, shop.open(), {.key = "C-1", .segment = "good", .now = kNow});
  ASSERT_TRUE(why);
  EXPECT_EQ(why_text(*why).find('\033'), std::string::npos);
  EXPECT_NE(why_text(*why, true).find("\033[32m"), std::string::npos);
}

TEST(Why, IsThereInC) {
  const Shop shop;
  kitle_rules* rules = nullptr;
  kitle_store* store = nullptr;
  ASSERT_EQ(kitle_rules_load(shop.folder.path().c_str(), &rules, nullptr),
            KITLE_OK);
  ASSERT_EQ(kitle_store_open(kitle_rules_store_folder(rules), &store, nullptr),
            KITLE_OK);
  kitle_why* why = nullptr;
  kitle_error* error = nullptr;
  ASSERT_EQ(
      kitle_why_explain(rules, store, "C-1", 3, "good", kNow, &why, &error),
      KITLE_OK);
  EXPECT_EQ(kitle_why_member(why), 1);
  EXPECT_EQ(kitle_why_undecided(why), 0);
  EXPECT_EQ(std::string(kitle_why_sentence(why)),
            "C-1 is in good, because `sum of purchase.amount in last 12 months "
            "> 500 TRY` holds (530.50 TRY).");
  EXPECT_NE(std::string(kitle_why_text(why)).find("> yes"), std::string::npos);
  EXPECT_EQ(std::string(kitle_why_json(why)).front(), '{');
  kitle_why_free(why);
  EXPECT_EQ(
      kitle_why_explain(rules, store, "C-9", 3, "good", kNow, &why, &error),
      KITLE_NOT_FOUND);
  EXPECT_EQ(why, nullptr);
  kitle_error_free(error);
  EXPECT_EQ(
      kitle_why_explain(rules, store, nullptr, 0, "good", kNow, &why, &error),
      KITLE_INVALID);
  kitle_error_free(error);
  EXPECT_EQ(kitle_why_sentence(nullptr), nullptr);
  kitle_why_free(nullptr);
  kitle_store_free(store);
  kitle_rules_free(rules);
}

}  // namespace
}  // namespace kitle::testing
