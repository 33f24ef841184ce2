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

bool have_equal_keys(uint32_t keys, const PlainStep& a, uint32_t first,
                     const PlainStep& b, uint32_t second) {
  for (uint32_t key = 0; key < keys; ++key) {
    if (a.keys[key][first] != b.keys[key][second]) return false;
  }
  return true;
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
        values_or_null<const int64_t>(context, deadline_register(list, i));
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
       at = second.next(at + 1, end)) {
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
  uint32_t behind = second.next(second.offsets[row], ends[1]);
  for (uint32_t at = first.next(first.offsets[row], ends[0]); at < ends[0];
       at = first.next(at + 1, ends[0])) {
    while (behind < ends[1] && second.times[behind] <= first.times[at]) {
      behind = second.next(behind + 1, ends[1]);
    }
    if (follows(at, behind, ends[1]) != negated_) return true;
  }
  return false;
}

std::optional<PlainSequence> PlainSequence::make(const KernelContext& context,
                                                 const SequenceParam& param,
                                                 const uint32_t* list) {
  const size_t count = param.steps.size();
  if (count > kMostSteps || param.keys != 0 || !param.comparisons.empty()) {
    return std::nullopt;
  }
  PlainSequence made;
  made.count_ = count;
  for (uint32_t i = 0; i < count; ++i) {
    const bool bounded =
        param.steps[i].within != 0 || deadline_register(list, i) != kNone;
    if (param.steps[i].negated || bounded) return std::nullopt;
    made.steps_[i] = plain_step(context, param, list, i);
  }
  return made;
}

bool PlainSequence::holds(size_t row) const {
  int64_t time = INT64_MIN;
  for (size_t i = 0; i < count_; ++i) {
    const PlainStep& step = steps_[i];
    const uint32_t end = step.offsets[row + 1];
    uint32_t at = step.next(step.offsets[row], end);
    while (i > 0 && at < end && step.times[at] <= time) {
      at = step.next(at + 1, end);
    }
    if (at >= end) return false;
    time = step.times[at];
  }
  return true;
}

}  // namespace kitle
