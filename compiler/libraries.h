// Library files put in where they are used: their declarations under the name
// behind `as`, with the arguments in place of the parameters. Entry points:
// take_file(), use_libraries().
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "compiler/catalogue.h"
#include "compiler/check.h"
#include "grammar/ast.h"
#include "grammar/diagnostic.h"

namespace kitle {

struct Library {
  Syntax syntax;
  Actions actions = {};  // by the names that it declares
};

// The library files of a repository by their path.
using Libraries = std::map<std::string, Library>;

using ListCatalogues =
    std::function<std::vector<std::string>(const std::string& library)>;

// Where titles and actions come from: the catalogues in this language, or
// where a library has none, the English ones.
struct Wording {
  std::string language;
  const ReadFile& read;  // a file beside a library of the repository
  // The catalogues beside one of its libraries, in all languages, sorted.
  const ListCatalogues& all;
};

// Moves what one file declares to `syntax`, or, if it is a library, to
// `libraries`.
void take_file(Syntax file, const std::string& path, Syntax& syntax,
               Libraries& libraries, Diagnostics& diagnostics);

// Puts what is used into `syntax`; reads files of the standard library.
// Returns the recommended actions by the full names of what is declared.
Actions use_libraries(SourceSet& sources, Libraries& libraries,
                      const Wording& wording, Syntax& syntax,
                      Diagnostics& diagnostics);

}  // namespace kitle
