// Binding: names to columns, windows to stored units, texts to codes, and
// which of a program's codes a block is for.
#include "runtime/eval/bind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/store/writer.h"
#include "runtime/time/zone.h"
#include "tests/eval/shop.h"

namespace kitle::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// ---- forms ----

std::vector<uint64_t> words_with(const std::vector<uint32_t>& codes) {
  std::vector<uint64_t> words(codes.empty() ? 0 : codes.back() / 64 + 1);
  for (const uint32_t code : codes) {
    words[code / 64] |= uint64_t{1} << (code % 64);
  }
  return words;
}

TEST(BoundSet, HasTheCheapestFormThatIsRight) {
  using Form = BoundSet::Form;
  EXPECT_EQ(BoundSet::make({})->form, Form::kNever);
  EXPECT_EQ(BoundSet::make(words_with({0}))->form, Form::kNever);
  const auto range = BoundSet::make(words_with({62, 63, 64, 65}));
  EXPECT_EQ(range->form, Form::kRange);
  EXPECT_EQ(range->low, 62u);
  EXPECT_EQ(range->high, 65u);
  EXPECT_EQ(BoundSet::make(words_with({1, 3}))->form, Form::kBits);
}

TEST(BoundSet, EndsWithABitThatIsZeroForEveryLargerCode) {
  for (const uint32_t high : {1u, 510u, 511u, 512u, 1023u, 70'000u}) {
    const auto set = BoundSet::make(words_with({1, high}));
    EXPECT_EQ(set->bits % 512, 0u);
    EXPECT_GT(set->bits, high + 1);
    const uint32_t last = set->bits - 1;
    EXPECT_EQ(set->words[last / 64] >> (last % 64) & 1, 0u) << high;
  }
}

ColumnView stored(Physical physical, int64_t base, int64_t unit, int64_t min,
                  int64_t max) {
  ColumnView column;
  column.physical = physical;
  column.base = base;
  column.unit = unit;
  column.min = min;
  column.max = max;
  return column;
}

TEST(BoundRange, IsInStoredUnitsRoundedInwards) {
  const ColumnView column = stored(Physical::kI16, 1000, 10, 1000, 1500);
  const BoundRange range = BoundRange::make({1011, 1039}, column);
  EXPECT_EQ(range.form, BoundRange::Form::kCompare);
  EXPECT_EQ(range.low, 2);
  EXPECT_EQ(range.high, 3);
  EXPECT_EQ(BoundRange::make({1011, 1019}, column).form,
            BoundRange::Form::kNever);
}

TEST(BoundRange, OutsideWhatIsStoredIsNeverAndAroundItIsPresence) {
  const ColumnView column = stored(Physical::kI32, -50, 1, -20, 30);
  using Form = BoundRange::Form;
  EXPECT_EQ(BoundRange::make({31, 90}, column).form, Form::kNever);
  EXPECT_EQ(BoundRange::make({-90, -21}, column).form, Form::kNever);
  EXPECT_EQ(BoundRange::make({5, 4}, column).form, Form::kNever);
  EXPECT_EQ(BoundRange::make({-20, 30}, column).form, Form::kPresent);
  EXPECT_EQ(BoundRange::make({-19, 30}, column).form, Form::kCompare);
  const ColumnView empty = stored(Physical::kI32, 0, 1, 1, 0);
  EXPECT_EQ(BoundRange::make({INT64_MIN, INT64_MAX}, empty).form, Form::kNever);
}

TEST(BoundRange, AtTheEndsOf64BitsDoesNotWrap) {
  const ColumnView column =
      stored(Physical::kI64, INT64_MAX, 1, INT64_MIN, INT64_MAX);
  const BoundRange range = BoundRange::make({INT64_MIN, 5}, column);
  EXPECT_EQ(range.form, BoundRange::Form::kCompare);
  EXPECT_EQ(range.low, INT64_MIN);
  EXPECT_EQ(range.high, 5 - INT64_MAX);
}

TEST(BoundRange, OfCodesLeavesOutTheMissingOneAndWhatTheWidthCannotHold) {
  ColumnView column = stored(Physical::kU8, 0, 1, 0, 0);
  column.type = TypeKind::kCode;
  EXPECT_EQ(BoundRange::make({-5, 9}, column).low, 1);
  const auto set = BoundSet::make(words_with({254, 255, 256}));
  EXPECT_EQ(BoundRange::of_codes(*set, column).high, 255);
  const auto beyond = BoundSet::make(words_with({256, 257}));
  EXPECT_EQ(BoundRange::of_codes(*beyond, column).form,
            BoundRange::Form::kNever);
}

// ---- which code ----

CasePerson with_purchase(const std::string& key, int64_t time, int64_t amount) {
  CasePerson person{.key = key};
  person.events.push_back({1, time, {Cell(), amount, Cell()}});
  return person;
}

bool is_fast(const Shop& shop, int64_t now) {
  const auto binding = shop.bind(now);
  return (*binding->block(0))->base.code == &shop.program->fast;
}

TEST(Binding, TakesTheFastCodeFromTheNewestEventOn) {
  Case people = shop_case(kShopSchema, "segment s { any purchase }");
  people.people.push_back(with_purchase("a", kShopNow, 5));
  const Shop shop = Shop::make(people, {});
  EXPECT_TRUE(is_fast(shop, kShopNow));
  EXPECT_FALSE(is_fast(shop, kShopNow - 1));
  EXPECT_THAT(shop.members(shop.run(kShopNow), "s"), ElementsAre("a"));
  EXPECT_THAT(shop.members(shop.run(kShopNow - 1), "s"), IsEmpty());
}

TEST(Binding, TakesTheGeneralCodeWhereASumMayLeave64Bits) {
  const int64_t large = int64_t{1} << 61;
  Case people =
      shop_case(kShopSchema, "segment s { sum of purchase.amount > 1 TRY }");
  people.people.push_back(with_purchase("a", kShopNow, large));
  EXPECT_TRUE(is_fast(Shop::make(people, {}), kShopNow));
  for (int i = 0; i < 7; ++i) {
    people.people[0].events.push_back(people.people[0].events[0]);
  }
  const Shop shop = Shop::make(people, {});
  EXPECT_FALSE(is_fast(shop, kShopNow));
  EXPECT_THAT(shop.members(shop.run(), "s"), ElementsAre("a"));
}

TEST(Binding, BindsABlockOnce) {
  const Shop shop = Shop::make(RandomShop(1).people(5), {});
  const auto binding = shop.bind();
  EXPECT_EQ(*binding->block(0), *binding->block(0));
}

// ---- what is found in texts ----

constexpr const char* kAboutTexts = R"(
  segment a { any view where category is "A" in last 20 days }
  segment b { any view where category contains "b" in last 10 days }
)";

// The store's next snapshot, to which categories were added.
std::shared_ptr<const Snapshot> next_of(const Shop& shop, const Case& of,
                                        const std::vector<std::string>& more) {
  const auto zone = read_zone_bytes(of.parsed_settings.time_zone);
  auto writer =
      open_writer(shop.store->folder(), of.schema, of.parsed_settings, *zone);
  EXPECT_TRUE(writer.has_value());
  for (const std::string& text : more) {
    (*writer)->intern((*writer)->domain("category"), text);
  }
  EXPECT_TRUE((*writer)->commit().has_value());
  return *open_snapshot(shop.store->folder());
}

// What each test of a text finds in the snapshot's categories.
std::vector<std::shared_ptr<const BoundSet>> sets_of(const Binding& binding) {
  const Program& program = binding.program();
  const BoundBlock& block = (*binding.block(0))->base;
  std::vector<std::shared_ptr<const BoundSet>> sets;
  for (size_t i = 0; i < program.slots.size(); ++i) {
    if (program.slots[i].name != "category") continue;
    for (uint32_t set = 0; set < program.sets.size(); ++set) {
      sets.push_back(binding.set_of(set, block.slots[i]));
    }
    break;
  }
  return sets;
}

class BindingOfTexts : public ::testing::Test {
 protected:
  std::shared_ptr<const Binding> bind(
      const std::shared_ptr<const Snapshot>& snapshot, int64_t now,
      const Binding* before) const {
    return *Binding::make(shop_.program, snapshot, now, before);
  }

  const Case rules_ = shop_case(kShopSchema, kAboutTexts);
  const Shop shop_ = Shop::make(RandomShop(1).people(50), {}, rules_);
  const std::shared_ptr<const Binding> first_ = shop_.bind();
};

TEST_F(BindingOfTexts, FindsThemOnceForAllInstants) {
  const auto sets = sets_of(*first_);
  ASSERT_EQ(sets.size(), 2U);
  const auto again = bind(shop_.store->snapshot(), kShopNow + 1, first_.get());
  EXPECT_EQ(sets_of(*again), sets);
  const Shop other = Shop::make(RandomShop(1).people(50), {}, rules_);
  const auto others = Binding::make(other.program, shop_.store->snapshot(),
                                    kShopNow, first_.get());
  EXPECT_NE(sets_of(**others), sets);
}

TEST_F(BindingOfTexts, FindsThemAgainWhereThereAreMore) {
  const auto sets = sets_of(*first_);
  const auto same =
      bind(next_of(shop_, rules_, {}), kShopNow + 1, first_.get());
  EXPECT_EQ(sets_of(*same), sets);
  const auto more =
      bind(next_of(shop_, rules_, {"cab"}), kShopNow + 2, same.get());
  const auto found = sets_of(*more);
  EXPECT_NE(found[0], sets[0]);
  EXPECT_NE(found[1], sets[1]);
  EXPECT_EQ(found[1]->count, sets[1]->count + 1);
}

// ---- what the store has ----

TEST(Binding, WhatTheStoreLacksIsMissing) {
  Case stored = shop_case("profile customer { id code key }\nevent call { }",
                          "segment all { everyone }");
  stored.people.push_back({.key = "a"});
  const Case ruled = shop_case(kShopSchema, R"(
    segment without { age is missing and country is missing and no purchase }
    segment age { age < 200 }
    segment country { country is not "TR" }
    segment viewed { count of view > 0 }
    segment bought { sum of purchase.amount >= 0 TRY }
    segment average { average of purchase.amount >= 0 TRY }
  )");
  const Shop shop = Shop::make(stored, {}, ruled);
  const RunOutcome outcome = shop.run();
  EXPECT_THAT(shop.members(outcome, "without"), ElementsAre("a"));
  EXPECT_THAT(shop.members(outcome, "age"), IsEmpty());
  EXPECT_THAT(shop.members(outcome, "country"), ElementsAre("a"));
  EXPECT_THAT(shop.members(outcome, "viewed"), IsEmpty());
  EXPECT_THAT(shop.members(outcome, "bought"), ElementsAre("a"));
  EXPECT_THAT(shop.members(outcome, "average"), IsEmpty());
}

TEST(Binding, AColumnOfAnotherTypeIsRefusedByName) {
  Case stored = shop_case("profile customer { id code key, age text }",
                          "segment all { everyone }");
  stored.people.push_back({.key = "a", .attributes = {Cell("x")}});
  const Case ruled = shop_case(kShopSchema, "segment s { age > 3 }");
  const Shop shop = Shop::make(stored, {}, ruled);
  const auto bound =
      Binding::make(shop.program, shop.store->snapshot(), kShopNow);
  ASSERT_FALSE(bound.has_value());
  EXPECT_EQ(bound.error().code(), StatusCode::kInvalid);
  EXPECT_THAT(bound.error().message(), HasSubstr("`age`"));
}

TEST(Binding, TextsThatNobodyHasAreAnEmptySet) {
  const Case people = shop_case(kShopSchema, R"(
    segment s { country is "XX" }
    segment t { any view where category contains "zzz" }
  )");
  Case stored = RandomShop(2).people(20);
  const Shop shop = Shop::make(stored, {}, people);
  const RunOutcome outcome = shop.run();
  EXPECT_THAT(shop.members(outcome, "s"), IsEmpty());
  EXPECT_THAT(shop.members(outcome, "t"), IsEmpty());
}

}  // namespace
}  // namespace kitle::testing
