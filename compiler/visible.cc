// See visible.h.
#include "compiler/visible.h"

#include <fmt/format.h>

namespace kitle {

void check_visible(const SourceSet& sources, const Name& declared,
                   const std::optional<Span>& private_word, Span use,
                   Diagnostics& diagnostics) {
  if (!private_word) return;
  const Span word = sources.original(*private_word);
  if (sources.original(use).file == word.file) return;
  const std::string& path = sources.file(word.file).path;
  diagnostics.add(DiagnosticId::kPrivate, use, {declared.text, path})
      .with_place(word, "declared here")
      .with_mend(word, "", fmt::format("remove `private` in {}", path));
}

}  // namespace kitle
