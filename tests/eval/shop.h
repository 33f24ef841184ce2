// A small random shop as a store, and rules over it as a program.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "runtime/eval/bind.h"
#include "runtime/eval/run.h"
#include "tests/support/tiers/case_store.h"

namespace kitle::testing {

// 2026-03-01 00:00 UTC.
inline constexpr int64_t kShopNow = int64_t{1'772'323'200} * 1'000'000;
inline constexpr int64_t kHour = int64_t{3600} * 1'000'000;

inline constexpr const char* kShopSchema = R"(
profile customer { id code key, country code, age integer, joined time }
event view { category text, price number }
event purchase counted by order { order code, amount money, quantity integer }
event call { }
)";

inline constexpr const char* kShopRules = R"(
segment viewers { any view where category in {"A", "C"} in last 20 days }
segment loyal { at least 2 purchases and no call in last 30 days }
segment spenders { sum of purchase.amount in last 60 days > 100 TRY }
segment young { age between 18 and 30 and country is "TR" }
segment back { no purchase after last call and joined in last 90 days }
segment priced { largest view.price > 5 and sum of view.price < 60 }
segment apart { median gap between views > 2 days or not in loyal }
segment large { age * age * age * age * age * age * age < 5 }
)";

// Settings, schema and rules at kShopNow, without people.
inline Case shop_case(const std::string& schema = kShopSchema,
                      const std::string& rules = kShopRules) {
  Case made;
  made.settings = "currency = \"TRY\"\n";
  made.schema_text = schema;
  made.moments = {{kShopNow, rules}};
  EXPECT_EQ(read_schema(made), "");
  return made;
}

// People with events of the last 100 days; some are erased, many values
// missing.
class RandomShop {
 public:
  explicit RandomShop(uint64_t seed) : random_(seed) {}

  Case people(uint32_t count) {
    Case made = shop_case();
    for (uint32_t i = 0; i < count; ++i) {
      made.people.push_back(person("p" + std::to_string(i)));
      put_in_order(made.schema, made.people.back());
    }
    return made;
  }

 private:
  int64_t below(int64_t n) {
    return std::uniform_int_distribution<int64_t>(0, n - 1)(random_);
  }
  Cell maybe(Cell value) { return below(5) == 0 ? Cell() : value; }
  int64_t instant() { return kShopNow - below(2400) * kHour; }
  std::string letter() { return std::string(1, "ABCDE"[below(5)]); }

  CasePerson person(const std::string& key) {
    CasePerson made{.key = key, .erased = below(12) == 0};
    made.attributes = {maybe(below(2) == 0 ? "TR" : "DE"),
                       maybe(below(70) + 10), maybe(instant())};
    for (int64_t n = below(6); n > 0; --n) {
      made.events.push_back(
          {0,
           instant(),
           {maybe(letter()), maybe(static_cast<double>(below(40)) / 4)}});
    }
    for (int64_t n = below(5); n > 0; --n) {
      made.events.push_back(
          {1, instant(), {maybe(letter()), maybe(below(9000)), maybe(2)}});
    }
    for (int64_t n = below(2); n > 0; --n)
      made.events.push_back({2, instant()});
    return made;
  }

  std::mt19937_64 random_;
};

// A case's first moment over its store, ready to run.
struct Shop {
  std::shared_ptr<const CaseStore> store;
  std::shared_ptr<const Program> program;
  std::shared_ptr<const PreparedProgram> prepared;

  // The program's rules may come from another schema than the store.
  static Shop make(const Case& stored, StoreForm form, const Case& ruled) {
    Shop shop;
    auto made = CaseStore::make(stored, form);
    EXPECT_TRUE(made.has_value()) << made.error().message();
    shop.store = *made;
    auto loaded = load_moment(ruled, 0);
    EXPECT_TRUE(loaded.has_value()) << loaded.error();
    shop.program =
        std::make_shared<const Program>(compile(loaded->repository, {}));
    shop.prepared = std::make_shared<const PreparedProgram>(*shop.program);
    return shop;
  }
  static Shop make(const Case& stored, StoreForm form) {
    return make(stored, form, stored);
  }

  std::shared_ptr<const Binding> bind(int64_t now = kShopNow) const {
    auto bound = Binding::make(program, store->snapshot(), now);
    EXPECT_TRUE(bound.has_value()) << bound.error().message();
    return *bound;
  }
  RunOutcome run(const Binding& binding, Executor& executor) const {
    auto outcome = kitle::run(binding, *prepared, {.executor = &executor});
    EXPECT_TRUE(outcome.has_value()) << outcome.error().message();
    return std::move(*outcome);
  }
  RunOutcome run(int64_t now = kShopNow) const {
    const auto executor = serial_executor();
    return run(*bind(now), *executor);
  }

  // Keys of the members of a segment, in the order of their ordinals.
  std::vector<std::string> members(const RunOutcome& outcome,
                                   const std::string& segment) const {
    std::vector<std::string> keys;
    for (size_t i = 0; i < program->segments.size(); ++i) {
      if (program->segments[i] != segment) continue;
      for (const uint32_t ordinal : outcome.segments[i].members.ordinals()) {
        keys.push_back(store->key(ordinal));
      }
    }
    return keys;
  }
};

inline void expect_equal(const RunOutcome& a, const RunOutcome& b) {
  EXPECT_EQ(a.profiles, b.profiles);
  ASSERT_EQ(a.segments.size(), b.segments.size());
  for (size_t i = 0; i < a.segments.size(); ++i) {
    EXPECT_EQ(a.segments[i].members, b.segments[i].members) << i;
    EXPECT_EQ(a.segments[i].undecided, b.segments[i].undecided) << i;
    EXPECT_EQ(a.segments[i].undecided_ordinal, b.segments[i].undecided_ordinal)
        << i;
  }
}

}  // namespace kitle::testing
