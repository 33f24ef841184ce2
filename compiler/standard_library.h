// The files of stdlib/, as texts in the library. standard_library.cc is made of
// them by CMake.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kitle {

// Of "std.life_cycle" the text; nothing if there is none.
std::optional<std::string_view> standard_library(std::string_view name);
// Of "std.life_cycle" and "tr" the titles and actions; nothing if there are
// none in this language.
std::optional<std::string_view> standard_catalogue(std::string_view name,
                                                   std::string_view language);
// The names of all.
std::vector<std::string> standard_libraries();

}  // namespace kitle
