#include "tests/support/eval/random_program.h"

#include <algorithm>
#include <map>

#include "tests/support/eval/random_parameters.h"

namespace kitle::test {
namespace {

using Kind = RegisterKind;

constexpr uint32_t kAnywhere = kProfiles - 1;

bool stores_integers(const Slot& slot) {
  return !is_list(slot.type) && slot.type != TypeKind::kNumber;
}

class Generator {
 public:
  Generator(Random& random, RandomBlock& block)
      : random_(random),
        block_(block),
        code_(block.program.general),
        parameters_(random, block) {}

  void run(size_t instructions) {
    block_.program.numbers = {0.0, -2.5, 1e300, 3.0};
    for (const uint32_t domain : {kProfiles, 0u, 1u, 2u}) seed(domain);
    while (code_.instructions.size() < instructions) add_random();
    add_outputs();
    block_.program.fast = code_;
    bind_random(block_);
  }

 private:
  // ---- registers ----

  using Pool = std::pair<Kind, uint32_t>;

  uint32_t fresh(Kind kind, uint32_t domain) {
    code_.registers.push_back({kind, domain});
    return static_cast<uint32_t>(code_.registers.size()) - 1;
  }
  uint32_t define(Kind kind, uint32_t domain) {
    const uint32_t reg = fresh(kind, domain);
    pools_[{kind, domain}].push_back(reg);
    return reg;
  }
  uint32_t any_of(const std::vector<uint32_t>& list) {
    // Mostly new ones, so that operations build on each other.
    const auto size = static_cast<int64_t>(list.size());
    const int64_t low =
        chance(random_, 0.7) ? std::max<int64_t>(0, size - 8) : 0;
    return list[static_cast<size_t>(pick(random_, low, size - 1))];
  }
  uint32_t use(Kind kind, uint32_t domain) {
    return any_of(pools_[{kind, domain}]);
  }
  uint32_t domain() { return chance(random_, 0.4) ? kProfiles : table(); }
  uint32_t table() {
    return static_cast<uint32_t>(chance(random_, 0.05) ? 2
                                                       : pick(random_, 0, 1));
  }
  template <class Fits>
  uint32_t slot_where(uint32_t in, Fits fits) {
    std::vector<uint32_t> found;
    for (uint32_t i = 0; i < block_.program.slots.size(); ++i) {
      const Slot& slot = block_.program.slots[i];
      if ((in == kAnywhere || slot.domain() == in) && fits(slot)) {
        found.push_back(i);
      }
    }
    return found[static_cast<size_t>(
        pick(random_, 0, static_cast<int64_t>(found.size()) - 1))];
  }
  uint32_t integers(uint32_t in) { return slot_where(in, stores_integers); }
  uint32_t numbers(uint32_t in) {
    return slot_where(
        in, [](const Slot& s) { return s.type == TypeKind::kNumber; });
  }
  uint32_t codes(uint32_t in) {
    return slot_where(in, [](const Slot& s) { return is_text_like(s.type); });
  }
  uint32_t lists(uint32_t in) {
    return slot_where(in, [](const Slot& s) { return is_list(s.type); });
  }

  // ---- instructions ----

  void add(Op op, Kind kind, uint32_t in, Instruction what) {
    what.op = op;
    what.dst = define(kind, in);
    code_.instructions.push_back(what);
  }

  void seed(uint32_t in) {
    for (int i = 0; i < 4; ++i) {
      add(Op::kLoadI, Kind::kI64, in, {.slot = integers(in)});
      const uint32_t slot = integers(in);
      add(Op::kInRange, Kind::kBits, in,
          {.slot = slot, .param = parameters_.range_near(slot)});
    }
    add(Op::kLoadF, Kind::kF64, in, {.slot = numbers(in)});
    add(Op::kWiden, Kind::kI128, in, {.a = use(Kind::kI64, in)});
  }

  void add_random() {
    if (chance(random_, 0.03)) return add_sequence(table(), table());
    switch (pick(random_, 0, 9)) {
      case 0:
        return add_leaf(domain());
      case 1:
        return add_bits(domain());
      case 2:
        return add_integer(domain());
      case 3:
        return add_wide(domain());
      case 4:
        return add_number(domain());
      case 5:
        return add_fold(table());
      case 6:
        return add_position(table());
      case 7:
        return add_order(chance(random_, 0.8) ? 1 : table());
      case 8:
        return add_spread(table());
      default:
        return add_time(domain());
    }
  }

  void add_leaf(uint32_t in) {
    const uint32_t slot = integers(in);
    if (chance(random_, 0.1)) {
      return add(Op::kListLength, Kind::kI64, in, {.slot = lists(in)});
    }
    switch (pick(random_, 0, 9)) {
      case 0:
        return add(Op::kAllBits, Kind::kBits, in,
                   {.imm = static_cast<int32_t>(pick(random_, 0, 1))});
      case 1:
        return add(Op::kInRange, Kind::kBits, in,
                   {.slot = slot, .param = parameters_.range_near(slot)});
      case 2:
        return add(Op::kInSet, Kind::kBits, in,
                   {.slot = codes(in), .param = parameters_.set()});
      case 3:
        return add(Op::kListHas, Kind::kBits, in,
                   {.slot = lists(in), .param = parameters_.set()});
      case 4:
        return add(Op::kPresent, Kind::kBits, in,
                   {.slot = slot_where(in, [](const Slot&) { return true; })});
      case 5:
        return add(Op::kLoadI, Kind::kI64, in, {.slot = slot});
      case 6:
        return add(Op::kLoadF, Kind::kF64, in, {.slot = numbers(in)});
      case 7:
        return add(Op::kParamI, Kind::kI64, in,
                   {.param = parameters_.integer(-9, 9)});
      case 8:
        return add(Op::kParamW, Kind::kI128, in,
                   {.param = parameters_.integer(INT64_MIN, INT64_MAX)});
      default:
        return add(Op::kParamF, Kind::kF64, in,
                   {.param = static_cast<uint32_t>(pick(random_, 0, 3))});
    }
  }

  void add_binary(Op first, Op last, Kind from, Kind to, uint32_t in,
                  bool can_fail = false) {
    const auto op = static_cast<Op>(
        pick(random_, static_cast<int64_t>(first), static_cast<int64_t>(last)));
    Instruction what;
    what.a = use(from, in);
    what.b = use(from, in);
    if (can_fail) what.dst2 = define(Kind::kBits, in);
    add(op, to, in, what);
  }

  void add_bits(uint32_t in) {
    if (chance(random_, 0.2)) {
      return add(Op::kNot, Kind::kBits, in, {.a = use(Kind::kBits, in)});
    }
    add_binary(Op::kAnd, Op::kAndNot, Kind::kBits, Kind::kBits, in);
  }

  void add_integer(uint32_t in) {
    const uint32_t a = use(Kind::kI64, in);
    if (chance(random_, 0.3)) return add_keys(in, a);
    switch (pick(random_, 0, 7)) {
      case 0:
        return add(Op::kNegI, Kind::kI64, in, {.a = a});
      case 1:
        return add(Op::kFloorDivI, Kind::kI64, in,
                   {.a = a, .param = parameters_.divisor()});
      case 2:
        return add(Op::kRangeI, Kind::kBits, in,
                   {.a = a, .param = parameters_.range_near(integers(in))});
      case 3: {
        const uint32_t slot = codes(kAnywhere);
        return add(Op::kSetI, Kind::kBits, in,
                   {.a = a, .slot = slot, .param = parameters_.set()});
      }
      case 4:
        return add_binary(Op::kEqI, Op::kLeI, Kind::kI64, Kind::kBits, in);
      case 5:
        return add_binary(Op::kLesserI, Op::kGreaterI, Kind::kI64, Kind::kI64,
                          in);
      default:
        return add_binary(Op::kAddI, Op::kMulI, Kind::kI64, Kind::kI64, in);
    }
  }

  void add_keys(uint32_t in, uint32_t a) {
    const uint32_t slot = codes(kAnywhere);
    switch (pick(random_, 0, 3)) {
      case 0:
        return add(Op::kAmongI, Kind::kBits, in,
                   {.a = a,
                    .param = RandomParameters::append(
                        block_.program.wholes,
                        WholesParam{parameters_.some_wholes()})});
      case 1:
        return add(Op::kTextLength, Kind::kI64, in, {.a = a, .slot = slot});
      case 2:
        return add_two(
            Op::kLookUp, Kind::kI64, in,
            {.a = a, .slot = slot, .param = parameters_.lookup(true)});
      default:
        return add_two(
            Op::kLookUpI, Kind::kI64, in,
            {.a = use(Kind::kI128, in), .param = parameters_.lookup(false)});
    }
  }

  // With bits as a second result, which nothing of it may read.
  void add_two(Op op, Kind kind, uint32_t in, Instruction what) {
    what.dst2 = fresh(Kind::kBits, in);
    const uint32_t second = what.dst2;
    add(op, kind, in, what);
    pools_[{Kind::kBits, in}].push_back(second);
  }

  void add_round(uint32_t in) {
    Instruction what;
    what.imm = static_cast<int32_t>(pick(random_, 0, 2));
    if (chance(random_, 0.5)) {
      what.a = use(Kind::kF64, in);
      return add_two(Op::kRoundF, Kind::kI128, in, what);
    }
    what.a = use(Kind::kI128, in);
    what.b = use(Kind::kI128, in);
    add_two(Op::kRoundW, Kind::kI128, in, what);
  }

  void add_wide(uint32_t in) {
    if (chance(random_, 0.2)) return add_round(in);
    switch (pick(random_, 0, 5)) {
      case 0:
        return add(Op::kWiden, Kind::kI128, in, {.a = use(Kind::kI64, in)});
      case 1: {
        const uint32_t error = define(Kind::kBits, in);
        pools_[{Kind::kBits, in}].pop_back();
        add(Op::kNegW, Kind::kI128, in,
            {.dst2 = error, .a = use(Kind::kI128, in)});
        pools_[{Kind::kBits, in}].push_back(error);
        return;
      }
      case 2:
        return add_binary(Op::kEqW, Op::kLeW, Kind::kI128, Kind::kBits, in);
      default:
        return add_binary(Op::kAddW, Op::kMulW, Kind::kI128, Kind::kI128, in,
                          true);
    }
  }

  void add_number(uint32_t in) {
    const uint32_t wide = use(Kind::kI128, in);
    const uint32_t number = use(Kind::kF64, in);
    switch (pick(random_, 0, 7)) {
      case 0:
        return add(Op::kNegF, Kind::kF64, in, {.a = number});
      case 1:
        return add(Op::kFinite, Kind::kBits, in, {.a = number});
      case 2:
        return add(Op::kIToF, Kind::kF64, in, {.a = use(Kind::kI64, in)});
      case 3:
        return add(Op::kWToF, Kind::kF64, in, {.a = wide});
      case 4:
        return add(Op::kQuotient, Kind::kF64, in,
                   {.a = wide, .b = use(Kind::kI128, in)});
      case 5:
        return add(Op::kCmpWF, Kind::kBits, in,
                   {.a = wide,
                    .b = number,
                    .imm = static_cast<int32_t>(pick(random_, 0, 4))});
      case 6:
        return add_binary(Op::kEqF, Op::kLeF, Kind::kF64, Kind::kBits, in);
      default:
        return add_binary(Op::kAddF, Op::kDivF, Kind::kF64, Kind::kF64, in);
    }
  }

  // ---- events to profiles ----

  // Events of table `t` in a mask and a span, either of which may be left out.
  Instruction some_events(uint32_t t) {
    Instruction what;
    what.table = t;
    if (chance(random_, 0.8)) what.a = use(Kind::kBits, t);
    if (!spans_[t].empty() && chance(random_, 0.3)) {
      const auto& span = spans_[t][static_cast<size_t>(
          pick(random_, 0, static_cast<int64_t>(spans_[t].size()) - 1))];
      if (chance(random_, 0.9)) what.b = span.first;
      if (chance(random_, 0.9)) what.c = span.second;
    }
    return what;
  }

  Instruction slot_or_register(Instruction what, Kind kind, uint32_t t) {
    if (chance(random_, 0.5)) {
      what.v = use(kind, t);
    } else {
      what.slot = kind == Kind::kF64 ? numbers(t) : integers(t);
    }
    return what;
  }

  void add_fold(uint32_t t) {
    const Instruction what = some_events(t);
    switch (pick(random_, 0, 12)) {
      case 0:
        return add(Op::kAny, Kind::kBits, kProfiles, what);
      case 1:
        return add(Op::kCount, Kind::kI64, kProfiles, what);
      case 2:
        return add_slot_fold(Op::kSumI, Kind::kI64, what);
      case 3:
        return add_slot_fold(Op::kSumF, Kind::kF64, what);
      case 4:
        return add_slot_fold(Op::kMinI, Kind::kI64, what);
      case 5:
        return add_slot_fold(Op::kMaxI, Kind::kI64, what);
      case 6:
        return add_slot_fold(Op::kMinF, Kind::kF64, what);
      case 7:
        return add_slot_fold(Op::kMaxF, Kind::kF64, what);
      case 8:
        return add_sum_wide(what);
      case 9:
        return add_wide_end(what);
      case 10:
        return add_distinct(what);
      case 11:
        return add(Op::kDays, Kind::kI64, kProfiles, what);
      default:
        return add_gap(what);
    }
  }

  void add_slot_fold(Op op, Kind kind, const Instruction& what) {
    add(op, kind, kProfiles, slot_or_register(what, kind, what.table));
  }

  void add_sum_wide(Instruction what) {
    what = chance(random_, 0.5) ? slot_or_register(what, Kind::kI64, what.table)
                                : what;
    if (what.v == kNone && what.slot == kNone) {
      what.v = use(Kind::kI128, what.table);
    }
    what.dst2 = define(Kind::kBits, kProfiles);
    add(Op::kSumW, Kind::kI128, kProfiles, what);
  }

  void add_wide_end(Instruction what) {
    what.v = use(Kind::kI128, what.table);
    add(chance(random_, 0.5) ? Op::kMinW : Op::kMaxW, Kind::kI128, kProfiles,
        what);
  }

  void add_distinct(Instruction what) {
    what = slot_or_register(what, Kind::kI64, what.table);
    if (what.v == kNone && chance(random_, 0.3)) {
      what.slot = numbers(what.table);
    }
    if (chance(random_, 0.3)) what.imm = 3;
    add(Op::kDistinct, Kind::kI64, kProfiles, what);
  }

  void add_gap(Instruction what) {
    what.dst2 = define(Kind::kBits, kProfiles);
    add(Op::kMedianGap2, Kind::kI64, kProfiles, what);
  }

  // An event of `t`, then one or none of `other`; chains are tested apart.
  void add_sequence(uint32_t t, uint32_t other) {
    SequenceParam param;
    param.steps.push_back({.table = t, .slots = {}});
    param.steps.push_back({.table = other,
                           .like = t == other ? 0u : 1u,
                           .negated = chance(random_, 0.5),
                           .slots = {}});
    std::vector<uint32_t> list;
    for (const uint32_t table : {t, other}) {
      const uint32_t mask =
          chance(random_, 0.8) ? use(Kind::kBits, table) : kNone;
      list.insert(list.end(), {mask, mask, event_times(table), kNone});
    }
    if (chance(random_, 0.5)) list.back() = use(Kind::kI64, t);
    add(Op::kSequence, Kind::kBits, kProfiles,
        {.param = RandomParameters::append(block_.program.sequences, param),
         .list = RandomParameters::append(code_.lists, list)});
  }

  uint32_t event_times(uint32_t t) {
    const uint32_t slot = slot_where(
        t, [](const Slot& s) { return s.kind == SlotKind::kEventTime; });
    add(Op::kLoadI, Kind::kI64, t, {.slot = slot});
    return code_.instructions.back().dst;
  }

  // Positions are operands of their own operations only.
  uint32_t add_hidden(Op op, Instruction what) {
    what.op = op;
    what.dst = fresh(Kind::kI64, kProfiles);
    code_.instructions.push_back(what);
    return what.dst;
  }

  void add_span(uint32_t t) {
    Instruction what;
    what.table = t;
    // Instants of the same table make bounds that matter.
    if (chance(random_, 0.8)) what.a = instants(t);
    if (chance(random_, 0.8)) what.b = instants(t);
    if (chance(random_, 0.5)) what.c = use(Kind::kBits, kProfiles);
    what.dst2 = fresh(Kind::kI64, kProfiles);
    const uint32_t second = what.dst2;
    spans_[t].push_back({add_hidden(Op::kSpan, what), second});
  }

  uint32_t position(uint32_t t) {
    Instruction what = some_events(t);
    const int64_t kind = pick(random_, 0, 3);
    if (kind > 1) {
      return add_hidden(kind == 2 ? Op::kFirst : Op::kLast, what);
    }
    what = slot_or_register(what, Kind::kI64, t);
    if (what.v == kNone && chance(random_, 0.3)) what.slot = numbers(t);
    return add_hidden(Op::kMostFrequent, what);
  }

  uint32_t instants(uint32_t t) {
    if (chance(random_, 0.2)) return use(Kind::kI64, kProfiles);
    const uint32_t at = add_hidden(
        chance(random_, 0.5) ? Op::kFirst : Op::kLast, some_events(t));
    Instruction what;
    what.table = t;
    what.a = at;
    what.slot = slot_where(
        t, [](const Slot& s) { return s.kind == SlotKind::kEventTime; });
    add(Op::kTakeI, Kind::kI64, kProfiles, what);
    return what.dst = code_.instructions.back().dst;
  }

  void add_position(uint32_t t) {
    if (chance(random_, 0.3)) return add_span(t);
    Instruction what;
    what.table = t;
    what.a = position(t);
    switch (pick(random_, 0, 3)) {
      case 0:
        return add(Op::kTakeI, Kind::kI64, kProfiles,
                   slot_or_register(what, Kind::kI64, t));
      case 1:
        return add(Op::kTakeF, Kind::kF64, kProfiles,
                   slot_or_register(what, Kind::kF64, t));
      case 2:
        what.v = use(Kind::kI128, t);
        return add(Op::kTakeW, Kind::kI128, kProfiles, what);
      default:
        what.b = use(Kind::kBits, t);
        return add(Op::kTakeBits, Kind::kBits, kProfiles, what);
    }
  }

  void add_order(uint32_t t) {
    Instruction what;
    if (chance(random_, 0.8)) what.a = use(Kind::kBits, t);
    switch (pick(random_, 0, 4)) {
      case 0:
        return add(Op::kOrderFirst, Kind::kBits, t, what);
      case 1:
        return add(Op::kOrderHas, Kind::kBits, t, what);
      case 2:
        return add(Op::kOrderSumI, Kind::kI64, t,
                   slot_or_register(what, Kind::kI64, t));
      case 3:
        return add(Op::kOrderSumW, Kind::kI128, t,
                   slot_or_register(what, Kind::kI64, t));
      default:
        return add(Op::kOrderSumF, Kind::kF64, t,
                   slot_or_register(what, Kind::kF64, t));
    }
  }

  void add_spread(uint32_t t) {
    switch (pick(random_, 0, 3)) {
      case 0:
        return add(Op::kSpreadBits, Kind::kBits, t,
                   {.a = use(Kind::kBits, kProfiles)});
      case 1:
        return add(Op::kSpreadI, Kind::kI64, t,
                   {.a = use(Kind::kI64, kProfiles)});
      case 2:
        return add(Op::kSpreadW, Kind::kI128, t,
                   {.a = use(Kind::kI128, kProfiles)});
      default:
        return add(Op::kSpreadF, Kind::kF64, t,
                   {.a = use(Kind::kF64, kProfiles)});
    }
  }

  void add_time(uint32_t in) {
    const uint32_t a = use(Kind::kI64, in);
    if (chance(random_, 0.15)) {
      return add(Op::kBirthday, Kind::kBits, in,
                 {.a = a, .param = parameters_.days()});
    }
    switch (pick(random_, 0, 6)) {
      case 0:
        return add(Op::kShift, Kind::kI64, in,
                   {.a = a, .param = parameters_.step()});
      case 1:
        return add(Op::kDayStart, Kind::kI64, in,
                   {.a = a, .imm = static_cast<int32_t>(pick(random_, 0, 1))});
      case 2:
        return add(Op::kLocalDay, Kind::kI64, in, {.a = a});
      case 3:
        return add(Op::kAge, Kind::kI64, in, {.a = a});
      case 4:
        return add(Op::kLocalHour, Kind::kI64, in, {.a = a});
      case 5:
        return add(Op::kWeekday, Kind::kI64, in, {.a = a});
      default:
        return add_texts(in);
    }
  }

  // Of two columns, or of a column and the list of each place or of each
  // event's profile.
  void add_texts(uint32_t in) {
    const bool list = chance(random_, 0.5);
    const bool persons = list && in != kProfiles && chance(random_, 0.5);
    Instruction what;
    what.slot = codes(in);
    what.slot2 = list ? lists(persons ? kProfiles : in) : codes(in);
    what.a = load_codes(in, what.slot);
    if (!list) what.b = load_codes(in, what.slot2);
    what.imm = static_cast<int32_t>(pick(random_, 0, 2));
    const Op of_list = persons ? Op::kElementOfPersons : Op::kElementOf;
    add(list ? of_list : Op::kTextEqual, Kind::kBits, in, what);
  }
  uint32_t load_codes(uint32_t in, uint32_t slot) {
    add(Op::kLoadI, Kind::kI64, in, {.slot = slot});
    return code_.instructions.back().dst;
  }

  // ---- the end ----

  void add_outputs() {
    for (uint32_t i = 0; i < 20; ++i) {
      block_.program.segments.push_back("segment" + std::to_string(i));
      Output output;
      output.segment = i;
      output.bits = use(Kind::kBits, kProfiles);
      if (chance(random_, 0.5)) output.error = use(Kind::kBits, kProfiles);
      code_.outputs.push_back(output);
    }
  }

  Random& random_;
  RandomBlock& block_;
  Code& code_;
  RandomParameters parameters_;
  std::map<Pool, std::vector<uint32_t>> pools_;
  std::map<uint32_t, std::vector<std::pair<uint32_t, uint32_t>>> spans_;
};

}  // namespace

void random_program(Random& random, size_t instructions, RandomBlock& block) {
  Generator(random, block).run(instructions);
}

}  // namespace kitle::test
