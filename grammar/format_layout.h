// Which lines a text takes; see format_layout.cc for how that is decided.
#pragma once

#include <string>

#include "grammar/format_box.h"
#include "grammar/format_text.h"

namespace kitle::formatting {

std::string lay_out(const Text& text, const Boxes& boxes);

}  // namespace kitle::formatting
