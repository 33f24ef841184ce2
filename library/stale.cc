#include "library/stale.h"

#include <fmt/format.h>

#include "compiler/words.h"
#include "runtime/time/bounds.h"
#include "runtime/time/zone.h"

namespace kitle {

Result<bool> is_stale(const TypedFit& of, const Fit& fit, int64_t now,
                      const Snapshot& snapshot) {
  if (!of.refit) return false;
  const auto zone =
      Zone::from_tzif(snapshot.zone_bytes(), snapshot.settings().time_zone);
  if (!zone) return std::unexpected(zone.error());
  const WindowSpec window{
      .form = WindowForm::kLast, .unit = of.refit->unit, .n = of.refit->n};
  const Bounds bounds = instant_bounds(
      window, {.now = now,
               .zone = zone->get(),
               .first_day_of_week = snapshot.settings().first_day_of_week});
  return fit.now < bounds.low;
}

Result<std::vector<std::string>> stale_fits(const FittedRules& rules,
                                            int64_t now,
                                            const Snapshot& snapshot) {
  std::vector<std::string> found;
  const auto& all = rules.chosen().fits;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i] == nullptr) continue;
    const TypedFit& of = rules.repository().fits[i];
    const auto stale = is_stale(of, *all[i], now, snapshot);
    if (!stale) return std::unexpected(stale.error());
    if (!*stale) continue;
    found.push_back(fmt::format(
        "the fit of `{}` is of {}, and its rule says every {} {}: run `kitle "
        "fit`",
        of.name, time_text(all[i]->now), of.refit->n,
        unit_text(of.refit->unit)));
  }
  return found;
}

}  // namespace kitle
