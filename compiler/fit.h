// Fits: the cuts that were found for one TypedFit over the people of a store
// (Meaning 21). A value with w worse and e equal ones of N, itself among them,
// has the middle rank w + (e + 1) / 2; a cut of share s is the best value whose
// rank is at most s * N. A value's band is one more than the cuts that it is
// strictly better than.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/typed.h"

namespace kitle {

struct SegmentValues;  // runtime/eval/run.h

// A quantity: top / bottom exactly, bottom > 0; of type number `number`.
struct Cut {
  Int128 top = 0;
  int64_t bottom = 1;
  double number = 0;
  friend bool operator==(const Cut&, const Cut&) = default;
};

struct Fit {
  struct Dimension {
    std::string name{};
    // By TypedFit::Dimension::shares; none: every value is better.
    std::vector<std::optional<Cut>> cuts{};
    std::vector<uint64_t> sizes{};  // people by band, worst first
  };
  std::string name{};  // TypedFit::name
  int64_t now = 0;     // microseconds since 1970-01-01T00:00Z
  uint64_t snapshot = 0;
  std::string definition{};  // definition_of() what was fitted
  std::vector<Dimension> dimensions{};
};

// What a fit depends on in the rules, as 16 hexadecimal digits: population and
// values with all that they refer to; not the names of what is fitted.
std::string definition_of(const TypedFit& fit, const Repository& repository);

// Adds segments of who is ranked in each dimension of the fit, with the values
// that are to be run (run_values()); their names.
std::vector<std::string> add_ranked(Repository& repository, uint32_t fit);

// Cuts and sizes from the values of everyone who is ranked. Nothing where a
// cut is a fraction whose bottom is beyond 64 bits.
std::optional<Fit::Dimension> fitted(const TypedFit::Dimension& dimension,
                                     SegmentValues values);

// ---- choosing and using them ----

// By Repository::fits, whose definitions are known: the newest fit of each that
// is not after now, or why there is none.
struct ChosenFits {
  std::vector<const Fit*> fits{};
  std::vector<std::string> missing{};
  friend bool operator==(const ChosenFits&, const ChosenFits&) = default;
};
// The fits must outlive it.
ChosenFits choose_fits(const Repository& repository, std::span<const Fit> fits,
                       int64_t now);

// Writes the cuts in place of what is fitted. Segments that need a fit that is
// missing become undecided.
void put_cuts(Repository& repository, const ChosenFits& chosen);
// The same in one tree, for those that are there.
void put_cuts(Typed& tree, const ChosenFits& chosen);
// A copy of what evaluation needs: settings, schema, segments, stages,
// personas and fits.
Repository with_cuts(const Repository& repository, const ChosenFits& chosen);
// Why the fit cannot be made: it needs one that is missing. "" if it can.
std::string missing_for(const TypedFit& fit, const Repository& repository,
                        const ChosenFits& chosen);

}  // namespace kitle
