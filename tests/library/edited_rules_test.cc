// Rules that were edited, over a store and an instant that were asked before:
// what an edit left as it was is not evaluated again, and nothing else is
// taken over.
#include <gtest/gtest.h>

#include "kitle/fit.h"
#include "tests/library/shop.h"

namespace kitle {
namespace {

using testing::expect_equal;
using testing::kNow;
using testing::Shop;

// Of the rules as they are now.
RunResult answers(const Shop& shop, const Store& store,
                  const RunOptions& options) {
  const Rules rules = testing::good_rules(shop.folder.path());
  return testing::run_of(testing::engine_of(rules), store, options);
}

struct Edit {
  const char* what;
  const char* file;
  std::string from;
  std::string to;
  uint32_t taken_over;
};

const std::string kOneMore = "\nsegment late { any purchase in this month }\n";

const Edit kEdits[] = {
    {"nothing", "segments.kitle", "", "", 4},
    {"a name and a title", "segments.kitle", "good {", "dear \"Iyi\" {", 4},
    {"a limit", "segments.kitle", "500 TRY", "100 TRY", 3},
    {"a length", "segments.kitle", "30 days", "10 days", 3},
    {"what another asks for", "segments.kitle", "any purchase ever",
     "at least 2 purchases", 2},
    {"one more", "segments.kitle", "\nsegment good", kOneMore + "segment good",
     4},
    {"one less", "segments.kitle", "segment everybody { everyone }", "", 3},
    {"another column in front", "schema.kitle", "  city      text\n",
     "  town text\n  city      text\n", 0},
};

TEST(EditedRules, OnlyWhatChangedIsEvaluatedAgain) {
  for (const Edit& edit : kEdits) {
    SCOPED_TRACE(edit.what);
    const Shop shop;
    const Store store = shop.open();
    const RunResult before = answers(shop, store, {.now = kNow});
    std::string text = testing::read_file(shop.folder / edit.file);
    text.replace(text.find(edit.from), edit.from.size(), edit.to);
    shop.folder.write(edit.file, text);
    const RunResult expected = answers(shop, store, {.now = kNow});
    EXPECT_EQ(expected.taken_over, 0);
    const RunResult result =
        answers(shop, store,
                {.now = kNow, .tier = Tier::kInterpreter, .before = &before});
    expect_equal(result, expected);
    EXPECT_EQ(result.taken_over, edit.taken_over);
  }
}

TEST(EditedRules, TheReferenceIsAskedForEverything) {
  const Shop shop;
  const Store store = shop.open();
  RunResult before = answers(shop, store, {.now = kNow});
  const RunResult expected =
      answers(shop, store, {.now = kNow, .tier = Tier::kReference});
  before.segments[0].members = {};  // as no tier would have it
  const RunResult result = answers(
      shop, store, {.now = kNow, .tier = Tier::kReference, .before = &before});
  EXPECT_EQ(result.taken_over, 0);
  EXPECT_EQ(result.evaluated, result.profiles);
  EXPECT_EQ(result.tier, Tier::kReference);
  expect_equal(result, expected);
}

TEST(EditedRules, WhatWasTakenOverIsTakenOverAgain) {
  const Shop shop;
  const Store store = shop.open();
  const RunResult first = answers(shop, store, {.now = kNow});
  const RunResult second =
      answers(shop, store, {.now = kNow, .before = &first});
  const RunResult third =
      answers(shop, store, {.now = kNow, .before = &second});
  EXPECT_EQ(third.taken_over, 4);
  expect_equal(third, first);
}

TEST(EditedRules, AResultThatWasChangedIsNotTakenFrom) {
  const Shop shop;
  const Store store = shop.open();
  const RunResult first = answers(shop, store, {.now = kNow});
  RunResult changed = first;
  changed.segments.erase(changed.segments.begin());
  const RunResult second =
      answers(shop, store, {.now = kNow, .before = &changed});
  EXPECT_EQ(second.taken_over, 0);
  expect_equal(second, first);
}

TEST(EditedRules, ChosenSegmentsAreTakenFromAllAndAllFromThem) {
  const Shop shop;
  const Store store = shop.open();
  const RunResult all = answers(shop, store, {.now = kNow});
  const RunResult one = answers(
      shop, store, {.now = kNow, .segments = {"newcomers"}, .before = &all});
  EXPECT_EQ(one.taken_over, 1);
  ASSERT_EQ(one.segments.size(), 1);
  EXPECT_EQ(one.segments[0].members, all.segments[2].members);
  const RunResult again = answers(shop, store, {.now = kNow, .before = &one});
  EXPECT_EQ(again.taken_over, 1);
  expect_equal(again, all);
}

TEST(EditedRules, AnotherInstantOrSnapshotIsEvaluatedWhole) {
  const Shop shop;
  const Store store = shop.open();
  const RunResult before = answers(shop, store, {.now = kNow});
  const RunResult later =
      answers(shop, store, {.now = kNow + 1, .before = &before});
  EXPECT_EQ(later.taken_over, 0);
  EXPECT_EQ(later.now, kNow + 1);
  shop.folder.write("data/orders2.csv",
                    "order,customer,time,category,amount\n"
                    "A-4,C-2,2026-02-01T10:00:00+03:00,Kitap,900\n");
  shop.ingest_again();
  const Store changed = shop.open();
  const RunResult newer =
      answers(shop, changed, {.now = kNow, .before = &before});
  EXPECT_EQ(newer.taken_over, 0);
  EXPECT_EQ(newer.segments[1].members.size(), 2);
  EXPECT_EQ(before.segments[1].members.size(), 1);
}

TEST(EditedRules, AFitThatCameMeanwhileDecides) {
  const Shop shop(
      "segment best { in top 50 percent by points }\n"
      "segment plain { any purchase }\n");
  const Store store = shop.open();
  const RunResult before = answers(shop, store, {.now = kNow});
  ASSERT_TRUE(before.segments[0].undecided);
  const Rules rules = testing::good_rules(shop.folder.path());
  const auto fits = fit(rules, store, {.now = kNow});
  ASSERT_TRUE(fits) << fits.error().message();
  ASSERT_TRUE(keep_fits(rules, *fits).ok());
  const RunResult result =
      answers(shop, store, {.now = kNow, .before = &before});
  EXPECT_EQ(result.taken_over, 1);
  EXPECT_FALSE(result.segments[0].undecided);
  expect_equal(result, answers(shop, store, {.now = kNow}));
}

}  // namespace
}  // namespace kitle
