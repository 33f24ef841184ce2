// Lints: what is allowed and often not meant. Each has a name, which is its
// code among the diagnostics ("is-not-missing"), and none changes who is in a
// segment. Entry point: lint().
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "grammar/diagnostic.h"
#include "kitle/lint.h"

namespace kitle {

struct LoadedRepository;

// A row of grammar/diagnostics.def that is a lint.
bool is_lint(std::string_view code);
// In the order of the documentation.
std::vector<DiagnosticId> all_lints();
// Whether the first mend of its findings may be written without asking: it
// never changes who is in.
bool is_fixed(DiagnosticId lint);

// What `--fix` does of it, and why, behind "`kitle lint --fix` ".
const char* fix_note(DiagnosticId lint);
// Whether it is off where no level is said.
bool is_off(DiagnosticId lint);
// Whether it follows from the conditions, whatever is stored, so that it is
// `kitle check` that tells it.
bool is_proven(DiagnosticId lint);

std::optional<LintLevel> level_named(std::string_view name);

// What was found and is not allowed by a comment, by place, each with the
// severity of its level. `levels` come before those of kitle.toml. REQUIRES:
// no errors in `loaded`.
Diagnostics lint(const LoadedRepository& loaded, const LintLevels& levels);

}  // namespace kitle
