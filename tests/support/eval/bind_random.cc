#include "tests/support/eval/random_program.h"

namespace kitle::test {
namespace {

const BoundSet* bind_set(RandomBlock& block, uint32_t param) {
  std::vector<uint64_t> words(51, 0);
  for (const uint32_t code : codes_of(block, param)) {
    words[code / 64] |= uint64_t{1} << (code % 64);
  }
  block.bound.sets.push_back({nullptr, BoundSet::make(std::move(words))});
  return block.bound.sets.back().set.get();
}

constexpr int64_t kMostCodes = 3200;

const BoundCodes* bind_codes(RandomBlock& block, const Instruction& what) {
  auto codes = std::make_shared<BoundCodes>();
  codes->values.assign(kMostCodes + 1, 0);
  codes->known.assign(kMostCodes / 64 + 1, 0);
  if (what.op == Op::kTextLength) {
    for (int64_t code = 0; code <= kMostCodes; ++code) {
      codes->values[static_cast<size_t>(code)] = model_length(code);
    }
  } else {
    const LookupParam& lookup = block.program.lookups[what.param];
    for (size_t i = 0; i < lookup.texts.size(); ++i) {
      const auto code = static_cast<size_t>(std::stoul(lookup.texts[i]));
      codes->values[code] = lookup.values[i];
      codes->known[code / 64] |= uint64_t{1} << (code % 64);
    }
  }
  block.bound.codes.push_back(std::move(codes));
  return block.bound.codes.back().get();
}

const BoundWholes* bind_wholes(RandomBlock& block, uint32_t param) {
  block.bound.wholes.push_back(BoundWholes::make(block.program.wholes[param]));
  return block.bound.wholes.back().get();
}

}  // namespace

int64_t model_length(int64_t code) {
  return code > 0 && code <= kMostCodes ? code % 7 : 0;
}

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
    if (what.op == Op::kTextLength || what.op == Op::kLookUp) {
      instruction.codes = bind_codes(block, what);
    }
    if (what.op == Op::kAmongI) {
      instruction.wholes = bind_wholes(block, what.param);
    }
    if (what.op == Op::kLookUpI) {
      instruction.lookup = &block.program.lookups[what.param];
    }
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
