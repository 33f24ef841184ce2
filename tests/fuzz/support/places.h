// What fuzz targets of rule texts require of what is reported.
#pragma once

#include <cstdlib>

#include "grammar/diagnostic.h"

namespace kitle::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

inline void check_place(const SourceSet& sources, const Span& span) {
  require(span.file < sources.size());
  require(span.begin <= span.end);
  require(span.end <= sources.file(span.file).text.size());
}

// Bounded, and each place of it inside the texts.
inline void check_places(const SourceSet& sources,
                         const Diagnostics& diagnostics) {
  require(diagnostics.all().size() <= Diagnostics::kLimit);
  for (const Diagnostic& each : diagnostics.all()) {
    check_place(sources, each.span);
    for (const auto& label : each.labels) check_place(sources, label.span);
    for (const auto& mend : each.mends) check_place(sources, mend.span);
  }
}

}  // namespace kitle::fuzz
