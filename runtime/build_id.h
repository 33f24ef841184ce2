// Build ids: what the linker wrote into an ELF file. Two builds never share
// one.
#pragma once

#include <string>
#include <string_view>

namespace kitle {

// Of the notes of an ELF segment, in hexadecimal; "" if there is none.
std::string build_id_in(std::string_view notes);

// Of the runtime library as this process has loaded it; "" if it has none.
std::string runtime_build_id();

}  // namespace kitle
