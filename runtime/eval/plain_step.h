// What sequences of the simple kinds read of a step.
#pragma once

#include <array>
#include <cstdint>

#include "runtime/eval/abi.h"
#include "runtime/eval/places.h"

namespace kitle {

struct PlainStep {
  static constexpr uint32_t kMostKeys = 4;
  const uint32_t* offsets = nullptr;
  const uint64_t* mask = nullptr;
  const int64_t* times = nullptr;
  std::array<const int64_t*, kMostKeys> keys = {};

  // The first place from `at` on whose event counts.
  uint32_t next(uint32_t at, uint32_t end) const {
    return next_place(mask, at, end);
  }
  bool operator==(const PlainStep&) const = default;
};

// Whether all keys are integers, or codes of one dictionary, and few; `list`
// as SequenceParam says.
bool has_plain_keys(const KernelContext& context, const SequenceParam& param,
                    const uint32_t* list);
PlainStep plain_step(const KernelContext& context, const SequenceParam& param,
                     const uint32_t* list, uint32_t step);
// The register of a step's deadlines, or kNone.
inline uint32_t deadline_register(const uint32_t* list, uint32_t step) {
  return list[step * kStepRegisters + 3];
}

}  // namespace kitle
