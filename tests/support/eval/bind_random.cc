#include "tests/support/eval/random_program.h"

namespace kitle::test {
namespace {

const BoundSet* bind_set(RandomBlock& block, uint32_t param) {
  std::vector<uint64_t> words(51, 0);
  for (const uint32_t code : codes_of(block, param)) {
    words[code / 64] |= uint64_t{1} << (code % 64);
  }
  block.bound.sets.push_back(BoundSet::make(std::move(words)));
  return block.bound.sets.back().get();
}

}  // namespace

void bind_random(RandomBlock& block) {
  BoundBlock& bound = block.bound;
  bound.program = &block.program;
  bound.code = &block.program.general;
  for (const Instruction& what : block.program.general.instructions) {
    BoundInstruction instruction;
    if (what.op == Op::kInRange) {
      instruction.range =
          BoundRange::make(bound.ranges[what.param], bound.slots[what.slot]);
    }
    const bool set = what.op == Op::kInSet || what.op == Op::kListHas ||
                     what.op == Op::kSetI;
    if (set) instruction.set = bind_set(block, what.param);
    bound.instructions.push_back(instruction);
  }
}

std::vector<uint32_t> codes_of(const RandomBlock& block, uint32_t param) {
  std::vector<uint32_t> codes;
  for (const std::string& text : block.program.sets[param].texts) {
    codes.push_back(static_cast<uint32_t>(std::stoul(text)));
  }
  return codes;
}

}  // namespace kitle::test
