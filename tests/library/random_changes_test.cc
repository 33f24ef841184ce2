// What changed since the run before is the difference of two whole runs of the
// reference evaluator, whatever happened in between: ingests, late events and
// events to come, other attributes, edits of the rules, days.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "tests/library/world.h"

namespace kitle {
namespace {

using testing::run_alone;
using testing::World;
using Ordinals = std::vector<uint32_t>;
using Kept = std::map<std::string, Ordinals>;

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

// One run more, compared with the one before.
void step(World& world, std::map<std::pair<int64_t, uint64_t>, Kept>& kept,
          Count& count) {
  const Store store = world.open();
  const Engine engine = testing::engine_of(world.load());
  const int64_t now = world.now();
  const RunResult reference =
      run_alone(engine, store, {.now = now, .tier = Tier::kReference});
  const RunResult result =
      run_alone(engine, store, {.now = now, .tier = world.any_tier()});
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
