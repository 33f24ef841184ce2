// The kernel of sequences (Meaning 13 to 16): whether there are events, one for
// each positive step, that follow each other as the steps want.
//
// Step by step it keeps the events at which a chain that is right so far may
// end (`Reached`), and for `all within` until when such a chain may go on, at
// best. The next step's events are taken in the order of time with pointers
// that only go forward, so the work grows with the events of the steps, not
// with their combinations. With keys (`with same`) that is done for each group
// of events with equal keys, which are sorted first.
//
// Steps that are compared with the one before are tried pair by pair: events
// of the one times events of the other. A step that is compared with one
// further back (SequenceStep::fixed) is done anew for each event of that one.
#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <string_view>

#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/linked_chain.h"
#include "runtime/eval/registers.h"
#include "runtime/eval/sequence_rows.h"
#include "runtime/eval/step_test.h"

namespace kitle {
namespace {

constexpr int64_t kEarliest = INT64_MIN;
constexpr int64_t kOpen = INT64_MAX;

struct Reached {
  int64_t time;
  // Of an event that is reached: until when the last step must happen. Of one
  // that is looked at: no chain whose last event is earlier leads to it.
  int64_t bound;
  uint32_t place;
};
using List = std::span<Reached>;

// An event of the person; `like`: the first step of its table.
struct Entry {
  uint32_t like;
  uint32_t place;
};

class Sequence {
 public:
  Sequence(const KernelContext& context, const Instruction& what,
           std::byte* memory)
      : context_(context),
        param_(context.params->sequences[what.param]),
        list_(context.params->lists[what.list].data()) {
    auto* work = reinterpret_cast<Reached*>(memory);
    size_t most = 0;
    for (const SequenceStep& step : param_.steps) {
      most = std::max(most, size_t{places_of(context, step.table).count});
    }
    for (Reached*& buffer : buffers_) {
      buffer = work;
      work += most;
      if (&buffer - buffers_.data() + 1 == buffers_needed(param_)) break;
    }
    entries_ = reinterpret_cast<Entry*>(work);
  }

  static int64_t buffers_needed(const SequenceParam& param) {
    int64_t fixed = 0;
    for (const SequenceStep& step : param.steps) {
      fixed += step.fixed == kNone ? 0 : 1;
    }
    return 2 * (fixed + 1);
  }

  bool holds(size_t row) {
    row_ = row;
    if (param_.keys == 0) return group_holds();
    sort_entries();
    for (size_t begin = 0; begin < count_;) {
      size_t end = begin + 1;
      while (end < count_ && compare_keys(entries_[begin], entries_[end]) == 0)
        ++end;
      group_ = {entries_ + begin, end - begin};
      if (group_holds()) return true;
      begin = end;
    }
    return false;
  }

 private:
  // ---- registers ----

  enum Part : uint32_t { kRows, kMask, kTime, kDeadline };
  uint32_t step_register(uint32_t step, Part part) const {
    return list_[step * kStepRegisters + part];
  }
  uint32_t key_register(uint32_t step, uint32_t key) const {
    const size_t steps = param_.steps.size();
    return list_[steps * kStepRegisters + step * param_.keys + key];
  }
  const uint32_t* comparison_registers(size_t comparison) const {
    const size_t steps = param_.steps.size();
    return list_ + steps * (kStepRegisters + param_.keys) +
           comparison * kComparisonRegisters;
  }

  bool has_bit(uint32_t reg, uint32_t place) const {
    return reg == kNone || test_bit(bits(context_, reg), place);
  }
  int64_t time(uint32_t step, uint32_t place) const {
    return values<int64_t>(context_, step_register(step, kTime))[place];
  }
  // Until when `step` may happen, or is waited for, behind the one before it.
  int64_t deadline(uint32_t step, const Reached& before) const {
    const int64_t within = param_.steps[step].within;
    if (within != 0) return wrap_add(before.time, within);
    const uint32_t reg = step_register(step, kDeadline);
    return reg == kNone ? kOpen : values<int64_t>(context_, reg)[before.place];
  }
  bool is_bounded(uint32_t step) const {
    return step_register(step, kDeadline) != kNone ||
           param_.steps[step].within != 0;
  }
  const KernelTable& table(uint32_t step) const {
    return context_.view->tables[param_.steps[step].table];
  }

  // ---- groups of equal keys ----

  // Codes are compared only where all steps have them from one dictionary:
  // texts and codes have different orders.
  bool has_one_dictionary(uint32_t key) const {
    const Dictionary* first = dictionary(param_.steps[0].slots[key]);
    return std::ranges::all_of(param_.steps, [&](const SequenceStep& step) {
      return dictionary(step.slots[key]) == first;
    });
  }

  void sort_entries() {
    count_ = 0;
    by_text_ = 0;
    for (uint32_t key = 0; key < param_.keys; ++key) {
      const bool by_text = key < 64 && !has_one_dictionary(key);
      if (by_text) by_text_ |= uint64_t{1} << key;
    }
    for (uint32_t step = 0; step < param_.steps.size(); ++step) {
      if (param_.steps[step].like == step) add_entries(step);
    }
    std::sort(entries_, entries_ + count_, [&](const Entry& a, const Entry& b) {
      const int order = compare_keys(a, b);
      if (order != 0) return order < 0;
      return a.like != b.like ? a.like < b.like : a.place < b.place;
    });
  }

  void add_entries(uint32_t like) {
    const uint32_t* offsets = table(like).offsets;
    for (uint32_t at = offsets[row_]; at < offsets[row_ + 1]; ++at) {
      bool used = false;
      for (uint32_t step = like; step < param_.steps.size() && !used; ++step) {
        used = param_.steps[step].like == like &&
               has_bit(step_register(step, kMask), at);
      }
      if (used) entries_[count_++] = {like, at};
    }
  }

  int compare_keys(const Entry& a, const Entry& b) const {
    for (uint32_t key = 0; key < param_.keys; ++key) {
      const int order = compare_key(a, b, key);
      if (order != 0) return order;
    }
    return 0;
  }

  int compare_key(const Entry& a, const Entry& b, uint32_t key) const {
    const uint32_t left = key_register(a.like, key);
    const uint32_t right = key_register(b.like, key);
    if (context_.params->registers[left].kind == RegisterKind::kF64) {
      const double x = values<double>(context_, left)[a.place];
      const double y = values<double>(context_, right)[b.place];
      return x < y ? -1 : x > y;
    }
    const int64_t x = values<int64_t>(context_, left)[a.place];
    const int64_t y = values<int64_t>(context_, right)[b.place];
    const Dictionary* texts = dictionary(param_.steps[a.like].slots[key]);
    const Dictionary* others = dictionary(param_.steps[b.like].slots[key]);
    const bool by_code = key < 64 && (by_text_ >> key & 1) == 0;
    const bool codes = texts != nullptr || others != nullptr;
    if (by_code || !codes) return x < y ? -1 : x > y;
    return text_of(texts, x).compare(text_of(others, y));
  }

  const Dictionary* dictionary(uint32_t slot) const {
    return slot == kNone ? nullptr : column(context_, slot).dictionary;
  }
  static std::string_view text_of(const Dictionary* texts, int64_t code) {
    const bool known = texts != nullptr && code > 0 && code <= texts->size();
    return known ? texts->text(static_cast<uint32_t>(code)) : "";
  }

  // ---- the events of a step ----

  // Those of the group that the step's filter takes, in the order of time.
  class Cursor {
   public:
    Cursor(const Sequence& sequence, uint32_t step)
        : sequence_(sequence),
          step_(step),
          mask_(values_or_null<uint64_t>(sequence.context_,
                                         sequence.step_register(step, kMask))) {
      if (sequence.param_.keys == 0) {
        const uint32_t* offsets = sequence.table(step).offsets;
        at_ = offsets[sequence.row_];
        end_ = std::max(offsets[sequence.row_ + 1], at_);
      } else {
        entries_ = sequence.entries_of(step);
        end_ = static_cast<uint32_t>(entries_.size());
      }
      settle();
    }

    bool done() const { return at_ >= end_; }
    uint32_t place() const {
      return entries_.empty() ? at_ : entries_[at_].place;
    }
    int64_t time() const { return time_; }
    void next() {
      ++at_;
      settle();
    }
    // On to the first one later than `than`.
    void pass(int64_t than) {
      while (!done() && time_ <= than) next();
    }

   private:
    void settle() {
      for (; at_ < end_; ++at_) {
        if (skip_word()) continue;
        if (sequence_.counts(step_, place(), mask_)) break;
      }
      if (!done()) time_ = sequence_.time(step_, place());
    }
    // Over 64 events of which none counts.
    bool skip_word() {
      if (mask_ == nullptr || !entries_.empty()) return false;
      if (mask_[at_ / 64] >> (at_ % 64) != 0) return false;
      at_ |= 63;
      return true;
    }

    const Sequence& sequence_;
    uint32_t step_;
    const uint64_t* mask_;
    std::span<const Entry> entries_;
    uint32_t at_ = 0;
    uint32_t end_ = 0;
    int64_t time_ = 0;
  };

  std::span<const Entry> entries_of(uint32_t step) const {
    const uint32_t like = param_.steps[step].like;
    const auto found = std::ranges::equal_range(group_, like, {}, &Entry::like);
    return {found.begin(), found.end()};
  }

  // In the mask, and what it must be to the fixed events.
  bool counts(uint32_t step, uint32_t place, const uint64_t* mask) const {
    if (mask != nullptr && !test_bit(mask, place)) return false;
    for (size_t i = 0; i < param_.comparisons.size(); ++i) {
      const SequenceComparison& each = param_.comparisons[i];
      const uint32_t fixed = param_.steps[each.other].fixed;
      if (each.own != step || fixed == kNone) continue;
      if (!compares(i, place, fixed_[fixed])) return false;
    }
    return true;
  }

  // ---- comparisons ----

  bool compares(size_t index, uint32_t own, uint32_t other) const {
    const SequenceComparison& each = param_.comparisons[index];
    const uint32_t* registers = comparison_registers(index);
    other = value_place(each.other, other);
    const bool present =
        has_bit(registers[1], own) && has_bit(registers[3], other);
    return (present && holds(each, registers, own, other)) != each.negated;
  }

  bool holds(const SequenceComparison& each, const uint32_t* registers,
             uint32_t own, uint32_t other) const {
    if (each.test == StepTest::kText) {
      return same_text(each, values<int64_t>(context_, registers[0])[own],
                       values<int64_t>(context_, registers[2])[other]);
    }
    switch (context_.params->registers[registers[0]].kind) {
      case RegisterKind::kF64: {
        const double a = values<double>(context_, registers[0])[own];
        const double b = values<double>(context_, registers[2])[other];
        return passes(each.test, order_of(a, b));
      }
      case RegisterKind::kI128:
        return passes(each.test,
                      order_of(values<Int128>(context_, registers[0])[own],
                               values<Int128>(context_, registers[2])[other]));
      default:
        return passes(each.test,
                      order_of(values<int64_t>(context_, registers[0])[own],
                               values<int64_t>(context_, registers[2])[other]));
    }
  }

  bool same_text(const SequenceComparison& each, int64_t a, int64_t b) const {
    const Dictionary* left = dictionary(each.slot);
    const Dictionary* right = dictionary(each.slot2);
    if (left == nullptr || right == nullptr || a <= 0 || b <= 0 ||
        a > left->size() || b > right->size()) {
      return false;
    }
    if (left == right && (a == b || each.mode == 0)) return a == b;
    return context_.params->texts->equal(*left, static_cast<uint32_t>(a),
                                         *right, static_cast<uint32_t>(b),
                                         each.mode);
  }

  // Where an event's value stands: of an order at its first row that counts.
  uint32_t value_place(uint32_t step, uint32_t place) const {
    const KernelTable& from = table(step);
    if (!param_.steps[step].by_order || from.every_row_is_an_order != 0 ||
        from.order_starts == nullptr) {
      return place;
    }
    const uint32_t rows = step_register(step, kRows);
    const uint32_t begin = from.offsets[row_];
    uint32_t first = place;
    for (uint32_t at = place; at > begin && !test_bit(from.order_starts, at);) {
      --at;
      if (has_bit(rows, at)) first = at;
    }
    return first;
  }

  // Comparisons of a step with the positive step before it, at one event.
  bool fits(uint32_t step, uint32_t place, const Reached& before) const {
    for (size_t i = 0; i < param_.comparisons.size(); ++i) {
      const SequenceComparison& each = param_.comparisons[i];
      if (each.own != step || param_.steps[each.other].fixed != kNone) continue;
      if (!compares(i, place, before.place)) return false;
    }
    return true;
  }
  bool is_compared(uint32_t step) const {
    return std::ranges::any_of(
        param_.comparisons, [&](const SequenceComparison& each) {
          return each.own == step && param_.steps[each.other].fixed == kNone;
        });
  }

  // ---- chains ----

  uint32_t steps() const { return static_cast<uint32_t>(param_.steps.size()); }
  uint32_t next_positive(uint32_t step) const {
    while (++step < steps() && param_.steps[step].negated) {
    }
    return step;
  }

  bool group_holds() {
    List list = events(0, buffers_[0]);
    for (Reached& each : list) each.bound = deadline(0, each);
    return goes_on(0, list, 0);
  }

  List events(uint32_t step, Reached* out) const {
    size_t count = 0;
    for (Cursor at(*this, step); !at.done(); at.next()) {
      out[count++] = {at.time(), kEarliest, at.place()};
    }
    return {out, count};
  }

  // Whether a chain that ends at one of these events of a step can be
  // finished. `level`: how many steps are fixed.
  bool goes_on(uint32_t step, List list, size_t level) {
    while (!list.empty()) {
      const uint32_t fixed = param_.steps[step].fixed;
      if (fixed != kNone && fixed == level) {
        return one_goes_on(step, list, level);
      }
      const uint32_t next = next_positive(step);
      if (next == steps()) return closes(step, list);
      Reached* const first = buffers_[2 * level];
      list = followed(step, next, list,
                      list.data() == first ? buffers_[2 * level + 1] : first);
      step = next;
    }
    return false;
  }

  // One event of a fixed step after the other.
  bool one_goes_on(uint32_t step, List list, size_t level) {
    for (const Reached& each : list) {
      fixed_[level] = each.place;
      Reached* const alone = buffers_[2 * (level + 1)];
      *alone = each;
      if (goes_on(step, {alone, 1}, level + 1)) return true;
    }
    return false;
  }

  // The events of `next` that can follow those of `step`.
  List followed(uint32_t step, uint32_t next, List list, Reached* out) const {
    bool pairs = is_compared(next);
    for (uint32_t no = step + 1; no < next; ++no) {
      pairs = pairs || is_compared(no);
      if (!is_compared(no) && is_bounded(no)) list = without(no, list);
    }
    List found = events(next, out);
    found = pairs ? pair_by_pair(step, next, list, found)
                  : one_by_one(step, next, list, found);
    return kept(found, [](const Reached& each) {
      return each.bound != kEarliest && each.time <= each.bound;
    });
  }

  template <class Keep>
  static List kept(List list, Keep keep) {
    const auto end = std::remove_if(list.begin(), list.end(),
                                    [&](Reached& each) { return !keep(each); });
    return {list.begin(), end};
  }

  // Those with no event of the negated step behind them, until its deadline.
  List without(uint32_t no, List list) const {
    Cursor at(*this, no);
    return kept(list, [&](const Reached& each) {
      at.pass(each.time);
      return at.done() || at.time() > deadline(no, each);
    });
  }

  List one_by_one(uint32_t step, uint32_t next, List list, List found) const {
    for (uint32_t no = step + 1; no < next; ++no) {
      if (!is_bounded(no)) raise_bounds(no, found);
    }
    // Of the events before, those that no later one is better than: by their
    // deadline or their bound. These are few, mostly one: the length of days
    // and months differs by little. They stand where `list` began.
    size_t read = 0;
    size_t best = 0;
    for (Reached& each : found) {
      for (; read < list.size() && list[read].time < each.time; ++read) {
        while (best > 0 && is_better(list[read], list[best - 1], next)) --best;
        list[best++] = list[read];
      }
      const List still = kept(list.first(best), [&](const Reached& before) {
        return before.time >= each.bound && deadline(next, before) >= each.time;
      });
      best = still.size();
      each.bound = kEarliest;
      for (const Reached& before : still) {
        each.bound = std::max(each.bound, before.bound);
      }
    }
    return found;
  }

  bool is_better(const Reached& later, const Reached& than,
                 uint32_t next) const {
    return later.bound >= than.bound &&
           deadline(next, later) >= deadline(next, than);
  }

  // No event of the negated step is strictly between.
  void raise_bounds(uint32_t no, List found) const {
    Cursor at(*this, no);
    int64_t last = kEarliest;
    for (Reached& each : found) {
      for (; !at.done() && at.time() < each.time; at.next()) last = at.time();
      each.bound = std::max(each.bound, last);
    }
  }

  List pair_by_pair(uint32_t step, uint32_t next, List list, List found) const {
    for (const Reached& before : list) {
      const int64_t end = limit(step, next, before);
      for (Reached& each : found) {
        const bool follows = each.time > before.time && each.time <= end;
        if (!follows || each.bound >= before.bound) continue;
        if (fits(next, each.place, before)) each.bound = before.bound;
      }
    }
    return found;
  }

  // Until when `next` may follow the event.
  int64_t limit(uint32_t step, uint32_t next, const Reached& before) const {
    int64_t end = deadline(next, before);
    for (uint32_t no = step + 1; no < next; ++no) {
      const int64_t first = first_behind(no, before);
      if (!is_bounded(no)) end = std::min(end, first);
      const bool spoilt = is_bounded(no) && first <= deadline(no, before);
      if (spoilt) return kEarliest;
    }
    return end;
  }

  // The time of the first event of a negated step behind an event.
  int64_t first_behind(uint32_t no, const Reached& before) const {
    Cursor at(*this, no);
    at.pass(before.time);
    while (!at.done() && !fits(no, at.place(), before)) at.next();
    return at.done() ? kOpen : at.time();
  }

  // Negated steps at the end.
  bool closes(uint32_t step, List list) const {
    for (uint32_t no = step + 1; no < steps(); ++no) {
      if (!is_compared(no)) {
        list = without(no, list);
        continue;
      }
      list = kept(list, [&](const Reached& each) {
        const int64_t first = first_behind(no, each);
        return first == kOpen || first > deadline(no, each);
      });
    }
    return !list.empty();
  }

  const KernelContext& context_;
  const SequenceParam& param_;
  const uint32_t* list_;
  std::array<Reached*, 2 * (kMostFixedSteps + 1)> buffers_ = {};
  std::array<uint32_t, kMostFixedSteps> fixed_ = {};  // places
  Entry* entries_ = nullptr;
  size_t count_ = 0;
  std::span<const Entry> group_;
  size_t row_ = 0;
  uint64_t by_text_ = 0;  // a bit for each of the first 64 keys
};

// What stands behind begins at a cache line.
uint64_t linked_bytes(const SequenceParam& param) {
  return (LinkedChain::work_bytes(param) + 63) / 64 * 64;
}

KITLE_KERNEL(sequence) {
  const SequenceParam& param = context.params->sequences[what.param];
  const auto* list = context.params->lists[what.list].data();
  uint64_t* out = bits(context, what.dst);
  mark_sequence_rows(context, param, list, out);
  const auto of_two = SequenceOfTwo::make(context, param, list);
  const auto plain = PlainSequence::make(context, param, list);
  std::byte* work = context.scratch->work;
  auto linked = LinkedChain::make(context, param, list, work);
  Sequence whole(context, what, work + linked_bytes(param));
  for (size_t word = 0; word < (size_t{context.view->rows} + 63) / 64; ++word) {
    for (uint64_t rest = out[word]; rest != 0; rest &= rest - 1) {
      const size_t row = word * 64 + std::countr_zero(rest);
      auto found = of_two ? of_two->holds(row) : std::nullopt;
      if (plain && !found) found = plain->holds(row);
      if (linked && !found) found = linked->holds(row);
      if (!found) found = whole.holds(row);
      if (!*found) set_bit(out, row, false);
    }
  }
}

}  // namespace

void add_sequence_kernels(KernelTableByOp& table) {
  table[static_cast<size_t>(Op::kSequence)] = sequence;
}

uint64_t sequence_work_bytes(const SequenceParam& param,
                             const ChunkLimits& limits) {
  uint64_t most = 0;
  uint64_t all = 0;
  for (uint32_t step = 0; step < param.steps.size(); ++step) {
    const uint64_t places = places_in(param.steps[step].table, limits);
    most = std::max(most, places);
    if (param.steps[step].like == step) all += places;
  }
  const auto buffers = static_cast<uint64_t>(Sequence::buffers_needed(param));
  return linked_bytes(param) + buffers * most * sizeof(Reached) +
         (param.keys == 0 ? 0 : all * sizeof(Entry));
}

}  // namespace kitle
