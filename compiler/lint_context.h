// What the lints share. Internal to compiler/lint*.cc.
#pragma once

#include <string>
#include <vector>

#include "compiler/load.h"
#include "grammar/diagnostic.h"

namespace kitle {

struct LintContext {
  const LoadedRepository& loaded;
  Diagnostics& found;

  const SourceSet& sources() const { return loaded.sources; }
  const Syntax& syntax() const { return loaded.syntax; }
  const Repository& repository() const { return loaded.repository; }

  Diagnostic& add(DiagnosticId id, Span span,
                  std::vector<std::string> args = {}) const {
    return found.add(id, span, std::move(args));
  }
  // What was written, in one line and not too long.
  std::string quote(Span span) const;
  // In a file of the standard library, which is not the user's to change.
  bool is_standard(Span span) const;
};

// What single clauses say: windows, anchors, missing values.
void lint_clauses(const LintContext& context);
// Names that nothing uses, titles and numbers that stand several times.
void lint_names(const LintContext& context);
// What follows from conditions: segments that are one, clauses that are none.
void lint_relations(const LintContext& context);

}  // namespace kitle
