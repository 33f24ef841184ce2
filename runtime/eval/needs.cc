#include "runtime/eval/needs.h"

#include <algorithm>

#include "runtime/eval/registers.h"

namespace kitle {

Needs::Needs(const Code& code) : code_(code), defined_(definitions(code)) {}

std::vector<uint32_t> Needs::of(uint32_t segment) const {
  std::vector<bool> needed(code_.instructions.size());
  for (const Output& output : code_.outputs) {
    if (output.segment != segment) continue;
    for_registers(output, [&](uint32_t reg) { needed[defined_[reg]] = true; });
  }
  std::vector<uint32_t> found;
  for (auto at = static_cast<uint32_t>(needed.size()); at-- > 0;) {
    if (!needed[at]) continue;
    found.push_back(at);
    for_operands(code_, code_.instructions[at],
                 [&](uint32_t reg) { needed[defined_[reg]] = true; });
  }
  std::ranges::reverse(found);
  return found;
}

}  // namespace kitle
