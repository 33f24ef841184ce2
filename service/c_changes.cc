// The functions of kitle.h about what changed since a run that was kept.
#include <optional>
#include <utility>

#include "service/c_handles.h"

struct kitle_changes {
  kitle::KeptRun earlier;
  std::vector<kitle::SegmentChanges> segments;
};

namespace {

using kitle::c_interface::clear;
using kitle::c_interface::copy_members;
using kitle::c_interface::fail;
using kitle::c_interface::guarded;
using kitle::c_interface::invalid;

const kitle::SegmentChanges* segment_at(const kitle_changes* changes,
                                        size_t index) {
  if (changes == nullptr || index >= changes->segments.size()) return nullptr;
  return &changes->segments[index];
}

int make(const kitle::Store& store, const kitle::RunResult& result,
         int64_t since, kitle_changes** changes, kitle_error** error) {
  const auto runs = kitle::kept_runs(store);
  if (!runs) return fail(runs.error(), error);
  auto earlier = kitle::kept_for(kitle::kept_until(*runs, since), result);
  if (!earlier) {
    return fail(KITLE_NOT_FOUND, "no run was kept then or before", error);
  }
  auto segments = kitle::changes_since(store, *earlier, result);
  if (!segments) return fail(segments.error(), error);
  *changes = new kitle_changes{*std::move(earlier), *std::move(segments)};
  return KITLE_OK;
}

}  // namespace

extern "C" {

int kitle_changes_make(const kitle_store* store, const kitle_result* result,
                       int64_t since, kitle_changes** changes,
                       kitle_error** error) {
  return guarded(error, [&] {
    clear(changes);
    if (store == nullptr || result == nullptr || changes == nullptr) {
      return invalid("store, result and changes must not be NULL", error);
    }
    return make(store->store, result->result, since, changes, error);
  });
}

uint64_t kitle_changes_snapshot(const kitle_changes* changes) {
  return changes == nullptr ? 0 : changes->earlier.snapshot;
}
int64_t kitle_changes_now(const kitle_changes* changes) {
  return changes == nullptr ? 0 : changes->earlier.now;
}
int kitle_changes_known(const kitle_changes* changes, size_t segment) {
  const auto* found = segment_at(changes, segment);
  return found != nullptr && found->known ? 1 : 0;
}

uint64_t kitle_changes_entered(const kitle_changes* changes, size_t segment,
                               uint32_t* ordinals, uint64_t room) {
  const auto* found = segment_at(changes, segment);
  return found == nullptr ? 0 : copy_members(found->entered, ordinals, room);
}
uint64_t kitle_changes_left(const kitle_changes* changes, size_t segment,
                            uint32_t* ordinals, uint64_t room) {
  const auto* found = segment_at(changes, segment);
  return found == nullptr ? 0 : copy_members(found->left, ordinals, room);
}

void kitle_changes_free(kitle_changes* changes) { delete changes; }

}  // extern "C"
