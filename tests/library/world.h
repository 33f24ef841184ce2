// A shop of which everything changes: what people are and do, rules, days.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/library/shop.h"

namespace kitle::testing {

inline std::string time_text(int64_t instant) {
  return std::to_string(instant / 1'000'000);
}

// A shop of which everything changes.
class World {
 public:
  // `touched`: so many of the people change with an ingest; 0: all.
  explicit World(uint64_t seed, int64_t people = 40, int64_t touched = 0)
      : random_(seed), people_(people), touched_(touched) {
    folder_.write("kitle.toml",
                  "name = \"shop\"\ntime_zone = \"Europe/Berlin\"\n"
                  "locale = \"de\"\ncurrency = \"EUR\"\nstore = \"store\"\n");
    folder_.write("schema.kitle", kSchema);
    folder_.write("sources.kitle", R"(
source customers {
  files "data/customers.csv"
  customer from "id"
  into customer {
    city from "city"
    signed_up from "signed_up" as unix seconds
    points from "points"
  }
}
source orders {
  files "data/orders*.csv"
  customer from "customer"
  into purchase {
    time from "time" as unix seconds
    order from "order"
    category from "category"
    amount from "amount"
  }
}
)");
    for (int64_t& number : numbers_) number = below(60) + 1;
    write_rules();
    write_data();
  }

  int64_t now() const { return now_; }
  // Whether the last step changed a rule.
  bool edited() const { return edited_; }

  // Some of all that can happen; data only comes with an ingest.
  void go_on() {
    // Clocks go forward on 2026-03-29 01:00Z, days of 23 hours.
    std::vector<int64_t> steps = {0,    kHour,      12 * kHour, 23 * kHour,
                                  kDay, 25 * kHour, 7 * kDay,   40 * kDay};
    if (touched_ > 0) {
      steps = {0, kHour / 60, kHour / 6, kHour, 3 * kHour, 12 * kHour};
    }
    now_ += steps[static_cast<size_t>(below(std::ssize(steps)))];
    edited_ = below(3) == 0;
    if (edited_) {
      numbers_[static_cast<size_t>(below(std::ssize(numbers_)))] =
          below(60) + 1;
      with_extra_ = below(2) == 0;
    }
    write_rules();
    for (int64_t ingests = below(3); ingests > 0; --ingests) write_data();
    if (below(6) == 0) {
      EXPECT_TRUE(fold(folder_ / "store"));
    }
  }

  Rules load() const { return good_rules(folder_.path()); }
  Store open() const {
    auto store = Store::open(folder_ / "store");
    EXPECT_TRUE(store) << store.error().message();
    return *store;
  }
  Tier any_tier() {
    return below(8) == 0 ? Tier::kCompiled : Tier::kInterpreter;
  }

 private:
  int64_t below(int64_t end) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(end));
  }

  void write_rules() {
    const auto& n = numbers_;
    folder_.write(
        "segments.kitle",
        fmt::format(R"(
segment recent {{ any purchase in last {} days }}
segment often {{ at least 2 purchases in last {} days }}
segment worth {{ sum of purchase.amount in last 2 months > {} EUR }}
segment quiet {{ any purchase ever and no purchase in last {} days }}
segment monthly {{ any purchase in this month }}
segment local {{ city is "Köln" and points > {} }}
segment fresh {{ signed_up in last {} days and not in local }}
stages life {{
  active when in recent
  lost   when in quiet
  other  otherwise
}}
)",
                    n[0], n[1], n[2] * 4, n[3], n[4] - 30, n[5]) +
            (with_extra_ ? "segment extra { in often or in local }\n" : ""));
  }

  // Attributes anew, orders before and after now; some people are new.
  void write_data() {
    const int64_t known = batch_ == 0 ? 0 : people_;
    if (touched_ == 0 || below(3) == 0) people_ += below(8);
    std::string customers = "id,city,signed_up,points\n";
    for (int64_t i = 0; i < people_; ++i) {
      const bool some = touched_ > 0 && i < known;
      if (some && below(people_) >= touched_) continue;
      const std::vector<const char*> cities = {"Köln", "Bonn", ""};
      customers += fmt::format(
          "C-{},{},{},{}\n", i, cities[static_cast<size_t>(below(3))],
          time_text(now_ - below(90) * kDay), below(60) - 30);
    }
    folder_.write("data/customers.csv", customers);
    std::string orders = "order,customer,time,category,amount\n";
    const bool all = batch_ == 0 || touched_ == 0;
    for (int64_t i = 0; i < (all ? people_ : touched_); ++i) {
      orders += fmt::format(
          "{}-{},C-{},{},Buch,{}\n", batch_, i, below(people_ + 2),
          time_text(now_ + below(80 * 24) * -kHour + 2 * kDay), below(200));
    }
    folder_.write(fmt::format("data/orders{}.csv", batch_++), orders);
    const auto report = ingest(load(), {.threads = 1});
    ASSERT_TRUE(report) << report.error().message();
    ASSERT_EQ(report->reject_file, "");
  }

  TempFolder folder_;
  std::mt19937_64 random_;
  int64_t now_ = int64_t{1'774'656'000} * 1'000'000;  // 2026-03-28T00:00Z
  int64_t people_;
  int64_t touched_;
  int64_t batch_ = 0;
  std::array<int64_t, 6> numbers_ = {};
  bool with_extra_ = false;
  bool edited_ = false;
};

}  // namespace kitle::testing
