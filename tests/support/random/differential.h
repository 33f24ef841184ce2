// One random case, asked on every tier.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/random/reducer.h"
#include "tests/support/tiers/case_store.h"
#include "tests/support/tiers/every_tier.h"

namespace kitle::testing {

struct RandomTrial {
  RuledCase ruled;
  StoreForm form;
};

// How many people and segments; 0: a few.
struct TrialSize {
  int64_t people = 0;
  int64_t segments = 0;
};

// Its rules have no mistake: segments with one are left out.
RandomTrial random_trial(uint64_t seed, TrialSize size = {});

// The shortest case that still differs, with what differs in it.
std::string explained(const RandomTrial& trial, const std::string& found);

// What differs in the first moment of a case, or "". Rules with mistakes have
// no difference.
std::string difference_of(const Case& of, StoreForm form,
                          const TierOptions& options);

// KITLE_TIERS_SEED, or 1; KITLE_TIERS_CASES, or what fits the build.
uint64_t first_seed();
uint64_t case_count(uint64_t release, uint64_t debug);

}  // namespace kitle::testing
