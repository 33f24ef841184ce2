// What a run takes from an earlier result (RunOptions::before).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "kitle/engine.h"
#include "runtime/eval/executor.h"
#include "runtime/eval/refresh.h"
#include "runtime/store/snapshot.h"
#include "service/rule_set.h"

namespace kitle {

struct RunOrigin {
  std::shared_ptr<const ReadyRules> rules;
  std::shared_ptr<const SnapshotIdentity> snapshot;
  std::shared_ptr<const DueTimes> dues;  // of the rules; null: not known
  // A refresh after so long, in microseconds, took longer than a run of
  // everyone so many times in a row; that many runs are of everyone without a
  // try.
  int64_t too_long = INT64_MAX;
  uint32_t failures = 0;
  uint32_t waits = 0;
};

struct Earlier {
  // Of the same instant, and the same people with the same events.
  bool same_moment = false;
  // By the segment: the place in the result of one that means the same, over
  // what the snapshot has, too.
  std::vector<std::optional<uint32_t>> places;
};

// Of `options.before`.
Earlier earlier_of(const ReadyRules& what, const Snapshot& snapshot,
                   const RunOptions& options);

// The members before, by segment, where all have some.
std::optional<std::vector<const Membership*>> members_of(
    const Earlier& earlier, const RunResult& before);

// What the last of the kept runs found that is of these rules; nothing where
// there is none, or its files are damaged.
std::optional<RunResult> kept_result(
    const std::shared_ptr<const ReadyRules>& what, const Store& store,
    std::span<const KeptRun> runs, Executor& executor);

// The answer to another segment that means the same.
SegmentResult taken(SegmentResult answer, const SegmentInfo& info);

}  // namespace kitle
