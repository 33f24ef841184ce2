// Everyone and one profile, over bases and overlays, on every executor.
#include "runtime/eval/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <set>
#include <thread>

#include "runtime/eval/point.h"
#include "runtime/eval/refresh.h"
#include "tests/eval/shop.h"

namespace kitle::testing {
namespace {

bool bit(const std::vector<uint64_t>& words, size_t i) {
  return (words[i / 64] >> (i % 64) & 1) != 0;
}

bool is_live(const Snapshot& snapshot, uint32_t ordinal) {
  const uint32_t row = ordinal & (kBlockRows - 1);
  const BlockView& base = **snapshot.base(ordinal >> kBlockBits);
  bool live = (base.live[row / 64] >> (row % 64) & 1) != 0;
  const BlockView* overlay = *snapshot.overlay(ordinal >> kBlockBits);
  for (uint32_t i = 0; overlay != nullptr && i < overlay->profiles; ++i) {
    if (overlay->rows[i] == row) {
      live = (overlay->live[i / 64] >> (i % 64) & 1) != 0;
    }
  }
  return live;
}

// What a point query says of an ordinal is what the run says of it.
void expect_point(const Shop& shop, const RunOutcome& outcome,
                  PointQuery& point, uint32_t ordinal) {
  std::vector<uint64_t> members(point.words());
  std::vector<uint64_t> undecided(point.words());
  ASSERT_TRUE(point.evaluate(ordinal, members, undecided).ok());
  for (size_t i = 0; i < outcome.segments.size(); ++i) {
    const SegmentMembers& segment = outcome.segments[i];
    if (!segment.undecided) {
      ASSERT_EQ(bit(members, i), segment.members.contains(ordinal))
          << shop.program->segments[i] << " of " << ordinal;
      ASSERT_FALSE(bit(undecided, i));
    } else if (ordinal <= segment.undecided_ordinal) {
      ASSERT_EQ(bit(undecided, i), ordinal == segment.undecided_ordinal);
    }
  }
}

void expect_points(const Shop& shop, int64_t now) {
  const auto binding = shop.bind(now);
  const auto executor = serial_executor();
  const RunOutcome outcome = shop.run(*binding, *executor);
  PointQuery point(binding, shop.prepared, nullptr);
  const Snapshot& snapshot = *shop.store->snapshot();
  // The fillers in front are all alike.
  for (uint32_t ordinal = 0; ordinal < snapshot.profiles(); ++ordinal) {
    const bool filler = shop.store->key(ordinal).empty() && ordinal % 997 != 0;
    if (filler || !is_live(snapshot, ordinal)) continue;
    expect_point(shop, outcome, point, ordinal);
  }
}

TEST(Run, AndPointQueriesGiveTheSameAnswers) {
  const Case people = RandomShop(1).people(300);
  const Shop shop =
      Shop::make(people, {.overlay = true, .fillers = kBlockRows - 100});
  expect_points(shop, kShopNow);                    // the fast code
  expect_points(shop, kShopNow - 24 * 40 * kHour);  // as of an earlier day
}

TEST(Run, OverlaysReplaceTheRowsOfTheirBase) {
  const Case people = RandomShop(2).people(200);
  const Shop one = Shop::make(people, {});
  const Shop two = Shop::make(people, {.overlay = true});
  for (const int64_t now : {kShopNow, kShopNow - 24 * 50 * kHour}) {
    const RunOutcome expected = one.run(now);
    const RunOutcome found = two.run(now);
    EXPECT_EQ(found.profiles, expected.profiles);
    for (const std::string& segment : one.program->segments) {
      EXPECT_EQ(two.members(found, segment), one.members(expected, segment))
          << segment;
    }
  }
}

TEST(Run, SegmentsHaveMembersAndOthers) {
  const Shop shop = Shop::make(RandomShop(3).people(300), {});
  const RunOutcome outcome = shop.run();
  for (size_t i = 0; i + 1 < outcome.segments.size(); ++i) {
    const uint64_t size = outcome.segments[i].members.size();
    EXPECT_GT(size, 0u) << shop.program->segments[i];
    EXPECT_LT(size, outcome.profiles) << shop.program->segments[i];
    EXPECT_FALSE(outcome.segments[i].undecided);
  }
}

TEST(Run, ErasedProfilesAreInNothing) {
  Case people = RandomShop(4).people(50);
  for (CasePerson& person : people.people) person.erased = true;
  people.people[7].erased = false;
  const RunOutcome outcome = Shop::make(people, {}).run();
  EXPECT_EQ(outcome.profiles, 1u);
  for (const SegmentMembers& segment : outcome.segments) {
    EXPECT_LE(segment.members.size(), 1u);
  }
}

TEST(Run, WhatLeaves128BitsIsUndecidedAndNamesTheFirst) {
  Case people = shop_case(kShopSchema, "segment s { age * age * age < 5 }");
  for (const int64_t age : {7, 1, 9}) {
    const int64_t large = age == 7 ? 7 : INT64_MAX / age;
    people.people.push_back(
        {.key = std::to_string(age), .attributes = {Cell(), large, Cell()}});
  }
  const Shop shop = Shop::make(people, {});
  const RunOutcome outcome = shop.run();
  EXPECT_TRUE(outcome.segments[0].undecided);
  EXPECT_EQ(shop.store->key(outcome.segments[0].undecided_ordinal), "1");
  EXPECT_EQ(outcome.segments[0].members.size(), 0u);
}

TEST(Run, StopsWhenItIsCancelled) {
  const Shop shop = Shop::make(RandomShop(5).people(20), {});
  const auto executor = serial_executor();
  const std::atomic<bool> cancel = true;
  const auto outcome = run(*shop.bind(), *shop.prepared,
                           {.executor = executor.get(), .cancel = &cancel});
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code(), StatusCode::kCancelled);
}

TEST(Point, SaysThatAnOrdinalIsNotThere) {
  const Shop shop = Shop::make(RandomShop(6).people(5), {});
  PointQuery point(shop.bind(), shop.prepared, nullptr);
  std::vector<uint64_t> words(point.words());
  std::vector<uint64_t> others(point.words());
  EXPECT_EQ(point.evaluate(5, words, others).code(), StatusCode::kInvalid);
  EXPECT_EQ(point.evaluate(0, {}, others).code(), StatusCode::kInvalid);
  EXPECT_TRUE(point.evaluate(4, words, others).ok());
}

// ---- executors ----

TEST(Executor, SeededRunsAreAlikeAndEachTaskRunsOnce) {
  const auto order_of = [](uint64_t seed) {
    std::vector<std::pair<uint32_t, unsigned>> order;
    seeded_executor(seed, 3)->for_each(50,
                                       [&](uint32_t index, unsigned worker) {
                                         order.emplace_back(index, worker);
                                       });
    return order;
  };
  const auto order = order_of(1);
  EXPECT_EQ(order, order_of(1));
  EXPECT_NE(order, order_of(2));
  std::set<uint32_t> indexes;
  for (const auto& [index, worker] : order) {
    indexes.insert(index);
    EXPECT_LT(worker, 3u);
  }
  EXPECT_EQ(indexes.size(), 50u);
}

TEST(Executor, TheOrderOfBlocksChangesNothing) {
  const Shop shop = Shop::make(RandomShop(7).people(300),
                               {.overlay = true, .fillers = 3 * kBlockRows});
  const auto binding = shop.bind();
  const auto serial = serial_executor();
  const RunOutcome expected = shop.run(*binding, *serial);
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const auto executor = seeded_executor(seed, 3);
    expect_equal(shop.run(*shop.bind(), *executor), expected);
  }
}

class ExecutorThreads
    : public ::testing::TestWithParam<std::unique_ptr<Executor> (*)(unsigned)> {
};

TEST_P(ExecutorThreads, RunEachTaskOnceAndNoWorkerTwiceAtOnce) {
  const auto executor = GetParam()(4);
  // TBB has no more than there are cores.
  EXPECT_LE(executor->workers(), 4u);
  EXPECT_GE(executor->workers(), 1u);
  std::vector<std::atomic<int>> runs(1000);
  std::vector<std::atomic<int>> busy(4);
  executor->for_each(1000, [&](uint32_t index, unsigned worker) {
    ASSERT_LT(worker, executor->workers());
    EXPECT_EQ(busy[worker].fetch_add(1), 0);
    runs[index].fetch_add(1);
    busy[worker].fetch_sub(1);
  });
  for (const auto& count : runs) EXPECT_EQ(count.load(), 1);
}

TEST_P(ExecutorThreads, GiveTheSameMembers) {
  const Shop shop = Shop::make(RandomShop(8).people(300),
                               {.overlay = true, .fillers = 5 * kBlockRows});
  const auto serial = serial_executor();
  const RunOutcome expected = shop.run(*shop.bind(), *serial);
  const auto executor = GetParam()(3);
  // Blocks are bound at first touch, by several threads at once.
  expect_equal(shop.run(*shop.bind(), *executor), expected);
}

TEST_P(ExecutorThreads, RefreshToTheSameMembers) {
  const Shop shop = Shop::make(RandomShop(11).people(300),
                               {.overlay = true, .fillers = 5 * kBlockRows});
  const auto serial = serial_executor();
  const RunOutcome before = shop.run(*shop.bind(), *serial);
  const auto identity = shop.store->snapshot()->identity();
  RefreshFrom from{.now = shop.bind()->now(),
                   .snapshot = identity.get(),
                   .however_many = true};
  for (const SegmentMembers& each : before.segments) {
    from.members.push_back(&each.members);
  }
  const auto executor = GetParam()(3);
  for (const int64_t hours : {1, 20}) {
    const int64_t now = from.now + hours * int64_t{3'600'000'000};
    const RunOutcome expected = shop.run(*shop.bind(now), *serial);
    auto made = refresh(*shop.bind(now), *shop.prepared,
                        {.executor = executor.get()}, from);
    ASSERT_TRUE(made && made->outcome);
    for (size_t i = 0; i < expected.segments.size(); ++i) {
      const SegmentMembers& right = expected.segments[i];
      const RefreshedSegment& found = made->outcome->segments[i];
      if (before.segments[i].undecided) continue;
      EXPECT_EQ(found.undecided, right.undecided);
      if (right.undecided) continue;
      EXPECT_EQ(found.members ? *found.members : before.segments[i].members,
                right.members);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, ExecutorThreads,
                         ::testing::Values(&parallel_executor,
                                           &thread_executor));

TEST(PreparedThreads, TheGeneralCodeIsMadeOnceForAll) {
  const Shop shop = Shop::make(RandomShop(9).people(4), {});
  const PreparedProgram prepared(*shop.program);
  std::array<const Prepared*, 4> seen = {};
  {
    std::vector<std::jthread> threads;
    for (const Prepared*& each : seen) {
      threads.emplace_back([&] { each = &prepared.general(); });
    }
  }
  EXPECT_EQ(&seen[0]->code(), &shop.program->general);
  EXPECT_EQ(std::ranges::count(seen, seen[0]), 4);
  EXPECT_NE(seen[0]->id(), prepared.fast().id());
}

TEST(PointThreads, ShareABindingAndGiveTheSameAnswers) {
  const Shop shop =
      Shop::make(RandomShop(9).people(200), {.fillers = kBlockRows - 50});
  const auto binding = shop.bind();
  const auto serial = serial_executor();
  const RunOutcome outcome = shop.run(*shop.bind(), *serial);
  std::atomic<int> wrong = 0;
  const auto ask = [&] {
    PointQuery point(binding, shop.prepared, nullptr);
    std::vector<uint64_t> members(point.words());
    std::vector<uint64_t> undecided(point.words());
    for (uint32_t i = kBlockRows - 50; i < kBlockRows + 150; ++i) {
      if (!is_live(*shop.store->snapshot(), i)) continue;
      if (!point.evaluate(i, members, undecided).ok()) ++wrong;
      for (size_t s = 0; s + 1 < outcome.segments.size(); ++s) {
        wrong += bit(members, s) != outcome.segments[s].members.contains(i);
      }
    }
  };
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back(ask);
  threads.clear();
  EXPECT_EQ(wrong.load(), 0);
}

TEST(RunThreads, StopSoonAfterTheyAreCancelled) {
  const Shop shop =
      Shop::make(RandomShop(10).people(50), {.fillers = 4 * kBlockRows});
  std::atomic<bool> cancel = false;
  const auto executor = thread_executor(2);
  std::jthread canceller([&] { cancel = true; });
  const auto outcome = run(*shop.bind(), *shop.prepared,
                           {.executor = executor.get(), .cancel = &cancel});
  if (!outcome) {
    EXPECT_EQ(outcome.error().code(), StatusCode::kCancelled);
  }
  canceller.join();
  EXPECT_FALSE(run(*shop.bind(), *shop.prepared,
                   {.executor = executor.get(), .cancel = &cancel})
                   .has_value());
}

}  // namespace
}  // namespace kitle::testing
