// Which segments imply, exclude or equal one another, as far as can be proven
// without data (compiler/reason.h).
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/typed.h"
#include "kitle/guards.h"

namespace kitle {

struct ProvenRelation {
  uint32_t first = 0;  // of Repository::segments
  uint32_t second = 0;
  RelationKind kind = RelationKind::kImplies;
};

struct ProvenRelations {
  std::vector<ProvenRelation> all;
  std::vector<bool> guards;  // proven; by Repository::guards
  // False: the work for so many segments was more than is done, so that some
  // pairs were not looked at.
  bool complete = true;
};

// Pairs of segments that are neither empty nor everyone for certain, and are
// not stages of one declaration, which exclude each other by their meaning.
// REQUIRES: no errors in `repository`.
ProvenRelations find_relations(const Repository& repository);

}  // namespace kitle
