#include "runtime/eval/program_part.h"

#include <vector>

#include "runtime/eval/needs.h"

namespace kitle {
namespace {

std::vector<Instruction> needed_of(const Code& code,
                                   std::span<const uint32_t> segments) {
  const Needs needs(code);
  std::vector<bool> needed(code.instructions.size());
  for (const uint32_t segment : segments) {
    for (const uint32_t at : needs.of(segment)) needed[at] = true;
  }
  std::vector<Instruction> kept;
  for (size_t at = 0; at < needed.size(); ++at) {
    if (needed[at]) kept.push_back(code.instructions[at]);
  }
  return kept;
}

std::vector<Output> outputs_of(const Code& code,
                               std::span<const uint32_t> segments) {
  std::vector<Output> kept;
  for (const uint32_t segment : segments) {
    Output output = code.outputs[segment];
    output.segment = static_cast<uint32_t>(kept.size());
    kept.push_back(output);
  }
  return kept;
}

void keep(Code& code, std::span<const uint32_t> segments) {
  code.instructions = needed_of(code, segments);
  code.outputs = outputs_of(code, segments);
}

}  // namespace

Program part_of(const Program& program, std::span<const uint32_t> segments) {
  Program part = program;
  part.segments.clear();
  for (const uint32_t segment : segments) {
    part.segments.push_back(program.segments[segment]);
  }
  keep(part.fast, segments);
  keep(part.general, segments);
  return part;
}

}  // namespace kitle
