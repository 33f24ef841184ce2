// Bands that tests give: `given value.recency 5`.
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "compiler/typed.h"

namespace kitle {

// What one expectation is given, put in place of what the rules count. Segments
// that ask for a score are copied behind the others, once each.
class BandsInPlace {
 public:
  BandsInPlace(Repository& repository, const GivenBands& bands,
               std::unordered_map<uint32_t, uint32_t>& origins)
      : repository_(repository), bands_(bands), origins_(origins) {}

  TypedPtr put(TypedPtr condition);

 private:
  void put_in(Typed& tree);
  bool concerns(const Typed& tree);
  bool concerns_segment(uint32_t segment);
  uint32_t copy_of(uint32_t segment);
  bool concerns_persona(uint32_t persona);
  uint32_t copy_of_persona(uint32_t persona);

  Repository& repository_;
  const GivenBands& bands_;
  std::unordered_map<uint32_t, uint32_t>& origins_;  // copy -> segment
  std::unordered_map<uint32_t, bool> concerned_;
  std::unordered_map<uint32_t, uint32_t> copies_;
  std::unordered_map<uint32_t, uint32_t> personas_;  // their copies
};

}  // namespace kitle
