// What the first bytes of a file say it is, where its name promises text.
// Entry point: why_not_text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kitle {

// What a file that begins with `head` is, and what to do about it, where it is
// no text of one byte a letter or UTF-8: UTF-16, UTF-32, another format, or
// packed. Empty where nothing speaks against text. Looks at a kilobyte at most.
std::string why_not_text(std::string_view head);

}  // namespace kitle
