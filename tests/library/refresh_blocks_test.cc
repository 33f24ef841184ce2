// Refreshes of people in several blocks that lie in several forms: with columns
// that came later, wider values and codes, texts of each block by itself.
#include <fmt/format.h>

#include <cstdlib>

#include "tests/library/shop.h"

namespace kitle {
namespace {

using testing::engine_of;
using testing::expect_equal;
using testing::kDay;
using testing::kHour;
using testing::kNow;
using testing::run_alone;

constexpr int kFirst = 17'000;  // in more than one block
constexpr int kAll = 35'000;
constexpr int64_t kMinute = kHour / 60;

constexpr const char* kSegments = R"(
events contact = purchase, visit
sessions stay of contact gap 30 minutes
segment lately { any purchase in last 30 days }
segment often { at least 2 contacts in last 30 days }
segment sum { sum of purchase.amount in last 30 days > 100 TRY }
segment dear { any purchase where category in {"c7", "c33", "c300"} in last 30 days }
segment mail { email contains "9@" and any purchase in last 30 days }
segment called { nick is "n5" and any purchase in last 30 days }
segment said { any contact where note contains "3" in last 30 days }
segment many { at least 2 different note of contact in last 30 days }
segment alike { note of first contact is note of last contact and lately_too }
let lately_too = any contact in last 30 days
segment tagged { tags contains "t3" and any visit in last 30 days }
segment rich { points > 40000 and any contact in last 30 days }
segment new_ones { signed_up in last 30 days }
segment buyers { count of purchase in last 30 days >= 2 }
segment nobody_said { no visit where note is missing in last 30 days }
segment sat { at least 2 stays in last 30 days }
)";

class RefreshOfBlocks : public ::testing::Test {
 protected:
  RefreshOfBlocks() {
    folder_.write("kitle.toml", testing::kSettings);
    folder_.write("segments.kitle", "");
    write_schema("", "");
    write_people(0, kFirst, false);
    write_events(0, kFirst, 1, 1'000'000, 20);
    ingest_now();
    write_schema("  nick text personal\n  tags list of text\n",
                 "event visit { note text personal }\n");
    write_people(kFirst, kAll, true);
    write_events(kFirst, kAll, 1, 1'000'003, 400);
    ingest_now();
    folder_.write("segments.kitle", kSegments);
  }

  void write_schema(const std::string& columns, const std::string& events) {
    folder_.write("schema.kitle", fmt::format(R"(
profile customer {{
  id        code key
  email     text personal
  signed_up time
  points    integer
{}}}
event purchase counted by order {{
  order code
  category text
  note text personal
  amount money
}}
{})",
                                              columns, events));
    const bool later = !columns.empty();
    folder_.write("sources.kitle",
                  fmt::format(R"(
source customers {{
  files "data/customers.csv"
  customer from "id"
  into customer {{
    email from "email"
    signed_up from "signed_up"
    points from "points"
{}  }}
}}
source orders {{
  files "data/orders.csv"
  customer from "customer"
  into purchase {{
    time from "time" as unix milliseconds
    order from "order"
    category from "category"
    note from "note"
    amount from "amount"
  }}
}}
{})",
                              later ? "    nick from \"nick\"\n"
                                      "    tags from split \"tags\" by \"|\"\n"
                                    : "",
                              later ? R"(
source visit_rows {
  files "data/visits.csv"
  customer from "customer"
  into visit {
    time from "time" as unix milliseconds
    note from "note"
  }
}
)"
                                    : ""));
  }

  void write_people(int begin, int end, bool later) const {
    std::string text = "id,email,signed_up,points";
    text += later ? ",nick,tags\n" : "\n";
    for (int i = begin; i < end; ++i) {
      text += fmt::format(
          "P-{},m{}@example.com,2026-01-{:02}T00:0{}:00+03:00,{}", i, i % 1000,
          1 + i % 31, i % 10, later ? i * 7 % 90'000 : i % 100);
      if (later) {
        text += fmt::format(",{},t{}|t{}",
                            i % 3 == 0 ? "" : fmt::format("n{}", i % 9), i % 7,
                            i % 5);
      }
      text += "\n";
    }
    folder_.write("data/customers.csv", text);
  }

  // One in so many; some have theirs 30 days ago, so that they leave soon.
  void write_events(int begin, int end, int one_in, int64_t step,
                    int categories) const {
    std::string orders = "order,customer,time,category,note,amount\n";
    std::string visits = "customer,time,note\n";
    for (int i = begin; i < end; i += one_in) {
      const int64_t of = i % 151 == 0 ? kNow - 30 * kDay + i % 90 * kMinute
                                      : kNow - (40 + i % 300) * kDay;
      const int64_t time = (of + i % 50 * step) / 1000;
      orders += fmt::format(
          "A-{},P-{},{},c{},{},{}.{:02}\n", i, i, time, i % categories,
          i % 4 == 0 ? "" : fmt::format("w{}", i % 37), i % 3000, i % 100);
      if (i % 2 == 0) {
        orders += fmt::format("A-{},P-{},{},c{},w{},5.00\n", i, i, time,
                              (i + 1) % categories, i % 11);
      }
      if (i % 5 == 0) {
        visits += fmt::format("P-{},{},{}\n", i, time + i % 3 * 2'000'000,
                              i % 15 == 0 ? "" : fmt::format("w{}", i % 37));
      }
    }
    folder_.write("data/orders.csv", orders);
    if (begin > 0) folder_.write("data/visits.csv", visits);
  }

  void ingest_now() const {
    const Rules rules = testing::good_rules(folder_.path());
    const auto report = ingest(rules, {});
    ASSERT_TRUE(report) << report.error().message();
    ASSERT_EQ(report->reject_file, "");
  }

  testing::TempFolder folder_;
};

TEST_F(RefreshOfBlocks, EvaluatesPeopleOfAllTogether) {
  const Rules rules = testing::good_rules(folder_.path());
  const Engine engine = engine_of(rules);
  RunResult before =
      run_alone(engine, *Store::open(rules.store_folder()), {.now = kNow});
  int64_t now = kNow;
  uint32_t evaluated = 0;
  for (int step = 0; step < 6; ++step) {
    SCOPED_TRACE(step);
    if (step == 3) {  // some of each block get overlays
      write_events(3, kAll, 53, 1'000'001, 401);
      ingest_now();
    }
    const Store store = *Store::open(rules.store_folder());
    now += 7 * kMinute;
    RunResult next = run_alone(engine, store, {.now = now, .before = &before});
    expect_equal(next, run_alone(engine, store, {.now = now}));
    EXPECT_LT(next.evaluated, kAll / 10);
    EXPECT_GT(next.evaluated, step == 3 ? kAll / 60 : 0);
    evaluated += next.evaluated;
    before = std::move(next);
  }
  EXPECT_GT(evaluated, 50U);
}

}  // namespace
}  // namespace kitle
