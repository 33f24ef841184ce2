// What is declared `private` is used in its own file only. A library's file is
// one, however often it is used, and whatever its user gives it stands in the
// user's.
#pragma once

#include <optional>

#include "grammar/ast.h"
#include "grammar/diagnostic.h"

namespace kitle {

// Reports `use`, where `declared` is private to another file. `private_word`:
// of the declaration; nothing for what every file may use.
void check_visible(const SourceSet& sources, const Name& declared,
                   const std::optional<Span>& private_word, Span use,
                   Diagnostics& diagnostics);

}  // namespace kitle
