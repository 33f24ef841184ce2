#include "tests/support/eval/model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "runtime/eval/kernels_access.h"
#include "runtime/eval/wide_math.h"
#include "tests/support/eval/model_values.h"
#include "tests/support/eval/random_program.h"

namespace kitle::test {
namespace {

constexpr int64_t kHourMicros = int64_t{3600} * 1'000'000;

class Model {
 public:
  explicit Model(const RandomBlock& block)
      : block_(block),
        code_(block.program.general),
        registers_(code_.registers.size()) {
    for (size_t i = 0; i < registers_.size(); ++i) {
      const size_t count = places(code_.registers[i].domain);
      registers_[i].bits.resize(count);
      registers_[i].integers.resize(count);
      registers_[i].numbers.resize(count);
    }
  }

  std::vector<Values> run() {
    for (const Instruction& what : code_.instructions) {
      what_ = &what;
      const uint32_t domain = code_.registers[what.dst].domain;
      if (what.op >= Op::kOrderFirst && what.op <= Op::kOrderSumF) {
        run_orders(domain);
        continue;
      }
      for (size_t i = 0; i < places(domain); ++i) run_place(i);
    }
    return std::move(registers_);
  }

 private:
  size_t places(uint32_t domain) const {
    return domain == kProfiles ? block_.bound.profiles
                               : block_.tables[domain].times.size();
  }

  // ---- operands at a place ----

  Int128 integer(uint32_t reg, size_t i) const {
    return registers_[reg].integers[i];
  }
  int64_t narrow(uint32_t reg, size_t i) const {
    return static_cast<int64_t>(integer(reg, i));
  }
  double number(uint32_t reg, size_t i) const {
    return registers_[reg].numbers[i];
  }
  bool bit(uint32_t reg, size_t i) const { return registers_[reg].bits[i]; }
  const LogicalColumn& column(uint32_t slot) const {
    return block_.columns[slot];
  }
  Int128 slot_or_v(size_t i) const {
    if (what_->v != kNone) return integer(what_->v, i);
    return column(what_->slot).integers[i].value_or(0);
  }
  double number_slot_or_v(size_t i) const {
    if (what_->v != kNone) return number(what_->v, i);
    return column(what_->slot).numbers[i].value_or(0);
  }

  // ---- results ----

  void put(size_t i, bool value) { registers_[what_->dst].bits[i] = value; }
  void put_integer(size_t i, Int128 value) {
    registers_[what_->dst].integers[i] = value;
  }
  void put_wrapped(size_t i, Int128 value) {
    put_integer(i, static_cast<int64_t>(static_cast<uint64_t>(value)));
  }
  void put_number(size_t i, double value) {
    registers_[what_->dst].numbers[i] = value;
  }
  void put_second(size_t i, bool value) {
    registers_[what_->dst2].bits[i] = value;
  }
  // `value` is read once `wrong` is known: arguments have no order.
  void put_checked(size_t i, bool wrong, const Int128* value) {
    put_integer(i, wrong ? Int128{0} : *value);
    put_second(i, wrong);
  }

  // One of the operations at one place; those of 64-bit values first.
  void run_place(size_t i) {
    if (what_->op <= Op::kParamF) return run_leaf(i);
    if (what_->op <= Op::kGreaterI) return run_narrow(i);
    if (what_->op <= Op::kLeW) return run_wide(i);
    if (what_->op <= Op::kCmpWF) return run_number(i);
    if (what_->op <= Op::kSpan) return run_fold(i);
    if (what_->op == Op::kSequence) return put(i, in_sequence(i));
    if (what_->op <= Op::kTakeBits) return run_take(i);
    if (what_->op >= Op::kSpreadBits) return run_spread(i);
    run_time(i);
  }

  // Of two steps without keys and comparisons.
  bool in_sequence(size_t row) const {
    const SequenceParam& param = block_.program.sequences[what_->param];
    const std::vector<uint32_t>& list = code_.lists[what_->list];
    const LogicalTable& table = block_.tables[param.steps[0].table];
    for (size_t i = table.offsets[row]; i < table.offsets[row + 1]; ++i) {
      if (list[1] != kNone && !bit(list[1], i)) continue;
      const uint32_t deadline = list[kStepRegisters + 3];
      const int64_t end = deadline == kNone ? INT64_MAX : narrow(deadline, i);
      const bool follows =
          happens(param.steps[1].table, list[kStepRegisters + 1], row,
                  table.times[i], end);
      if (follows != param.steps[1].negated) return true;
    }
    return false;
  }

  // Whether an event of the mask is later than `than`, until `end`.
  bool happens(uint32_t t, uint32_t mask, size_t row, int64_t than,
               int64_t end) const {
    const LogicalTable& table = block_.tables[t];
    const auto times = table.times.begin();
    const auto last = times + table.offsets[row + 1];
    auto at = std::upper_bound(times + table.offsets[row], last, than);
    for (; at != last && *at <= end; ++at) {
      const auto place = static_cast<size_t>(at - times);
      if (mask == kNone || bit(mask, place)) return true;
    }
    return false;
  }

  bool in_set(Int128 code) const {
    const std::vector<uint32_t> codes = codes_of(block_, what_->param);
    return std::ranges::count(codes, code) != 0;
  }

  void run_leaf(size_t i) {
    switch (what_->op) {
      case Op::kAllBits:
        return put(i, what_->imm == 1);
      case Op::kInRange: {
        const RangeParam& range = block_.program.ranges[what_->param];
        const auto value = column(what_->slot).integers[i];
        return put(i, value && *value >= range.low && *value <= range.high);
      }
      case Op::kInSet: {
        const auto code = column(what_->slot).integers[i];
        return put(i, code && in_set(*code));
      }
      case Op::kListHas: {
        const auto& list = column(what_->slot).lists[i];
        return put(i, std::ranges::any_of(
                          list, [&](uint32_t code) { return in_set(code); }));
      }
      case Op::kPresent:
        return put(i, present(column(what_->slot), i));
      case Op::kListLength:
        return put_integer(
            i, present(column(what_->slot), i)
                   ? static_cast<Int128>(column(what_->slot).lists[i].size())
                   : 0);
      case Op::kLoadI:
        return put_integer(i, column(what_->slot).integers[i].value_or(0));
      case Op::kLoadF:
        return put_number(i, column(what_->slot).numbers[i].value_or(0));
      case Op::kParamF:
        return put_number(i, block_.program.numbers[what_->param]);
      default:
        return put_integer(i, block_.program.ints[what_->param].value);
    }
  }

  bool present(const LogicalColumn& from, size_t i) const {
    if (!from.lists.empty()) {
      return block_.bound.slots[what_->slot].physical != Physical::kAbsent;
    }
    return from.integers.empty() ? from.numbers[i].has_value()
                                 : from.integers[i].has_value();
  }

  void run_narrow(size_t i) {
    const Instruction& w = *what_;
    const Int128 a = w.op > Op::kNot ? integer(w.a, i) : 0;
    switch (w.op) {
      case Op::kAnd:
        return put(i, bit(w.a, i) && bit(w.b, i));
      case Op::kOr:
        return put(i, bit(w.a, i) || bit(w.b, i));
      case Op::kAndNot:
        return put(i, bit(w.a, i) && !bit(w.b, i));
      case Op::kNot:
        return put(i, !bit(w.a, i));
      case Op::kAddI:
        return put_wrapped(i, a + integer(w.b, i));
      case Op::kSubI:
        return put_wrapped(i, a - integer(w.b, i));
      case Op::kMulI:
        return put_wrapped(i, a * integer(w.b, i));
      case Op::kNegI:
        return put_wrapped(i, -a);
      case Op::kFloorDivI: {
        const Int128 by = block_.program.ints[w.param].value;
        Int128 quotient = a / by;
        while (quotient * by > a) --quotient;
        return put_integer(i, quotient);
      }
      case Op::kRangeI: {
        const RangeParam& range = block_.program.ranges[w.param];
        return put(i, a >= range.low && a <= range.high);
      }
      case Op::kSetI:
        return put(i, in_set(a));
      case Op::kAmongI:
        return put(i, model_among(block_.program.wholes[w.param], a));
      case Op::kTextLength:
        return put_integer(i, model_length(static_cast<int64_t>(a)));
      case Op::kLookUp:
      case Op::kLookUpI:
        return put_found(i, model_look_up(block_.program.lookups[w.param], a),
                         true);
      case Op::kEqI:
        return put(i, a == integer(w.b, i));
      case Op::kLtI:
        return put(i, a < integer(w.b, i));
      case Op::kLesserI:
        return put_integer(i, std::min(a, integer(w.b, i)));
      case Op::kGreaterI:
        return put_integer(i, std::max(a, integer(w.b, i)));
      default:
        return put(i, a <= integer(w.b, i));
    }
  }

  void put_found(size_t i, const std::optional<Int128>& value, bool second) {
    put_integer(i, value.value_or(0));
    put_second(i, value.has_value() == second);
  }

  void run_wide(size_t i) {
    const Instruction& w = *what_;
    const Int128 a = integer(w.a, i);
    const Int128 b = w.b == kNone ? 0 : integer(w.b, i);
    Int128 result = 0;
    switch (w.op) {
      case Op::kWiden:
        return put_integer(i, a);
      case Op::kAddW:
        return put_checked(i, __builtin_add_overflow(a, b, &result), &result);
      case Op::kSubW:
        return put_checked(i, __builtin_sub_overflow(a, b, &result), &result);
      case Op::kMulW:
        return put_checked(i, __builtin_mul_overflow(a, b, &result), &result);
      case Op::kRoundW:
        return put_found(i, model_rounded(a, b, w.imm), false);
      case Op::kRoundF:
        return put_found(i, model_rounded(number(w.a, i), w.imm), false);
      case Op::kNegW:
        return put_checked(i, __builtin_sub_overflow(b, a, &result), &result);
      case Op::kEqW:
        return put(i, a == b);
      case Op::kLtW:
        return put(i, a < b);
      default:
        return put(i, a <= b);
    }
  }

  void run_number(size_t i) {
    const Instruction& w = *what_;
    const double a = number(w.a, i);
    const double b = w.b == kNone ? 0 : number(w.b, i);
    switch (w.op) {
      case Op::kAddF:
        return put_number(i, a + b);
      case Op::kSubF:
        return put_number(i, a - b);
      case Op::kMulF:
        return put_number(i, a * b);
      case Op::kDivF:
        return put_number(i, b == 0 ? 0 : a / b);
      case Op::kNegF:
        return put_number(i, -a);
      case Op::kEqF:
        return put(i, a == b);
      case Op::kLtF:
        return put(i, a < b);
      case Op::kLeF:
        return put(i, a <= b);
      case Op::kFinite:
        return put(i, std::isfinite(a));
      case Op::kIToF:
        return put_number(i, static_cast<double>(narrow(w.a, i)));
      case Op::kWToF:
        return put_number(i, to_double(integer(w.a, i)));
      case Op::kQuotient:
        return put_number(i,
                          rounded_quotient(integer(w.a, i), integer(w.b, i)));
      default:
        return put(i, model_mixed(integer(w.a, i), b, w.imm));
    }
  }

  // ---- events ----

  std::vector<size_t> events_of(size_t row) const {
    const LogicalTable& table = block_.tables[what_->table];
    const bool from_span = what_->b != kNone;
    const bool to_span = what_->c != kNone;
    const size_t begin = from_span ? static_cast<size_t>(narrow(what_->b, row))
                                   : table.offsets[row];
    const size_t end = to_span ? static_cast<size_t>(narrow(what_->c, row))
                               : table.offsets[row + 1];
    std::vector<size_t> events;
    for (size_t i = begin; i < end; ++i) {
      if (what_->a == kNone || bit(what_->a, i)) events.push_back(i);
    }
    return events;
  }

  void run_fold(size_t row) {
    if (what_->op == Op::kSpan) return run_span(row);
    const std::vector<size_t> events = events_of(row);
    switch (what_->op) {
      case Op::kAny:
        return put(row, !events.empty());
      case Op::kCount:
        return put_integer(row, static_cast<int64_t>(events.size()));
      case Op::kFirst:
        return put_integer(
            row, events.empty() ? -1 : static_cast<int64_t>(events.front()));
      case Op::kLast:
        return put_integer(
            row, events.empty() ? -1 : static_cast<int64_t>(events.back()));
      case Op::kSumI:
      case Op::kSumW:
      case Op::kMinI:
      case Op::kMaxI:
      case Op::kMinW:
      case Op::kMaxW:
        return run_integers(row, events);
      case Op::kSumF:
      case Op::kMinF:
      case Op::kMaxF:
        return run_numbers(row, events);
      case Op::kDistinct:
        if (static_cast<int64_t>(events.size()) < what_->imm) {
          return put_integer(row, static_cast<int64_t>(events.size()));
        }
        return run_distinct(row, events);
      case Op::kDays:
        return run_days(row, events);
      case Op::kMostFrequent:
        return put_integer(row, most_frequent(events));
      default:
        return run_gap(row, events);
    }
  }

  void run_integers(size_t row, const std::vector<size_t>& events) {
    std::vector<Int128> found;
    for (const size_t i : events) found.push_back(slot_or_v(i));
    const bool none = found.empty();
    switch (what_->op) {
      case Op::kSumW: {
        const std::optional<Int128> sum = model_sum(found);
        return put_checked(row, !sum, sum ? &*sum : nullptr);
      }
      case Op::kMinI:
      case Op::kMinW:
        return put_integer(row, none ? 0 : std::ranges::min(found));
      case Op::kMaxI:
      case Op::kMaxW:
        return put_integer(row, none ? 0 : std::ranges::max(found));
      default: {
        UInt128 sum = 0;
        for (const Int128 value : found) sum += static_cast<UInt128>(value);
        return put_wrapped(row, static_cast<Int128>(sum));
      }
    }
  }

  void run_numbers(size_t row, const std::vector<size_t>& events) {
    std::vector<double> found;
    double sum = 0;
    for (const size_t i : events) {
      found.push_back(number_slot_or_v(i));
      sum += found.back();
    }
    if (what_->op == Op::kSumF) return put_number(row, sum);
    double result = found.empty() ? 0 : found[0];
    for (const double value : found) {
      const bool better =
          what_->op == Op::kMinF ? value < result : result < value;
      if (better) result = value;
    }
    put_number(row, result);
  }

  void run_distinct(size_t row, const std::vector<size_t>& events) {
    const bool numbers =
        what_->v == kNone && !column(what_->slot).numbers.empty();
    std::set<std::pair<Int128, double>> found;
    for (const size_t i : events) {
      found.emplace(numbers ? 0 : slot_or_v(i),
                    numbers ? number_slot_or_v(i) : 0);
    }
    put_integer(row, static_cast<int64_t>(found.size()));
  }

  void run_days(size_t row, const std::vector<size_t>& events) {
    const std::vector<int64_t>& times = block_.tables[what_->table].times;
    std::set<int64_t> days;
    for (const size_t i : events) days.insert(block_.zone->local_day(times[i]));
    put_integer(row, static_cast<int64_t>(days.size()));
  }

  // A value as a text and a number, in their order.
  using Ordered = std::pair<std::string, long double>;
  Ordered ordered_at(size_t i) const {
    if (what_->v != kNone) {
      return {"", static_cast<long double>(integer(what_->v, i))};
    }
    if (!column(what_->slot).numbers.empty()) {
      return {"", number_slot_or_v(i)};
    }
    const Dictionary* texts = block_.bound.slots[what_->slot].dictionary;
    const bool text = is_text_like(block_.program.slots[what_->slot].type);
    const auto value = static_cast<int64_t>(slot_or_v(i));
    if (!text || texts == nullptr) return {"", value};
    return {std::string(texts->text(static_cast<uint32_t>(value))), value};
  }

  // The last event of the value that most events have.
  int64_t most_frequent(const std::vector<size_t>& events) const {
    const std::vector<int64_t>& times = block_.tables[what_->table].times;
    int64_t best = -1;
    std::tuple<size_t, int64_t> best_rank;
    std::map<Ordered, std::vector<size_t>> groups;
    for (const size_t i : events) groups[ordered_at(i)].push_back(i);
    for (const auto& [value, group] : groups) {
      const std::tuple rank(group.size(), times[group.back()]);
      if (best >= 0 && rank <= best_rank) continue;
      best = static_cast<int64_t>(group.back());
      best_rank = rank;
    }
    return best;
  }

  void run_spread(size_t i) {
    const LogicalTable& table =
        block_.tables[code_.registers[what_->dst].domain];
    size_t row = 0;
    while (table.offsets[row + 1] <= i) ++row;
    switch (what_->op) {
      case Op::kElementOfPersons:
        return put(i, is_element(narrow(what_->a, i), row));
      case Op::kSpreadBits:
        return put(i, bit(what_->a, row));
      case Op::kSpreadF:
        return put_number(i, number(what_->a, row));
      default:
        return put_integer(i, integer(what_->a, row));
    }
  }

  void run_gap(size_t row, const std::vector<size_t>& events) {
    const std::vector<int64_t>& all = block_.tables[what_->table].times;
    std::vector<int64_t> times;
    for (const size_t i : events) times.push_back(all[i]);
    const std::optional<int64_t> gap = model_median_gap2(times);
    put_integer(row, gap.value_or(0));
    put_second(row, gap.has_value());
  }

  void run_span(size_t row) {
    const LogicalTable& table = block_.tables[what_->table];
    const bool open = what_->c == kNone || bit(what_->c, row);
    size_t begin = table.offsets[row];
    size_t end = open ? table.offsets[row + 1] : begin;
    const auto low = what_->a == kNone ? INT64_MIN : narrow(what_->a, row);
    const auto high = what_->b == kNone ? INT64_MAX : narrow(what_->b, row);
    while (begin < end && table.times[begin] < low) ++begin;
    while (begin < end && table.times[end - 1] > high) --end;
    put_integer(row, static_cast<int64_t>(begin));
    registers_[what_->dst2].integers[row] = static_cast<int64_t>(end);
  }

  void run_take(size_t row) {
    const int64_t at = narrow(what_->a, row);
    const auto i = static_cast<size_t>(at);
    const bool some = at >= 0;
    if (what_->op == Op::kTakeBits) return put(row, some && bit(what_->b, i));
    if (what_->op == Op::kTakeF) {
      return put_number(row, some ? number_slot_or_v(i) : 0.0);
    }
    put_integer(row, some ? slot_or_v(i) : Int128{0});
  }

  // ---- orders ----

  void run_orders(uint32_t table) {
    const std::vector<bool>& starts = block_.tables[table].order_starts;
    for (size_t begin = 0; begin < starts.size();) {
      size_t end = begin + 1;
      while (end < starts.size() && !starts[end]) ++end;
      run_order(begin, end);
      begin = end;
    }
  }

  void run_order(size_t begin, size_t end) {
    std::vector<size_t> rows;
    Int128 sum = 0;
    double number_sum = 0;
    const bool numbers = what_->op == Op::kOrderSumF;
    const bool sums =
        what_->op == Op::kOrderSumI || what_->op == Op::kOrderSumW;
    for (size_t i = begin; i < end; ++i) {
      if (what_->a != kNone && !bit(what_->a, i)) continue;
      rows.push_back(i);
      if (sums) sum += slot_or_v(i);
      if (numbers) number_sum += number_slot_or_v(i);
    }
    for (size_t i = begin; i < end; ++i) {
      put(i, what_->op == Op::kOrderHas ? !rows.empty()
                                        : !rows.empty() && rows[0] == i);
      if (what_->op == Op::kOrderSumI) put_wrapped(i, sum);
      if (what_->op == Op::kOrderSumW) put_integer(i, sum);
      put_number(i, number_sum);
    }
  }

  // ---- calendar and texts ----

  void run_time(size_t i) {
    const int64_t a = narrow(what_->a, i);
    const Zone& zone = *block_.zone;
    switch (what_->op) {
      case Op::kShift: {
        const StepParam& step = block_.program.steps[what_->param];
        return put_integer(i, zone.shift(a, step.n, step.unit));
      }
      case Op::kDayStart:
        return put_integer(i, zone.day_start(wrap_add(a, what_->imm)));
      case Op::kLocalDay:
        return put_integer(i, zone.local_day(a));
      case Op::kLocalHour:
        return put_integer(i, zone.local(a).micros / kHourMicros);
      case Op::kWeekday:
        return put_integer(i, ((Int128{a} + 3) % 7 + 7) % 7 + 1);
      case Op::kAge:
        return put_integer(i, model_age(a, block_.bound.today));
      case Op::kBirthday:
        return put(i, model_birthday(a, block_.bound.ranges[what_->param],
                                     block_.bound.today));
      case Op::kElementOf:
        return put(i, is_element(a, i));
      default:
        return put(i, equal_texts(a, narrow(what_->b, i)));
    }
  }

  bool is_element(int64_t a, size_t place) const {
    const std::vector<uint32_t>& list = column(what_->slot2).lists[place];
    return std::ranges::any_of(
        list, [&](uint32_t code) { return equal_texts(a, code); });
  }

  bool equal_texts(int64_t a, int64_t b) const {
    const Dictionary* left = block_.bound.slots[what_->slot].dictionary;
    const Dictionary* right = block_.bound.slots[what_->slot2].dictionary;
    if (a == 0 || b == 0) return false;
    return block_.equality.equal(*left, static_cast<uint32_t>(a), *right,
                                 static_cast<uint32_t>(b), what_->imm);
  }

  const RandomBlock& block_;
  const Code& code_;
  std::vector<Values> registers_;
  const Instruction* what_ = nullptr;
};

}  // namespace

std::vector<Values> run_model(const RandomBlock& block) {
  return Model(block).run();
}

}  // namespace kitle::test
