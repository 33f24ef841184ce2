// Machine code as a run sees it: for a bound block, the function that answers
// for it, or none, and then the interpreter does.
#pragma once

#include "runtime/eval/abi.h"
#include "runtime/eval/bound.h"

namespace kitle {

// Immutable, thread-safe. Its functions are valid as long as it lives.
class MachineCode {
 public:
  virtual ~MachineCode() = default;
  // The code of `block.code` for the physical types of the block's slots;
  // null if there is none for these.
  virtual ChunkFunction function_for(const BoundBlock& block) const = 0;
};

}  // namespace kitle
