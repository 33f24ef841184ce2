// The functions of kitle.h about forecasts.
#include <utility>

#include "kitle/forecast.h"
#include "service/c_handles.h"

struct kitle_forecast {
  kitle::Forecast forecast;
};

namespace {

using kitle::c_interface::all_there;
using kitle::c_interface::clear;
using kitle::c_interface::give;
using kitle::c_interface::guarded;
using kitle::c_interface::invalid;
using kitle::c_interface::member_of;
using kitle::c_interface::names_of;
using kitle::c_interface::text_of;

const kitle::SegmentForecast* segment_at(const kitle_forecast* forecast,
                                         size_t index) {
  if (forecast == nullptr || index >= forecast->forecast.segments.size()) {
    return nullptr;
  }
  return &forecast->forecast.segments[index];
}

const kitle::ForecastDay* day_at(const kitle_forecast* forecast, size_t segment,
                                 size_t day) {
  const auto* found = segment_at(forecast, segment);
  if (found == nullptr || day >= found->days.size()) return nullptr;
  return &found->days[day];
}

}  // namespace

extern "C" {

int kitle_forecast_make(const kitle_engine* engine, const kitle_store* store,
                        int64_t now, unsigned days, const char* const* segments,
                        size_t count, unsigned threads,
                        kitle_forecast** forecast, kitle_error** error) {
  return guarded(error, [&] {
    clear(forecast);
    const bool there = engine != nullptr && store != nullptr &&
                       forecast != nullptr && all_there(segments, count);
    if (!there) return invalid("an argument is NULL", error);
    return give(kitle::forecast(engine->engine, store->store,
                                {.now = now,
                                 .days = days,
                                 .segments = names_of(segments, count),
                                 .threads = threads}),
                forecast, error);
  });
}

size_t kitle_forecast_segments(const kitle_forecast* forecast) {
  return forecast == nullptr ? 0 : forecast->forecast.segments.size();
}
uint32_t kitle_forecast_profiles(const kitle_forecast* forecast) {
  return forecast == nullptr ? 0 : forecast->forecast.profiles;
}
int kitle_forecast_knows_later_events(const kitle_forecast* forecast) {
  return forecast != nullptr && forecast->forecast.knows_later_events ? 1 : 0;
}
const char* kitle_forecast_warning(const kitle_forecast* forecast,
                                   size_t index) {
  if (forecast == nullptr || index >= forecast->forecast.warnings.size()) {
    return nullptr;
  }
  return forecast->forecast.warnings[index].c_str();
}

const char* kitle_forecast_name(const kitle_forecast* forecast,
                                size_t segment) {
  return text_of(segment_at(forecast, segment), &kitle::SegmentForecast::name);
}
uint64_t kitle_forecast_size(const kitle_forecast* forecast, size_t segment) {
  return member_of(segment_at(forecast, segment),
                   &kitle::SegmentForecast::size);
}
int kitle_forecast_undecided(const kitle_forecast* forecast, size_t segment) {
  return member_of(segment_at(forecast, segment),
                   &kitle::SegmentForecast::undecided)
             ? 1
             : 0;
}
const char* kitle_forecast_undecided_reason(const kitle_forecast* forecast,
                                            size_t segment) {
  return text_of(segment_at(forecast, segment),
                 &kitle::SegmentForecast::undecided_reason, "");
}

size_t kitle_forecast_days(const kitle_forecast* forecast, size_t segment) {
  const auto* found = segment_at(forecast, segment);
  return found == nullptr ? 0 : found->days.size();
}
const char* kitle_forecast_day_date(const kitle_forecast* forecast,
                                    size_t segment, size_t day) {
  return text_of(day_at(forecast, segment, day), &kitle::ForecastDay::date);
}
uint64_t kitle_forecast_day_leave(const kitle_forecast* forecast,
                                  size_t segment, size_t day) {
  return member_of(day_at(forecast, segment, day), &kitle::ForecastDay::leave);
}
uint64_t kitle_forecast_day_enter(const kitle_forecast* forecast,
                                  size_t segment, size_t day) {
  return member_of(day_at(forecast, segment, day), &kitle::ForecastDay::enter);
}
uint64_t kitle_forecast_day_size(const kitle_forecast* forecast, size_t segment,
                                 size_t day) {
  return member_of(day_at(forecast, segment, day), &kitle::ForecastDay::size);
}

void kitle_forecast_free(kitle_forecast* forecast) { delete forecast; }

}  // extern "C"
