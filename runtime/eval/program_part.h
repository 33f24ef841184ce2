// Some segments of a program, without the compiler.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/eval/program.h"

namespace kitle {

// The program of these of its segments, with the instructions that they need;
// they answer as they did. `segments`: increasing indexes of
// Program::segments. REQUIRES: verify(program) passed.
Program part_of(const Program& program, std::span<const uint32_t> segments);

}  // namespace kitle
