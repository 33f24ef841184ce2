// Which clauses of a condition contradict each other.
#pragma once

#include <cstddef>
#include <vector>

#include "compiler/typed.h"

namespace kitle {

// What is joined by `and`, brackets left out.
std::vector<const Typed*> clauses_of(const Typed& condition);

// The smallest set that is found by leaving out one after the other.
struct Culprits {
  std::vector<size_t> places;  // of the clauses
  // Of one clause alone, those inside its `where`, where it is these.
  std::vector<Span> spans;
};
Culprits find_culprits(const Repository& repository,
                       const std::vector<const Typed*>& clauses);

}  // namespace kitle
