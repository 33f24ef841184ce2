// Values that tests give, whatever the person did: `given value.recency 5`,
// `given vip.top yes`, `given athlete.points 30`; and what they fit: `given
// value fitted on 3 loyal_buyer`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/fit.h"

namespace kitle {

// What an expectation is given: bands and the like, and the cuts of fits.
struct Given {
  GivenBands bands{};
  // By Repository::fits, null where there is none; empty: nothing is fitted.
  std::vector<const Fit*> fits{};

  bool empty() const { return bands.empty() && fits.empty(); }
  friend bool operator<(const Given& a, const Given& b) {
    return std::tie(a.bands, a.fits) < std::tie(b.bands, b.fits);
  }
};

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
  BandsInPlace(Repository& repository, const Given& given,
               std::unordered_map<uint32_t, uint32_t>& origins)
      : repository_(repository), bands_(given.bands), origins_(origins) {
    cuts_.fits = given.fits;
    cuts_.fits.resize(repository.fits.size());
  }

  TypedPtr put(TypedPtr condition);
  // Whether anything in it is given, also through others.
  bool concerns(const Typed& tree);

 private:
  void put_whole(Typed& tree);
  void put_in(Typed& tree);
  std::optional<std::pair<ValueType, int64_t>> given(const Typed& tree) const;
  bool concerns_segment(uint32_t segment);
  uint32_t copy_of(uint32_t segment);
  bool concerns_persona(uint32_t persona);
  uint32_t copy_of_persona(uint32_t persona);

  Repository& repository_;
  const GivenBands& bands_;
  ChosenFits cuts_;
  std::unordered_map<uint32_t, uint32_t>& origins_;  // copy -> segment
  std::unordered_map<uint32_t, bool> concerned_;
  std::unordered_map<uint32_t, uint32_t> copies_;
  std::unordered_map<uint32_t, uint32_t> personas_;  // their copies
};

}  // namespace kitle
