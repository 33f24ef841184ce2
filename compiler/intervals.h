// Which integers a value may be: decides where 64 bits are enough, where 128
// are, and where a result must be watched.
#pragma once

#include <cstdint>

#include "runtime/schema.h"
#include "runtime/wide.h"

namespace kitle {

inline constexpr Int128 kLowest = static_cast<Int128>(UInt128{1} << 127);
inline constexpr Int128 kHighest = ~kLowest;

// low <= value <= high; kLowest and kHighest also stand for what is beyond.
struct Interval {
  Int128 low = kLowest;
  Int128 high = kHighest;

  static Interval of(Int128 value) { return {value, value}; }
  bool is_constant() const { return low == high; }
  bool fits_int64() const { return low >= INT64_MIN && high <= INT64_MAX; }
  bool contains(Int128 value) const { return low <= value && value <= high; }
  friend bool operator==(const Interval&, const Interval&) = default;
};

// The interval of a result; `beyond`: it may not fit 128 bits, and where it
// does it can be anything.
struct Outcome {
  Interval range{};
  bool beyond = false;
};
Outcome add(const Interval& a, const Interval& b);
Outcome subtract(const Interval& a, const Interval& b);
Outcome multiply(const Interval& a, const Interval& b);
Outcome negate(const Interval& a);

// Of stored instants, and of what is computed from them in clock time: within
// 73,000 years of 1970. Ingest and the checker take the years 1 to 9999.
inline constexpr Interval kInstantRange{-(Int128{1} << 61), Int128{1} << 61};

// What one Code may assume of stored data (see Program).
struct Assumptions {
  bool fast = false;

  Interval stored(TypeKind type) const;
  Interval count() const;
  // Of a sum over any of a person's events.
  Interval sum() const;
};

}  // namespace kitle
