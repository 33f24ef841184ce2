// Any bytes to the parser: what it reports lies inside the text and is bounded,
// and the tree that it makes can be printed.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "grammar/parse.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_place(const kitle::SourceSet& sources, const kitle::Span& span) {
  require(span.file < sources.size());
  require(span.begin <= span.end);
  require(span.end <= sources.file(span.file).text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  kitle::SourceSet sources;
  sources.add("rules.kitle",
              std::string(reinterpret_cast<const char*>(data), size));
  kitle::Syntax syntax;
  kitle::Diagnostics diagnostics;
  parse(sources, 0, syntax, diagnostics);
  require(diagnostics.all().size() <= kitle::Diagnostics::kLimit);
  for (const kitle::Diagnostic& each : diagnostics.all()) {
    check_place(sources, each.span);
    for (const auto& label : each.labels) check_place(sources, label.span);
    for (const auto& mend : each.mends) check_place(sources, mend.span);
  }
  print(syntax);
  return 0;
}
