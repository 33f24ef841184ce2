// Written durations.
#pragma once

#include <cstdint>
#include <string_view>

namespace kitle {

enum class DurationError : uint8_t { kNone, kFormat, kFiner, kTooLarge };

// Microseconds of "90 seconds", "1.5 hours", "-2 d" (microseconds, us,
// milliseconds, ms, seconds, s, minutes, min, hours, h, days, d, weeks, w),
// "1:30:00", or ISO 8601 "P1DT2H30M5.5S" without months and years.
DurationError read_duration(std::string_view text, int64_t& micros);

}  // namespace kitle
