// What a text must be before the grammar sees it: of a bounded size, UTF-8,
// without control characters. Odd spaces are reported and made plain ones.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "grammar/diagnostic.h"

namespace kitle {

struct Door {
  // As long as the file's text, so that places stay; nothing if the text
  // cannot be read at all.
  std::optional<std::string> text;
  std::vector<Span> comments;
};

Door open_door(const SourceSet& sources, uint32_t file,
               Diagnostics& diagnostics);

}  // namespace kitle
