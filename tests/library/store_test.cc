// Opening stores, keys and ordinals, snapshots, folding.
#include <gmock/gmock.h>

#include "tests/library/shop.h"

namespace kitle {
namespace {

using testing::Shop;
using testing::TempFolder;
using testing::write_shop;

TEST(OpenStore, AMissingFolderIsNotFound) {
  const testing::TempFolder folder;
  const auto store = Store::open(folder / "nowhere");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code(), StatusCode::kNotFound);
}

TEST(OpenStore, AFolderOfOtherThingsIsNoStore) {
  const testing::TempFolder folder;
  folder.write("notes.txt", "hello");
  const auto store = Store::open(folder.path());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code(), StatusCode::kNotAStore);
}

TEST(OpenStore, ADamagedManifestIsCorrupt) {
  const Shop shop;
  const std::string path = shop.rules.store_folder() + "/MANIFEST";
  std::string bytes = testing::read_file(path);
  ASSERT_GT(bytes.size(), 8);
  bytes[bytes.size() / 2] ^= 1;
  std::ofstream(path, std::ios::binary) << bytes;
  const auto store = Store::open(shop.rules.store_folder());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code(), StatusCode::kCorrupt);
  EXPECT_THAT(store.error().message(), ::testing::HasSubstr("MANIFEST"));
}

TEST(StoreKeys, KeysAndOrdinalsAnswerEachOther) {
  const Shop shop;
  const Store store = shop.open();
  ASSERT_EQ(store.profiles(), 4);
  EXPECT_GT(store.bytes(), 0);
  for (const char* key : {"C-1", "C-2", "C,\"3\"", "C-4"}) {
    const auto ordinal = store.ordinal_of(key);
    ASSERT_TRUE(ordinal && *ordinal) << key;
    EXPECT_EQ(*store.key_of(**ordinal), key);
  }
  const auto unknown = store.ordinal_of("C-9");
  ASSERT_TRUE(unknown);
  EXPECT_FALSE(*unknown);
}

TEST(StoreSnapshot, WhoHoldsOneIsNotDisturbedByTheNext) {
  const Shop shop;
  const Store before = shop.open();
  const Engine engine = shop.engine();
  shop.folder.write("data/orders-2.csv",
                    "order,customer,time,category,amount\n"
                    "A-4,C-4,2026-02-26T10:00:00+03:00,Kitap,90.00\n"
                    "A-5,C-5,2026-02-26T10:00:00+03:00,Kitap,90.00\n");
  shop.ingest_again();
  const Store after = shop.open();
  EXPECT_GT(after.snapshot(), before.snapshot());
  EXPECT_EQ(before.profiles(), 4);
  EXPECT_EQ(after.profiles(), 5);
  const auto old_answer = engine.run(before, {.now = testing::kNow});
  const auto new_answer = engine.run(after, {.now = testing::kNow});
  ASSERT_TRUE(old_answer && new_answer);
  EXPECT_EQ(old_answer->segments[0].members.size(), 2);
  EXPECT_EQ(new_answer->segments[0].members.size(), 4);
  EXPECT_EQ(old_answer->profiles, 4);
  EXPECT_EQ(new_answer->profiles, 5);
}

TEST(Fold, KeepsEveryAnswer) {
  const Shop shop;
  shop.folder.write("data/orders-2.csv",
                    "order,customer,time,category,amount\n"
                    "A-4,C-4,2026-02-26T10:00:00+03:00,Kitap,600.00\n");
  shop.ingest_again();
  const RunResult before = shop.run({});
  const auto snapshot = fold(shop.rules.store_folder());
  ASSERT_TRUE(snapshot) << snapshot.error().message();
  EXPECT_GT(*snapshot, before.snapshot);
  const RunResult after = shop.run({});
  EXPECT_EQ(after.snapshot, *snapshot);
  for (size_t i = 0; i < before.segments.size(); ++i) {
    EXPECT_EQ(before.segments[i].members, after.segments[i].members);
  }
  EXPECT_EQ(after.segments[1].members.size(), 2);
}

TEST(Fold, OfNoStoreIsAnError) {
  const testing::TempFolder folder;
  EXPECT_FALSE(fold(folder / "nowhere"));
}

TEST(Ingest, CountsEveryRowOnce) {
  const testing::TempFolder folder;
  testing::write_shop(folder);
  folder.write("data/orders-2.csv",
               "order,customer,time,category,amount\n"
               "A-8,C-1,2026-02-30T10:00:00+03:00,Kitap,90.00\n"
               "A-9,C-1,2026-02-26T10:00:00+03:00,Kitap,\"1.234,56\"\n");
  const Rules rules = testing::good_rules(folder.path());
  const auto first = ingest(rules, {});
  ASSERT_TRUE(first) << first.error().message();
  ASSERT_EQ(first->sources.size(), 2);
  EXPECT_EQ(first->sources[1].seen, 5);
  EXPECT_EQ(first->sources[1].accepted, 3);
  EXPECT_EQ(first->sources[1].rejected, 2);
  EXPECT_NE(first->reject_file, "");
  EXPECT_EQ(first->new_events, 3);
  const auto second = ingest(rules, {});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->sources[1].known, 3);
  EXPECT_EQ(second->sources[1].accepted, 0);
  EXPECT_EQ(second->new_events, 0);
}

TEST(Ingest, ASourceThatIsNotThereIsNotFound) {
  const testing::TempFolder folder;
  testing::write_shop(folder);
  IngestOptions options;
  options.sources = {"ordres"};
  const auto report = ingest(testing::good_rules(folder.path()), options);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), StatusCode::kNotFound);
  EXPECT_THAT(report.error().message(), ::testing::HasSubstr("`orders`"));
}

TEST(Ingest, ACancelledOneLeavesTheStoreAsItWas) {
  const Shop shop;
  const uint64_t before = shop.open().snapshot();
  const std::atomic<bool> stop = true;
  IngestOptions options;
  options.cancel = &stop;
  shop.folder.write("data/orders-2.csv",
                    "order,customer,time,category,amount\n"
                    "A-4,C-4,2026-02-26T10:00:00+03:00,Kitap,600.00\n");
  const auto report = ingest(shop.rules, options);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), StatusCode::kCancelled);
  EXPECT_EQ(shop.open().snapshot(), before);
}

TEST(StoreIngest, OfRulesWithMistakesIsRefused) {
  const TempFolder folder;
  write_shop(folder, "segment broken { any }\n");
  const auto rules = load_rules(folder.path());
  ASSERT_TRUE(rules);
  ASSERT_FALSE(rules->ok());
  const auto report = ingest(*rules, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), StatusCode::kInvalid);
  EXPECT_FALSE(std::filesystem::exists(folder / "store"));
}

}  // namespace
}  // namespace kitle
