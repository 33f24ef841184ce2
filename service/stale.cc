#include "service/stale.h"

#include "runtime/time/bounds.h"
#include "runtime/time/zone.h"

namespace kitle {

Result<bool> is_stale(int64_t fitted, const StepParam& refit, int64_t now,
                      const Snapshot& snapshot) {
  if (refit.n == 0) return false;
  const auto zone =
      Zone::from_tzif(snapshot.zone_bytes(), snapshot.settings().time_zone);
  if (!zone) return std::unexpected(zone.error());
  const WindowSpec window{
      .form = WindowForm::kLast, .unit = refit.unit, .n = refit.n};
  const Bounds bounds = instant_bounds(
      window, {.now = now,
               .zone = zone->get(),
               .first_day_of_week = snapshot.settings().first_day_of_week});
  return fitted < bounds.low;
}

Result<std::vector<std::string>> stale_fits(std::span<const FitInUse> fits,
                                            int64_t now,
                                            const Snapshot& snapshot) {
  std::vector<std::string> found;
  for (const FitInUse& each : fits) {
    const auto stale = is_stale(each.fitted, each.refit, now, snapshot);
    if (!stale) return std::unexpected(stale.error());
    if (*stale) found.push_back(each.warning);
  }
  return found;
}

}  // namespace kitle
