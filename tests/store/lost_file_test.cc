// Files that shrink under their mapping: an error with the file's name, and the
// process lives on.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "runtime/store/stored_snapshot.h"
#include "tests/support/random_model.h"
#include "tests/support/temp_folder.h"

namespace kitle::testing {
namespace {

class LostFile : public ::testing::Test {
 protected:
  void SetUp() override {
    RandomModel random(schema_, {}, 1);
    model_ = random.model(300);
    ASSERT_TRUE(save_model(store_, schema_, model_));
    for (const auto& entry : std::filesystem::directory_iterator(store_)) {
      const std::string name = entry.path().filename();
      if (name.starts_with("base-")) base_ = entry.path();
      if (name.starts_with("fold-")) folds_ = entry.path();
    }
  }

  std::shared_ptr<const StoredSnapshot> open(Files& files) {
    auto snapshot = open_stored_snapshot(files, store_);
    EXPECT_TRUE(snapshot) << snapshot.error().message();
    return *snapshot;
  }

  const TempFolder folder_;
  const std::string store_ = folder_ / "store";
  const Schema schema_ = schema_of_every_type();
  Model model_;
  std::string base_;
  std::string folds_;
};

TEST_F(LostFile, BeforeVerificationIsNamed) {
  const auto snapshot = open(system_files());
  ASSERT_TRUE(snapshot->key_of(0));  // maps the file and verifies the keys
  ASSERT_EQ(::truncate(base_.c_str(), 4096), 0);
  auto view = snapshot->base(0);
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().code(), StatusCode::kIo);
  EXPECT_EQ(view.error().file(), base_);
  EXPECT_EQ(snapshot->health().file(), base_);
}

TEST_F(LostFile, AfterVerificationReadsAsZerosAndIsNamed) {
  const auto snapshot = open(system_files());
  auto view = snapshot->base(0);
  ASSERT_TRUE(view);
  EXPECT_TRUE(snapshot->health().ok());
  ASSERT_EQ(::truncate(base_.c_str(), 0), 0);
  const TableView& table = (*view)->tables[0];
  uint64_t sum = 0;
  for (uint32_t i = 0; i <= (*view)->profiles; ++i) sum += table.offsets[i];
  EXPECT_EQ(sum, 0u);
  EXPECT_EQ(snapshot->health().code(), StatusCode::kIo);
  EXPECT_EQ(snapshot->health().file(), base_);
}

TEST_F(LostFile, OfFoldsIsNamedBeforeAndAfterVerification) {
  const auto early = open(system_files());
  const auto late = open(system_files());
  const auto forms = late->text_forms();
  ASSERT_TRUE(forms);
  ASSERT_EQ((*forms)->form("ÄB", Folding::kLocale), "äb");
  ASSERT_EQ(::truncate(folds_.c_str(), 0), 0);
  const auto none = early->text_forms();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().file(), folds_);
  EXPECT_EQ((*forms)->form("b", Folding::kLocale), "b");
  (void)(*forms)->form("ÄB", Folding::kLocale);  // of zeros
  EXPECT_EQ(late->health().code(), StatusCode::kIo);
  EXPECT_EQ(late->health().file(), folds_);
}

TEST_F(LostFile, KeepsAWriterFromCommitting) {
  auto writer = open_writer(store_, schema_, test_settings(), kTestZone);
  ASSERT_TRUE(writer);
  auto content = (*writer)->load(0);
  ASSERT_TRUE(content);
  ASSERT_EQ(::truncate(base_.c_str(), 0), 0);
  auto again = (*writer)->load(0);  // from the mapping, as verified
  (void)again;
  auto done = (*writer)->commit();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().file(), base_);
}

TEST_F(LostFile, LeavesOtherSnapshotsHealthy) {
  const auto lost = open(system_files());
  ASSERT_TRUE(lost->key_of(0));
  ASSERT_EQ(::truncate(base_.c_str(), 0), 0);
  EXPECT_FALSE(lost->base(0));
  const std::string other = folder_ / "other";
  ASSERT_TRUE(save_model(other, schema_, model_));
  auto snapshot = open_stored_snapshot(system_files(), other);
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(*read_views(**snapshot), evaluated(model_));
  EXPECT_TRUE((*snapshot)->health().ok());
}

TEST_F(LostFile, DoesNotReachWhoReadsInsteadOfMapping) {
  const auto snapshot = open(reading_files());
  ASSERT_TRUE(snapshot->key_of(0));
  ASSERT_EQ(::truncate(base_.c_str(), 0), 0);
  EXPECT_EQ(*read_views(*snapshot), evaluated(model_));
  EXPECT_TRUE(snapshot->health().ok());
}

// A page of zeros would end the process with 0.
using LostFileDeathTest = LostFile;

TEST_F(LostFileDeathTest, ASigbusElsewhereStillKills) {
  const auto snapshot = open(system_files());  // the handler is there
  const std::string path = folder_ / "foreign";
  EXPECT_DEATH(
      {
        FILE* file = std::fopen(path.c_str(), "w+");
        std::fputs("one page", file);
        std::fflush(file);
        void* page =
            ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, ::fileno(file), 0);
        (void)::ftruncate(::fileno(file), 0);
        std::exit(*static_cast<volatile char*>(page));
      },
      "");
}

using LostFileThreads = LostFile;

TEST_F(LostFileThreads, ManyLoseTheSamePages) {
  const auto snapshot = open(system_files());
  auto view = snapshot->base(0);
  ASSERT_TRUE(view);
  ASSERT_EQ(::truncate(base_.c_str(), 0), 0);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&view] {
      for (const TableView& table : (*view)->tables) {
        for (uint32_t k = 0; k <= (*view)->profiles; ++k) {
          EXPECT_EQ(table.offsets[k], 0u);
        }
      }
    });
  }
  threads.clear();
  EXPECT_EQ(snapshot->health().file(), base_);
}

}  // namespace
}  // namespace kitle::testing
