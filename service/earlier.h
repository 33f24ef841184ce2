// What a run takes from an earlier result (RunOptions::before).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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
  // After so long, in microseconds, it takes less to evaluate everyone.
  int64_t longest = INT64_MAX;
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

// What a kept run found of these rules; nothing where that cannot be told, be
// it for a file that is not there or damaged.
std::optional<RunResult> kept_result(
    const std::shared_ptr<const ReadyRules>& what, const Store& store,
    const KeptRun& kept, Executor& executor);

// The answer to another segment that means the same.
SegmentResult taken(SegmentResult answer, const SegmentInfo& info);

}  // namespace kitle
