// Customer keys and ids of events: found over many commits, in files
// that stay few.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "runtime/store/stored_snapshot.h"
#include "tests/support/memory_disk.h"
#include "tests/support/random_model.h"

namespace kitle::testing {
namespace {

const std::string kFolder = "disk/store";

class Index : public ::testing::Test {
 protected:
  std::unique_ptr<StoreWriter> writer() {
    auto writer =
        open_writer(kFolder, schema_, test_settings(), kTestZone, disk_);
    EXPECT_TRUE(writer) << writer.error().message();
    return std::move(*writer);
  }
  std::shared_ptr<const StoredSnapshot> snapshot() {
    auto snapshot = open_stored_snapshot(disk_, kFolder);
    EXPECT_TRUE(snapshot) << snapshot.error().message();
    return *snapshot;
  }
  void save(const std::set<uint32_t>& touched = {}) {
    auto saved = save_model(kFolder, schema_, model_, touched, disk_);
    ASSERT_TRUE(saved) << saved.error().message();
  }

  MemoryDisk disk_;
  const Schema schema_;  // keys only
  RandomModel random_{schema_, {}, 1};
  Model model_;
};

TEST_F(Index, FindsEveryKeyAfterEveryCommit) {
  for (const size_t profiles : {1, 2, 3, 500, 501, 502, 20000, 20001}) {
    random_.grow(model_, profiles);
    save();
    const auto store = snapshot();
    for (uint32_t i = 0; i < profiles; i += profiles > 1000 ? 37 : 1) {
      ASSERT_EQ(*store->ordinal_of(model_[i].key), i);
      ASSERT_EQ(*store->key_of(i), model_[i].key);
    }
    EXPECT_EQ(*store->ordinal_of("nobody"), std::nullopt);
    EXPECT_EQ(*store->ordinal_of(""), std::nullopt);
    EXPECT_EQ(store->key_of(static_cast<uint32_t>(profiles)).error().code(),
              StatusCode::kNotFound);
    EXPECT_EQ(store->blocks(), blocks_of(store->profiles()));
  }
}

TEST_F(Index, KeepsFewFilesOverManyCommits) {
  for (size_t profiles = 1; profiles <= 64; ++profiles) {
    random_.grow(model_, profiles);
    save();
  }
  EXPECT_LE(snapshot()->manifest().keys.size(), 7u);
  for (uint32_t i = 0; i < 64; ++i) {
    EXPECT_EQ(*snapshot()->ordinal_of(model_[i].key), i);
  }
}

TEST_F(Index, RefusesAnEmptyKey) {
  auto ordinal = writer()->find_or_add_profile("");
  ASSERT_FALSE(ordinal);
  EXPECT_EQ(ordinal.error().code(), StatusCode::kInvalid);
}

TEST_F(Index, AWriterKnowsOldAndNewKeys) {
  random_.grow(model_, 5);
  save();
  const auto to = writer();
  EXPECT_EQ(*to->find_or_add_profile(model_[3].key), 3u);
  EXPECT_EQ(*to->find_or_add_profile("new"), 5u);
  EXPECT_EQ(*to->find_or_add_profile("newer"), 6u);
  EXPECT_EQ(*to->find_or_add_profile("new"), 5u);
  EXPECT_EQ(to->old_profiles(), 5u);
  EXPECT_EQ(to->profiles(), 7u);
}

// Rising, with gaps, and in any order, by turns.
std::vector<std::string> many_keys() {
  std::mt19937 random(5);
  std::vector<std::string> keys;
  for (uint32_t i = 0; i < 30; ++i) {
    for (uint32_t k = 0; k < 300; ++k) {
      const auto any =
          static_cast<uint32_t>(i % 3 == 0 ? random() % 9000 : i * 100 + k);
      if (i % 3 != 1 || k % 5 != 0) keys.push_back(std::to_string(any));
    }
  }
  return keys;
}

// Those in `expected` have their ordinals there, the others new ones in order.
void expect_found(StoreWriter& to, const std::vector<std::string>& keys,
                  std::map<std::string, uint32_t> expected) {
  std::vector<uint32_t> found;
  const std::vector<std::string_view> views(keys.begin(), keys.end());
  ASSERT_TRUE(to.find_or_add_profiles(views, found).ok());
  ASSERT_EQ(found.size(), keys.size());
  uint32_t next = to.old_profiles();
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto [place, fresh] = expected.try_emplace(keys[i], next);
    if (fresh) ++next;
    ASSERT_EQ(found[i], place->second) << keys[i];
    ASSERT_EQ(*to.find_or_add_profile(keys[i]), place->second);
  }
  EXPECT_EQ(to.profiles(), next);
}

TEST_F(Index, ManyKeysAreFoundAsOneAfterTheOther) {
  random_.grow(model_, 40);
  std::vector<std::string> keys = many_keys();
  keys.push_back(model_[7].key);
  expect_found(*writer(), keys, {});
  save();
  expect_found(*writer(), keys, {{model_[7].key, 7}});
}

TEST_F(Index, AnEmptyKeyAmongManyIsRefused) {
  std::vector<uint32_t> found;
  const std::vector<std::string_view> keys = {"b", "a", "", "c"};
  const auto to = writer();
  EXPECT_EQ(to->find_or_add_profiles(keys, found).code(), StatusCode::kInvalid);
  const std::vector<std::string_view> more = {"b", "a", "c"};
  found.clear();
  EXPECT_TRUE(to->find_or_add_profiles(more, found).ok());
  EXPECT_EQ(found, (std::vector<uint32_t>{0, 1, 2}));
}

TEST_F(Index, TheNewestProfileOfAnEventIsFound) {
  random_.grow(model_, 10);
  save();
  const Hash128 moves{1, 2};
  for (uint32_t round = 0; round < 40; ++round) {
    const auto to = writer();
    EXPECT_EQ(*to->find_event({round, 77}), std::nullopt);
    const auto old = *to->find_event(moves);
    EXPECT_EQ(old, round == 0 ? std::nullopt
                              : std::optional<uint32_t>((round - 1) % 10));
    for (uint64_t i = 0; i <= round; ++i) to->put_event({round, 1000 + i}, 9);
    to->put_event(moves, (round + 5) % 10);
    to->put_event(moves, round % 10);
    EXPECT_EQ(*to->find_event(moves), round % 10);
    ASSERT_TRUE(to->commit());
  }
  const auto store = snapshot();
  EXPECT_EQ(*store->ordinal_of_event(moves), 39u % 10);
  for (uint32_t round = 0; round < 40; ++round) {
    EXPECT_EQ(*store->ordinal_of_event({round, 1000 + round}), 9u);
    EXPECT_EQ(*store->ordinal_of_event({round, 1001 + round}), std::nullopt);
  }
  EXPECT_LE(store->manifest().events.size(), 10u);
}

// More than are kept in memory, so that files are written on the way.
TEST_F(Index, MillionsOfEventsAreFound) {
  random_.grow(model_, 3);
  save();
  constexpr uint64_t kEvents = (uint64_t{1} << 21) + 1000;
  const auto event = [](uint64_t i) {
    return Hash128{i, i * 0x9E3779B97F4A7C15};
  };
  const auto to = writer();
  for (uint64_t i = 0; i < kEvents; ++i) to->put_event(event(i), 1);
  to->put_event(event(5), 2);
  EXPECT_EQ(*to->find_event(event(5)), 2u);
  EXPECT_EQ(*to->find_event(event(6)), 1u);
  ASSERT_TRUE(to->commit());
  const auto store = snapshot();
  EXPECT_EQ(*store->ordinal_of_event(event(5)), 2u);
  for (uint64_t i = 6; i < kEvents; i += 10007) {
    ASSERT_EQ(*store->ordinal_of_event(event(i)), 1u) << i;
  }
  EXPECT_EQ(*store->ordinal_of_event(event(kEvents)), std::nullopt);
}

}  // namespace
}  // namespace kitle::testing
