// Sequences: where one can hold at all, and those of two steps.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "runtime/eval/abi.h"
#include "runtime/eval/plain_step.h"

namespace kitle {

// Sets the bits of the chunk's rows in which every positive step has an event
// that counts, and clears those of all others; `list` as SequenceParam says.
// Bits behind the last row are 0 up to the end of its word.
void mark_sequence_rows(const KernelContext& context,
                        const SequenceParam& param, const uint32_t* list,
                        uint64_t* rows);

// A sequence of two steps that are not compared: `a then b`, `a then no b`,
// with `within` and with keys that are integers or codes of one dictionary.
// Most that are written are such, and an event of the one need only be held
// against those of the other that follow it.
class SequenceOfTwo {
 public:
  // Nothing where it is another one.
  static std::optional<SequenceOfTwo> make(const KernelContext& context,
                                           const SequenceParam& param,
                                           const uint32_t* list);

  // Nothing where the person has so many events that others are faster.
  std::optional<bool> holds(size_t row) const;

 private:
  int64_t deadline(uint32_t first) const;
  bool follows(uint32_t first, uint32_t from, uint32_t end) const;

  std::array<PlainStep, 2> steps_ = {};
  // Of `all within` and of the second step: an array, or a length.
  std::array<const int64_t*, 2> deadlines_ = {};
  std::array<int64_t, 2> within_ = {};
  uint32_t keys_ = 0;
  bool negated_ = false;
};

// A sequence of steps that are neither negated, bounded nor compared, without
// keys: from the first event of the first, each next step's first one behind is
// as good as any.
class PlainSequence {
 public:
  static std::optional<PlainSequence> make(const KernelContext& context,
                                           const SequenceParam& param,
                                           const uint32_t* list);
  bool holds(size_t row) const;

 private:
  static constexpr size_t kMostSteps = 8;

  std::array<PlainStep, kMostSteps> steps_ = {};
  size_t count_ = 0;
};

}  // namespace kitle
