// Where registers live: liveness of a Code, and homes shared by registers
// whose lives do not meet (linear scan, the last one freed is taken first, so
// that it is still in the cache).
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/eval/chunk.h"
#include "runtime/eval/program.h"

namespace kitle {

struct RegisterPlan {
  // Registers of one domain, kind and size share `homes` pieces of memory.
  struct Class {
    uint32_t domain = kProfiles;
    RegisterKind kind = RegisterKind::kBits;
    uint32_t questions = 0;  // of kAnswers
    uint32_t homes = 0;
  };
  struct Home {
    uint32_t class_index = kNone;  // of a mask, and where nothing defines it
    uint32_t number = 0;
  };
  // A register that is a mask of the answers `of`: it has no home.
  struct Mask {
    uint32_t reg = kNone;
    uint32_t of = kNone;
    uint32_t question = 0;
  };
  std::vector<Class> classes;
  std::vector<Home> homes;  // by register
  std::vector<Mask> masks;

  // `output_at`: by output of the code, the instruction that it is stored
  // behind.
  static RegisterPlan make(const Code& code,
                           const std::vector<uint32_t>& output_at);

  // Byte offsets of the registers, and behind them the bytes of all.
  std::vector<uint64_t> layout(const ChunkLimits& limits) const;
};

// The instruction that defines each register; kNone if none does.
std::vector<uint32_t> definitions(const Code& code);

uint32_t places_in(uint32_t domain, const ChunkLimits& limits);

}  // namespace kitle
