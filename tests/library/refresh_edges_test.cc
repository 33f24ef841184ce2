// Refreshes where it is easy to leave someone out, or to give up: written dates
// beside now, birthdays of long ago, stores that went on apart, midnight,
// segments that nobody can be decided for.
#include <fmt/format.h>

#include <filesystem>

#include "tests/library/shop.h"

namespace kitle {
namespace {

using testing::engine_of;
using testing::expect_equal;
using testing::kNow;
using testing::run_alone;
using testing::Shop;

constexpr int64_t kMinute = int64_t{60} * 1'000'000;
constexpr int64_t kOneDay = 24 * 60 * kMinute;

// Goes from kNow on by these steps; how many were evaluated at each.
std::vector<uint32_t> go_on(const Shop& shop,
                            const std::vector<int64_t>& steps) {
  const Engine engine = engine_of(shop.rules);
  const Store store = shop.open();
  RunResult before = run_alone(engine, store, {.now = kNow});
  int64_t now = kNow;
  std::vector<uint32_t> evaluated;
  for (const int64_t step : steps) {
    now += step;
    RunResult next = run_alone(engine, store, {.now = now, .before = &before});
    expect_equal(next, run_alone(engine, store, {.now = now}));
    evaluated.push_back(next.evaluated);
    before = std::move(next);
  }
  return evaluated;
}

TEST(RefreshEdges, AWrittenDateIsPassedByEveryone) {
  const std::vector<std::pair<const char*, int64_t>> rules = {
      {"age of 2000-03-02 >= 26", kOneDay},
      {"age of 2026-03-02 >= 0", kOneDay},
      {"days since 2026-03-02 >= 0", kOneDay},
      {"days since 2026-03-02 <= 3", 5 * kOneDay},
      {"days since 2026-03-01 00:05 >= 0", 10 * kMinute},
      {"time since 2026-03-01 00:05 >= 0 days", 10 * kMinute},
      {"days until 2026-03-01 >= 0", kOneDay},
      {"days until 2026-03-01 00:05 >= 0", 10 * kMinute},
      {"no purchase after 2025-12-24", kOneDay},
      {"no purchase within 3 days after 2026-03-01", kOneDay},
  };
  for (const auto& [rule, step] : rules) {
    SCOPED_TRACE(rule);
    go_on(Shop(fmt::format("segment s {{ {} }}\n", rule)), {step, step, step});
  }
}

// Behind a midnight in which months may go back, as before it.
TEST(RefreshEdges, GoesOnBehindMidnight) {
  const Shop shop("segment s { any purchase in last 2 months }\n");
  std::vector<int64_t> steps(8, 5 * kMinute);
  steps[0] = kOneDay - 10 * kMinute;
  EXPECT_EQ(go_on(shop, steps),
            (std::vector<uint32_t>{0, 0, 4, 0, 0, 0, 0, 0}));
}

TEST(RefreshEdges, ABirthdayOfLongAgoIsOfThoseBornSince) {
  const testing::TempFolder folder;
  testing::write_shop(folder,
                      "segment s { birthday of born 800 to 830 days ago }\n");
  const auto replaced = [&](std::string text, const std::string& from,
                            const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  folder.write("schema.kitle",
               replaced(testing::kSchema, "points    integer", "born date"));
  folder.write("sources.kitle",
               replaced(testing::kSources, "points from \"points\"",
                        "born from \"born\""));
  folder.write("data/customers.csv",
               "id,email,city,signed_up,born\n"
               "C-1,,,2025-05-02T09:30:00+03:00,2025-12-22\n"
               "C-2,,,2025-05-02T09:30:00+03:00,2025-11-22\n"
               "C-4,,,2025-05-02T09:30:00+03:00,1990-08-01\n");
  folder.write("data/orders.csv", "order,customer,time,category,amount\n");
  const Rules rules = testing::good_rules(folder.path());
  ASSERT_TRUE(ingest(rules, {}));
  const Engine engine = engine_of(rules);
  const auto store = Store::open(rules.store_folder());
  RunResult before = run_alone(engine, *store, {.now = kNow});
  for (int day = 1; day < 40; ++day) {
    SCOPED_TRACE(day);
    const int64_t now = kNow + day * kOneDay;
    RunResult next = run_alone(engine, *store, {.now = now, .before = &before});
    expect_equal(next, run_alone(engine, *store, {.now = now}));
    before = std::move(next);
  }
}

// 3,000 people, so that one of them is few.
class RefreshOfMany : public ::testing::Test {
 protected:
  RefreshOfMany()
      : shop_(
            "segment rich { points > 45 }\n"
            "segment buyers { any purchase ever }\n"
            "segment early { any purchase in last 844 hours }\n"
            "segment late { any purchase in last 845 hours }\n"),
        engine_(engine_of(shop_.rules)) {
    std::string customers = "id,email,city,signed_up,points\n";
    for (int i = 0; i < 3000; ++i) {
      customers +=
          fmt::format("P-{},,,2025-05-02T09:30:00+03:00,{}\n", i, i % 50);
    }
    shop_.folder.write("data/customers.csv", customers);
    shop_.ingest_again();
    buy("A-77", "P-7");
    EXPECT_TRUE(fold(shop_.rules.store_folder()));
  }

  void buy(const std::string& order, const std::string& who) const {
    shop_.folder.write(
        "data/orders-2.csv",
        fmt::format("order,customer,time,category,amount\n"
                    "{},{},2026-01-24T20:15:00+03:00,Kitap,120.00\n",
                    order, who));
    shop_.ingest_again();
  }

  Shop shop_;
  Engine engine_;
};

// The purchase leaves the one window 15 minutes from now, the other an hour
// later: what is read of events to evaluate them, here nothing, is not all that
// tells when they will be due.
TEST_F(RefreshOfMany, WhoWasEvaluatedIsDueAgain) {
  EXPECT_EQ(go_on(shop_, {60 * kMinute, 60 * kMinute, 60 * kMinute}),
            (std::vector<uint32_t>{1, 1, 0}));
}

TEST_F(RefreshOfMany, FromALaterSnapshotIsAWholeRun) {
  const Store earlier = shop_.open();
  shop_.folder.write("data/customers.csv",
                     "id,email,city,signed_up,points\n"
                     "P-9,,,2025-05-02T09:30:00+03:00,99\n");
  shop_.ingest_again();
  const RunResult later = run_alone(engine_, shop_.open(), {.now = kNow});
  for (const int64_t now : {kNow, kNow + kMinute}) {
    expect_equal(run_alone(engine_, earlier, {.now = now, .before = &later}),
                 run_alone(engine_, earlier, {.now = now}));
  }
}

// Two copies that had one ingest each.
TEST_F(RefreshOfMany, OfACopyThatWentOnApartIsAWholeRun) {
  namespace fs = std::filesystem;
  const fs::path store = shop_.folder / "store";
  const fs::path copy = shop_.folder / "copy";
  fs::copy(store, copy, fs::copy_options::recursive);
  buy("B-1", "P-9");
  const RunResult other = run_alone(engine_, shop_.open(), {.now = kNow});
  ASSERT_TRUE(keep_members(shop_.open(), other));
  fs::rename(store / "members", copy / "members");
  fs::remove_all(store);
  fs::rename(copy, store);
  buy("B-1", "P-8");
  const int64_t now = kNow + kMinute;
  const RunResult whole = run_alone(engine_, shop_.open(), {.now = now});
  expect_equal(run_alone(engine_, shop_.open(), {.now = now, .before = &other}),
               whole);
  const auto runs = kept_runs(shop_.open());
  ASSERT_TRUE(runs && runs->size() == 1);
  expect_equal(run_alone(engine_, shop_.open(), {.now = now, .kept = *runs}),
               whole);
}

// A run of one segment in between is not of these rules.
TEST_F(RefreshOfMany, GoesOnFromTheLastRunOfAll) {
  const auto keep = [&](int64_t now, std::vector<std::string> segments) {
    const RunResult result = run_alone(
        engine_, shop_.open(), {.now = now, .segments = std::move(segments)});
    ASSERT_TRUE(keep_members(shop_.open(), result));
  };
  keep(kNow, {});
  keep(kNow + kMinute, {"rich"});
  const auto runs = kept_runs(shop_.open());
  ASSERT_TRUE(runs && runs->size() == 2);
  const RunResult next = run_alone(engine_, shop_.open(),
                                   {.now = kNow + 2 * kMinute, .kept = *runs});
  EXPECT_EQ(next.evaluated, 0);
}

// Who is in the top is not known without a fit, and the others are.
TEST(RefreshEdges, ASegmentWithoutAFitStopsNoOther) {
  const Shop shop(
      "segment top { in top 10 percent by count of purchase }\n"
      "segment buyers { any purchase ever }\n");
  EXPECT_EQ(go_on(shop, {kMinute, kMinute}), (std::vector<uint32_t>{0, 0}));
  const Engine engine = engine_of(shop.rules);
  const RunResult first = run_alone(engine, shop.open(), {.now = kNow});
  EXPECT_TRUE(first.segments[0].undecided);
  ASSERT_TRUE(keep_members(shop.open(), first));
  const auto runs = kept_runs(shop.open());
  ASSERT_TRUE(runs);
  const RunResult next =
      run_alone(engine, shop.open(), {.now = kNow + kMinute, .kept = *runs});
  EXPECT_EQ(next.evaluated, 0);
  expect_equal(next, run_alone(engine, shop.open(), {.now = kNow + kMinute}));
}

}  // namespace
}  // namespace kitle
