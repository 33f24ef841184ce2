// What a program means, one value after the other over the whole block: the
// yardstick of the kernels.
#pragma once

#include <vector>

#include "runtime/wide.h"
#include "tests/support/eval/random_program.h"

namespace kitle::test {

// A register over all rows or all events of the block. Positions (first, last,
// span) are numbers of events in the block.
struct Values {
  std::vector<bool> bits;
  std::vector<Int128> integers;  // i64 too
  std::vector<double> numbers;
};

// All registers of block.program.general.
std::vector<Values> run_model(const RandomBlock& block);

}  // namespace kitle::test
