// The local time of one zone over a stretch of instants as plain arithmetic,
// for kernels that work on many instants at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "runtime/time/zone.h"

namespace kitle {

// The clock of an instant of the stretch shows so many microseconds behind the
// midnight at which `first_day` begins:
//   instant - origin + the sum of by[k] over the steps k with
//   instant - origin >= at[k]
// All of these are whole numbers below 2^53, which doubles hold exactly, and
// none is negative; days are so few that `day_of` rounds right.
struct LocalScale {
  static constexpr size_t kMostSteps = 32;

  int64_t origin = 0;
  int64_t first_day = 0;
  size_t steps = 0;
  std::array<double, kMostSteps> at = {};
  std::array<double, kMostSteps> by = {};
  // A step puts the clock back over midnight: a day that was over comes again.
  bool day_returns = false;

  // Nothing where the stretch is longer, has more steps, or is empty.
  static std::optional<LocalScale> make(const Zone& zone, int64_t first,
                                        int64_t last);

 private:
  void add_step(int64_t instant, int64_t before, int64_t after);
};

// floor((micros + 0.5) * kPerDay) is the floor of micros / kMicrosPerDay: the
// quotient is half a microsecond away from whole numbers at least, 5.7e-12
// days, and the two roundings move one below 25,000 by less than 5.6e-12.
inline constexpr double kPerDay = 1.0 / static_cast<double>(kMicrosPerDay);
inline constexpr int64_t kMostScaleDays = 25'000;
// The same of hours, of which a day has few.
inline constexpr double kPerHour = 24.0 / static_cast<double>(kMicrosPerDay);

}  // namespace kitle
