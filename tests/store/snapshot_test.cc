// Readers and writers beside each other: snapshots, locks, files that go when
// nobody needs them, and what opening costs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "runtime/store/stored_snapshot.h"
#include "tests/support/memory_disk.h"
#include "tests/support/random_model.h"
#include "tests/support/repin.h"
#include "tests/support/temp_folder.h"

namespace kitle::testing {
namespace {

std::set<std::string> names_in(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

std::set<std::string> names_of(const StoredSnapshot& snapshot) {
  std::set<std::string> names;
  for (const auto& [kind, ref] : snapshot.manifest().files()) {
    names.insert(file_name(kind, ref.number));
  }
  return names;
}

class Snapshots : public ::testing::Test {
 protected:
  void save(const std::set<uint32_t>& touched = {}) {
    auto saved = save_model(store_, schema_, model_, touched);
    ASSERT_TRUE(saved) << saved.error().message();
  }
  std::shared_ptr<const StoredSnapshot> open() const {
    auto snapshot = open_stored_snapshot(system_files(), store_);
    EXPECT_TRUE(snapshot) << snapshot.error().message();
    return snapshot ? *snapshot : nullptr;
  }

  const TempFolder folder_;
  const std::string store_ = folder_ / "store";
  const Schema schema_ = schema_of_every_type();
  RandomModel random_{schema_, {}, 3};
  Model model_ = random_.model(40);
};

TEST_F(Snapshots, OldOnesStayAsTheyWere) {
  std::vector<std::shared_ptr<const StoredSnapshot>> readers;
  std::vector<Model> models;
  std::set<uint32_t> touched;
  for (int commit = 0; commit < 5; ++commit) {
    save(touched);
    readers.push_back(open());
    models.push_back(evaluated(model_));
    touched = random_.change(model_, 0.3);
    if (commit == 2) random_.grow(model_, 60);
  }
  // Read only now: their files are opened at first touch.
  for (size_t i = 0; i < readers.size(); ++i) {
    EXPECT_EQ(readers[i]->number(), i + 1);
    auto seen = read_views(*readers[i]);
    ASSERT_TRUE(seen) << seen.error().message();
    EXPECT_EQ(*seen, models[i]) << "snapshot " << i + 1;
  }
}

TEST_F(Snapshots, GoOnFromThoseBeforeThem) {
  std::vector<std::shared_ptr<const StoredSnapshot>> all;
  for (int commit = 0; commit < 4; ++commit) {
    save(commit == 0 ? std::set<uint32_t>() : random_.change(model_, 0.3));
    all.push_back(open());
  }
  for (size_t i = 0; i < all.size(); ++i) {
    for (size_t before = 0; before < all.size(); ++before) {
      EXPECT_EQ(all[i]->continues(*all[before]->identity()), before <= i)
          << before << " " << i;
    }
  }
  // Of the same people, and made anew.
  std::filesystem::remove_all(store_);
  Model other = model_;
  ASSERT_TRUE(save_model(store_, schema_, other, {}));
  random_.change(other, 0.3);
  ASSERT_TRUE(save_model(store_, schema_, other, {1}));
  EXPECT_FALSE(open()->continues(*all[0]->identity()));
  EXPECT_FALSE(open()->continues(*all[1]->identity()));
}

TEST_F(Snapshots, KeepsSoManyOfThoseBeforeIt) {
  save();
  const auto first = open()->identity();
  for (size_t commit = 0; commit <= kMostAncestors; ++commit) {
    EXPECT_TRUE(open()->continues(*first)) << commit;
    save({0});
  }
  EXPECT_FALSE(open()->continues(*first));
  EXPECT_EQ(open()->manifest().ancestors.size(), kMostAncestors);
}

TEST_F(Snapshots, FilesGoWhenNoReaderHoldsThem) {
  save();
  auto reader = open();
  const std::set<std::string> old_names = names_of(*reader);
  save(random_.change(model_, 0.5));
  for (const std::string& name : old_names) {
    EXPECT_TRUE(names_in(store_).contains(name)) << name;
  }
  reader.reset();
  save(random_.change(model_, 0.5));
  const auto current = open();
  std::set<std::string> wanted = names_of(*current);
  wanted.insert({"MANIFEST", "LOCK"});
  std::set<std::string> present = names_in(store_);
  std::erase_if(present, [](const std::string& name) {
    return name.starts_with("manifest-");
  });
  EXPECT_EQ(present, wanted);
}

TEST_F(Snapshots, FilesOfOthersStay) {
  save();
  for (const char* name : {"notes.txt", "base-x", "base-7.bak", "members"}) {
    std::ofstream(store_ + "/" + name) << "mine";
  }
  save(random_.change(model_, 0.5));
  for (const char* name : {"notes.txt", "base-x", "base-7.bak", "members"}) {
    EXPECT_TRUE(names_in(store_).contains(name)) << name;
  }
}

TEST_F(Snapshots, OnlyOneWriterIsAtWork) {
  auto first = open_writer(store_, schema_, test_settings(), kTestZone);
  ASSERT_TRUE(first);
  auto second = open_writer(store_, schema_, test_settings(), kTestZone);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), StatusCode::kLocked);
  EXPECT_THAT(second.error().message(), ::testing::HasSubstr(store_));
  first->reset();
  EXPECT_TRUE(open_writer(store_, schema_, test_settings(), kTestZone));
}

TEST_F(Snapshots, AnUncommittedWriterLeavesNothing) {
  save();
  const std::set<std::string> names = names_in(store_);
  {
    auto writer = open_writer(store_, schema_, test_settings(), kTestZone);
    ASSERT_TRUE(writer);
    const std::set<uint32_t> touched = random_.change(model_, 0.5);
    ASSERT_TRUE(write_model(**writer, model_, touched).ok());
    EXPECT_GT(names_in(store_).size(), names.size());
  }
  EXPECT_EQ(names_in(store_), names);
  EXPECT_EQ(open()->number(), 1u);
}

TEST_F(Snapshots, AFolderThatIsNoStoreIsNamed) {
  std::filesystem::create_directory(store_);
  auto none = open_snapshot(store_);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), StatusCode::kNotAStore);
  EXPECT_EQ(none.error().file(), store_);

  std::ofstream(store_ + "/MANIFEST") << "something else entirely";
  auto other = open_snapshot(store_);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), StatusCode::kNotAStore);

  auto missing = open_snapshot(store_ + "/not/there");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), StatusCode::kNotFound);
}

// So that nobody's files are removed for a lost MANIFEST.
TEST_F(Snapshots, AStoreWithoutItsManifestIsNotMadeAnew) {
  save();
  std::filesystem::remove(store_ + "/MANIFEST");
  const std::set<std::string> names = names_in(store_);
  auto writer = open_writer(store_, schema_, test_settings(), kTestZone);
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code(), StatusCode::kCorrupt);
  EXPECT_EQ(names_in(store_), names);
}

TEST_F(Snapshots, TheZoneStaysPinnedUntilItsNameChanges) {
  save();
  const auto pinned = [this](const std::string& name, std::string_view rules) {
    Settings settings = test_settings();
    settings.time_zone = name;
    auto writer = open_writer(store_, schema_, settings, rules);
    EXPECT_TRUE(writer);
    EXPECT_TRUE((*writer)->commit());
    return std::string(open()->zone_bytes());
  };
  EXPECT_EQ(pinned("Test", "newer rules"), kTestZone);
  EXPECT_EQ(pinned("Other", "other rules"), "other rules");
}

// Of a store by an older ICU: a new locale's table is of the same Unicode.
TEST_F(Snapshots, TheFoldTableStaysPinnedUntilTheLocaleChanges) {
  save();
  const auto commit = [this](const std::string& locale) {
    Settings settings = test_settings();
    settings.locale = locale;
    auto writer = open_writer(store_, schema_, settings, kTestZone);
    EXPECT_TRUE(writer);
    EXPECT_TRUE((*writer)->commit());
  };
  const auto folded = [this](std::string_view text) {
    return (*open()->text_forms())->form(text, Folding::kLocale);
  };
  EXPECT_EQ(folded("Ixx"), "ixx");
  repin(store_, FoldData{{'x'}, {0, 1}, "y"}, "7.0");
  const FileRef pinned = open()->manifest().folds;
  commit("en");
  EXPECT_EQ(open()->manifest().folds, pinned);
  EXPECT_EQ(folded("Ixx"), "Iyy");

  const std::string old =
      store_ + "/" + file_name(FileKind::kFold, pinned.number);
  EXPECT_TRUE(std::filesystem::exists(old));
  commit("tr");
  EXPECT_FALSE(std::filesystem::exists(old));
  EXPECT_EQ(open()->manifest().unicode_version, "7.0");
  EXPECT_EQ(folded("Ixx"), "ıxx");
  EXPECT_EQ(folded("\uAB70"), "\uAB70");  // a letter since Unicode 8
}

// The manifest, the zone, and a look at the length of each file.
TEST_F(Snapshots, OpeningTouchesNoBlock) {
  MemoryDisk disk;
  ASSERT_TRUE(save_model("disk/store", schema_, model_, {}, disk));
  std::vector<uint64_t> calls;
  for (const size_t profiles : {40, 4000}) {
    random_.grow(model_, profiles);
    ASSERT_TRUE(save_model("disk/store", schema_, model_, {}, disk));
    const uint64_t before = disk.calls();
    auto snapshot = open_stored_snapshot(disk, "disk/store");
    ASSERT_TRUE(snapshot);
    const uint64_t files = (*snapshot)->manifest().files().size();
    calls.push_back(disk.calls() - before - files);
  }
  EXPECT_EQ(calls[0], calls[1]);
  EXPECT_LE(calls[0], 4u);
}

class SnapshotsThreads : public Snapshots {};

TEST_F(SnapshotsThreads, ManyReadOneSnapshot) {
  save();
  save(random_.change(model_, 0.5));
  const auto snapshot = open();
  const Model expected = evaluated(model_);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&snapshot, &expected] {
      auto seen = read_views(*snapshot);
      EXPECT_TRUE(seen && *seen == expected);
      for (uint32_t k = 0; k < snapshot->profiles(); ++k) {
        EXPECT_EQ(*snapshot->ordinal_of(*snapshot->key_of(k)), k);
      }
    });
  }
}

// Each reader sees one whole snapshot, whenever it opens the store.
TEST_F(SnapshotsThreads, ReadersAndAWriterDoNotDisturbEachOther) {
  constexpr int kCommits = 8;
  std::vector<Model> models;  // by number - 1
  std::vector<std::set<uint32_t>> touched{{}};
  for (int i = 0; i < kCommits; ++i) {
    if (i > 0) touched.push_back(random_.change(model_, 0.3));
    models.push_back(model_);
  }
  ASSERT_TRUE(save_model(store_, schema_, models[0], {}));
  std::atomic<bool> done{false};
  std::vector<std::jthread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done.load()) {
        auto snapshot = open_stored_snapshot(system_files(), store_);
        ASSERT_TRUE(snapshot) << snapshot.error().message();
        auto seen = read_views(**snapshot);
        ASSERT_TRUE(seen) << seen.error().message();
        ASSERT_EQ(*seen, evaluated(models[(*snapshot)->number() - 1]));
      }
    });
  }
  for (int i = 1; i < kCommits; ++i) {
    auto saved = save_model(store_, schema_, models[i], touched[i]);
    EXPECT_TRUE(saved) << saved.error().message();
  }
  done = true;
}

}  // namespace
}  // namespace kitle::testing
