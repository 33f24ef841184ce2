// Disks that fail and machines that lose power while a store is written: what
// was acknowledged stays, the snapshot before stays whole, reopening needs no
// repair.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "runtime/store/stored_snapshot.h"
#include "tests/support/memory_disk.h"
#include "tests/support/random_model.h"

namespace kitle::testing {
namespace {

const std::string kFolder = "disk/store";

// A store that is about to be changed: `before` is in it, `after` shall be.
struct Change {
  Schema schema = schema_of_every_type();
  MemoryDisk disk;
  Model before;
  Model after;
  std::set<uint32_t> touched;
  bool fold = false;  // instead of saving: `after` is as `before`

  Result<uint64_t> save(MemoryDisk& to) const {
    if (fold) {
      auto report = fold_store(kFolder, to);
      if (!report) return std::unexpected(report.error());
      return report->snapshot;
    }
    return save_model(kFolder, schema, after, touched, to);
  }
};

constexpr int kFold = 0;

// The `commits`-th commit of a store, or folding it after the second.
Change change_number(int commits) {
  if (commits == kFold) {
    Change change = change_number(2);
    EXPECT_TRUE(change.save(change.disk));
    change.before = change.after;
    change.fold = true;
    return change;
  }
  Change change;
  RandomModel random(change.schema, {.texts = 30}, 7);
  for (int i = 0; i < commits; ++i) {
    if (i > 0) {
      EXPECT_TRUE(change.save(change.disk));
    }
    change.before = change.after;
    if (i > 0) change.touched = random.change(change.after, 0.3);
    random.grow(change.after, change.after.size() + (i % 2 == 0 ? 5 : 0));
  }
  return change;
}

Result<Model> read_store(Files& disk) {
  auto snapshot = open_stored_snapshot(disk, kFolder);
  if (!snapshot) return std::unexpected(snapshot.error());
  return read_views(**snapshot);
}

enum class Holds : uint8_t { kBefore, kAfter, kNeither };

Holds what_holds(const Change& change, Files& disk) {
  auto model = read_store(disk);
  if (!model) {
    // A store that was never committed is none.
    const StatusCode code = model.error().code();
    const bool none =
        code == StatusCode::kNotAStore || code == StatusCode::kNotFound;
    if (change.before.empty() && none) return Holds::kBefore;
    ADD_FAILURE() << model.error().message();
    return Holds::kNeither;
  }
  if (*model == evaluated(change.after)) return Holds::kAfter;
  return *model == evaluated(change.before) ? Holds::kBefore : Holds::kNeither;
}

// No file lies about that the current snapshot does not name.
void expect_tidy(MemoryDisk& disk) {
  auto pointer = read_pointer(disk, kFolder);
  ASSERT_TRUE(pointer) << pointer.error().message();
  auto snapshot = open_stored_snapshot(disk, kFolder);
  ASSERT_TRUE(snapshot) << snapshot.error().message();
  std::vector<std::string> wanted{
      "LOCK", "MANIFEST", file_name(FileKind::kManifest, pointer->file_number)};
  for (const auto& [kind, ref] : (*snapshot)->manifest().files()) {
    wanted.push_back(file_name(kind, ref.number));
  }
  std::ranges::sort(wanted);
  EXPECT_EQ(*disk.list(kFolder), wanted);
}

// Whatever happened, the change can be made now, and nothing is left over.
void expect_usable(const Change& change, MemoryDisk& disk) {
  auto saved = change.save(disk);
  ASSERT_TRUE(saved) << saved.error().message();
  EXPECT_EQ(what_holds(change, disk), Holds::kAfter);
  expect_tidy(disk);
}

// The change is begun on a copy of the disk, which fails at a call; then
// `check` looks at what there is.
using Check = std::function<void(MemoryDisk& disk, bool acknowledged)>;
void fail_at_each_call(const Change& change, Failure failure, bool for_good,
                       const Check& check) {
  for (uint64_t call = 1;; ++call) {
    SCOPED_TRACE("call " + std::to_string(call));
    MemoryDisk disk = change.disk.clone();
    disk.fail_at(call, failure, for_good);
    const bool acknowledged = change.save(disk).has_value();
    if (disk.calls() < call) return;  // it was not reached
    disk.heal();
    check(disk, acknowledged);
    if (::testing::Test::HasFailure()) return;
  }
}

class StoreFaults : public ::testing::TestWithParam<int> {
 protected:
  const Change change_ = change_number(GetParam());
};

TEST_P(StoreFaults, PowerLossLeavesOneOfTheTwoSnapshots) {
  std::mt19937_64 random(GetParam());
  fail_at_each_call(
      change_, Failure::kIo, true, [&](MemoryDisk& disk, bool acknowledged) {
        for (int i = 0; i < 8; ++i) {
          const Survival survival = i == 0   ? Survival::kNothing
                                    : i == 1 ? Survival::kEverything
                                             : Survival::kSome;
          MemoryDisk after = disk.after_power_loss(random, survival);
          const Holds holds = what_holds(change_, after);
          ASSERT_NE(holds, Holds::kNeither);
          ASSERT_TRUE(holds == Holds::kAfter || !acknowledged);
          expect_usable(change_, after);
        }
      });
}

TEST_P(StoreFaults, AnErrorLeavesOneOfTheTwoSnapshots) {
  for (const Failure failure :
       {Failure::kIo, Failure::kDoneAndIo, Failure::kNoSpace}) {
    for (const bool for_good : {false, true}) {
      fail_at_each_call(change_, failure, for_good,
                        [&](MemoryDisk& disk, bool acknowledged) {
                          const Holds holds = what_holds(change_, disk);
                          ASSERT_NE(holds, Holds::kNeither);
                          ASSERT_TRUE(holds == Holds::kAfter || !acknowledged);
                          expect_usable(change_, disk);
                        });
    }
  }
}

// After an error the process goes on, changes the store, and then power fails.
TEST_P(StoreFaults, PowerLossAfterAnErrorLosesNothingAcknowledged) {
  std::mt19937_64 random(GetParam());
  const auto lose_power = [&](MemoryDisk& disk, bool acknowledged) {
    for (uint64_t later = 1; later < 60; later += 5 + random() % 9) {
      std::mt19937_64 copy(later);
      MemoryDisk again = disk.clone();
      again.fail_at(again.calls() + later, Failure::kIo, true);
      const bool now = change_.save(again).has_value();
      again.heal();
      MemoryDisk after = again.after_power_loss(copy, Survival::kSome);
      const Holds holds = what_holds(change_, after);
      ASSERT_NE(holds, Holds::kNeither) << later;
      ASSERT_TRUE(holds == Holds::kAfter || !(acknowledged || now)) << later;
      expect_usable(change_, after);
    }
  };
  fail_at_each_call(change_, Failure::kIo, false, lose_power);
  fail_at_each_call(change_, Failure::kDoneAndIo, false, lose_power);
}

TEST_P(StoreFaults, FoldingWhatAnErrorLeftIsAnAnswer) {
  fail_at_each_call(change_, Failure::kIo, true, [&](MemoryDisk& disk, bool) {
    const Holds before = what_holds(change_, disk);
    auto report = fold_store(kFolder, disk);
    if (!report) {
      ASSERT_TRUE(change_.before.empty()) << report.error().message();
      const StatusCode code = report.error().code();
      ASSERT_TRUE(code == StatusCode::kNotAStore ||
                  code == StatusCode::kNotFound);
    }
    ASSERT_EQ(what_holds(change_, disk), before);
  });
}

TEST_P(StoreFaults, AReaderOfTheSnapshotBeforeIsUndisturbed) {
  if (change_.before.empty()) return;
  for (uint64_t call = 1;; ++call) {
    MemoryDisk disk = change_.disk.clone();
    auto reader = open_stored_snapshot(disk, kFolder);
    ASSERT_TRUE(reader);
    const uint64_t before = disk.calls();
    disk.fail_at(before + call, Failure::kIo, call % 2 == 0);
    (void)change_.save(disk);
    if (disk.calls() < before + call) return;
    disk.heal();
    ASSERT_TRUE(change_.save(disk));
    auto seen = read_views(**reader);
    ASSERT_TRUE(seen) << seen.error().message();
    ASSERT_EQ(*seen, evaluated(change_.before)) << call;
    reader->reset();
    ASSERT_TRUE(change_.save(disk));
    expect_tidy(disk);
  }
}

TEST_P(StoreFaults, AFailingReadIsAnErrorOrRight) {
  if (change_.before.empty()) return;
  for (const Failure failure : {Failure::kIo, Failure::kShort}) {
    for (uint64_t call = 1;; ++call) {
      MemoryDisk disk = change_.disk.clone();
      disk.fail_at(call, failure, call % 2 == 0);
      const auto model = read_store(disk);
      if (model) {
        ASSERT_EQ(*model, evaluated(change_.before)) << call;
      }
      if (disk.calls() < call) break;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Commit, StoreFaults,
                         ::testing::Values(kFold, 1, 2, 3));

}  // namespace
}  // namespace kitle::testing
