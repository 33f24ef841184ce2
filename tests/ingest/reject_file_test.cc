// The file of rejected rows on disks that fail, and after a loss of power.
#include <random>

#include "runtime/store/stored_snapshot.h"
#include "runtime/store/writer.h"
#include "tests/ingest/support.h"
#include "tests/support/memory_disk.h"

namespace kitle::testing {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kViews = R"(
profile customer { id code key }
event view { seconds integer }
source page_views {
  files     "views.csv"
  customer  from "who"
  into view {
    time     from "when"
    seconds  from "seconds"
  }
}
)";
constexpr const char* kRows =
    "who,when,seconds\nA,2026-03-01,1\nB,2026-03-01,many\n";

class RejectFileOnDisk : public ::testing::Test {
 protected:
  RejectFileOnDisk() : shop_(kViews) {
    shop_.options.threads = 1;
    shop_.write("views.csv", kRows);
  }

  // The number of the snapshot that a disk holds; 0 if it holds none.
  uint64_t snapshot(MemoryDisk& disk) const {
    auto pointer = read_pointer(disk, shop_.store());
    return pointer ? pointer->snapshot : 0;
  }
  bool has_rejects(MemoryDisk& disk, uint64_t number) const {
    const auto text =
        disk.read(shop_.store(fmt::format("rejects-{}.csv", number)));
    return text && text->ends_with("\"B,2026-03-01,many\"\n");
  }
  bool has_any(MemoryDisk& disk) const {
    const auto names = disk.list(shop_.store());
    return names && std::ranges::any_of(*names, [](const auto& name) {
             return name.starts_with("rejects");
           });
  }
  // An ingest on a disk whose calls fail as told; whether it was acknowledged.
  bool ingest(MemoryDisk& disk) const {
    const auto report = shop_.ingest(disk);
    disk.heal();
    return report.has_value();
  }

  Workshop shop_;
};

TEST_F(RejectFileOnDisk, IsThereIfAndOnlyIfItsSnapshotIs) {
  MemoryDisk good;
  ASSERT_TRUE(ingest(good));
  for (uint64_t call = 0; call <= good.calls(); ++call) {
    for (const Failure failure : {Failure::kIo, Failure::kDoneAndIo}) {
      MemoryDisk disk;
      disk.fail_at(call, failure, false);
      const bool acknowledged = ingest(disk);
      SCOPED_TRACE(fmt::format("call {}", call));
      const bool published = snapshot(disk) == 1;
      EXPECT_TRUE(published || !acknowledged);
      EXPECT_EQ(has_rejects(disk, 1), published);
      EXPECT_EQ(has_any(disk), published);
    }
  }
}

TEST_F(RejectFileOnDisk, IsDurableWhereItsSnapshotIs) {
  MemoryDisk good;
  ASSERT_TRUE(ingest(good));
  std::mt19937_64 random(1);
  for (uint64_t call = 0; call <= good.calls(); ++call) {
    MemoryDisk disk;
    disk.fail_at(call, Failure::kIo, true);
    (void)ingest(disk);
    for (const Survival survival :
         {Survival::kNothing, Survival::kEverything, Survival::kSome}) {
      MemoryDisk after = disk.after_power_loss(random, survival);
      const uint64_t number = snapshot(after);
      EXPECT_TRUE(number == 0 || has_rejects(after, number)) << "call " << call;
      // Whatever was left of it does not pass for that of a later snapshot.
      if (number == 1) continue;
      shop_.write("views.csv", "who,when,seconds\nA,2026-03-01,1\n");
      EXPECT_TRUE(ingest(after)) << "call " << call;
      EXPECT_FALSE(has_any(after)) << "call " << call;
      shop_.write("views.csv", kRows);
    }
  }
}

// Also where that writer is no ingest, whose snapshot would have its number.
TEST_F(RejectFileOnDisk, OfAKilledIngestGoesWithTheNextFold) {
  MemoryDisk good;
  ASSERT_TRUE(ingest(good));
  ASSERT_TRUE(has_rejects(good, 1));
  std::mt19937_64 random(2);
  size_t orphans = 0;
  uint64_t call = 1;
  for (bool reached = true; reached; ++call) {
    MemoryDisk disk = good.clone();
    disk.fail_at(disk.calls() + call, Failure::kIo, true);
    const bool acknowledged = shop_.ingest(disk).has_value();
    reached = !acknowledged;
    MemoryDisk after = disk.after_power_loss(random, Survival::kEverything);
    orphans += snapshot(after) == 1 && has_rejects(after, 2);
    ASSERT_TRUE(fold_store(shop_.store(), after)) << "call " << call;
    EXPECT_TRUE(has_rejects(after, 1)) << "call " << call;
    EXPECT_EQ(has_rejects(after, 2), snapshot(after) == 2) << "call " << call;
    EXPECT_FALSE(after.size(shop_.store("rejects.tmp"))) << "call " << call;
  }
  EXPECT_GT(orphans, 0U);
}

TEST_F(RejectFileOnDisk, IsNamedAfterItsSnapshot) {
  EXPECT_EQ(shop_.take().reject_file, shop_.store("rejects-1.csv"));
  EXPECT_EQ(shop_.take().reject_file, shop_.store("rejects-2.csv"));
  EXPECT_THAT(shop_.files_of_store(), Contains("rejects-1.csv"));
}

TEST_F(RejectFileOnDisk, OfAKilledIngestGoesWithTheNext) {
  write_file(shop_.store("rejects-1.csv"), "of a killed ingest");
  write_file(shop_.store("rejects.tmp"), "of a killed ingest");
  shop_.write("views.csv", "who,when,seconds\nA,2026-03-01,1\n");
  EXPECT_EQ(shop_.take().reject_file, "");
  EXPECT_THAT(shop_.files_of_store(), Not(Contains(StartsWith("rejects"))));
}

}  // namespace
}  // namespace kitle::testing
