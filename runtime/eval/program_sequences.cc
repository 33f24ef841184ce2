// What a sequence of a program must be; see program.h.
#include <algorithm>

#include "runtime/eval/program.h"

namespace kitle {

uint32_t positive_before(const SequenceParam& param, uint32_t step) {
  while (step > 0 && param.steps[--step].negated) {
  }
  return step;
}

uint32_t fixed_steps(const SequenceParam& param) {
  return static_cast<uint32_t>(std::ranges::count_if(
      param.steps,
      [](const SequenceStep& step) { return step.fixed != kNone; }));
}

namespace {

bool is_text_slot(const Program& program, uint32_t slot, uint32_t table) {
  return slot < program.slots.size() && program.slots[slot].domain() == table &&
         is_text_like(program.slots[slot].type);
}

bool step_fits(const Program& program, const SequenceParam& param,
               uint32_t index, uint32_t fixed) {
  const SequenceStep& step = param.steps[index];
  if (step.table >= program.tables.size()) return false;
  if (step.slots.size() != param.keys) return false;
  const auto first =
      std::ranges::find(param.steps, step.table, &SequenceStep::table);
  if (step.like != static_cast<uint32_t>(first - param.steps.begin())) {
    return false;
  }
  if (step.within < 0) return false;
  if (step.fixed != kNone && (step.fixed != fixed || step.negated)) {
    return false;
  }
  return std::ranges::all_of(step.slots, [&](uint32_t slot) {
    return slot == kNone || is_text_slot(program, slot, step.table);
  });
}

bool comparison_fits(const Program& program, const SequenceParam& param,
                     const SequenceComparison& each) {
  if (each.own >= param.steps.size() || each.other >= each.own) return false;
  const SequenceStep& other = param.steps[each.other];
  const bool near = positive_before(param, each.own) == each.other;
  if (other.negated || (!near && other.fixed == kNone)) return false;
  if (each.mode < 0 || each.mode > 2) return false;
  if (each.test != StepTest::kText) {
    return each.slot == kNone && each.slot2 == kNone;
  }
  return is_text_slot(program, each.slot, param.steps[each.own].table) &&
         is_text_slot(program, each.slot2, other.table);
}

class ListVerifier {
 public:
  ListVerifier(const Program& program, const Code& code,
               const Instruction& what, const std::vector<bool>& defined)
      : param_(program.sequences[what.param]),
        code_(code),
        list_(code.lists[what.list]),
        defined_(defined) {}

  bool fits() const {
    const size_t steps = param_.steps.size();
    const size_t keys = steps * kStepRegisters;
    const size_t comparisons = keys + steps * param_.keys;
    if (list_.size() !=
        comparisons + param_.comparisons.size() * kComparisonRegisters) {
      return false;
    }
    for (uint32_t step = 0; step < steps; ++step) {
      if (!step_fits(step) || !keys_fit(step, keys + step * param_.keys)) {
        return false;
      }
    }
    for (size_t i = 0; i < param_.comparisons.size(); ++i) {
      const size_t at = comparisons + i * kComparisonRegisters;
      if (!comparison_fits(param_.comparisons[i], at)) return false;
    }
    return true;
  }

 private:
  bool is(uint32_t reg, RegisterKind kind, uint32_t table) const {
    return reg < code_.registers.size() && defined_[reg] &&
           code_.registers[reg].kind == kind &&
           code_.registers[reg].domain == table;
  }
  bool may_be(uint32_t reg, RegisterKind kind, uint32_t table) const {
    return reg == kNone || is(reg, kind, table);
  }

  bool step_fits(uint32_t step) const {
    const uint32_t table = param_.steps[step].table;
    const uint32_t before = param_.steps[positive_before(param_, step)].table;
    const size_t at = step * size_t{kStepRegisters};
    return may_be(list_[at], RegisterKind::kBits, table) &&
           may_be(list_[at + 1], RegisterKind::kBits, table) &&
           is(list_[at + 2], RegisterKind::kI64, table) &&
           may_be(list_[at + 3], RegisterKind::kI64, before) &&
           (list_[at + 3] == kNone || param_.steps[step].within == 0);
  }

  // Keys of all steps have one kind.
  bool keys_fit(uint32_t step, size_t at) const {
    const uint32_t table = param_.steps[step].table;
    for (size_t key = 0; key < param_.keys; ++key) {
      const uint32_t reg = list_[at + key];
      const uint32_t first = list_[param_.steps.size() * kStepRegisters + key];
      const bool number = is(reg, RegisterKind::kF64, table);
      if (!number && !is(reg, RegisterKind::kI64, table)) return false;
      if (code_.registers[reg].kind != code_.registers[first].kind) {
        return false;
      }
    }
    return true;
  }

  bool comparison_fits(const SequenceComparison& each, size_t at) const {
    const uint32_t own = param_.steps[each.own].table;
    const uint32_t other = param_.steps[each.other].table;
    if (list_[at] >= code_.registers.size()) return false;
    const RegisterKind kind = code_.registers[list_[at]].kind;
    if (kind == RegisterKind::kBits) return false;
    if (each.test == StepTest::kText && kind != RegisterKind::kI64) {
      return false;
    }
    return is(list_[at], kind, own) && is(list_[at + 2], kind, other) &&
           may_be(list_[at + 1], RegisterKind::kBits, own) &&
           may_be(list_[at + 3], RegisterKind::kBits, other);
  }

  const SequenceParam& param_;
  const Code& code_;
  const std::vector<uint32_t>& list_;
  const std::vector<bool>& defined_;
};

}  // namespace

bool is_sane(const Program& program, const SequenceParam& param) {
  if (param.steps.empty() || param.steps[0].negated) return false;
  uint32_t fixed = 0;
  for (uint32_t i = 0; i < param.steps.size(); ++i) {
    if (!step_fits(program, param, i, fixed)) return false;
    if (param.steps[i].fixed != kNone) ++fixed;
  }
  return fixed <= kMostFixedSteps &&
         std::ranges::all_of(param.comparisons,
                             [&](const SequenceComparison& each) {
                               return comparison_fits(program, param, each);
                             });
}

bool sequence_fits(const Program& program, const Code& code,
                   const Instruction& what, const std::vector<bool>& defined) {
  return ListVerifier(program, code, what, defined).fits();
}

}  // namespace kitle
