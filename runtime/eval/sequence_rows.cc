// See sequence_rows.h. Filters of sequences mostly take few events: the first
// step's are walked one by one, the others' are looked for where it has some.
#include "runtime/eval/sequence_rows.h"

#include <algorithm>
#include <bit>

#include "runtime/eval/kernels_access.h"
#include "runtime/eval/places.h"

namespace kitle {
namespace {

class StepRows {
 public:
  StepRows(const KernelContext& context, const SequenceParam& param,
           const uint32_t* list, uint32_t step)
      : table_(context.view->tables[param.steps[step].table]),
        mask_(values_or_null<const uint64_t>(context,
                                             list[step * kStepRegisters + 1])),
        count_(context.view->rows) {}

  void mark(uint64_t* rows) const {
    const uint32_t* offsets = table_.offsets;
    const uint32_t end = offsets[count_];
    uint32_t row = 0;
    for (uint32_t at = next_place(mask_, offsets[0], end); at < end;
         at = next_place(mask_, offsets[row], end)) {
      while (offsets[row + 1] <= at) ++row;
      set_bit(rows, row, true);
      ++row;
    }
  }

  void keep(uint64_t* rows) const {
    for (size_t word = 0; word < (count_ + 63) / 64; ++word) {
      for (uint64_t rest = rows[word]; rest != 0; rest &= rest - 1) {
        const auto bit = static_cast<uint32_t>(std::countr_zero(rest));
        const size_t row = word * 64 + bit;
        if (!has_place(row)) rows[word] &= ~(uint64_t{1} << bit);
      }
    }
  }

 private:
  bool has_place(size_t row) const {
    const uint32_t end = table_.offsets[row + 1];
    return next_place(mask_, table_.offsets[row], end) < end;
  }

  const KernelTable& table_;
  const uint64_t* mask_;
  size_t count_;
};

}  // namespace

void mark_sequence_rows(const KernelContext& context,
                        const SequenceParam& param, const uint32_t* list,
                        uint64_t* rows) {
  std::fill_n(rows, (size_t{context.view->rows} + 63) / 64, 0);
  bool first = true;
  for (uint32_t step = 0; step < param.steps.size(); ++step) {
    if (param.steps[step].negated) continue;
    const StepRows of(context, param, list, step);
    if (first) {
      of.mark(rows);
    } else {
      of.keep(rows);
    }
    first = false;
  }
}

// ---- sequences of simple kinds ----

namespace {

// Pairs of events of one person that are tried.
constexpr uint64_t kMostPairs = 1 << 14;

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

bool have_equal_keys(uint32_t keys, const PlainStep& a, uint32_t first,
                     const PlainStep& b, uint32_t second) {
  for (uint32_t key = 0; key < keys; ++key) {
    if (a.keys[key][first] != b.keys[key][second]) return false;
  }
  return true;
}

uint32_t next(const PlainStep& step, uint32_t at, uint32_t end) {
  return next_place(step.mask, at, end);
}

}  // namespace

std::optional<SequenceOfTwo> SequenceOfTwo::make(const KernelContext& context,
                                                 const SequenceParam& param,
                                                 const uint32_t* list) {
  if (param.steps.size() != 2 || !param.comparisons.empty() ||
      !has_plain_keys(context, param, list)) {
    return std::nullopt;
  }
  SequenceOfTwo made;
  made.keys_ = param.keys;
  made.negated_ = param.steps[1].negated;
  for (uint32_t i = 0; i < 2; ++i) {
    made.steps_[i] = plain_step(context, param, list, i);
    // What is not there has no `all within`.
    if (i == 0 && made.negated_) continue;
    made.deadlines_[i] =
        values_or_null<const int64_t>(context, list[i * kStepRegisters + 3]);
    made.within_[i] = param.steps[i].within;
  }
  return made;
}

int64_t SequenceOfTwo::deadline(uint32_t first) const {
  int64_t end = INT64_MAX;
  for (size_t i = 0; i < 2; ++i) {
    if (deadlines_[i] != nullptr) end = std::min(end, deadlines_[i][first]);
    if (within_[i] == 0) continue;
    end = std::min(end, wrap_add(steps_[0].times[first], within_[i]));
  }
  return end;
}

// Whether one of the second step's events from `from` on is in time.
bool SequenceOfTwo::follows(uint32_t first, uint32_t from, uint32_t end) const {
  const PlainStep& second = steps_[1];
  const int64_t last = deadline(first);
  for (uint32_t at = from; at < end && second.times[at] <= last;
       at = next(second, at + 1, end)) {
    if (have_equal_keys(keys_, steps_[0], first, second, at)) return true;
  }
  return false;
}

std::optional<bool> SequenceOfTwo::holds(size_t row) const {
  const auto& [first, second] = steps_;
  const uint32_t ends[] = {first.offsets[row + 1], second.offsets[row + 1]};
  const uint64_t pairs =
      uint64_t{ends[0] - first.offsets[row]} * (ends[1] - second.offsets[row]);
  if (keys_ != 0 && pairs > kMostPairs) return std::nullopt;
  uint32_t behind = next(second, second.offsets[row], ends[1]);
  for (uint32_t at = next(first, first.offsets[row], ends[0]); at < ends[0];
       at = next(first, at + 1, ends[0])) {
    while (behind < ends[1] && second.times[behind] <= first.times[at]) {
      behind = next(second, behind + 1, ends[1]);
    }
    if (follows(at, behind, ends[1]) != negated_) return true;
  }
  return false;
}

std::optional<PlainSequence> PlainSequence::make(const KernelContext& context,
                                                 const SequenceParam& param,
                                                 const uint32_t* list) {
  const size_t count = param.steps.size();
  if (count > kMostSteps || !param.comparisons.empty() ||
      !has_plain_keys(context, param, list)) {
    return std::nullopt;
  }
  PlainSequence made;
  made.count_ = count;
  made.keys_ = param.keys;
  for (uint32_t i = 0; i < count; ++i) {
    const bool bounded =
        param.steps[i].within != 0 || list[i * kStepRegisters + 3] != kNone;
    if (param.steps[i].negated || bounded) return std::nullopt;
    made.steps_[i] = plain_step(context, param, list, i);
  }
  return made;
}

// The first step's event `first`, and behind it one of each other step.
bool PlainSequence::goes_on(size_t row, uint32_t first) const {
  int64_t time = steps_[0].times[first];
  for (size_t i = 1; i < count_; ++i) {
    const PlainStep& step = steps_[i];
    const uint32_t end = step.offsets[row + 1];
    uint32_t at = next(step, step.offsets[row], end);
    while (at < end && (step.times[at] <= time ||
                        !have_equal_keys(keys_, steps_[0], first, step, at))) {
      at = next(step, at + 1, end);
    }
    if (at >= end) return false;
    time = step.times[at];
  }
  return true;
}

std::optional<bool> PlainSequence::holds(size_t row) const {
  const PlainStep& first = steps_[0];
  const uint32_t end = first.offsets[row + 1];
  const uint32_t begin = next(first, first.offsets[row], end);
  // Without keys no event of the first step does better than its earliest.
  if (keys_ == 0) return begin < end && goes_on(row, begin);
  uint64_t others = 0;
  for (size_t i = 1; i < count_; ++i) {
    others += steps_[i].offsets[row + 1] - steps_[i].offsets[row];
  }
  if (uint64_t{end - begin} * others > kMostPairs) return std::nullopt;
  for (uint32_t at = begin; at < end; at = next(first, at + 1, end)) {
    if (goes_on(row, at)) return true;
  }
  return false;
}

}  // namespace kitle
