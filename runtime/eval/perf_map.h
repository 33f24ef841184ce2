// Names of machine code (code_names.h) for profilers. perf looks for functions
// that are in no file in /tmp/perf-PID.map, which has a line for each: where it
// begins, how many bytes it has (both hexadecimal), and its name.
//
//   7f3a5c2d1040 1c0 kitle: in_range, and of purchase for loyal, at_risk
#pragma once

#include <string>

#include "runtime/eval/image.h"
#include "runtime/eval/program.h"

namespace kitle {

// The file of this process where KITLE_PERF_MAP is set in the environment and
// neither empty nor "0"; else "".
std::string perf_map_path();

// Adds a line for each function of an image of the program's code: what it
// computes, of what, and for which segments. "" is no file; one that cannot be
// written, or that is another user's or a link, is left as it is: profiling
// changes no run. Thread-safe.
void add_to_perf_map(const std::string& path, const Image& image,
                     const Program& program, const Code& code);

}  // namespace kitle
