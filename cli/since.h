// The earlier run that `kitle run --since WHEN` compares with.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "kitle/engine.h"

namespace kitle::cli {

// Instants as the rules, or a bundle of them, read and write them.
struct Instants {
  std::function<Result<int64_t>(const std::string&)> read;
  std::function<std::string(int64_t)> text;
};

struct EarlierRun {
  KeptRun run;
  std::string now_text;  // "2026-03-01 00:00:00 Europe/Istanbul"
};

struct Since {
  std::vector<KeptRun> runs = {};       // that may be meant, the newest last
  std::vector<KeptRun> until_now = {};  // meant or not
  std::map<int64_t, std::string> now_texts = {};  // by their nows
  EarlierRun earlier = {};  // the one of them, once there is a result
  // By the segments of the later run, once that is there.
  std::vector<SegmentChanges> changes = {};
};

// `when`: "last" (kept runs that are not after `now`), the number of a snapshot
// or an instant. Nothing after the trouble was printed and the exit
// code is set.
std::optional<Since> find_since(const std::string& when, const Store& store,
                                int64_t now, const Instants& instants,
                                Context& context);

// Chooses the newest run that has all segments of `result`, or the newest if
// none has them, and says what changed since; kTrouble if it cannot be read.
// Prints which segments the earlier run does not have.
int compare(const Store& store, const RunResult& result, Since& since);

}  // namespace kitle::cli
