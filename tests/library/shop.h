// A small shop: a rule repository with data in a folder of its own, and its
// store.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

#include "kitle/engine.h"
#include "kitle/rules.h"
#include "kitle/store.h"
#include "tests/support/files.h"
#include "tests/support/temp_folder.h"

namespace kitle::testing {

// 2026-03-01 00:00 in Istanbul, UTC+3.
inline constexpr int64_t kNow = 1'772'312'400'000'000;
inline constexpr int64_t kHour = int64_t{3600} * 1'000'000;
inline constexpr int64_t kDay = 24 * kHour;

inline constexpr const char* kSettings =
    "name = \"shop\"\ntime_zone = \"Europe/Istanbul\"\nlocale = \"tr\"\n"
    "currency = \"TRY\"\nfirst_day_of_week = \"monday\"\nstore = \"store\"\n";

inline constexpr const char* kSchema = R"(
profile customer {
  id        code key
  email     text personal
  city      text
  signed_up time
  points    integer
}
event purchase counted by order { order code, category text, amount money }
)";

inline constexpr const char* kSources = R"(
source customers {
  files "data/customers.csv"
  customer from "id"
  into customer {
    email from "email"
    city from "city"
    signed_up from "signed_up"
    points from "points"
  }
}
source orders {
  files "data/orders*.csv"
  customer from "customer"
  into purchase {
    time from "time"
    order from "order"
    category from "category"
    amount from "amount"
  }
}
)";

inline constexpr const char* kSegments = R"(
segment buyers "Alıcılar" { any purchase ever }
segment good { sum of purchase.amount in last 12 months > 500 TRY }
segment newcomers { signed_up in last 30 days and not in buyers }
segment everybody { everyone }
)";

inline constexpr const char* kCustomers =
    "id,email,city,signed_up,points\n"
    "C-1,a@example.com,İstanbul,2025-05-02T09:30:00+03:00,10\n"
    "C-2,b@example.com,Ankara,2026-02-20T18:05:00+03:00,20\n"
    "\"C,\"\"3\"\"\",,,2024-11-11T11:11:00+03:00,\n"
    "C-4,d@example.com,Izmir,2026-02-25T18:05:00+03:00,-3\n";

inline constexpr const char* kOrders =
    "order,customer,time,category,amount\n"
    "A-1,C-1,2025-06-01T10:00:00+03:00,Spor Ayakkabı,450.00\n"
    "A-2,C-1,2026-01-15T12:30:00+03:00,Çorap,80.50\n"
    "A-3,\"C,\"\"3\"\"\",2025-12-24T20:15:00+03:00,Kitap,120.00\n";

// The shop's files without its data's store.
inline void write_shop(const TempFolder& folder,
                       const std::string& segments = kSegments) {
  folder.write("kitle.toml", kSettings);
  folder.write("schema.kitle", kSchema);
  folder.write("sources.kitle", kSources);
  folder.write("segments.kitle", segments);
  folder.write("data/customers.csv", kCustomers);
  folder.write("data/orders.csv", kOrders);
}

inline Rules good_rules(const std::string& folder) {
  auto rules = load_rules(folder);
  EXPECT_TRUE(rules) << rules.error().message();
  EXPECT_TRUE(rules->ok()) << rules->diagnostics({});
  return *rules;
}

// The same answers, said in the same words.
inline void expect_equal(const RunResult& found, const RunResult& expected) {
  EXPECT_EQ(found.profiles, expected.profiles);
  EXPECT_EQ(found.warnings, expected.warnings);
  ASSERT_EQ(found.segments.size(), expected.segments.size());
  for (size_t i = 0; i < found.segments.size(); ++i) {
    const SegmentResult& ours = found.segments[i];
    const SegmentResult& theirs = expected.segments[i];
    EXPECT_EQ(ours.name, theirs.name);
    EXPECT_EQ(ours.title, theirs.title);
    EXPECT_EQ(ours.stages, theirs.stages);
    EXPECT_EQ(ours.action, theirs.action);
    EXPECT_EQ(ours.undecided, theirs.undecided);
    EXPECT_EQ(ours.undecided_reason, theirs.undecided_reason);
    EXPECT_EQ(ours.members, theirs.members) << ours.name;
  }
}

inline Engine engine_of(const Rules& rules) {
  auto made = Engine::create(rules, {.use_cache = false});
  EXPECT_TRUE(made) << made.error().message();
  return *made;
}

inline RunResult run_of(const Engine& engine, const Store& store,
                        const RunOptions& options) {
  auto result = engine.run(store, options);
  EXPECT_TRUE(result) << result.error().message();
  return *std::move(result);
}

// On one thread.
inline RunResult run_alone(const Engine& engine, const Store& store,
                           RunOptions options) {
  options.threads = 1;
  return run_of(engine, store, options);
}

// Rules, ingested, opened.
struct Shop {
  explicit Shop(const std::string& segments = kSegments)
      : rules((write_shop(folder, segments), good_rules(folder.path()))) {
    ingest_again();
  }
  void ingest_again() const {
    const auto report = ingest(rules, {});
    EXPECT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->reject_file, "");
  }
  Store open() const {
    auto store = Store::open(rules.store_folder());
    EXPECT_TRUE(store) << store.error().message();
    return *store;
  }
  Engine engine() const {
    auto made = Engine::create(rules, {folder / "cache", true});
    EXPECT_TRUE(made) << made.error().message();
    return *made;
  }
  RunResult run(RunOptions options) const {
    options.now = kNow;
    return run_of(engine(), open(), options);
  }

  TempFolder folder;
  Rules rules;
};

}  // namespace kitle::testing
