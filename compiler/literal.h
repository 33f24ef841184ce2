// Written numbers, dates and times -> exact values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/time/zone.h"

namespace kitle {

// mantissa / 10^scale, scale as written: "2.50" is 250 / 10^2.
struct WrittenDecimal {
  int64_t mantissa = 0;
  int scale = 0;
};

inline constexpr int kMaxDecimalDigits = 18;  // so that a mantissa fits

// "1000.5"; empty if it is no decimal or has more than 18 digits behind
// leading zeros.
std::optional<WrittenDecimal> written_decimal(std::string_view text);
// Up to scale 18.
int64_t power_of_ten(int scale);
// Without a common factor of 10 in mantissa and 10^scale.
WrittenDecimal without_zeros(WrittenDecimal decimal);
// The nearest double, ties to even.
double nearest_double(std::string_view decimal);

// "2026-03-01": days since 1970-01-01; empty if there is no such day in the
// years 1 to 9999.
std::optional<int32_t> written_date(std::string_view text);

// "2026-03-01 12:00[:30[.123456]]" in `zone` (null: UTC), also with T; or with
// Z or an offset such as +03:00 behind it. Microseconds since 1970 in UTC.
std::optional<int64_t> written_time(std::string_view text, const Zone* zone);

// Why `text` is no day: "February 2026 has 28 days"; may be empty.
std::string why_no_date(std::string_view text);

}  // namespace kitle
