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
    if (!place || before.segments[*place].undecided) return std::nullopt;
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

}  // namespace

std::optional<RunResult> kept_result(
    const std::shared_ptr<const ReadyRules>& what, const Store& store,
    const KeptRun& kept, Executor& executor) {
  auto state = read_kept_state(kept.folder);
  if (!state || state->program != program_hash(*what->runnable().program)) {
    return std::nullopt;
  }
  RunResult result;
  result.now = kept.now;
  result.snapshot = kept.snapshot;
  result.profiles = state->profiles;
  for (const AnsweredSegment& each : what->segments) {
    result.segments.emplace_back().name = each.info.name;
  }
  std::atomic<bool> all = true;
  executor.for_each(
      static_cast<uint32_t>(result.segments.size()), [&](uint32_t i, unsigned) {
        SegmentResult& segment = result.segments[i];
        const auto found = state->members.find(segment.name);
        auto members =
            found == state->members.end()
                ? std::nullopt
                : read_members(store, kept, segment.name, found->second);
        if (members) {
          segment.members = *std::move(members);
        } else {
          all = false;
        }
      });
  if (!all) return std::nullopt;
  result.origin = std::make_shared<const RunOrigin>(
      what,
      std::make_shared<const SnapshotIdentity>(std::move(state->snapshot)),
      std::move(state->dues));
  return result;
}

SegmentResult taken(SegmentResult answer, const SegmentInfo& info) {
  answer.name = info.name;
  answer.title = info.title;
  answer.stages = info.stages;
  answer.action = info.action;
  return answer;
}

}  // namespace kitle
