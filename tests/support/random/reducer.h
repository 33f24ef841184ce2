// Shortens a case while something about it stays true, so that a person can
// read what is left: drops segments, people, events, values, clauses and
// columns, one at a time, as long as that helps.
#pragma once

#include <functional>

#include "tests/support/random/random_rules.h"
#include "tests/support/tiers/case_file.h"

namespace kitle::testing {

// A case of one moment and its rules. `rules` counts; the text of the moment
// is made from it.
struct RuledCase {
  Case made;
  Rules rules;
};

// The case with its rules, as a case file has it.
Case with_rules(const RuledCase& from);

// REQUIRES: wrong(with_rules(from)). `wrong` says no to what does not check.
RuledCase reduced(RuledCase from,
                  const std::function<bool(const Case&)>& wrong);

}  // namespace kitle::testing
