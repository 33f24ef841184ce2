#include "library/fits_in_use.h"

#include <fmt/format.h>

#include "compiler/words.h"

namespace kitle {
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

StepParam refit_of(const TypedFit& fit) {
  return fit.refit ? StepParam{fit.refit->n, fit.refit->unit} : StepParam{};
}

std::vector<uint32_t> fits_asked_for(const Repository& written,
                                     std::span<const uint32_t> segments) {
  AskedFits asked(written);
  for (const uint32_t each : segments) asked.of_segment(each);
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < written.fits.size(); ++i) {
    if (asked.has(i)) found.push_back(i);
  }
  return found;
}

FitInUse fit_in_use(const TypedFit& of, const Fit& fit) {
  FitInUse made{.fitted = fit.now, .refit = refit_of(of)};
  if (made.refit.n == 0) return made;
  made.warning = fmt::format(
      "the fit of `{}` is of {}, and its rule says every {} {}: run `kitle "
      "fit`",
      of.name, time_text(fit.now), made.refit.n, unit_text(made.refit.unit));
  return made;
}

std::vector<FitInUse> fits_in_use(const Repository& written,
                                  const ChosenFits& chosen,
                                  std::span<const uint32_t> segments) {
  std::vector<FitInUse> found;
  for (const uint32_t each : fits_asked_for(written, segments)) {
    const Fit* fit = chosen.fits.empty() ? nullptr : chosen.fits[each];
    if (fit != nullptr) found.push_back(fit_in_use(written.fits[each], *fit));
  }
  return found;
}

}  // namespace kitle
