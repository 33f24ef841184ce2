// See regions.h.
#include "compiler/jit/regions.h"

#include <algorithm>
#include <set>
#include <utility>

#include "compiler/code_maker.h"
#include "runtime/eval/abi.h"
#include "runtime/eval/registers.h"

namespace kitle {
namespace {

constexpr size_t kRegionSteps = 192;

bool counts_mask(const Instruction& what) {
  return (what.op == Op::kAny || what.op == Op::kCount) && what.a != kNone;
}

// The arrays of running totals that a region needs.
class Totals {
 public:
  // False: there is no room for those of one more instruction.
  bool add(const Instruction& what) {
    if (counts_mask(what)) masks_.insert(what.a);
    if (what.op == Op::kSumI) sums_.insert({what.a, what.slot, what.v});
    return masks_.size() <= kRegionCounts && sums_.size() <= kRegionSums;
  }
  void clear() {
    masks_.clear();
    sums_.clear();
  }

 private:
  struct Sum {
    uint32_t mask, slot, v;
    auto operator<=>(const Sum&) const = default;
  };
  std::set<uint32_t> masks_;
  std::set<Sum> sums_;
};

class Cutter {
 public:
  explicit Cutter(const Code& code) : code_(code) {}

  RegionPlan run() {
    const std::vector<std::vector<uint32_t>> outputs = outputs_behind();
    for (uint32_t at = 0; at < code_.instructions.size(); ++at) {
      add_instruction(at);
      for (const uint32_t output : outputs[at]) add_output(output);
    }
    plan_.in_memory.assign(code_.registers.size(), false);
    made_in_.assign(code_.registers.size(), kNone);
    for (uint32_t i = 0; i < plan_.regions.size(); ++i) find_reads(i);
    return std::move(plan_);
  }

 private:
  std::vector<std::vector<uint32_t>> outputs_behind() const {
    const std::vector<uint32_t> defined = definitions(code_);
    std::vector<std::vector<uint32_t>> outputs(code_.instructions.size());
    for (uint32_t i = 0; i < code_.outputs.size(); ++i) {
      const Output& output = code_.outputs[i];
      uint32_t at = defined[output.bits];
      if (output.error != kNone) at = std::max(at, defined[output.error]);
      outputs[at].push_back(i);
    }
    return outputs;
  }

  void add_instruction(uint32_t at) {
    const Instruction& what = code_.instructions[at];
    const uint32_t domain = code_.registers[what.dst].domain;
    if (!is_emitted(what)) {
      open_ = false;
      plan_.regions.push_back({domain, true, {{false, at}}});
      return;
    }
    if (!totals_.add(what)) open_ = false;
    add({false, at}, domain);
  }

  void add_output(uint32_t output) { add({true, output}, kProfiles); }

  void add(RegionStep step, uint32_t domain) {
    if (!open_ || plan_.regions.back().domain != domain ||
        plan_.regions.back().steps.size() >= kRegionSteps) {
      plan_.regions.push_back({domain, false, {}});
      open_ = true;
      totals_.clear();
      if (!step.is_output) totals_.add(code_.instructions[step.index]);
    }
    plan_.regions.back().steps.push_back(step);
  }

  void find_reads(uint32_t region) {
    const auto read = [&](uint32_t reg) {
      if (reg != kNone && made_in_[reg] != region) plan_.in_memory[reg] = true;
    };
    for (const RegionStep step : plan_.regions[region].steps) {
      if (step.is_output) {
        read(code_.outputs[step.index].bits);
        read(code_.outputs[step.index].error);
        continue;
      }
      const Instruction& what = code_.instructions[step.index];
      for_operands(code_, what, read);
      made_in_[what.dst] = region;
      if (what.dst2 != kNone) made_in_[what.dst2] = region;
    }
  }

  const Code& code_;
  RegionPlan plan_;
  Totals totals_;
  bool open_ = false;
  std::vector<uint32_t> made_in_;  // by register, the region
};

}  // namespace

RegionPlan make_regions(const Code& code) { return Cutter(code).run(); }

std::string region_symbol(size_t index) {
  return "region_" + std::to_string(index);
}

std::map<std::string, ImageFunction> region_functions(const Code& code) {
  const RegionPlan plan = make_regions(code);
  const std::vector<uint32_t> defined = definitions(code);
  std::map<std::string, ImageFunction> functions;
  for (size_t i = 0; i < plan.regions.size(); ++i) {
    if (plan.regions[i].is_call) continue;
    uint32_t first = UINT32_MAX;
    uint32_t last = 0;
    for (const RegionStep step : plan.regions[i].steps) {
      const uint32_t at =
          step.is_output ? defined[code.outputs[step.index].bits] : step.index;
      first = std::min(first, at);
      last = std::max(last, at);
    }
    functions[region_symbol(i)] = {0, 0, first, last - first + 1};
  }
  return functions;
}

}  // namespace kitle
