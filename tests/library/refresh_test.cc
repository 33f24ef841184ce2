// A result that is brought up to date is that of a whole run, whatever happened
// in between; and it is refreshed wherever that can be.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "tests/library/world.h"

namespace kitle {
namespace {

using testing::engine_of;
using testing::expect_equal;
using testing::kNow;
using testing::run_alone;
using testing::Shop;
using testing::World;

constexpr int64_t kMinute = int64_t{60} * 1'000'000;

TEST(Refresh, IsAWholeRunWhateverHappenedInBetween) {
  size_t refreshed = 0;
  size_t runs = 0;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    World world(seed, 500, 4);
    std::optional<RunResult> before;
    std::optional<Engine> engine;
    for (int i = 0; i < 14; ++i) {
      SCOPED_TRACE(fmt::format("seed {}, run {}", seed, i));
      const Store store = world.open();
      // Loaded again, or the same as before.
      if (!engine || i % 3 == 0 || world.edited()) {
        engine = engine_of(world.load());
      }
      const RunResult expected = run_alone(
          *engine, store, {.now = world.now(), .tier = Tier::kReference});
      RunResult result = run_alone(*engine, store,
                                   {.now = world.now(),
                                    .tier = world.any_tier(),
                                    .before = before ? &*before : nullptr});
      expect_equal(result, expected);
      ++runs;
      refreshed += result.evaluated < result.profiles ? 1 : 0;
      before = std::move(result);
      if (HasFailure()) return;
      world.go_on();
    }
  }
  EXPECT_GT(refreshed, runs / 4);
}

// Three buyers: yesterday, today, and at no time.
class Quiet : public ::testing::Test {
 protected:
  Quiet() : engine_(engine_of(testing::good_rules(shop_.folder.path()))) {}

  RunResult at(int64_t now, const RunResult* before) const {
    return run_alone(engine_, shop_.open(), {.now = now, .before = before});
  }

  Shop shop_;
  Engine engine_;
};

TEST_F(Quiet, NobodyIsEvaluatedWhereNothingChanged) {
  const RunResult first = at(kNow, nullptr);
  EXPECT_EQ(first.evaluated, first.profiles);
  const RunResult same = at(kNow, &first);
  EXPECT_EQ(same.evaluated, 0);
  EXPECT_EQ(same.taken_over, same.segments.size());
  const RunResult later = at(kNow + kMinute, &first);
  EXPECT_EQ(later.taken_over, 0);
  EXPECT_EQ(later.evaluated, 0);
  expect_equal(later, at(kNow + kMinute, nullptr));
}

// The members that did not change are those of before, not a copy.
TEST_F(Quiet, GoesOnFromWhatWasRefreshed) {
  RunResult before = at(kNow, nullptr);
  for (int i = 1; i < 40; ++i) {
    RunResult next = at(kNow + i * kMinute, &before);
    EXPECT_EQ(next.evaluated, 0) << i;
    expect_equal(next, before);
    before = std::move(next);
  }
}

TEST_F(Quiet, AnEarlierInstantIsAWholeRun) {
  const RunResult first = at(kNow, nullptr);
  const RunResult earlier = at(kNow - kMinute, &first);
  EXPECT_EQ(earlier.evaluated, earlier.profiles);
  expect_equal(earlier, at(kNow - kMinute, nullptr));
}

// Of two ingests, each is only about its own people.
TEST(Refresh, AsksThoseWhoWereTouchedSince) {
  const Shop shop;
  std::string customers = "id,email,city,signed_up,points\n";
  for (int i = 0; i < 100; ++i) {
    customers += fmt::format("C-{},,,2024-11-11T11:11:00+03:00,\n", i);
  }
  shop.folder.write("data/customers.csv", customers);
  shop.ingest_again();
  const Engine engine = engine_of(shop.rules);
  RunResult before = run_alone(engine, shop.open(), {.now = kNow});
  for (int i = 0; i < 3; ++i) {
    shop.folder.write(
        "data/orders-2.csv",
        fmt::format("order,customer,time,category,amount\n"
                    "B-{0},C-5{0},2026-01-24T20:15:00+03:00,Kitap,120.00\n",
                    i));
    shop.ingest_again();
    RunResult next =
        run_alone(engine, shop.open(), {.now = kNow, .before = &before});
    EXPECT_EQ(next.evaluated, 1);
    EXPECT_EQ(next.segments[0].members.size(),
              before.segments[0].members.size() + 1);
    expect_equal(next, run_alone(engine, shop.open(), {.now = kNow}));
    before = std::move(next);
  }
}

// A store that was made anew has other people under the same ordinals, and
// texts under the same codes.
TEST(Refresh, OfAnotherStoreIsAWholeRun) {
  const Shop shop(
      "segment socks { any purchase where category is \"Çorap\" ever }\n");
  const Engine engine = engine_of(shop.rules);
  const RunResult first = run_alone(engine, shop.open(), {.now = kNow});
  EXPECT_EQ(first.segments[0].members.size(), 1);
  std::filesystem::remove_all(shop.folder / "store");
  std::string orders = testing::kOrders;
  orders.replace(orders.find("Çorap"), std::string("Çorap").size(), "Sabun");
  shop.folder.write("data/orders.csv", orders);
  shop.ingest_again();
  const RunResult second =
      run_alone(engine, shop.open(), {.now = kNow, .before = &first});
  EXPECT_EQ(second.segments[0].members.size(), 0);
  EXPECT_EQ(second.evaluated, second.profiles);
}

// What a kept run found is gone on from as well, by another process, unless its
// files are not as they were written.
class Kept : public ::testing::Test {
 protected:
  Kept() {
    const RunResult result = run_alone(engine(), shop_.open(), {.now = kNow});
    const auto folder = keep_members(shop_.open(), result);
    EXPECT_TRUE(folder) << folder.error().message();
    folder_ = *folder;
  }

  // Rules loaded anew.
  Engine engine() const {
    return engine_of(testing::good_rules(shop_.folder.path()));
  }
  RunResult later(int64_t now) const {
    const auto runs = kept_runs(shop_.open());
    EXPECT_TRUE(runs && runs->size() == 1);
    const RunResult result =
        run_alone(engine(), shop_.open(), {.now = now, .kept = *runs});
    expect_equal(result, run_alone(engine(), shop_.open(), {.now = now}));
    return result;
  }
  void change(const std::string& name, size_t place) const {
    const std::string path = folder_ + "/" + name;
    std::string bytes = testing::read_file(path);
    ASSERT_LT(place, bytes.size());
    bytes[place] = static_cast<char>(bytes[place] ^ 1);
    std::ofstream(path, std::ios::binary) << bytes;
  }

  Shop shop_;
  std::string folder_;
};

TEST_F(Kept, IsGoneOnFrom) {
  EXPECT_EQ(later(kNow + kMinute).evaluated, 0);
  const RunResult same = later(kNow);
  EXPECT_EQ(same.evaluated, 0);
  EXPECT_EQ(same.taken_over, same.segments.size());
}

TEST_F(Kept, KnowsWhoIsDueNext) {
  const RunResult next = later(kNow + kMinute);
  std::filesystem::remove_all(folder_);
  ASSERT_TRUE(keep_members(shop_.open(), next));
  EXPECT_EQ(later(kNow + 3 * kMinute).evaluated, 0);
}

TEST_F(Kept, OfOtherRulesIsNotUsed) {
  std::string text = testing::kSegments;
  text.replace(text.find("500 TRY"), 7, "100 TRY");
  shop_.folder.write("segments.kitle", text);
  const RunResult result = later(kNow + kMinute);
  EXPECT_EQ(result.evaluated, result.profiles);
}

TEST_F(Kept, DamagedIsNotUsed) {
  const std::vector<std::pair<std::string, size_t>> damages = {
      {"state", 30}, {"state", 200}, {"buyers.roaring", 17}};
  for (const auto& [name, place] : damages) {
    SCOPED_TRACE(name);
    change(name, place);
    const RunResult result = later(kNow + kMinute);
    EXPECT_EQ(result.evaluated, result.profiles);
    change(name, place);
    EXPECT_EQ(later(kNow + kMinute).evaluated, 0);
  }
  std::filesystem::remove(folder_ + "/state");
  const RunResult result = later(kNow + kMinute);
  EXPECT_EQ(result.evaluated, result.profiles);
}

// Ordinals of an ingest that is not in the earlier snapshot mean nobody there.
TEST(Refresh, FromALaterSnapshotIsAWholeRun) {
  const Shop shop;
  const Engine engine = engine_of(shop.rules);
  const Store earlier = shop.open();
  shop.folder.write("data/orders-2.csv",
                    "order,customer,time,category,amount\n"
                    "B-1,C-5,2026-01-24T20:15:00+03:00,Kitap,120.00\n");
  shop.ingest_again();
  const RunResult later = run_alone(engine, shop.open(), {.now = kNow});
  const RunResult back =
      run_alone(engine, earlier, {.now = kNow, .before = &later});
  expect_equal(back, run_alone(engine, earlier, {.now = kNow}));
  EXPECT_EQ(back.evaluated, back.profiles);
}

}  // namespace
}  // namespace kitle
