// Runs that were kept in a store's folder, and what changed since.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "kitle/engine.h"
#include "runtime/store/files.h"
#include "runtime/time/bounds.h"
#include "service/kept_index.h"
#include "service/members.h"

namespace kitle {
namespace {

// "17-1772312400000000", as keep_members() names a folder.
std::optional<KeptRun> run_named(const std::string& members,
                                 const std::string& name) {
  KeptRun run{.folder = members + "/" + name};
  const char* const end = name.data() + name.size();
  const auto [dash, wrong] = std::from_chars(name.data(), end, run.snapshot);
  if (wrong != std::errc() || dash == end) return std::nullopt;
  const auto [behind, bad] = std::from_chars(dash + 1, end, run.now);
  const bool read = bad == std::errc() && behind == end;
  if (!read || name != fmt::format("{}-{}", run.snapshot, run.now) ||
      !check_now(run.now).ok()) {
    return std::nullopt;
  }
  return run;
}

std::string path_of(const KeptRun& run, const std::string& segment) {
  return run.folder + "/" + segment + ".roaring";
}

std::unexpected<Status> corrupt(const std::string& path, std::string cause) {
  return std::unexpected(
      Status(StatusCode::kCorrupt, "read", path, std::move(cause)));
}

// Of a segment that is in the run's index, which says its size.
Result<Members> read_members(const Store& store, const KeptRun& run,
                             const std::string& segment, uint64_t size) {
  const std::string path = path_of(run, segment);
  const auto bytes = read_kept_file(path, most_kept_bytes(store.profiles()));
  if (!bytes && bytes.error().code() == StatusCode::kNotFound) {
    return corrupt(path, "the index of the run names it, and it is not there");
  }
  if (!bytes) return std::unexpected(bytes.error());
  auto read = Membership::from_bytes(*bytes);
  if (!read) return corrupt(path, read.error().cause());
  if (read->end() > store.profiles()) {
    return corrupt(path, "it has people that the store does not know");
  }
  if (read->size() != size) {
    return corrupt(path, fmt::format("it has {} people, and {} by the index",
                                     read->size(), size));
  }
  return make_members(std::move(*read));
}

}  // namespace

Result<std::vector<KeptRun>> kept_runs(const Store& store) {
  Files& files = system_files();
  const std::string members = store.folder() + "/members";
  const auto names = files.list(members);
  std::vector<KeptRun> runs;
  if (!names && names.error().code() == StatusCode::kNotFound) return runs;
  if (!names) return std::unexpected(names.error());
  for (const std::string& name : *names) {
    auto run = run_named(members, name);
    if (!run || run->snapshot > store.snapshot()) continue;
    // It is written last.
    if (!files.size(run->folder + std::string(kKeptIndexName))) continue;
    runs.push_back(*std::move(run));
  }
  std::ranges::sort(runs, {}, [](const KeptRun& run) {
    return std::tuple(run.now, run.snapshot);
  });
  return runs;
}

std::span<const KeptRun> kept_until(std::span<const KeptRun> runs,
                                    int64_t instant) {
  const auto behind =
      std::ranges::upper_bound(runs, instant, {}, &KeptRun::now);
  return {runs.begin(), behind};
}

std::optional<KeptRun> kept_for(std::span<const KeptRun> runs,
                                const RunResult& result) {
  if (runs.empty()) return std::nullopt;
  for (size_t i = runs.size(); i-- > 0;) {
    const auto index = read_kept_index(runs[i].folder);
    const bool all =
        index && std::ranges::all_of(result.segments, [&](const auto& each) {
          return each.undecided || index->contains(each.name);
        });
    if (all) return runs[i];
  }
  return runs.back();
}

Result<std::vector<std::string>> kept_segments(const KeptRun& run) {
  const auto index = read_kept_index(run.folder);
  if (!index) return std::unexpected(index.error());
  std::vector<std::string> names;
  for (const auto& [name, size] : *index) names.push_back(name);
  return names;
}

Result<Members> kept_members(const Store& store, const KeptRun& run,
                             const std::string& segment) {
  const auto index = read_kept_index(run.folder);
  if (!index) return std::unexpected(index.error());
  const auto found = index->find(segment);
  if (found != index->end()) {
    return read_members(store, run, segment, found->second);
  }
  return std::unexpected(Status(StatusCode::kNotFound, "read",
                                path_of(run, segment),
                                "the run kept no such segment"));
}

Result<std::vector<SegmentChanges>> changes_since(const Store& store,
                                                  const KeptRun& earlier,
                                                  const RunResult& result) {
  const auto index = read_kept_index(earlier.folder);
  if (!index) return std::unexpected(index.error());
  std::vector<SegmentChanges> all;
  for (const SegmentResult& segment : result.segments) {
    all.push_back({.name = segment.name});
    const auto found = index->find(segment.name);
    if (segment.undecided || found == index->end()) continue;
    const auto before =
        read_members(store, earlier, segment.name, found->second);
    if (!before) return std::unexpected(before.error());
    all.back() = {.name = segment.name,
                  .known = true,
                  .entered = segment.members.without(*before),
                  .left = before->without(segment.members)};
  }
  return all;
}

}  // namespace kitle
