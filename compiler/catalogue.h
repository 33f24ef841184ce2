// The catalogue of a library: titles and recommended actions of what it
// declares, in one language. NAME.tr.toml stands beside NAME.kitle:
//
//   [groups]                       # stages, a segment, a persona or a score
//   title = "RFM grupları"
//   [groups.lost]                  # one of the stages
//   title = "Kaybedilenler"
//   action = "Bir kez geri çağırın."
//
// A library is written once and read by people of several languages.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "grammar/ast.h"
#include "grammar/diagnostic.h"

namespace kitle {

// Recommended actions by the name of what they are for: "vip", "groups.lost".
using Actions = std::map<std::string, std::string>;

// "lib/mine.kitle" -> "lib/mine.tr.toml"; "std.rfm" -> "std.rfm.tr.toml".
std::string catalogue_path(std::string_view library, std::string_view language);

// "lib/mine.tr.toml" is one of the library "lib/mine.kitle".
bool is_catalogue(std::string_view path, std::string_view library);

// Puts the titles of a catalogue into what the library declares; what it does
// not name keeps the title that is written. Returns the actions.
Actions read_catalogue(const SourceSet& sources, uint32_t file, Syntax& library,
                       Diagnostics& diagnostics);

// Only reports what is wrong with one of a language that is not asked for.
void check_catalogue(const SourceSet& sources, uint32_t file, Syntax& library,
                     Diagnostics& diagnostics);

}  // namespace kitle
