#include "service/members.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/store/files.h"
#include "runtime/store/publish.h"
#include "service/earlier.h"
#include "service/kept_index.h"
#include "service/kept_state.h"
#include "service/whole_file.h"

namespace kitle {
namespace {

// The snapshot that a folder of members is of: 17 of "17-1772312400000000".
std::optional<uint64_t> snapshot_of(const std::string& name) {
  uint64_t number = 0;
  const char* const end = name.data() + name.size();
  const auto [behind, error] = std::from_chars(name.data(), end, number);
  if (error != std::errc() || behind == end || *behind != '-') {
    return std::nullopt;
  }
  return number;
}

bool has_all(const KeptIndex& index, const KeptIndex& of) {
  return std::ranges::all_of(
      of, [&](const auto& row) { return index.contains(row.first); });
}

// Of runs whose snapshot is gone only so many are left for what they alone
// have.
constexpr size_t kMostOutdated = 8;

// Removes the members of snapshots that are no longer there where those just
// kept are of all of their segments, too. Never fails: what cannot be removed
// stays, and so does everything where a manifest cannot be read. The names come
// first: a run that is kept meanwhile is of a snapshot that is listed behind
// them.
void remove_outdated(const std::string& store, uint64_t kept,
                     const KeptIndex& index) {
  Files& files = system_files();
  const auto names = files.list(store + "/members");
  const auto snapshots = snapshots_in(store, files);
  if (!names || !snapshots) return;
  std::vector<std::pair<uint64_t, std::string>> left;
  std::error_code ignored;
  for (const std::string& name : *names) {
    const auto snapshot = snapshot_of(name);
    if (!snapshot || *snapshot == kept) continue;
    if (std::ranges::find(*snapshots, *snapshot) != snapshots->end()) continue;
    const std::string folder = store + "/members/" + name;
    const auto old = read_kept_index(folder);
    if (old && !has_all(index, *old)) {
      left.emplace_back(*snapshot, folder);
    } else {
      std::filesystem::remove_all(folder, ignored);
    }
  }
  std::ranges::sort(left);
  for (size_t i = 0; i + kMostOutdated < left.size(); ++i) {
    std::filesystem::remove_all(left[i].second, ignored);
  }
}

// The index comes last: without it the folder is no kept run.
Status keep_in(const std::string& folder, const RunResult& result,
               KeptIndex& index) {
  WholeFiles members(folder);
  std::map<std::string, uint64_t> hashes;
  std::vector<std::string> undecided;
  for (const SegmentResult& segment : result.segments) {
    const std::string name = segment.name + ".roaring";
    if (segment.undecided) {  // what an earlier run found is no answer
      undecided.push_back(folder + "/" + name);
      index.erase(segment.name);
      continue;
    }
    const std::string_view bytes = segment.members.impl().membership.bytes();
    const Status added = members.add(name, bytes);
    if (!added.ok()) return added;
    hashes.emplace(segment.name, bytes_hash(bytes));
    index.insert_or_assign(segment.name, segment.members.size());
  }
  const std::string index_file = folder + std::string(kKeptIndexName);
  const std::string state_file = folder + std::string(kKeptStateName);
  std::error_code ignored;
  std::filesystem::remove(index_file, ignored);
  std::filesystem::remove(state_file, ignored);
  for (const std::string& path : undecided) {
    std::filesystem::remove(path, ignored);
  }
  Status status = members.finish();
  if (status.ok() && result.origin != nullptr) {
    const RunOrigin& origin = *result.origin;
    status = write_whole_file(
        state_file,
        state_bytes({.program = program_hash(*origin.rules->runnable().program),
                     .snapshot = *origin.snapshot,
                     .now = result.now,
                     .profiles = result.profiles,
                     .dues = origin.dues,
                     .members = std::move(hashes)}));
  }
  return status.ok() ? write_whole_file(index_file, index_text(index)) : status;
}

}  // namespace

Members::Members() : impl_(std::make_shared<Impl>()) {}
Members::Members(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

uint64_t Members::size() const { return impl_->membership.size(); }
uint64_t Members::common(const Members& other) const {
  return impl_->membership.common(other.impl_->membership);
}

Members Members::without(const Members& other) const {
  return make_members(impl_->membership.without(other.impl_->membership));
}

bool Members::contains(uint32_t ordinal) const {
  return impl_->membership.contains(ordinal);
}
std::vector<uint32_t> Members::ordinals() const {
  return impl_->membership.ordinals();
}
std::string Members::portable() const {
  return std::string(impl_->membership.bytes());
}

bool operator==(const Members& a, const Members& b) {
  return a.impl_->membership == b.impl_->membership;
}

Members make_members(Membership membership) {
  return Members(std::make_shared<Members::Impl>(std::move(membership)));
}

Result<std::string> keep_members(const Store& store, const RunResult& result) {
  std::string folder = store.folder() + "/members/" +
                       fmt::format("{}-{}", result.snapshot, result.now);
  Files& files = system_files();
  for (const std::string& path : {store.folder() + "/members", folder}) {
    const Status made = files.make_folder(path);
    if (!made.ok()) return std::unexpected(made);
  }
  // A run of some segments leaves the rows of the others.
  KeptIndex index = read_kept_index(folder).value_or(KeptIndex());
  const Status status = keep_in(folder, result, index);
  if (!status.ok()) return std::unexpected(status);
  remove_outdated(store.folder(), result.snapshot, index);
  return folder;
}

}  // namespace kitle
