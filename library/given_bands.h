// Values that tests give, whatever the person did: `given value.recency 5`,
// `given vip.top yes`, `given athlete.points 30`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "compiler/typed.h"

namespace kitle {

// What a test gives, as it is written there: "given value.recency 5, vip.top
// yes"; "" where that is nothing.
std::string words_of_given(const GivenBands& bands,
                           const Repository& repository);

// "vip.top" of what the checker made of an `in top`; "" of anything else.
std::string_view top_of(const Typed& tree);

// What one expectation is given, put in place of what the rules count. Segments
// that ask for a score are copied behind the others, once each.
class BandsInPlace {
 public:
  BandsInPlace(Repository& repository, const GivenBands& bands,
               std::unordered_map<uint32_t, uint32_t>& origins)
      : repository_(repository), bands_(bands), origins_(origins) {}

  TypedPtr put(TypedPtr condition);
  // Whether anything in it is given, also through others.
  bool concerns(const Typed& tree);

 private:
  void put_in(Typed& tree);
  std::optional<std::pair<ValueType, int64_t>> given(const Typed& tree) const;
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
