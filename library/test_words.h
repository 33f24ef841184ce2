// Places of rules as reports of tests show them.
#pragma once

#include <string>
#include <string_view>

#include "grammar/source.h"

namespace kitle {

// In one line, without comments.
std::string one_line(std::string_view text);
// The same of a span's text.
std::string words_of(const SourceSet& sources, const Span& span);
size_t line_of(const SourceSet& sources, const Span& span);

}  // namespace kitle
