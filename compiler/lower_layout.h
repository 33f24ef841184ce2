// The last step of lowering: dead instructions, order, numbers. Entry point:
// lay_out().
#pragma once

#include "runtime/eval/program.h"

namespace kitle {

// Removes instructions that no output needs; puts those over one table's
// events together, with what reads their results behind them; numbers
// registers, slots and parameters in the order of their first use.
void lay_out(Program& program);

}  // namespace kitle
