// Random rules for a random case: well typed nearly always, of every
// construct of the language.
#pragma once

#include <string>
#include <vector>

#include "tests/support/random/dice.h"
#include "tests/support/random/phrase.h"
#include "tests/support/random/random_case.h"

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

// `segments`: how many, and some stages; 0: 2 to 8.
Rules random_rules(const RandomCase& from, Dice& dice, int64_t segments = 0);

std::string text_of(const Rules& rules);

}  // namespace kitle::testing
