// Which fits segments ask for, and how old they may be.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/fit.h"
#include "service/stale.h"

namespace kitle {

// n = 0: the rule does not say.
StepParam refit_of(const TypedFit& fit);

// Of the repository's fits those that the segments ask for, also through
// others, increasing. `written`: the rules before put_cuts().
std::vector<uint32_t> fits_asked_for(const Repository& written,
                                     std::span<const uint32_t> segments);
FitInUse fit_in_use(const TypedFit& of, const Fit& fit);
// Those that are there.
std::vector<FitInUse> fits_in_use(const Repository& written,
                                  const ChosenFits& chosen,
                                  std::span<const uint32_t> segments);

}  // namespace kitle
