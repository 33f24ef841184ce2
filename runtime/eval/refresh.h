// What a run found, brought to another instant and another snapshot of the
// store: only those are evaluated whose answers can have changed, because they
// have other attributes or events, or are due (runtime/eval/dues.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/eval/dues.h"
#include "runtime/eval/member_rows.h"
#include "runtime/eval/run.h"
#include "runtime/store/identity.h"

namespace kitle {

struct RefreshedSegment {
  // None: the same members as before.
  std::optional<Membership> members;
  bool undecided = false;
  uint32_t undecided_ordinal = 0;  // as SegmentMembers has it
};

// In which step of time each is due, who is not touched until then: steps[i] by
// ordinal, a step up to ends[steps[i]]; else not before the last end.
struct DueTimes {
  std::vector<int64_t> ends;  // increasing
  std::vector<uint8_t> steps;
  // By which the last were found, and the first of `ends` that it tells of;
  // null where that is not known.
  std::shared_ptr<const DueSteps> by = nullptr;
  size_t first_of_by = 0;
};

struct RefreshOutcome {
  std::vector<RefreshedSegment> segments;  // by Program::segments
  uint32_t profiles = 0;                   // live ones: everyone
  uint32_t evaluated = 0;                  // so many people
  // For the next refresh; null where they are not known.
  std::shared_ptr<const DueTimes> dues;
};

struct RefreshFrom {
  int64_t now = 0;
  const SnapshotIdentity* snapshot = nullptr;
  // By Program::segments: who was in each; nobody was undecided.
  std::vector<const Membership*> members = {};
  // Of this program at that instant and snapshot; null: to be found out, for
  // some steps that are as long as this one.
  const DueTimes* dues = nullptr;
  // Null, or where rows are kept from one refresh to the next: they are used if
  // they are of `members`, and made if there are none, they pay, and dues were
  // known. Then they are of the outcome, unless someone is undecided.
  std::unique_ptr<MemberRows>* rows = nullptr;
  // Also where a run of everyone takes no longer; for tests.
  bool however_many = false;
};

struct Refreshed {
  // Nothing where a run of everyone takes no longer.
  std::optional<RefreshOutcome> outcome;
  // Then: because so much time has passed that many people are due.
  bool by_time = false;
};

// The members that run() would find. Thread-safe. Errors: those of run().
// REQUIRES: binding.snapshot().continues(*from.snapshot); the members are those
// of this program, or of one of the same meaning.
Result<Refreshed> refresh(const Binding& binding,
                          const PreparedProgram& prepared,
                          const RunControls& controls, const RefreshFrom& from);

}  // namespace kitle
