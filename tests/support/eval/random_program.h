// Random well-typed code over a random block: registers made by one operation
// are the operands of later ones.
#pragma once

#include <vector>

#include "tests/support/eval/random_block.h"

namespace kitle::test {

// Fills block.program's parameters, `general` and `fast` (the same), and what
// of block.bound depends on them. Every operation occurs if `instructions` is
// some hundreds.
void random_program(Random& random, size_t instructions, RandomBlock& block);

// What run() of a program needs beside it, from its parameters.
void bind_random(RandomBlock& block);

// The codes of each SetParam.
std::vector<uint32_t> codes_of(const RandomBlock& block, uint32_t param);

// The length that a text of this code is said to have.
int64_t model_length(int64_t code);

}  // namespace kitle::test
