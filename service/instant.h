// A written instant: `2026-03-01`, `2026-03-01 12:00`, RFC 3339.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kitle/store.h"
#include "runtime/status.h"
#include "runtime/time/zone.h"

namespace kitle {

// Microseconds since 1970-01-01T00:00Z; nothing if it is not written so, or
// is no date of the calendar.
std::optional<int64_t> parse_instant(std::string_view written,
                                     const Zone& zone);

// The same in the zone that `store` pinned, so that every machine reads alike;
// without a store, the machine's of that name. kInvalid: what would be right.
Result<int64_t> read_instant(std::string_view written, const std::string& zone,
                             const Store* store);
// An instant there: "2026-03-01 12:00:00", and the fraction of a second where
// there is one; microseconds where there is no such zone.
std::string local_text(int64_t instant, const std::string& zone,
                       const Store* store);

}  // namespace kitle
