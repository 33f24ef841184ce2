// Diagnostics for programs; see DiagnosticFormat.
#pragma once

#include <string>
#include <string_view>

#include "grammar/translate.h"

namespace kitle {

std::string render_json(const Diagnostics& diagnostics,
                        const SourceSet& sources, MessageLanguage language);
std::string render_sarif(const Diagnostics& diagnostics,
                         const SourceSet& sources, std::string_view folder,
                         MessageLanguage language);
std::string render_github(const Diagnostics& diagnostics,
                          const SourceSet& sources, std::string_view folder,
                          MessageLanguage language);

}  // namespace kitle
