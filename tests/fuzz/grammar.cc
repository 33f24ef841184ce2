// Any bytes to the parser: what it reports lies inside the text and is bounded,
// and the tree that it makes can be printed.
#include <cstdint>
#include <string>

#include "grammar/parse.h"
#include "tests/fuzz/support/places.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  kitle::SourceSet sources;
  sources.add("rules.kitle",
              std::string(reinterpret_cast<const char*>(data), size));
  kitle::Syntax syntax;
  kitle::Diagnostics diagnostics;
  parse(sources, 0, syntax, diagnostics);
  kitle::fuzz::check_places(sources, diagnostics);
  print(syntax);
  return 0;
}
