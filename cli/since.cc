#include "cli/since.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>
#include <utility>

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

using Runs = std::vector<KeptRun>;

std::optional<Runs> choose_by(const std::string& when, const Runs& runs,
                              int64_t now, const Instants& instants,
                              Context& context) {
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
  const auto until = kept_until(runs, instant);
  if (!until.empty()) return Runs(until.begin(), until.end());
  context.exit_code = trouble(
      fmt::format("--since: no run was kept as of {} or before; the earliest "
                  "is {}",
                  instants.text(instant), text_of(runs.front(), instants)));
  return std::nullopt;
}

std::optional<Runs> choose(const std::string& when, const Runs& runs,
                           int64_t now, const Instants& instants,
                           Context& context) {
  const auto snapshot = snapshot_in(when);
  if (!snapshot) return choose_by(when, runs, now, instants, context);
  Runs found;
  std::ranges::copy_if(
      runs, std::back_inserter(found),
      [&](const KeptRun& run) { return run.snapshot == *snapshot; });
  if (!found.empty()) return found;
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
  auto chosen = choose(when, *runs, now, instants, context);
  if (!chosen) return std::nullopt;
  Since since;
  since.runs = *std::move(chosen);
  const auto until_now = kept_until(*runs, now);
  since.until_now.assign(until_now.begin(), until_now.end());
  for (const KeptRun& run : since.runs) {
    since.now_texts.emplace(run.now, instants.text(run.now));
  }
  return since;
}

int compare(const Store& store, const RunResult& result, Since& since) {
  since.earlier.run = *kept_for(since.runs, result);
  since.earlier.now_text = since.now_texts.at(since.earlier.run.now);
  auto changes = changes_since(store, since.earlier.run, result);
  if (!changes) return trouble(changes.error());
  since.changes = *std::move(changes);
  const auto names = without_earlier(result, since);
  if (!names.empty()) {
    fmt::print(stderr,
               "kitle: note: the run as of {} has no members of {}: who "
               "entered and left is not known\n",
               since.earlier.now_text, quoted_names(names));
  }
  return kFine;
}

}  // namespace kitle::cli
