// What changed since the run before is the difference of two whole runs of the
// reference evaluator, whatever happened in between: ingests, late events and
// events to come, other attributes, edits of the rules, days.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <random>

#include "tests/library/shop.h"

namespace kitle {
namespace {

using Ordinals = std::vector<uint32_t>;
using Kept = std::map<std::string, Ordinals>;

constexpr int64_t kHour = int64_t{3600} * 1'000'000;
constexpr int64_t kDay = 24 * kHour;

std::string time_text(int64_t instant) {
  return std::to_string(instant / 1'000'000);
}

// A shop of which everything changes.
class World {
 public:
  explicit World(uint64_t seed) : random_(seed) {
    folder_.write("kitle.toml",
                  "name = \"shop\"\ntime_zone = \"Europe/Berlin\"\n"
                  "locale = \"de\"\ncurrency = \"EUR\"\nstore = \"store\"\n");
    folder_.write("schema.kitle", testing::kSchema);
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

  // Some of all that can happen; data only comes with an ingest.
  void go_on() {
    // Clocks go forward on 2026-03-29 01:00Z, days of 23 hours.
    const std::vector<int64_t> steps = {0,          kHour,    12 * kHour,
                                        23 * kHour, kDay,     25 * kHour,
                                        7 * kDay,   40 * kDay};
    now_ += steps[static_cast<size_t>(below(std::ssize(steps)))];
    if (below(3) == 0) {
      numbers_[static_cast<size_t>(below(std::ssize(numbers_)))] =
          below(60) + 1;
      with_extra_ = below(2) == 0;
    }
    write_rules();
    for (int64_t ingests = below(3); ingests > 0; --ingests) write_data();
  }

  Rules load() const { return testing::good_rules(folder_.path()); }
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
    people_ += below(8);
    std::string customers = "id,city,signed_up,points\n";
    for (int64_t i = 0; i < people_; ++i) {
      const std::vector<const char*> cities = {"Köln", "Bonn", ""};
      customers += fmt::format(
          "C-{},{},{},{}\n", i, cities[static_cast<size_t>(below(3))],
          time_text(now_ - below(90) * kDay), below(60) - 30);
    }
    folder_.write("data/customers.csv", customers);
    std::string orders = "order,customer,time,category,amount\n";
    for (int64_t i = 0; i < people_; ++i) {
      orders += fmt::format(
          "{}-{},C-{},{},Buch,{}\n", batch_, i, below(people_ + 2),
          time_text(now_ + below(80 * 24) * -kHour + 2 * kDay), below(200));
    }
    folder_.write(fmt::format("data/orders{}.csv", batch_++), orders);
    const auto report = ingest(load(), {.threads = 1});
    ASSERT_TRUE(report) << report.error().message();
    ASSERT_EQ(report->reject_file, "");
  }

  testing::Folder folder_;
  std::mt19937_64 random_;
  int64_t now_ = int64_t{1'774'656'000} * 1'000'000;  // 2026-03-28T00:00Z
  int64_t people_ = 40;
  int64_t batch_ = 0;
  std::array<int64_t, 6> numbers_ = {};
  bool with_extra_ = false;
};

Ordinals minus(const Ordinals& a, const Ordinals& b) {
  Ordinals rest;
  std::ranges::set_difference(a, b, std::back_inserter(rest));
  return rest;
}

struct Count {
  size_t entered = 0;
  size_t left = 0;
  size_t unknown = 0;
};

void expect_changes(const RunResult& reference,
                    const std::vector<SegmentChanges>& changes,
                    const Kept& before, Count& count) {
  for (size_t i = 0; i < reference.segments.size(); ++i) {
    const std::string& name = reference.segments[i].name;
    SCOPED_TRACE(name);
    const Ordinals now = reference.segments[i].members.ordinals();
    const auto then = before.find(name);
    EXPECT_EQ(changes[i].name, name);
    EXPECT_EQ(changes[i].known, then != before.end());
    if (then != before.end()) {
      EXPECT_EQ(changes[i].entered.ordinals(), minus(now, then->second));
      EXPECT_EQ(changes[i].left.ordinals(), minus(then->second, now));
    }
    count.entered += changes[i].entered.size();
    count.left += changes[i].left.size();
    count.unknown += !changes[i].known;
  }
}

RunResult run(const Engine& engine, const Store& store, RunOptions options) {
  auto result = engine.run(store, options);
  EXPECT_TRUE(result) << result.error().message();
  return *std::move(result);
}

// One run more, compared with the one before.
void step(World& world, std::map<std::pair<int64_t, uint64_t>, Kept>& kept,
          Count& count) {
  const Store store = world.open();
  const auto engine = Engine::create(world.load(), {.use_cache = false});
  EXPECT_TRUE(engine) << engine.error().message();
  const int64_t now = world.now();
  const RunResult reference =
      run(*engine, store, {.now = now, .tier = Tier::kReference, .threads = 1});
  const RunResult result =
      run(*engine, store, {.now = now, .tier = world.any_tier(), .threads = 1});
  if (!kept.empty()) {
    const auto runs = kept_runs(store);
    EXPECT_TRUE(runs) << runs.error().message();
    const KeptRun* const earlier = &kept_until(*runs, now).back();
    const auto& [of, before] = *kept.rbegin();
    EXPECT_EQ(std::pair(earlier->now, earlier->snapshot), of);
    const auto changes = changes_since(store, *earlier, result);
    EXPECT_TRUE(changes) << changes.error().message();
    expect_changes(reference, *changes, before, count);
  }
  EXPECT_TRUE(keep_members(store, result));
  Kept& now_kept = kept[{now, store.snapshot()}];
  for (const SegmentResult& segment : reference.segments) {
    now_kept[segment.name] = segment.members.ordinals();
  }
}

TEST(RandomChanges, AreTheDifferenceOfTwoWholeRuns) {
  Count count;
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    World world(seed);
    std::map<std::pair<int64_t, uint64_t>, Kept> kept;
    for (int i = 0; i < 10; ++i) {
      SCOPED_TRACE(fmt::format("seed {}, run {}", seed, i));
      step(world, kept, count);
      if (HasFatalFailure()) return;
      world.go_on();
    }
  }
  EXPECT_GT(count.entered, 500U);
  EXPECT_GT(count.left, 500U);
  EXPECT_GT(count.unknown, 0U);
}

}  // namespace
}  // namespace kitle
