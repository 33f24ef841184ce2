// Random rules for a random case: well typed nearly always, of every
// construct of the language.
#pragma once

#include <string>
#include <vector>

#include "tests/tiers/dice.h"
#include "tests/tiers/phrase.h"
#include "tests/tiers/random_case.h"

namespace kitle::testing {

// A segment, or stages: then the condition is their lines.
struct Rule {
  std::string name;
  Phrase condition;
  std::vector<std::string> stages{};  // their names
};

struct Rules {
  std::string lets;  // declarations that segments may use
  std::vector<Rule> segments;
};

Rules random_rules(const RandomCase& from, Dice& dice);

std::string text_of(const Rules& rules);

}  // namespace kitle::testing
