// One engine and one store, many threads.
#include <thread>
#include <vector>

#include "tests/library/shop.h"

namespace kitle {
namespace {

using testing::kNow;
using testing::Shop;

constexpr int kThreads = 4;
constexpr int kRounds = 8;

template <class Body>
void on_threads(Body body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&body, i] {
      for (int round = 0; round < kRounds; ++round) body(i, round);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(EngineThreads, RunsOfDifferentKindsGiveWhatOneGives) {
  const Shop shop;
  const Engine engine = shop.engine();
  const Store store = shop.open();
  const RunResult expected = shop.run({});
  on_threads([&](int thread, int round) {
    RunOptions options{.now = kNow, .threads = 2};
    if (thread % 2 == 1)
      options.segments = {round % 2 == 0 ? "good" : "buyers"};
    if (thread == 2) options.tier = Tier::kInterpreter;
    if (thread == 3) options.tier = Tier::kReference;
    const auto result = engine.run(store, options);
    ASSERT_TRUE(result) << result.error().message();
    for (const SegmentResult& segment : result->segments) {
      const size_t index = segment.name == "buyers"      ? 0
                           : segment.name == "good"      ? 1
                           : segment.name == "newcomers" ? 2
                                                         : 3;
      EXPECT_EQ(segment.members, expected.segments[index].members);
    }
  });
}

TEST(EngineThreads, MachineCodeMadeBesideRunsChangesNothing) {
  const Shop shop;
  const auto engine =
      Engine::create(shop.rules, {shop.folder / "other", true, 0});
  const Store store = shop.open();
  const RunResult expected = shop.run({});
  on_threads([&](int thread, int) {
    RunOptions options{.now = kNow, .threads = 1};
    if (thread == 1) options.segments = {"good", "buyers"};
    const auto result = engine->run(store, options);
    ASSERT_TRUE(result) << result.error().message();
    if (thread == 1) return;
    for (size_t i = 0; i < result->segments.size(); ++i) {
      EXPECT_EQ(result->segments[i].members, expected.segments[i].members);
    }
  });
}

// A purchase of another category leaves the window: it is looked at, and nobody
// is due. All bind the same blocks, runs more of them.
TEST(EngineThreads, RefreshesBesideRunsGiveWhatRunsGive) {
  const Shop shop(
      "segment s { any purchase where (category is \"kitap\") in last 45 days "
      "}");
  const Engine engine = shop.engine();
  const Store store = shop.open();
  const RunResult before = shop.run({.now = kNow});
  const RunResult expected = shop.run({.now = kNow + testing::kDay});
  on_threads([&](int thread, int round) {
    const auto result =
        engine.run(store, {.now = kNow + testing::kDay + round,
                           .threads = 1,
                           .before = thread % 2 == 0 ? &before : nullptr});
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ(result->evaluated, thread % 2 == 0 ? 0 : result->profiles);
    testing::expect_equal(*result, expected);
  });
}

TEST(EngineThreads, EachThreadAsksWithAQueryOfItsOwn) {
  const Shop shop;
  const Engine engine = shop.engine();
  const Store store = shop.open();
  const RunResult expected = shop.run({});
  on_threads([&](int, int) {
    auto query = engine.prepare(store, kNow);
    ASSERT_TRUE(query) << query.error().message();
    std::vector<uint64_t> bits(query->words());
    for (uint32_t ordinal = 0; ordinal < store.profiles(); ++ordinal) {
      ASSERT_TRUE(query->evaluate(ordinal, bits).ok());
      EXPECT_EQ((bits[0] & 1) != 0,
                expected.segments[0].members.contains(ordinal));
    }
  });
}

TEST(StoreThreads, ReadersGoOnWhileAWriterPublishes) {
  const Shop shop;
  const Engine engine = shop.engine();
  std::thread writer([&] {
    for (int i = 0; i < kRounds; ++i) {
      shop.folder.write("data/orders-" + std::to_string(i + 2) + ".csv",
                        "order,customer,time,category,amount\nB-" +
                            std::to_string(i) +
                            ",C-4,2026-02-26T10:00:00+03:00,Kitap,10.00\n");
      shop.ingest_again();
    }
    EXPECT_TRUE(fold(shop.rules.store_folder()));
  });
  on_threads([&](int, int) {
    const Store store = shop.open();
    const auto first = engine.run(store, {.now = kNow});
    const auto again = engine.run(store, {.now = kNow});
    ASSERT_TRUE(first && again);
    for (size_t i = 0; i < first->segments.size(); ++i) {
      EXPECT_EQ(first->segments[i].members, again->segments[i].members);
    }
    EXPECT_GE(first->segments[0].members.size(), 2);
  });
  writer.join();
}

TEST(StoreThreads, MembersAreKeptByManyAtOnce) {
  const Shop shop;
  const Store store = shop.open();
  const RunResult result = shop.run({});
  on_threads([&](int, int) { EXPECT_TRUE(keep_members(store, result)); });
  const auto folder = keep_members(store, result);
  ASSERT_TRUE(folder);
  EXPECT_EQ(testing::read_file(*folder + "/index.csv"),
            "segment,size\nbuyers,2\neverybody,4\ngood,1\nnewcomers,2\n");
  for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
    EXPECT_NE(entry.path().extension(), ".tmp");
  }
}

}  // namespace
}  // namespace kitle
