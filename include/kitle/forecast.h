// How segments change by time alone: who leaves and enters on which of the next
// days, if nothing happens.
//
//   auto forecast = kitle::forecast(engine, store, {.now = now});
//   for (const auto& segment : forecast->segments) use(segment.days);
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "kitle/engine.h"
#include "kitle/status.h"
#include "kitle/store.h"

namespace kitle {

inline constexpr unsigned kMostForecastDays = 366;

// A local day of the store's time zone; the first one begins at now.
struct ForecastDay {
  std::string date;  // "2026-03-01"
  uint64_t leave = 0;
  uint64_t enter = 0;
  uint64_t size = 0;  // at its end
};

struct SegmentForecast {
  std::string name;
  std::string title;  // the name where none was written
  uint64_t size = 0;  // now
  // At now or on one of the days it could not be computed: no days then.
  bool undecided = false;
  std::string undecided_reason = {};  // a fit is missing, or for whom and when
  std::vector<ForecastDay> days;
};

struct ForecastOptions {
  int64_t now = 0;     // microseconds since 1970-01-01T00:00Z
  unsigned days = 30;  // 1 to kMostForecastDays
  // By name, or the name of stages for all of them; empty: all segments.
  std::vector<std::string> segments = {};
  unsigned threads = 0;  // 0: all cores
  // Set from anywhere to stop (kCancelled). Must outlive the call.
  const std::atomic<bool>* cancel = nullptr;
};

struct Forecast {
  std::vector<SegmentForecast> segments;  // in the order of declaration
  int64_t now = 0;                        // as asked
  uint32_t profiles = 0;
  // The store has events that are later than now. They count from their time
  // on, so this is no forecast but what happened.
  bool knows_later_events = false;
  std::vector<std::string> warnings = {};  // of fits that are too old at now
};

// Exact: the segments are evaluated at now and at the end of each day, with the
// events of the snapshot and the fits of now. Someone who leaves and comes back
// on one day is not seen. Errors: those of
// Engine::run(); kInvalid (so many days).
Result<Forecast> forecast(const Engine& engine, const Store& store,
                          const ForecastOptions& options);

}  // namespace kitle
