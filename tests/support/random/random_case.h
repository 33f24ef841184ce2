// Random settings, schemas, people and instants, with a liking for edges.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/random/dice.h"
#include "tests/support/tiers/case_file.h"

namespace kitle::testing {

// What edges of time a case is about, so that rules and people meet there.
struct Edges {
  int64_t now = 0;
  std::vector<int64_t> instants;
  std::vector<int64_t> days;
};

struct RandomCase {
  Case made;  // without rules
  Edges edges;
};

// `people`: how many; 0: 1 to 40.
RandomCase random_case(Dice& dice, int64_t people = 0);

// Texts that people have and rules ask for.
const std::vector<std::string>& known_texts();

}  // namespace kitle::testing
