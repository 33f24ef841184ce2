// The last step of lowering: dead instructions, order, numbers. Entry point:
// lay_out().
#pragma once

#include "runtime/eval/program.h"

namespace kitle {

// Removes instructions that no output needs; puts those over one table's
// events together and behind them, together too, those over people, since
// machine code makes one loop of what stands together; numbers registers,
// slots and parameters in the order of their first use.
void lay_out(Program& program);

}  // namespace kitle
