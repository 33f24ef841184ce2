#include "service/members.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <utility>

#include "runtime/store/files.h"
#include "runtime/store/publish.h"
#include "service/kept_index.h"
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

// Removes the members of snapshots that are no longer there, but not those just
// kept. Never fails: what cannot be removed stays, and so does everything where
// a manifest cannot be read. The names come first: a run that is kept meanwhile
// is of a snapshot that is listed behind them.
void remove_outdated(const std::string& store, uint64_t kept) {
  Files& files = system_files();
  const auto names = files.list(store + "/members");
  const auto snapshots = snapshots_in(store, files);
  if (!names || !snapshots) return;
  for (const std::string& name : *names) {
    const auto snapshot = snapshot_of(name);
    if (!snapshot || *snapshot == kept) continue;
    if (std::ranges::find(*snapshots, *snapshot) != snapshots->end()) continue;
    std::error_code ignored;
    std::filesystem::remove_all(store + "/members/" + name, ignored);
  }
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
std::string Members::portable() const { return impl_->membership.portable(); }

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
  WholeFiles members(folder);
  for (const SegmentResult& segment : result.segments) {
    if (segment.undecided) continue;
    const Status added =
        members.add(segment.name + ".roaring", segment.members.portable());
    if (!added.ok()) return std::unexpected(added);
    index.insert_or_assign(segment.name, segment.members.size());
  }
  Status status = members.finish();
  if (status.ok()) {
    status = write_whole_file(folder + std::string(kKeptIndexName),
                              index_text(index));
  }
  if (!status.ok()) return std::unexpected(status);
  remove_outdated(store.folder(), result.snapshot);
  return folder;
}

}  // namespace kitle
