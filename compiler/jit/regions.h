// How a code is cut into what machine code runs one after the other: loops
// over many instructions of one domain (regions), and calls of kernels. No
// type of LLVM here. Entry point: make_regions().
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runtime/eval/image.h"
#include "runtime/eval/program.h"

namespace kitle {

// Where results of a code leave their registers, as the interpreter does it:
// outputs behind the instruction that defines the later of their two registers.
struct RegionStep {
  bool is_output = false;
  uint32_t index = 0;  // of the instruction or the output
};

struct Region {
  uint32_t domain = kProfiles;
  bool is_call = false;  // one instruction, which its kernel runs
  std::vector<RegionStep> steps;
};

struct RegionPlan {
  std::vector<Region> regions;
  // By register: whether a region other than its own reads it.
  std::vector<bool> in_memory;
};

// In the code's order. Regions are of bounded size, so that the time to
// compile grows with the code and no faster, and need at most
// kRegionCounts and kRegionSums arrays of running totals (abi.h).
RegionPlan make_regions(const Code& code);

// What the function of a region is called, by its place in the plan.
std::string region_symbol(size_t index);

// By symbol, the instructions that the function of each region computes; of one
// that only hands out results, those whose results they are. `offset` and
// `bytes` are 0.
std::map<std::string, ImageFunction> region_functions(const Code& code);

}  // namespace kitle
