// Which instructions of a Code each segment needs.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/eval/program.h"

namespace kitle {

// The instructions that a segment needs, itself or by others. The code must
// live as long.
class Needs {
 public:
  explicit Needs(const Code& code);

  // By instruction, increasing.
  std::vector<uint32_t> of(uint32_t segment) const;

 private:
  const Code& code_;
  std::vector<uint32_t> defined_;  // by register
};

}  // namespace kitle
