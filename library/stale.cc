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

namespace {

// The fits that segments ask for.
class AskedFits {
 public:
  explicit AskedFits(const Repository& repository)
      : repository_(repository),
        segments_(repository.segments.size()),
        fits_(repository.fits.size()) {}

  void of_segment(uint32_t index) {
    if (segments_[index]) return;
    segments_[index] = true;
    of(*repository_.segments[index].condition);
  }
  bool has(size_t fit) const { return fits_[fit]; }

 private:
  void of(const Typed& tree) {
    if (tree.kind == TypedKind::kSegment) of_segment(tree.index);
    if (tree.kind == TypedKind::kPoints) of_persona(tree.index);
    if (tree.kind == TypedKind::kFitted) fits_[tree.index] = true;
    for (const TypedPtr& arg : tree.args) of(*arg);
  }

  void of_persona(uint32_t index) {
    for (const TypedPointsLine& line : repository_.personas[index].lines) {
      if (line.condition) of(*line.condition);
    }
  }

  const Repository& repository_;
  std::vector<bool> segments_;
  std::vector<bool> fits_;
};

}  // namespace

Result<std::vector<std::string>> stale_fits(const Repository& written,
                                            const ChosenFits& chosen,
                                            std::span<const uint32_t> segments,
                                            int64_t now,
                                            const Snapshot& snapshot) {
  AskedFits asked(written);
  for (const uint32_t each : segments) asked.of_segment(each);
  std::vector<std::string> found;
  for (size_t i = 0; i < chosen.fits.size(); ++i) {
    if (chosen.fits[i] == nullptr || !asked.has(i)) continue;
    const TypedFit& of = written.fits[i];
    const auto stale = is_stale(of, *chosen.fits[i], now, snapshot);
    if (!stale) return std::unexpected(stale.error());
    if (!*stale) continue;
    found.push_back(fmt::format(
        "the fit of `{}` is of {}, and its rule says every {} {}: run `kitle "
        "fit`",
        of.name, time_text(chosen.fits[i]->now), of.refit->n,
        unit_text(of.refit->unit)));
  }
  return found;
}

}  // namespace kitle
