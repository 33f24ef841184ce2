// See examples.h.
#include "grammar/examples.h"

#include <algorithm>
#include <iterator>

namespace kitle {
namespace {

using enum DiagnosticExample::Place;

constexpr DiagnosticExample kExamples[] = {
#define KITLE_EXAMPLE(code, place, wrong, right) \
  {code, place, wrong, right, {}},
#define KITLE_NO_EXAMPLE(code, what_it_takes) \
  {code, kShop, {}, {}, what_it_takes},
#include "grammar/examples.def"
#undef KITLE_EXAMPLE
#undef KITLE_NO_EXAMPLE
};

}  // namespace

const DiagnosticExample* example_of(std::string_view code) {
  const auto found = std::find_if(
      std::begin(kExamples), std::end(kExamples),
      [code](const DiagnosticExample& each) { return each.code == code; });
  return found == std::end(kExamples) ? nullptr : &*found;
}

}  // namespace kitle
