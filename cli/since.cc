#include "cli/since.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace kitle::cli {
namespace {

std::optional<uint64_t> snapshot_in(const std::string& when) {
  uint64_t number = 0;
  const char* const end = when.data() + when.size();
  const auto [behind, error] = std::from_chars(when.data(), end, number);
  if (error != std::errc() || behind != end) return std::nullopt;
  return number;
}

std::string text_of(const KeptRun& run, const Instants& instants) {
  return fmt::format("as of {}, snapshot {}", instants.text(run.now),
                     run.snapshot);
}

int no_run(const Store& store) {
  return trouble(
      fmt::format("--since: there is no earlier run in {} to compare with: "
                  "`kitle run` keeps one (with --no-keep it does not)",
                  store.folder()));
}

int no_run_of(uint64_t snapshot, const std::vector<KeptRun>& runs) {
  std::set<uint64_t> others;
  for (const KeptRun& run : runs) others.insert(run.snapshot);
  std::string text;
  for (const uint64_t other : others) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", other);
  }
  return trouble(
      fmt::format("--since: no kept run is of snapshot {}; there are runs of "
                  "snapshot{} {}",
                  snapshot, others.size() == 1 ? "" : "s", text));
}

// The newest of that snapshot.
const KeptRun* run_of(uint64_t snapshot, const std::vector<KeptRun>& runs) {
  const auto found = std::find_if(
      runs.rbegin(), runs.rend(),
      [&](const KeptRun& run) { return run.snapshot == snapshot; });
  return found == runs.rend() ? nullptr : &*found;
}

std::optional<KeptRun> choose_by(const std::string& when,
                                 const std::vector<KeptRun>& runs, int64_t now,
                                 const Instants& instants, Context& context) {
  int64_t instant = now;
  if (when != "last") {
    const auto read = instants.read(when);
    if (!read) {
      context.exit_code = usage(
          fmt::format("--since: {}, nor `last`, nor the number of a snapshot",
                      read.error().cause()));
      return std::nullopt;
    }
    instant = *read;
  }
  auto found = kept_by(runs, instant);
  if (!found) {
    context.exit_code = trouble(
        fmt::format("--since: no run was kept as of {} or before; the earliest "
                    "is {}",
                    instants.text(instant), text_of(runs.front(), instants)));
  }
  return found;
}

std::optional<KeptRun> choose(const std::string& when,
                              const std::vector<KeptRun>& runs, int64_t now,
                              const Instants& instants, Context& context) {
  const auto snapshot = snapshot_in(when);
  if (!snapshot) return choose_by(when, runs, now, instants, context);
  const KeptRun* found = run_of(*snapshot, runs);
  if (found != nullptr) return *found;
  context.exit_code = no_run_of(*snapshot, runs);
  return std::nullopt;
}

// Decided now, and not there then.
std::vector<std::string> without_earlier(const RunResult& result,
                                         const Since& since) {
  std::vector<std::string> names;
  for (size_t i = 0; i < since.changes.size(); ++i) {
    const bool lacks = !since.changes[i].known && !result.segments[i].undecided;
    if (lacks) names.push_back(since.changes[i].name);
  }
  return names;
}

}  // namespace

std::optional<Since> find_since(const std::string& when, const Store& store,
                                int64_t now, const Instants& instants,
                                Context& context) {
  const auto runs = kept_runs(store);
  if (!runs || runs->empty()) {
    context.exit_code = runs ? no_run(store) : trouble(runs.error());
    return std::nullopt;
  }
  auto run = choose(when, *runs, now, instants, context);
  if (!run) return std::nullopt;
  return Since{.run = *run, .now_text = instants.text(run->now)};
}

int compare(const Store& store, const RunResult& result, Since& since) {
  auto changes = changes_since(store, since.run, result);
  if (!changes) return trouble(changes.error());
  since.changes = *std::move(changes);
  const auto names = without_earlier(result, since);
  if (!names.empty()) {
    fmt::print(stderr,
               "kitle: note: the run as of {} has no members of {}: who "
               "entered and left is not known\n",
               since.now_text, quoted_names(names));
  }
  return kFine;
}

}  // namespace kitle::cli
