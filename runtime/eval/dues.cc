// DueSteps: who has a value in the spans of some steps.
#include "runtime/eval/dues.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/eval/bit_words.h"
#include "runtime/eval/cells.h"
#include "runtime/eval/due_spans.h"

namespace kitle {

DueSteps::DueSteps(std::shared_ptr<const Program> program, const TimeUses& uses,
                   const Extents& extents, Clock start,
                   std::span<const int64_t> ends, double most_looks)
    : program_(std::move(program)), extents_(extents) {
  // Events that come until then may lie there.
  for (Bounds& times : extents_.times) {
    times.high = std::max(times.high, ends.back());
  }
  DueSpans spans(*program_, uses, extents, start);
  while (ends_.size() < ends.size() && !everyone_) {
    const auto step = static_cast<uint8_t>(ends_.size());
    start.now = ends[step];
    const bool some = spans.step_to(start, step);
    if (step > 0 && spans.looks() > most_looks) break;
    everyone_ = !some;
    looks_ = spans.looks();
    ends_.push_back(start.now);
  }
  DueSpans::Found found = spans.take(ends_.size());
  widen_slots(found.slots);
  for (size_t i = 0; i < found.times.size(); ++i) {
    times_.emplace_back(std::move(found.times[i]), extents_.times[i],
                        extents_.scales[i]);
  }
  for (size_t i = 0; i < found.slots.size(); ++i) {
    slots_.emplace_back(std::move(found.slots[i]), extents_.slots[i], Scale());
  }
  events_ = std::move(found.events);
}

void DueSteps::widen_slots(std::span<const std::vector<DueSpan>> spans) {
  for (size_t i = 0; i < spans.size(); ++i) {
    Bounds& values = extents_.slots[i];
    if (spans[i].empty()) {
      values = {INT64_MIN, INT64_MAX};
    } else if (program_->slots[i].type == TypeKind::kTime) {
      values.high = std::max(values.high, ends_.back());
    }
  }
}

std::optional<uint8_t> DueSteps::first_after(int64_t now,
                                             const Program& program,
                                             const Extents& extents) const {
  const auto end = std::ranges::find(ends_, now);
  if (&program != program_.get() || end == ends_.end()) return std::nullopt;
  if (!extents_.hold(extents)) return std::nullopt;
  return static_cast<uint8_t>(end - ends_.begin() + 1);
}

namespace {

// Which values of a column are whose.
struct Owners {
  const uint32_t* offsets = nullptr;  // null: each is of the row of its number
  uint32_t values = 0;
  uint32_t rows = 0;

  // Offsets in a mapping may change under us.
  uint32_t begin(uint32_t row) const {
    return offsets == nullptr ? row : std::min(offsets[row], values);
  }
  uint32_t end(uint32_t row) const { return begin(row + 1); }
};

// Calls use(row, place, value) for each value of a column that may be due.
// Hardly one is, so that whose it is is only looked for then. A missing value
// is 0 there: at most it is due in vain.
template <class Use>
void each_due(const DuePieces& pieces, const ColumnView& column,
              const Owners& owners, Use use) {
  if (pieces.empty() || !pieces.meets(column.min, column.max)) return;
  constexpr uint32_t kAtOnce = DuePieces::kMostPlaces;
  std::array<uint64_t, kAtOnce / 64> due;
  const Cells cells(column, {});
  const uint32_t end = owners.begin(owners.rows);
  uint32_t row = 0;
  for (uint32_t begin = 0; begin < end; begin += kAtOnce) {
    const uint32_t count = std::min(kAtOnce, end - begin);
    pieces.find(column, {count, begin}, due.data());
    each_bit(std::span(due).first((count + 63) / 64), [&](uint32_t bit) {
      const uint32_t at = begin + bit;
      while (row + 1 < owners.rows && owners.end(row) <= at) ++row;
      use(row, at, cells.present(at) ? cells.value(at) : 0);
    });
  }
}

}  // namespace

// Events of a use are only looked at where that would make the step an earlier
// one.
void DueSteps::find_times(const BoundBlock& bound, uint32_t table,
                          const SetsOfColumns& sets, const From& from,
                          std::span<uint8_t> steps) const {
  const BoundTable& of = bound.tables[table];
  if (of.offsets == nullptr) return;
  const Owners owners{of.offsets, of.events, bound.profiles};
  DueEvents events(bound, table, from.now, events_, sets);
  each_due(times_[table], of.time, owners,
           [&](uint32_t row, uint32_t at, int64_t time) {
             for (const auto& [step, use] : times_[table].at(time, from.step)) {
               if (step >= steps[row]) return;
               if (use == DueSpans::kAny ||
                   events.has(use, at, owners.begin(row), owners.end(row))) {
                 steps[row] = step;
                 return;
               }
             }
           });
}

void DueSteps::find_slots(const BoundBlock& bound, uint32_t slot,
                          const From& from, std::span<uint8_t> steps) const {
  const Slot& of = program_->slots[slot];
  Owners owners{nullptr, bound.profiles, bound.profiles};
  if (of.kind == SlotKind::kProperty) {
    const BoundTable& table = bound.tables[of.table];
    if (table.offsets == nullptr) return;
    owners = {table.offsets, table.events, bound.profiles};
  }
  each_due(slots_[slot], bound.slots[slot], owners,
           [&](uint32_t row, uint32_t, int64_t value) {
             const auto due = slots_[slot].at(value, from.step);
             if (!due.empty()) steps[row] = std::min(steps[row], due[0].step);
           });
}

std::vector<uint32_t> DueSteps::tables() const {
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < times_.size(); ++i) {
    if (!times_[i].empty()) found.push_back(i);
  }
  for (size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = program_->slots[i];
    const bool own = slot.kind == SlotKind::kProperty && !slots_[i].empty();
    if (own) found.push_back(slot.table);
  }
  return found;
}

void DueSteps::find(const BoundBlock& bound, const SetsOfColumns& sets,
                    const From& from, std::span<uint8_t> steps) const {
  for (uint32_t i = 0; i < times_.size(); ++i) {
    find_times(bound, i, sets, from, steps);
  }
  for (uint32_t i = 0; i < slots_.size(); ++i) {
    find_slots(bound, i, from, steps);
  }
}

}  // namespace kitle
