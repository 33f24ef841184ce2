// forecast: the program runs once a day; what changed are the bits that differ.
#include "kitle/forecast.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/time/zone.h"
#include "service/store.h"

namespace kitle {
namespace {

std::string date_text(int64_t day) {
  const CivilDate date = civil_of(day);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

bool has_later(const BlockView& view, int64_t now) {
  return std::ranges::any_of(view.tables, [&](const TableView& table) {
    return table.events > 0 && table.time.max > now;
  });
}

Result<bool> has_later(const Snapshot& snapshot, int64_t now) {
  for (uint32_t block = 0; block < snapshot.blocks(); ++block) {
    const auto base = snapshot.base(block);
    if (!base) return std::unexpected(base.error());
    const auto overlay = snapshot.overlay(block);
    if (!overlay) return std::unexpected(overlay.error());
    if (has_later(**base, now)) return true;
    if (*overlay != nullptr && has_later(**overlay, now)) return true;
  }
  return false;
}

SegmentForecast first(const SegmentResult& segment) {
  SegmentForecast made;
  made.name = segment.name;
  made.title = segment.title;
  made.size = segment.members.size();
  return made;
}

// At now (`when` is "") or on a day.
void judge(const SegmentResult& segment, const std::string& when,
           SegmentForecast& to) {
  if (!segment.undecided || to.undecided) return;
  to.undecided = true;
  to.undecided_reason = segment.undecided_reason;
  if (!to.undecided_reason.empty()) return;
  to.undecided_reason = "it cannot be computed for `" + segment.undecided_key +
                        "`" + (when.empty() ? "" : " on " + when);
}

ForecastDay day_between(const Members& before, const Members& after,
                        std::string date) {
  const uint64_t stay = before.common(after);
  ForecastDay day;
  day.date = std::move(date);
  day.leave = before.size() - stay;
  day.enter = after.size() - stay;
  day.size = after.size();
  return day;
}

void add_day(const RunResult& before, const RunResult& after,
             const std::string& date, Forecast& forecast) {
  for (size_t i = 0; i < forecast.segments.size(); ++i) {
    SegmentForecast& to = forecast.segments[i];
    judge(after.segments[i], date, to);
    to.days.push_back(day_between(before.segments[i].members,
                                  after.segments[i].members, date));
  }
}

}  // namespace

Result<Forecast> forecast(const Engine& engine, const Store& store,
                          const ForecastOptions& options) {
  if (options.days == 0 || options.days > kMostForecastDays) {
    return std::unexpected(
        Status(StatusCode::kInvalid, "forecast", "",
               fmt::format("the days are from 1 to {}", kMostForecastDays)));
  }
  const Snapshot& snapshot = *store.impl().snapshot;
  const auto zone =
      Zone::from_tzif(snapshot.zone_bytes(), snapshot.settings().time_zone);
  if (!zone) return std::unexpected(zone.error());
  RunOptions run{.now = options.now,
                 .segments = options.segments,
                 .threads = options.threads,
                 .cancel = options.cancel,
                 .fits_of = options.now};
  auto before = engine.run(store, run);
  if (!before) return std::unexpected(before.error());
  Forecast made;
  made.now = options.now;
  made.profiles = before->profiles;
  made.warnings = before->warnings;
  for (const SegmentResult& each : before->segments) {
    made.segments.push_back(first(each));
    judge(each, "", made.segments.back());
  }
  const auto later = has_later(snapshot, options.now);
  if (!later) return std::unexpected(later.error());
  made.knows_later_events = *later;
  const int64_t today = (*zone)->local_day(options.now);
  for (int64_t day = today; day < today + options.days; ++day) {
    run.now = (*zone)->day_start(day + 1) - 1;
    auto after = engine.run(store, run);
    if (!after) return std::unexpected(after.error());
    add_day(*before, *after, date_text(day), made);
    before = std::move(after);
  }
  for (SegmentForecast& each : made.segments) {
    if (each.undecided) each.days.clear();
  }
  return made;
}

}  // namespace kitle
