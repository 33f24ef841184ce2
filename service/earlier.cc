#include "service/earlier.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "service/kept_index.h"
#include "service/kept_state.h"
#include "service/members.h"

namespace kitle {

Earlier earlier_of(const ReadyRules& what, const Snapshot& snapshot,
                   const RunOptions& options) {
  Earlier earlier;
  earlier.places.resize(what.segments.size());
  const RunResult& before = *options.before;
  const auto& origin = before.origin;
  const auto name_of = [](const AnsweredSegment& each) -> const std::string& {
    return each.info.name;
  };
  // Whoever has a result can change it.
  if (origin == nullptr ||
      !std::ranges::equal(before.segments, origin->rules->segments, {},
                          &SegmentResult::name, name_of)) {
    return earlier;
  }
  if (!snapshot.continues(*origin->snapshot)) return earlier;
  earlier.same_moment = before.now == options.now &&
                        snapshot.identity()->hash == origin->snapshot->hash;
  earlier.places = what.unchanged_since(*origin->rules);
  return earlier;
}

std::optional<std::vector<const Membership*>> members_of(
    const Earlier& earlier, const RunResult& before) {
  std::vector<const Membership*> members;
  for (const auto& place : earlier.places) {
    if (!place) return std::nullopt;
    // Who lacks a fit is in none of them.
    const SegmentResult& segment = before.segments[*place];
    if (segment.undecided && segment.undecided_reason.empty()) {
      return std::nullopt;
    }
    members.push_back(&before.segments[*place].members.impl().membership);
  }
  return members;
}

namespace {

// Null: not as they were kept.
std::optional<Members> read_members(const Store& store, const KeptRun& kept,
                                    const std::string& segment, uint64_t hash) {
  const auto bytes = read_kept_file(kept.folder + "/" + segment + ".roaring",
                                    most_kept_bytes(store.profiles()));
  if (!bytes || bytes_hash(*bytes) != hash) return std::nullopt;
  auto read = Membership::from_bytes(*bytes);
  if (!read) return std::nullopt;
  return make_members(*std::move(read));
}

std::optional<RunResult> read_result(
    const std::shared_ptr<const ReadyRules>& what, const Store& store,
    const KeptRun& kept, KeptState state, Executor& executor) {
  RunResult result;
  result.now = kept.now;
  result.snapshot = kept.snapshot;
  result.profiles = state.profiles;
  for (const AnsweredSegment& each : what->segments) {
    SegmentResult& made = result.segments.emplace_back();
    made.name = each.info.name;
    made.undecided = !each.undecided.empty();
    made.undecided_reason = each.undecided;
  }
  std::atomic<bool> all = true;
  const auto read = [&](uint32_t i, unsigned) {
    SegmentResult& segment = result.segments[i];
    if (segment.undecided) return;
    const auto found = state.members.find(segment.name);
    if (found != state.members.end()) {
      auto members = read_members(store, kept, segment.name, found->second);
      if (members) {
        segment.members = *std::move(members);
        return;
      }
    }
    all = false;
  };
  executor.for_each(static_cast<uint32_t>(result.segments.size()), read);
  if (!all) return std::nullopt;
  result.origin = std::make_shared<const RunOrigin>(
      what, std::make_shared<const SnapshotIdentity>(std::move(state.snapshot)),
      std::move(state.dues));
  return result;
}

}  // namespace

std::optional<RunResult> kept_result(
    const std::shared_ptr<const ReadyRules>& what, const Store& store,
    std::span<const KeptRun> runs, Executor& executor) {
  // A state has a byte for each person.
  constexpr size_t kMostRead = 8;
  const Hash128 program = program_hash(*what->runnable().program);
  for (size_t i = 0; i < std::min(runs.size(), kMostRead); ++i) {
    const KeptRun& kept = runs[runs.size() - 1 - i];
    auto state = read_kept_state(kept.folder);
    const bool same = state && state->program == program &&
                      state->now == kept.now &&
                      state->snapshot.number == kept.snapshot;
    if (same)
      return read_result(what, store, kept, *std::move(state), executor);
  }
  return std::nullopt;
}

SegmentResult taken(SegmentResult answer, const SegmentInfo& info) {
  answer.name = info.name;
  answer.title = info.title;
  answer.stages = info.stages;
  answer.action = info.action;
  return answer;
}

}  // namespace kitle
