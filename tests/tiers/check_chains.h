// What explanations say of sequences, checked by other ways.
#pragma once

#include <cstdint>

#include "compiler/explain_person.h"

namespace kitle::testing {

struct ChainCounts {
  uint64_t held = 0;     // all steps have their events
  uint64_t stopped = 0;  // a step has none
  uint64_t open = 0;     // what is behind the last event is in the way
};

// Of each sequence in a condition, and in the segments it refers to, the choice
// of events: it is one, and where there is none its beginning comes furthest.
void check_chains(const PersonView& view, const Typed& condition,
                  ChainCounts& counts);

}  // namespace kitle::testing
