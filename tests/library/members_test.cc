// Members as files and in the store. (Parquet is read back by pyarrow in
// tests/program/cli_test.py.)
#include <gmock/gmock.h>
#include <roaring/roaring.h>

#include "tests/library/shop.h"

namespace kitle {
namespace {

using testing::read_file;
using testing::Shop;
namespace fs = std::filesystem;

std::vector<uint32_t> read_roaring(const std::string& bytes) {
  roaring_bitmap_t* bitmap =
      roaring_bitmap_portable_deserialize_safe(bytes.data(), bytes.size());
  EXPECT_NE(bitmap, nullptr);
  if (bitmap == nullptr) return {};
  std::vector<uint32_t> ordinals(roaring_bitmap_get_cardinality(bitmap));
  roaring_bitmap_to_uint32_array(bitmap, ordinals.data());
  roaring_bitmap_free(bitmap);
  return ordinals;
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(WriteMembers, CsvHasAHeaderAndQuotesWhatMustBe) {
  const Shop shop;
  const RunResult result = shop.run({});
  const std::string path = shop.folder / "buyers.csv";
  ASSERT_TRUE(write_members(shop.open(), result.segments[0].members,
                            MemberFormat::kCsv, path)
                  .ok());
  EXPECT_EQ(read_file(path), "id\nC-1\n\"C,\"\"3\"\"\"\n");
}

TEST(WriteMembers, RoaringIsReadByRoaring) {
  const Shop shop;
  const RunResult result = shop.run({});
  const std::string path = shop.folder / "everybody.roaring";
  const Members& members = result.segments[3].members;
  ASSERT_TRUE(
      write_members(shop.open(), members, MemberFormat::kRoaring, path).ok());
  EXPECT_EQ(read_roaring(read_file(path)), members.ordinals());
  EXPECT_EQ(read_file(path), members.portable());
}

TEST(WriteMembers, NobodyIsAFileToo) {
  const Shop shop;
  for (const auto format :
       {MemberFormat::kCsv, MemberFormat::kRoaring, MemberFormat::kParquet}) {
    const std::string path = shop.folder / "nobody";
    ASSERT_TRUE(write_members(shop.open(), Members(), format, path).ok());
    EXPECT_GT(read_file(path).size(), 0);
  }
}

TEST(WriteMembers, AFolderThatIsNotThereIsAnError) {
  const Shop shop;
  const std::string path = shop.folder / "no/where.csv";
  const Status status =
      write_members(shop.open(), Members(), MemberFormat::kCsv, path);
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(status.message(), ::testing::HasSubstr("no/where.csv"));
}

TEST(WriteMembers, AFileIsReplacedWholeAndNothingElseIsLeft) {
  const Shop shop;
  shop.folder.write("out/x.csv", "old");
  ASSERT_TRUE(write_members(shop.open(), Members(), MemberFormat::kCsv,
                            shop.folder / "out/x.csv")
                  .ok());
  EXPECT_EQ(read_file(shop.folder / "out/x.csv"), "id\n");
  EXPECT_THAT(names_in(shop.folder / "out"), ::testing::ElementsAre("x.csv"));
}

// Cuts every file of the store's blocks.
void cut_blocks(const Shop& shop) {
  size_t cut = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(shop.rules.store_folder())) {
    if (entry.path().filename().string().find("base") == std::string::npos) {
      continue;
    }
    fs::resize_file(entry.path(), 0);
    ++cut;
  }
  EXPECT_GT(cut, 0);
}

TEST(WriteMembers, ABlockFileThatWasCutAfterTheRunIsAnErrorAndNoFile) {
  const Shop shop;
  const Store store = shop.open();
  const auto result = shop.engine().run(store, {.now = testing::kNow});
  ASSERT_TRUE(result && store.key_of(0));  // mapped, its keys verified
  const Members& members = result->segments[0].members;
  cut_blocks(shop);
  const auto key = store.key_of(0);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code(), StatusCode::kIo);
  EXPECT_THAT(key.error().message(), ::testing::HasSubstr("base-"));
  EXPECT_FALSE(store.ordinal_of("C-1"));
  shop.folder.write("out/x", "old");
  for (const auto format : {MemberFormat::kCsv, MemberFormat::kParquet}) {
    const Status status =
        write_members(store, members, format, shop.folder / "out/x");
    EXPECT_EQ(status.code(), StatusCode::kIo);
    EXPECT_EQ(read_file(shop.folder / "out/x"), "old");
  }
}

TEST(KeepMembers, EachSegmentAndAnIndexUnderSnapshotAndNow) {
  const Shop shop;
  const RunResult result = shop.run({});
  const auto folder = keep_members(shop.open(), result);
  ASSERT_TRUE(folder) << folder.error().message();
  EXPECT_EQ(*folder, shop.rules.store_folder() + "/members/" +
                         std::to_string(result.snapshot) + "-" +
                         std::to_string(testing::kNow));
  EXPECT_THAT(names_in(*folder),
              ::testing::ElementsAre("buyers.roaring", "everybody.roaring",
                                     "good.roaring", "index.csv",
                                     "newcomers.roaring", "state"));
  EXPECT_EQ(read_file(*folder + "/index.csv"),
            "segment,size\nbuyers,2\neverybody,4\ngood,1\nnewcomers,2\n");
  EXPECT_EQ(read_roaring(read_file(*folder + "/buyers.roaring")),
            result.segments[0].members.ordinals());
}

TEST(KeepMembers, ARunOfSomeSegmentsLeavesTheOthers) {
  const Shop shop;
  const auto all = keep_members(shop.open(), shop.run({}));
  const auto some = keep_members(shop.open(), shop.run({.segments = {"good"}}));
  ASSERT_TRUE(all && some);
  EXPECT_EQ(*all, *some);
  EXPECT_EQ(read_file(*some + "/index.csv"),
            "segment,size\nbuyers,2\neverybody,4\ngood,1\nnewcomers,2\n");
}

TEST(KeepMembers, WhoWasInAnUndecidedSegmentIsNotKept) {
  const Shop shop;
  RunResult result = shop.run({});
  ASSERT_TRUE(keep_members(shop.open(), result));
  result.segments[0].undecided = true;
  result.segments[0].members = Members();
  const auto folder = keep_members(shop.open(), result);
  ASSERT_TRUE(folder);
  EXPECT_FALSE(fs::exists(*folder + "/buyers.roaring"));
  EXPECT_EQ(read_file(*folder + "/index.csv"),
            "segment,size\neverybody,4\ngood,1\nnewcomers,2\n");
}

TEST(KeepMembers, ThoseOfASnapshotGoWithIt) {
  const Shop shop;
  const std::string kept = shop.rules.store_folder() + "/members";
  RunResult result = shop.run({});
  ASSERT_TRUE(keep_members(shop.open(), result));
  result.now += 1;
  ASSERT_TRUE(keep_members(shop.open(), result));
  shop.folder.write("store/members/notes/mine.txt", "not a run's");
  const auto names = [&] { return names_in(kept).size(); };
  EXPECT_EQ(names(), 3U);
  {
    const Store reader = shop.open();  // of the first snapshot
    shop.ingest_again();
    ASSERT_TRUE(keep_members(shop.open(), shop.run({})));
    EXPECT_EQ(names(), 4U);
  }
  shop.ingest_again();
  const RunResult last = shop.run({});
  ASSERT_TRUE(keep_members(shop.open(), last));
  EXPECT_THAT(names_in(kept),
              ::testing::ElementsAre(std::to_string(last.snapshot) + "-" +
                                         std::to_string(testing::kNow),
                                     "notes"));
}

TEST(KeepMembers, ARunOfSomeSegmentsRemovesNoRunThatHasMore) {
  const Shop shop;
  const auto all = keep_members(shop.open(), shop.run({}));
  ASSERT_TRUE(all);
  for (int again = 0; again < 12; ++again) {
    shop.ingest_again();
    const RunResult some = shop.run({.segments = {"good"}});
    ASSERT_TRUE(keep_members(shop.open(), some));
    EXPECT_TRUE(fs::exists(*all)) << again;
  }
  shop.ingest_again();
  ASSERT_TRUE(keep_members(shop.open(), shop.run({})));
  EXPECT_FALSE(fs::exists(*all));
}

TEST(KeepMembers, OfRunsThatHaveSegmentsAloneTheLastEightStay) {
  const Shop shop;
  const std::string kept = shop.rules.store_folder() + "/members";
  for (int again = 0; again < 12; ++again) {
    RunResult result = shop.run({});
    result.segments[0].name = "buyers_" + std::to_string(again);
    ASSERT_TRUE(keep_members(shop.open(), result));
    shop.ingest_again();
  }
  EXPECT_EQ(names_in(kept).size(), 9U);  // and the last one
}

TEST(KeepMembers, WorksWhileAnotherStoreIsOpenAndAfterAnIngest) {
  const Shop shop;
  const Store store = shop.open();
  ASSERT_TRUE(keep_members(store, shop.run({})));
  shop.ingest_again();
  EXPECT_TRUE(keep_members(store, shop.run({})));
}

}  // namespace
}  // namespace kitle
