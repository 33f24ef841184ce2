// Runs that were kept, read back, and what changed since.
#include <gmock/gmock.h>
#include <roaring/roaring.h>
#include <sys/stat.h>

#include "tests/library/c_handles.h"
#include "tests/library/shop.h"

namespace kitle {
namespace {

using ::testing::ElementsAre;
using testing::Handles;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kDay;
using testing::kNow;
using testing::read_file;
using testing::Shop;
using testing::taken;
namespace fs = std::filesystem;

std::string roaring_of(const std::vector<uint32_t>& ordinals) {
  roaring_bitmap_t* bitmap =
      roaring_bitmap_of_ptr(ordinals.size(), ordinals.data());
  std::string bytes(roaring_bitmap_portable_size_in_bytes(bitmap), '\0');
  roaring_bitmap_portable_serialize(bitmap, bytes.data());
  roaring_bitmap_free(bitmap);
  return bytes;
}

RunResult run_at(const Shop& shop, const Store& store, int64_t now) {
  return testing::run_of(shop.engine(), store, {.now = now});
}

std::string keep_at(const Shop& shop, int64_t now) {
  const Store store = shop.open();
  auto folder = keep_members(store, run_at(shop, store, now));
  EXPECT_TRUE(folder) << folder.error().message();
  return *std::move(folder);
}

std::vector<KeptRun> runs_of(const Shop& shop) {
  auto runs = kept_runs(shop.open());
  EXPECT_TRUE(runs) << runs.error().message();
  return *std::move(runs);
}

// C-2 buys, and no one knew C-5.
void ingest_more(const Shop& shop) {
  shop.folder.write("data/orders2.csv",
                    "order,customer,time,category,amount\n"
                    "B-1,C-2,2026-02-27T10:00:00+03:00,Kitap,600.00\n"
                    "B-2,C-5,2026-02-28T10:00:00+03:00,Kitap,5.00\n");
  shop.ingest_again();
}

TEST(KeptRuns, AreByNowThenBySnapshot) {
  const Shop shop;
  EXPECT_THAT(runs_of(shop), IsEmpty());
  const std::string later = keep_at(shop, kNow + kDay);
  const std::string first = keep_at(shop, kNow);
  const Store reader = shop.open();  // so that the first snapshot stays
  ingest_more(shop);
  const std::string second = keep_at(shop, kNow);
  const auto runs = runs_of(shop);
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0].folder, first);
  EXPECT_EQ(runs[0].now, kNow);
  EXPECT_EQ(runs[0].snapshot, reader.snapshot());
  EXPECT_EQ(runs[1].folder, second);
  EXPECT_EQ(runs[1].snapshot, shop.open().snapshot());
  EXPECT_EQ(runs[2].folder, later);
  EXPECT_EQ(kept_until(runs, kNow).back().folder, second);
  EXPECT_EQ(kept_until(runs, kNow + kDay - 1).back().folder, second);
  EXPECT_EQ(kept_until(runs, kNow + kDay).back().folder, later);
  EXPECT_TRUE(kept_until(runs, kNow - 1).empty());
  // What a store knows nothing of is not there for it.
  const auto known = kept_runs(reader);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->size(), 2U);
}

TEST(KeptRuns, OtherFoldersAndRunsThatAreBeingWrittenAreNone) {
  const Shop shop;
  for (const char* name :
       {"notes", "1", "1-", "-1", "1-2x", "x1-2", "01-2", "1-+2",
        "99999999999999999999-2", "1-9223372036854775807"}) {
    shop.folder.write(std::string("store/members/") + name + "/index.csv",
                      "segment,size\n");
  }
  shop.folder.write("store/members/1-2/buyers.roaring", "no index yet");
  EXPECT_THAT(runs_of(shop), IsEmpty());
  shop.folder.write("store/members/1--2/index.csv", "segment,size\n");
  ASSERT_EQ(runs_of(shop).size(), 1U);
  EXPECT_EQ(runs_of(shop)[0].now, -2);
}

TEST(KeptRuns, HaveTheMembersThatTheRunHad) {
  const Shop shop;
  const Store store = shop.open();
  const RunResult result = run_at(shop, store, kNow);
  keep_at(shop, kNow);
  const KeptRun run = runs_of(shop).at(0);
  EXPECT_THAT(*kept_segments(run),
              ElementsAre("buyers", "everybody", "good", "newcomers"));
  for (const SegmentResult& segment : result.segments) {
    const auto kept = kept_members(store, run, segment.name);
    ASSERT_TRUE(kept) << kept.error().message();
    EXPECT_EQ(*kept, segment.members);
  }
  const auto other = kept_members(store, run, "../../x");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), StatusCode::kNotFound);
}

TEST(ChangesSince, AreWhoEnteredAndWhoLeft) {
  const Shop shop;
  keep_at(shop, kNow);
  ingest_more(shop);
  const Store store = shop.open();
  const auto changes =
      changes_since(store, runs_of(shop).at(0), run_at(shop, store, kNow));
  ASSERT_TRUE(changes) << changes.error().message();
  ASSERT_EQ(changes->size(), 4U);
  const auto& [buyers, good, newcomers, everybody] =
      std::tie(changes->at(0), changes->at(1), changes->at(2), changes->at(3));
  EXPECT_EQ(buyers.name, "buyers");
  EXPECT_TRUE(buyers.known);
  EXPECT_THAT(buyers.entered.ordinals(), ElementsAre(1, 4));
  EXPECT_THAT(buyers.left.ordinals(), IsEmpty());
  EXPECT_THAT(good.entered.ordinals(), ElementsAre(1));
  EXPECT_THAT(newcomers.left.ordinals(), ElementsAre(1));
  EXPECT_THAT(everybody.entered.ordinals(), ElementsAre(4));
}

TEST(ChangesSince, AreNotKnownWhereOneOfTheTwoDidNotDecide) {
  const Shop shop;
  const Store store = shop.open();
  RunResult result = run_at(shop, store, kNow);
  result.segments[0].undecided = true;
  ASSERT_TRUE(keep_members(store, result));
  RunResult later = run_at(shop, store, kNow);
  later.segments[1].undecided = true;
  later.segments[1].members = Members();
  const auto changes = changes_since(store, runs_of(shop).at(0), later);
  ASSERT_TRUE(changes);
  for (const size_t i : {0, 1}) {
    EXPECT_FALSE(changes->at(i).known);
    EXPECT_EQ(changes->at(i).entered.size(), 0U);
    EXPECT_EQ(changes->at(i).left.size(), 0U);
  }
  EXPECT_TRUE(changes->at(2).known);
}

TEST(KeptRuns, OneOfAFewSegmentsDoesNotComeBetweenThoseOfAll) {
  const Shop shop;
  const std::string all = keep_at(shop, kNow);
  RunResult some = shop.run({.segments = {"good"}});
  some.now = kNow + kDay;
  const auto few = keep_members(shop.open(), some);
  ASSERT_TRUE(few);
  const auto runs = runs_of(shop);
  EXPECT_EQ(kept_for(runs, shop.run({}))->folder, all);
  EXPECT_EQ(kept_for(runs, some)->folder, *few);
  some.segments[0].name = "new";
  EXPECT_EQ(kept_for(runs, some)->folder, *few);
  EXPECT_FALSE(kept_for({}, some));
}

// ---- damage ----

void expect_corrupt(const Shop& shop, const std::string& file) {
  SCOPED_TRACE(file);
  const Store store = shop.open();
  const auto changes =
      changes_since(store, runs_of(shop).at(0), run_at(shop, store, kNow));
  ASSERT_FALSE(changes);
  EXPECT_EQ(changes.error().code(), StatusCode::kCorrupt);
  EXPECT_THAT(changes.error().message(), HasSubstr(file));
}

TEST(KeptRunsDamage, OfMembersIsFoundAndNamed) {
  const Shop shop;
  const std::string path = keep_at(shop, kNow) + "/good.roaring";
  const std::string whole = read_file(path);
  for (const std::string& bytes :
       {std::string(), whole.substr(0, whole.size() - 1), whole + "x",
        std::string("a bitmap?"), roaring_of({0, 4}), roaring_of({0, 1, 2}),
        whole + std::string(100'000, '\0')}) {
    std::ofstream(path, std::ios::binary) << bytes;
    expect_corrupt(shop, path);
  }
  fs::rename(path, path + ".whole");
  fs::create_symlink(path + ".whole", path);
  expect_corrupt(shop, path);
  fs::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);  // nobody ever writes to it
  expect_corrupt(shop, path);
  fs::remove(path);
  expect_corrupt(shop, path);
  fs::create_directory(path);
  expect_corrupt(shop, path);
}

TEST(KeptRunsDamage, OfTheIndexIsFoundAndNamed) {
  const Shop shop;
  const std::string path = keep_at(shop, kNow) + "/index.csv";
  const std::string long_number = "buyers,99999999999999999999\n";
  for (const std::string& lines :
       {std::string("buyers\n"), std::string("buyers,\n"),
        std::string("buyers,2x\n"), std::string("buyers,-2\n"),
        std::string(",2\n"), std::string("buyers,2\nbuyers,2\n"), long_number,
        std::string("../../kitle,2\n"), std::string("buyers,2\n\n"),
        std::string("bu\0yers,2\n", 10)}) {
    std::ofstream(path, std::ios::binary) << "segment,size\n" << lines;
    expect_corrupt(shop, path);
    EXPECT_FALSE(kept_segments(runs_of(shop).at(0)));
  }
  std::ofstream(path, std::ios::binary) << "";
  expect_corrupt(shop, path);
  // The next run of that instant writes it anew.
  keep_at(shop, kNow);
  EXPECT_TRUE(kept_segments(runs_of(shop).at(0)));
}

TEST(KeptRunsDamage, OfAnotherRunDoesNotMatter) {
  const Shop shop;
  std::ofstream(keep_at(shop, kNow) + "/index.csv") << "damaged";
  keep_at(shop, kNow + kDay);
  const Store store = shop.open();
  const auto runs = runs_of(shop);
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_TRUE(changes_since(store, runs[1], run_at(shop, store, kNow)));
}

// ---- who was erased ----

// The store of tests/store/golden: the third and the fifth are erased.
TEST(ChangesSince, WhoWasErasedHasLeftAndTheKeyIsThere) {
  const testing::TempFolder folder;
  fs::copy(KITLE_SOURCE_DIR "/tests/store/golden/version-3", folder / "store",
           fs::copy_options::recursive);
  const auto store = Store::open(folder / "store");
  ASSERT_TRUE(store) << store.error().message();
  folder.write("store/members/1-0/some.roaring", roaring_of({0, 2, 4}));
  folder.write("store/members/1-0/index.csv", "segment,size\nsome,3\n");
  RunResult result;
  result.segments.resize(1);
  result.segments[0].name = "some";
  const auto runs = kept_runs(*store);
  ASSERT_TRUE(runs);
  const auto changes = changes_since(*store, runs->at(0), result);
  ASSERT_TRUE(changes) << changes.error().message();
  EXPECT_THAT(changes->at(0).left.ordinals(), ElementsAre(0, 2, 4));
  ASSERT_TRUE(write_members(*store, changes->at(0).left, MemberFormat::kCsv,
                            folder / "left.csv")
                  .ok());
  EXPECT_EQ(read_file(folder / "left.csv"), "id\nC-1\nÇ-3\nC-5\n");
}

// ---- in C ----

struct Changes {
  ~Changes() { kitle_changes_free(changes); }
  kitle_changes* changes = nullptr;
};

TEST(ChangesInC, AreThoseOfTheCxxInterface) {
  const Shop shop;
  keep_at(shop, kNow);
  ingest_more(shop);
  const Handles handles(shop);
  kitle_result* result = nullptr;
  ASSERT_EQ(kitle_run(handles.engine, handles.store, kNow, KITLE_TIER_AUTO, 1,
                      &result, nullptr),
            KITLE_OK);
  Changes made;
  ASSERT_EQ(kitle_changes_make(handles.store, result, kNow + 5, &made.changes,
                               nullptr),
            KITLE_OK);
  kitle_result_free(result);
  EXPECT_EQ(kitle_changes_now(made.changes), kNow);
  EXPECT_EQ(kitle_changes_snapshot(made.changes), runs_of(shop)[0].snapshot);
  EXPECT_EQ(kitle_changes_known(made.changes, 0), 1);
  uint32_t ordinals[3] = {9, 9, 9};
  EXPECT_EQ(kitle_changes_entered(made.changes, 0, ordinals, 3), 2);
  EXPECT_THAT(ordinals, ElementsAre(1, 4, 9));
  EXPECT_EQ(kitle_changes_left(made.changes, 0, nullptr, 0), 0);
  EXPECT_EQ(kitle_changes_left(made.changes, 2, ordinals, 0), 1);
  EXPECT_EQ(kitle_changes_known(made.changes, 4), 0);
  EXPECT_EQ(kitle_changes_entered(made.changes, 4, ordinals, 3), 0);
}

TEST(ChangesInC, WithoutARunThereAreNone) {
  const Shop shop;
  const Handles handles(shop);
  kitle_result* result = nullptr;
  ASSERT_EQ(kitle_run(handles.engine, handles.store, kNow, KITLE_TIER_AUTO, 1,
                      &result, nullptr),
            KITLE_OK);
  keep_at(shop, kNow);
  auto* changes = reinterpret_cast<kitle_changes*>(1);
  kitle_error* error = nullptr;
  EXPECT_EQ(
      kitle_changes_make(handles.store, result, kNow - 1, &changes, &error),
      KITLE_NOT_FOUND);
  EXPECT_EQ(taken(error), "no run was kept then or before");
  EXPECT_EQ(changes, nullptr);
  fs::remove(runs_of(shop)[0].folder + "/buyers.roaring");
  EXPECT_EQ(kitle_changes_make(handles.store, result, kNow, &changes, &error),
            KITLE_CORRUPT);
  EXPECT_THAT(taken(error), HasSubstr("buyers.roaring"));
  for (const int code :
       {kitle_changes_make(nullptr, result, kNow, &changes, nullptr),
        kitle_changes_make(handles.store, nullptr, kNow, &changes, nullptr),
        kitle_changes_make(handles.store, result, kNow, nullptr, nullptr)}) {
    EXPECT_EQ(code, KITLE_INVALID);
  }
  kitle_result_free(result);
}

TEST(ChangesInC, QuestionsAboutNullHaveEmptyAnswers) {
  EXPECT_EQ(kitle_changes_snapshot(nullptr), 0);
  EXPECT_EQ(kitle_changes_now(nullptr), 0);
  EXPECT_EQ(kitle_changes_known(nullptr, 0), 0);
  EXPECT_EQ(kitle_changes_entered(nullptr, 0, nullptr, 0), 0);
  EXPECT_EQ(kitle_changes_left(nullptr, 0, nullptr, 0), 0);
  kitle_changes_free(nullptr);
}

}  // namespace
}  // namespace kitle
