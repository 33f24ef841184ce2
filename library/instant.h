// A written instant: `2026-03-01`, `2026-03-01 12:00`, RFC 3339.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "runtime/time/zone.h"

namespace kitle {

// Microseconds since 1970-01-01T00:00Z; nothing if it is not written so, or
// is no date of the calendar.
std::optional<int64_t> parse_instant(std::string_view written,
                                     const Zone& zone);

}  // namespace kitle
