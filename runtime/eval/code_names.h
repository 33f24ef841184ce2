// Names of machine code, for profilers and debuggers: what a function computes,
// of what, and for which segments.
//
//   kitle: in_range, and of purchase for loyal, at_risk
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/eval/image.h"
#include "runtime/eval/program.h"

namespace kitle {

struct CodeName {
  const std::byte* begin = nullptr;
  uint32_t bytes = 0;
  std::string name;
};

// Of each function of an image of the program's code, by address.
std::vector<CodeName> names_of(const Image& image, const Program& program,
                               const Code& code);

// Whether the environment has the variable, neither empty nor "0".
bool is_asked_for(const char* variable);

}  // namespace kitle
