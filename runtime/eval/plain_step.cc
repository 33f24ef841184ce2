#include "runtime/eval/plain_step.h"

#include "runtime/eval/kernels_access.h"

namespace kitle {
namespace {

// One that can be compared as integers: a step's is like the first's.
bool is_plain_key(const KernelContext& context, const SequenceParam& param,
                  const uint32_t* list, uint32_t step, uint32_t key) {
  const auto dictionary = [&](uint32_t of) -> const Dictionary* {
    const uint32_t slot = param.steps[of].slots[key];
    return slot == kNone ? nullptr : column(context, slot).dictionary;
  };
  const size_t keys = param.steps.size() * kStepRegisters;
  const uint32_t reg = list[keys + step * param.keys + key];
  return context.params->registers[reg].kind == RegisterKind::kI64 &&
         dictionary(0) == dictionary(step);
}

}  // namespace

bool has_plain_keys(const KernelContext& context, const SequenceParam& param,
                    const uint32_t* list) {
  if (param.keys > PlainStep::kMostKeys) return false;
  for (uint32_t step = 0; step < param.steps.size(); ++step) {
    for (uint32_t key = 0; key < param.keys; ++key) {
      if (!is_plain_key(context, param, list, step, key)) return false;
    }
  }
  return true;
}

PlainStep plain_step(const KernelContext& context, const SequenceParam& param,
                     const uint32_t* list, uint32_t step) {
  const uint32_t* registers = list + step * kStepRegisters;
  const uint32_t* keys =
      list + param.steps.size() * kStepRegisters + step * param.keys;
  PlainStep made;
  made.offsets = context.view->tables[param.steps[step].table].offsets;
  made.mask = values_or_null<const uint64_t>(context, registers[1]);
  made.times = values<const int64_t>(context, registers[2]);
  for (uint32_t key = 0; key < param.keys; ++key) {
    made.keys[key] = values<const int64_t>(context, keys[key]);
  }
  return made;
}

}  // namespace kitle
