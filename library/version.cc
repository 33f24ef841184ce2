#include <string>

#include "compiler/machine.h"
#include "kitle/engine.h"

namespace kitle {

std::string build_info() { return "machine code: " + machine_info(); }

}  // namespace kitle
