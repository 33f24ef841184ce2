// See lower_emit.h.
#include "compiler/lower_emit.h"

#include <algorithm>
#include <array>
#include <bit>

namespace kitle {
namespace {

// A byte string that is equal exactly for equal parameters.
class Key {
 public:
  template <class T>
  Key& add(T value) {
    const auto bytes = std::bit_cast<std::array<char, sizeof(T)>>(value);
    text_.append(bytes.data(), bytes.size());
    return *this;
  }
  Key& add(const std::string& text) {
    add(text.size());
    text_ += text;
    return *this;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string key_of(const Slot& slot) {
  return Key().add(slot.kind).add(slot.table).add(slot.column).take();
}

std::string key_of(const RangeParam& range) {
  const WindowSpec& window = range.window;
  return Key()
      .add(range.kind)
      .add(range.low)
      .add(range.high)
      .add(range.until_now)
      .add(window.form)
      .add(window.unit)
      .add(window.n)
      .add(window.m)
      .add(window.first_day)
      .add(window.last_day)
      .add(window.first)
      .add(window.last)
      .take();
}

std::string key_of(const IntParam& integer) {
  return Key().add(integer.kind).add(integer.value).take();
}

std::string key_of(const StepParam& step) {
  return Key().add(step.n).add(step.unit).take();
}

std::string key_of(const SetParam& set) {
  Key key;
  key.add(set.match).add(set.type).add(set.any_case);
  for (const std::string& text : set.texts) key.add(text);
  return key.take();
}

std::string key_of(const WholesParam& param) {
  Key key;
  for (const int64_t each : param.wholes) key.add(each);
  return key.take();
}

std::string key_of(const LookupParam& lookup) {
  Key key;
  key.add(lookup.type).add(lookup.any_case);
  for (const std::string& text : lookup.texts) key.add(text);
  for (const int64_t each : lookup.wholes) key.add(each);
  for (const int64_t each : lookup.values) key.add(each);
  return key.take();
}

std::string key_of(const PointsParam& points) {
  Key key;
  key.add(points.most_a_day).add(points.most).add(points.halving);
  for (const PointsLine& line : points.lines) {
    key.add(line.table).add(line.points).add(line.kind).add(line.slot);
    key.add(line.per).add(line.by_order);
  }
  return key.take();
}

std::string key_of(const SequenceParam& sequence) {
  Key key;
  key.add(sequence.keys);
  for (const SequenceStep& step : sequence.steps) {
    key.add(step.table).add(step.negated).add(step.by_order).add(step.fixed);
    key.add(step.within);
    for (const uint32_t slot : step.slots) key.add(slot);
  }
  for (const SequenceComparison& each : sequence.comparisons) {
    key.add(each.own).add(each.other).add(each.test).add(each.negated);
    key.add(each.slot).add(each.slot2).add(each.mode);
  }
  return key.take();
}

std::string key_of(const AnswersParam& answers) {
  Key key;
  for (const AnswersQuestion& each : answers.questions) {
    key.add(each.set).add(each.range).add(each.least).add(each.total);
  }
  return key.take();
}

std::string key_of(const std::vector<uint32_t>& registers) {
  Key key;
  for (const uint32_t reg : registers) key.add(reg);
  return key.take();
}

template <class T>
uint32_t once(std::unordered_map<std::string, uint32_t>& known,
              std::vector<T>& list, std::string key, const T& value) {
  const auto [it, added] =
      known.emplace(std::move(key), static_cast<uint32_t>(list.size()));
  if (added) list.push_back(value);
  return it->second;
}

constexpr std::array kResultKinds = {
#define KITLE_OP(name, text, kind) RegisterKind::kind,
#include "runtime/eval/ops.def"
#undef KITLE_OP
};

std::array<uint32_t, 11> operands(const Instruction& what) {
  return {static_cast<uint32_t>(what.op),
          what.a,
          what.b,
          what.c,
          what.v,
          what.slot,
          what.slot2,
          what.table,
          what.param,
          what.list,
          static_cast<uint32_t>(what.imm)};
}

uint64_t hash_of(const Instruction& what, uint32_t domain) {
  uint64_t hash = domain;
  for (const uint32_t part : operands(what)) {
    hash = (hash ^ part) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  }
  return hash;
}

}  // namespace

RegisterKind result_kind(Op op) {
  return kResultKinds[static_cast<size_t>(op)];
}

uint32_t Parameters::slot(const Slot& slot) {
  return once(slots_, program_.slots, key_of(slot), slot);
}

uint32_t Parameters::range(const RangeParam& range) {
  return once(ranges_, program_.ranges, key_of(range), range);
}

uint32_t Parameters::integer(const IntParam& integer) {
  return once(ints_, program_.ints, key_of(integer), integer);
}

uint32_t Parameters::number(double number) {
  return once(numbers_, program_.numbers, Key().add(number).take(), number);
}

uint32_t Parameters::step(const StepParam& step) {
  return once(steps_, program_.steps, key_of(step), step);
}

uint32_t Parameters::set(const SetParam& set) {
  return once(sets_, program_.sets, key_of(set), set);
}

uint32_t Parameters::wholes(const WholesParam& wholes) {
  return once(wholes_, program_.wholes, key_of(wholes), wholes);
}

uint32_t Parameters::lookup(const LookupParam& lookup) {
  return once(lookups_, program_.lookups, key_of(lookup), lookup);
}

uint32_t Parameters::answers(const AnswersParam& answers) {
  return once(answers_, program_.answers, key_of(answers), answers);
}

uint32_t Parameters::points(const PointsParam& points) {
  return once(points_, program_.points, key_of(points), points);
}

uint32_t Parameters::sequence(const SequenceParam& sequence) {
  return once(sequences_, program_.sequences, key_of(sequence), sequence);
}

uint32_t Emitter::list(const std::vector<uint32_t>& registers) {
  return once(lists_, code_.lists, key_of(registers), registers);
}

bool Emitter::same(const Known& a, const Known& b) {
  return a.domain == b.domain && a.two == b.two &&
         operands(a.what) == operands(b.what);
}

uint32_t Emitter::new_register(RegisterKind kind, uint32_t domain) {
  code_.registers.push_back({kind, domain, 0});
  return static_cast<uint32_t>(code_.registers.size() - 1);
}

const Instruction& Emitter::made(const Known& wanted) {
  const uint64_t hash = hash_of(wanted.what, wanted.domain);
  const auto [first, last] = known_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    const Instruction& old = code_.instructions[it->second];
    const Known known{old, code_.registers[old.dst].domain, old.dst2 != kNone};
    if (same(known, wanted)) return old;
  }
  Instruction fresh = wanted.what;
  fresh.dst = new_register(result_kind(fresh.op), wanted.domain);
  if (wanted.two) {
    const bool span = fresh.op == Op::kSpan;
    fresh.dst2 = new_register(span ? RegisterKind::kI64 : RegisterKind::kBits,
                              wanted.domain);
  }
  known_.emplace(hash, static_cast<uint32_t>(code_.instructions.size()));
  return code_.instructions.emplace_back(fresh);
}

uint32_t Emitter::emit(Instruction what, uint32_t domain) {
  return made({what, domain, false}).dst;
}

uint32_t Emitter::answers(Instruction what, const AnswersParam& param) {
  what.param = parameters_.answers(param);
  const uint32_t reg = emit(what, kProfiles);
  code_.registers[reg].questions =
      static_cast<uint32_t>(param.questions.size());
  return reg;
}

std::pair<uint32_t, uint32_t> Emitter::emit_two(Instruction what,
                                                uint32_t domain) {
  const Instruction& known = made({what, domain, true});
  return {known.dst, known.dst2};
}

void Place::fail(uint32_t bits, uint32_t present) const {
  const uint32_t failed = both(bits, present);
  error_ = error_ == kNone ? failed : either(error_, failed);
}

void Place::fail_unless_finite(uint32_t number, uint32_t present) const {
  fail(without(kNone, operation(Op::kFinite, number)), present);
}

uint32_t Place::solid(uint32_t bits) const {
  return bits == kNone ? emit({.op = Op::kAllBits, .imm = 1}) : bits;
}

uint32_t Place::both(uint32_t a, uint32_t b) const {
  if (a == kNone || a == b) return b;
  if (b == kNone) return a;
  return operation(Op::kAnd, std::min(a, b), std::max(a, b));
}

uint32_t Place::either(uint32_t a, uint32_t b) const {
  if (a == kNone || b == kNone || a == b) return std::max(a, b);
  return operation(Op::kOr, std::min(a, b), std::max(a, b));
}

uint32_t Place::without(uint32_t a, uint32_t b) const {
  if (b == kNone || a == b) return never();
  return a == kNone ? operation(Op::kNot, b) : operation(Op::kAndNot, a, b);
}

uint32_t Place::constant(Int128 value, bool wide) const {
  IntParam param;
  param.value = value;
  return emit({.op = wide ? Op::kParamW : Op::kParamI,
               .param = parameters().integer(param)});
}

uint32_t Place::number(double value) const {
  return emit({.op = Op::kParamF, .param = parameters().number(value)});
}

uint32_t Place::instant(IntParam::Kind kind) const {
  return emit(
      {.op = Op::kParamI, .param = parameters().integer({.kind = kind})});
}

uint32_t Place::within(uint32_t reg, Int128 low, Int128 high) const {
  return emit({.op = Op::kRangeI,
               .a = reg,
               .param = parameters().range(constant_range(low, high))});
}

RangeParam constant_range(Int128 low, Int128 high) {
  RangeParam range;
  if (low > high || low > INT64_MAX || high < INT64_MIN) {
    range.low = 1;
    range.high = 0;
    return range;
  }
  range.low = static_cast<int64_t>(std::max<Int128>(low, INT64_MIN));
  range.high = static_cast<int64_t>(std::min<Int128>(high, INT64_MAX));
  return range;
}

}  // namespace kitle
