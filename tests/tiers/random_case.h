// Random settings, schemas, people and instants, with a liking for edges.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/tiers/case_file.h"
#include "tests/tiers/dice.h"

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

RandomCase random_case(Dice& dice);

// Texts that people have and rules ask for.
const std::vector<std::string>& known_texts();

}  // namespace kitle::testing
