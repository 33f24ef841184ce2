// What is fitted to the people of a store: bands by quantile, `in top`.
//
//   auto fits = kitle::fit(rules, store, {.now = now});
//   if (fits) status = kitle::keep_fits(rules, *fits);
//
// Rules that are loaded afterwards have them. A fit is an act that leaves a
// record: a run never fits, and uses the newest fit that is not after its now.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "kitle/rules.h"
#include "kitle/status.h"
#include "kitle/store.h"

namespace kitle {

struct FittedBands {
  std::string name;               // the dimension's
  std::vector<std::string> cuts;  // from the worst on; "none": all are better
  std::vector<uint64_t> people;   // by band, worst first; one more than cuts
};

struct FitResult {
  std::string name;  // the score's; "vip.top" of `in top` in `vip`
  int64_t now = 0;
  std::vector<FittedBands> dimensions;
  std::string path;  // relative to the repository: "fits/value....toml"
  std::string text;  // the file
  // Files that were to be fits of this name and are none; keep_fits() removes
  // them (LoadOptions::refit).
  std::vector<std::string> replaced = {};
};

struct FitOptions {
  int64_t now = 0;                      // microseconds since 1970-01-01T00:00Z
  std::vector<std::string> names = {};  // which; empty: all
  // Only what has no fit for `now`, or one older than its `refit` says.
  bool due = false;
  unsigned threads = 0;  // 0: all cores
  // Set from anywhere to stop (kCancelled). Must outlive the call.
  const std::atomic<bool>* cancel = nullptr;
};

// What fit() fits, each behind those that it depends on.
std::vector<std::string> fitted_names(const Rules& rules);

// Each behind those that it depends on, and with them. Exact: over everyone
// who is ranked, equal values in one band, the same bits whatever the threads.
// Nothing is written. Errors: kNotFound (a name of nothing that is fitted, with
// the nearest), kUnsupported (a value that cannot be computed, with the
// person's key; a fit that it needs is missing), kInvalid (the store was made
// for other settings), kCorrupt and kIo with the file's name, kCancelled.
// REQUIRES: rules.ok(). Thread-safe.
Result<std::vector<FitResult>> fit(const Rules& rules, const Store& store,
                                   const FitOptions& options);

// Writes each into the folder of the rules, whole or not at all, and removes
// what it replaces. Errors: kIo;
// kInvalid where the rules are from memory.
Status keep_fits(const Rules& rules, const std::vector<FitResult>& fits);

}  // namespace kitle
