// Library files put in where they are used: their declarations under the name
// behind `as`, with the arguments in place of the parameters. Entry points:
// take_libraries(), use_libraries().
#pragma once

#include <map>
#include <string>

#include "grammar/ast.h"
#include "grammar/diagnostic.h"

namespace kitle {

// The library files of a repository by their path.
using Libraries = std::map<std::string, Syntax>;

// Moves what one file declares to `syntax`, or, if it is a library, to
// `libraries`.
void take_file(Syntax file, const std::string& path, Syntax& syntax,
               Libraries& libraries, Diagnostics& diagnostics);

// Puts what is used into `syntax`; reads files of the standard library.
void use_libraries(SourceSet& sources, Libraries& libraries, Syntax& syntax,
                   Diagnostics& diagnostics);

}  // namespace kitle
