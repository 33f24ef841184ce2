// What rules cost over a store: which columns and events each segment asks for,
// and what each operation of a run takes.
//
//   auto report = kitle::cost(rules, store, {.now = now, .analyze = true});
//   for (const auto& segment : report->segments) use(segment.seconds);
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "kitle/engine.h"
#include "kitle/rules.h"
#include "kitle/status.h"
#include "kitle/store.h"

namespace kitle {

struct CostOptions {
  int64_t now = 0;  // microseconds since 1970-01-01T00:00Z
  // By name, or the name of stages for all of them; empty: all segments.
  std::vector<std::string> segments = {};
  // Run them, each operation timed, by the interpreter; and whole.
  bool analyze = false;
  unsigned threads = 0;  // 0: all cores; at most 256 are used
  // Set from anywhere to stop (kCancelled). Must outlive the call.
  const std::atomic<bool>* cancel = nullptr;
};

// One array operation, which all rules share that ask for it; or what makes a
// group or sessions of events.
struct OperationCost {
  std::string text;       // as `kitle explain --program` has it
  uint32_t segments = 0;  // how many need it
  // Of the store: the people or events that it computes something for, and the
  // events that it looks at for that.
  uint64_t rows = 0;
  uint64_t events = 0;
  uint64_t bytes = 0;  // of the columns that it reads
  // Analysed only: all threads together, in the quickest of up to five runs.
  double seconds = 0;
};

struct SegmentCost {
  std::string name;
  uint32_t operations = 0;  // that it needs
  uint32_t own = 0;         // and no other segment of the report
  uint64_t events = 0;      // of all event types that it looks at
  uint64_t bytes = 0;       // of the columns that it reads
  // Its members can change by time alone, with no new event.
  bool moves_with_now = false;
  std::string undecided_reason = {};  // a fit is missing; it costs nothing then
  // Analysed only, all threads together: an operation's time in equal parts to
  // the segments that need it; and that of its own operations.
  double seconds = 0;
  double own_seconds = 0;
};

struct CostReport {
  std::vector<SegmentCost> segments;      // in the order of declaration
  std::vector<OperationCost> operations;  // in the order of the program
  uint32_t profiles = 0;
  uint64_t events = 0;  // of all types that are looked at
  uint64_t bytes = 0;   // of all columns that are read
  bool analyzed = false;
  // The form of the program that the operations are of: "fast" for blocks that
  // have no event after now and whose sums stay within 64 bits, else "general".
  // What blocks take that run in the other form is apart.
  std::string form = {};
  double other_seconds = 0;
  // A run without clocks, warm: by the interpreter, and as Tier::kAuto has it.
  double interpreter_seconds = 0;
  double run_seconds = 0;
  Tier run_tier = Tier::kInterpreter;
};

// Errors: those of Engine::run().
Result<CostReport> cost(const Rules& rules, const Store& store,
                        const CostOptions& options);

}  // namespace kitle
