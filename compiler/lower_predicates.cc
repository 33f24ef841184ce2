// Lowering: predicates, one bit each. A comparison with a missing value is
// false (Meaning 2), so every result is masked with presence.
#include <cassert>

#include "compiler/lowering.h"

namespace kitle {
namespace {

using Shape = Value::Shape;

uint32_t swapped_if(const Place& place, uint32_t turned, uint32_t plain,
                    uint32_t reverse) {
  return place.either(place.without(plain, turned),
                      place.both(reverse, turned));
}

// Where the product of the two is below 0.
uint32_t is_negative(const Place& place, const Integer& a, const Integer& b) {
  const uint32_t left = within(place, a, kLowest, -1);
  const uint32_t right = within(place, b, kLowest, -1);
  return place.either(place.without(left, right), place.without(right, left));
}

// top / bottom of both multiplied crosswise; below 0 a bottom turns `<` round.
uint32_t compare_rationals(const Place& place, Comparison comparison,
                           const Value& a, const Value& b, uint32_t present) {
  const Integer left = multiply(place, a.top, b.bottom, present);
  const Integer right = multiply(place, b.top, a.bottom, present);
  const uint32_t plain = compare(place, comparison, left, right);
  const bool positive = a.bottom.range.low >= 0 && b.bottom.range.low >= 0;
  if (comparison == Comparison::kEqual || positive) return plain;
  const uint32_t reverse = compare(place, comparison, right, left);
  const uint32_t turned = is_negative(place, a.bottom, b.bottom);
  return swapped_if(place, turned, plain, reverse);
}

uint32_t compare_numbers(const Place& place, Comparison comparison, uint32_t a,
                         uint32_t b) {
  if (comparison == Comparison::kEqual) return place.operation(Op::kEqF, a, b);
  const bool less = comparison == Comparison::kLess;
  return place.operation(less ? Op::kLtF : Op::kLeF, a, b);
}

// A written integer that a double holds exactly.
bool is_exact_number(const Integer& integer) {
  constexpr int64_t kExact = int64_t{1} << 53;
  return integer.is_constant() && -kExact <= integer.range.low &&
         integer.range.low <= kExact;
}

// An integer with a number, by their mathematical values. kCmpWF counts
// 0: =, 1: <, 2: <=, 3: >, 4: >=.
uint32_t compare_mixed(const Place& place, Comparison comparison,
                       const Integer& integer, uint32_t number,
                       bool integer_left) {
  int32_t imm = 0;
  if (comparison == Comparison::kLess) imm = integer_left ? 1 : 3;
  if (comparison == Comparison::kLessEqual) imm = integer_left ? 2 : 4;
  return place.emit({.op = Op::kCmpWF,
                     .a = wide_register(place, integer),
                     .b = number,
                     .imm = imm});
}

// An integer with a written decimal: a range of integers, so that nothing is
// multiplied and nothing can be too big.
uint32_t compare_decimal(const Place& place, Comparison comparison,
                         const Integer& integer, const Value& decimal,
                         bool integer_left) {
  const Int128 top = decimal.top.range.low;
  const Int128 bottom = decimal.bottom.range.low;
  const bool whole = top % bottom == 0;
  const Int128 floor = top / bottom - (top % bottom < 0 ? 1 : 0);
  if (comparison == Comparison::kEqual) {
    return whole ? within(place, integer, floor, floor) : place.never();
  }
  const bool strict = comparison == Comparison::kLess;
  if (integer_left) {
    return within(place, integer, kLowest, floor - (strict && whole ? 1 : 0));
  }
  return within(place, integer, floor + (strict || !whole ? 1 : 0), kHighest);
}

// A range each costs less up to here.
constexpr size_t kMostRanges = 8;

size_t runs_of(const std::vector<int64_t>& increasing) {
  size_t runs = increasing.empty() ? 0 : 1;
  for (size_t i = 1; i < increasing.size(); ++i) {
    if (increasing[i] - 1 != increasing[i - 1]) ++runs;
  }
  return runs;
}

uint32_t among(const Node& node, const Integer& tested, const Place& place) {
  if (!tested.wide) {
    return place.emit(
        {.op = Op::kAmongI,
         .a = narrow_register(place, tested),
         .param = place.parameters().wholes({.wholes = node.integers})});
  }
  const LookupParam lookup{
      .texts = {},
      .wholes = node.integers,
      .values = std::vector<int64_t>(node.integers.size(), 0)};
  return place.emitter()
      .emit_two({.op = Op::kLookUpI,
                 .a = tested.reg,
                 .param = place.parameters().lookup(lookup)},
                place.domain())
      .second;
}

uint32_t compare_values(const Place& place, Comparison comparison,
                        const Value& a, const Value& b, uint32_t present) {
  const bool a_exact = a.shape == Shape::kRational || a.exact;
  const bool b_exact = b.shape == Shape::kRational || b.exact;
  const bool both_numbers =
      a.shape == Shape::kNumber && b.shape == Shape::kNumber;
  if (a_exact && b_exact && !both_numbers) {
    if (b.exact) return compare_decimal(place, comparison, a.top, b, true);
    if (a.exact) return compare_decimal(place, comparison, b.top, a, false);
    return compare_rationals(place, comparison, a, b, present);
  }
  if (both_numbers) {
    return compare_numbers(place, comparison, a.number, b.number);
  }
  const bool left = a.shape == Shape::kRational;
  const Value& integer = left ? a : b;
  assert(is_integer(integer));
  const uint32_t number = left ? b.number : a.number;
  if (is_exact_number(integer.top)) {
    const uint32_t same =
        place.number(static_cast<double>(integer.top.range.low));
    return left ? compare_numbers(place, comparison, same, number)
                : compare_numbers(place, comparison, number, same);
  }
  return compare_mixed(place, comparison, integer.top, number, left);
}

}  // namespace

uint32_t Lowering::predicate(const Node& node, const Place& place) {
  switch (node.kind) {
    case NodeKind::kAlways:
      return node.integer != 0 ? kNone : place.never();
    case NodeKind::kAnd:
    case NodeKind::kOr:
      return connective(node, place);
    case NodeKind::kNot:
      return place.without(kNone, bits(node.args[0], place));
    case NodeKind::kCompare:
      return compare_node(node, place);
    case NodeKind::kRange:
      if (const AskedAlike* alike = asked_alike(node, place)) {
        return answer_range(*alike, node, place);
      }
      if (is_extreme(node)) return extreme_range(node, place);
      if (is_least_different(node)) return least_different(node, place);
      return range(value(node.args[0], place), node.low, node.high, place);
    case NodeKind::kIntegers:
      return integers(node, place);
    case NodeKind::kTexts:
      return texts(node, place);
    case NodeKind::kElementOf:
      return element_of(node, place);
    case NodeKind::kPresent:
      return value(node.args[0], place).present;
    case NodeKind::kSequence:
      return sequence(node, place);
    case NodeKind::kBirthday:
      return birthday(node, place);
    default:
      return in_window(node, place);
  }
}

// `a and not b` is one operation.
uint32_t Lowering::connective(const Node& node, const Place& place) {
  uint32_t result = bits(node.args[0], place);
  for (size_t i = 1; i < node.args.size(); ++i) {
    const Node& arg = plan_[node.args[i]];
    if (node.kind == NodeKind::kOr) {
      result = place.either(result, bits(node.args[i], place));
    } else if (arg.kind == NodeKind::kNot) {
      result = place.without(result, bits(arg.args[0], place));
    } else {
      result = place.both(result, bits(node.args[i], place));
    }
  }
  return result;
}

uint32_t Lowering::compare_node(const Node& node, const Place& place) {
  const Value& a = value(node.args[0], place);
  const Value& b = value(node.args[1], place);
  if (a.shape == Shape::kText) return compare_texts(a, b, place);
  const uint32_t present = place.both(a.present, b.present);
  return place.both(compare_values(place, node.comparison, a, b, present),
                    present);
}

uint32_t Lowering::compare_texts(const Value& a, const Value& b,
                                 const Place& place) {
  return place.emit({.op = Op::kTextEqual,
                     .a = a.codes,
                     .b = b.codes,
                     .slot = a.slot,
                     .slot2 = b.slot,
                     .imm = text_mode(a, b, place)});
}

// 0 exact, 1 folded, 2 ASCII folded.
int32_t Lowering::text_mode(const Value& a, const Value& b,
                            const Place& place) {
  const Slot& left = place.parameters().slot_at(a.slot);
  const Slot& right = place.parameters().slot_at(b.slot);
  const bool folded =
      left.type == TypeKind::kText || right.type == TypeKind::kText;
  const bool any_case = left.any_case || right.any_case;
  return folded ? 1 : (any_case ? 2 : 0);
}

uint32_t Lowering::range(const Value& value, Int128 low, Int128 high,
                         const Place& place) {
  assert(is_integer(value));
  if (low > high) return place.never();
  if (!value.direct) {
    return place.both(within(place, value.top, low, high), value.present);
  }
  return place.emit(
      {.op = Op::kInRange,
       .slot = value.slot,
       .param = place.parameters().range(constant_range(low, high))});
}

// A range of the smallest or the largest value of events, which nothing else
// asks for: that is the same as some event's value being on one side of it.
bool Lowering::is_extreme(const Node& range) const {
  const Node& of = plan_[range.args[0]];
  return of.kind == NodeKind::kMeasure &&
         (of.measure == Measure::kSmallest ||
          of.measure == Measure::kLargest) &&
         !of.by_order && measured_of(of) == kNone && !is_of_time(of.column) &&
         sharing_.is_asked_once(range.args[0]);
}

// The smallest is within low .. high: one is high or less, none is below low.
uint32_t Lowering::extreme_range(const Node& node, const Place& place) {
  if (node.low > node.high) return place.never();
  const Node& of = plan_[node.args[0]];
  const Filter& events = lowered(of.args[0], kProfiles).filter;
  const uint32_t slot = property_slot(of);
  const auto any_within = [&](Int128 low, Int128 high) {
    uint32_t error = kNone;
    const Place own(emitter_, events.table, error);
    Filter some = events;
    const uint32_t inside = own.emit(
        {.op = Op::kInRange,
         .slot = slot,
         .param = place.parameters().range(constant_range(low, high))});
    some.mask = own.both(events.mask, inside);
    return any(some, place);
  };
  const bool least = of.measure == Measure::kSmallest;
  const uint32_t some =
      least ? any_within(kLowest, node.high) : any_within(node.low, kHighest);
  const bool open = least ? node.low <= INT64_MIN : node.high >= INT64_MAX;
  if (open) return some;
  return place.without(some, least ? any_within(kLowest, node.low - 1)
                                   : any_within(node.high + 1, kHighest));
}

// At least n different values, of a count that nothing else asks for: of people
// with fewer events nothing need be compared.
bool Lowering::is_least_different(const Node& range) const {
  const Node& of = plan_[range.args[0]];
  return of.kind == NodeKind::kMeasure &&
         of.measure == Measure::kDistinctCount &&
         (measured_of(of) != kNone || of.column != kDayIndex) &&
         range.low > 1 && range.low <= INT32_MAX && range.high >= INT64_MAX &&
         sharing_.is_asked_once(range.args[0]);
}

uint32_t Lowering::least_different(const Node& node, const Place& place) {
  const Node& of = plan_[node.args[0]];
  const Filter& events = lowered(of.args[0], kProfiles).filter;
  const auto least = static_cast<int32_t>(node.low);
  return range(distinct(of, events, least, place), node.low, node.high, place);
}

// Neighbouring integers become one range; where these are many, all are looked
// for at once.
uint32_t Lowering::integers(const Node& node, const Place& place) {
  const Value& tested = value(node.args[0], place);
  if (runs_of(node.integers) > kMostRanges) {
    return place.both(among(node, tested.top, place), tested.present);
  }
  uint32_t result = kNone;
  bool first = true;
  for (size_t i = 0; i < node.integers.size();) {
    size_t end = i + 1;
    while (end < node.integers.size() &&
           node.integers[end] - 1 == node.integers[end - 1]) {
      ++end;
    }
    const uint32_t one =
        range(tested, node.integers[i], node.integers[end - 1], place);
    result = first ? one : place.either(result, one);
    first = false;
    i = end;
  }
  return first ? place.never() : result;
}

SetParam Lowering::set_of(const Node& texts, const Slot& slot) {
  SetParam set;
  set.match = static_cast<TextMatch>(texts.test);
  const bool text =
      slot.type == TypeKind::kText || slot.type == TypeKind::kTextList;
  set.type = text ? TypeKind::kText : TypeKind::kCode;
  set.any_case = slot.any_case;
  set.texts = texts.texts;
  return set;
}

uint32_t Lowering::texts(const Node& node, const Place& place) {
  const Value& tested = value(node.args[0], place);
  const Slot slot = place.parameters().slot_at(tested.slot);
  const uint32_t param = place.parameters().set(set_of(node, slot));
  const bool list = tested.shape == Shape::kList;
  const Op op = list ? Op::kListHas : Op::kInSet;
  if (tested.direct) {
    return place.emit({.op = op, .slot = tested.slot, .param = param});
  }
  if (!list) {
    return place.emit({.op = Op::kSetI,
                       .a = tested.codes,
                       .slot = tested.slot,
                       .param = param});
  }
  const uint32_t of_events = emitter_.emit(
      {.op = op, .slot = tested.slot, .param = param}, slot.table);
  return take_bits(slot.table, tested.position, of_events, place);
}

// Of each event the list of its own, or of its person.
uint32_t Lowering::element_of(const Node& node, const Place& place) {
  const Value& text = value(node.args[0], place);
  const Value& list = value(node.args[1], place);
  assert(list.shape == Shape::kList && list.position == kNone);
  return place.emit({.op = list.direct ? Op::kElementOf : Op::kElementOfPersons,
                     .a = text.codes,
                     .slot = text.slot,
                     .slot2 = list.slot,
                     .imm = text_mode(text, list, place)});
}

uint32_t Lowering::in_window(const Node& node, const Place& place) {
  const Value& tested = value(node.args[0], place);
  const bool dates = plan_[node.args[0]].type == ValueType::kDate;
  RangeParam window;
  window.kind = dates ? RangeParam::Kind::kDates : RangeParam::Kind::kInstants;
  window.window = node.window;
  const uint32_t param = place.parameters().range(window);
  if (tested.direct) {
    return place.emit(
        {.op = Op::kInRange, .slot = tested.slot, .param = param});
  }
  const uint32_t bits = place.emit({.op = Op::kRangeI,
                                    .a = narrow_register(place, tested.top),
                                    .param = param});
  return place.both(bits, tested.present);
}

uint32_t Lowering::birthday(const Node& node, const Place& place) {
  const Value& date = value(node.args[0], place);
  const RangeParam window{.kind = RangeParam::Kind::kDates,
                          .window = node.window};
  const uint32_t bits = place.emit({.op = Op::kBirthday,
                                    .a = narrow_register(place, date.top),
                                    .param = place.parameters().range(window)});
  return place.both(bits, date.present);
}

}  // namespace kitle
