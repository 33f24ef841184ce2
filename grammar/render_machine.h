// Diagnostics for programs; see DiagnosticFormat.
#pragma once

#include <string>
#include <string_view>

#include "grammar/diagnostic.h"

namespace kitle {

std::string render_json(const Diagnostics& diagnostics,
                        const SourceSet& sources);
std::string render_sarif(const Diagnostics& diagnostics,
                         const SourceSet& sources, std::string_view folder);
std::string render_github(const Diagnostics& diagnostics,
                          const SourceSet& sources, std::string_view folder);

}  // namespace kitle
