// Lowering: values. Integers and fractions stay exact as top / bottom; what
// is a number becomes a double, with one rounding an operation.
#include <algorithm>
#include <cassert>

#include "compiler/lowering.h"

namespace kitle {
namespace {

constexpr int64_t kMicrosPerDay = microseconds(StepUnit::kDay);
// Up to here every integer is a double.
constexpr int64_t kExactDouble = int64_t{1} << 53;

bool is_exact_double(Int128 value) {
  return -kExactDouble <= value && value <= kExactDouble;
}

// Whether integer / denominator is the decimal that was written: where it did
// not fit, the checker left other digits there.
bool has_exact_decimal(const Node& node) {
  return node.denominator > 0 && (node.integer == 0) == (node.number == 0);
}

uint32_t to_number(const Value& value, const Place& place) {
  if (value.shape == Value::Shape::kNumber) return value.number;
  if (!value.bottom.is(1)) {
    return place.operation(Op::kQuotient, wide_register(place, value.top),
                           wide_register(place, value.bottom));
  }
  const Integer& top = value.top;
  if (top.is_constant() && is_exact_double(top.range.low)) {
    return place.number(
        static_cast<double>(static_cast<int64_t>(top.range.low)));
  }
  if (top.is_constant() || top.wide) {
    return place.operation(Op::kWToF, wide_register(place, top));
  }
  return place.operation(Op::kIToF, top.reg);
}

// A result of type number; what is not finite fails.
Value checked(uint32_t number, uint32_t present, const Place& place) {
  place.fail_unless_finite(number, present);
  return {.shape = Value::Shape::kNumber, .number = number, .present = present};
}

Value numbers(NodeKind kind, const Value& a, const Value& b,
              const Place& place) {
  const uint32_t left = to_number(a, place);
  const uint32_t right = to_number(b, place);
  uint32_t present = place.both(a.present, b.present);
  Op op = Op::kAddF;
  if (kind == NodeKind::kSubtract) op = Op::kSubF;
  if (kind == NodeKind::kMultiply) op = Op::kMulF;
  if (kind == NodeKind::kDivide) {
    op = Op::kDivF;
    const uint32_t zero = place.operation(Op::kEqF, right, place.number(0));
    present = place.without(present, zero);
  }
  return checked(place.operation(op, left, right), present, place);
}

// a / b, also the sign's and the fractions' way.
Value divided(const Value& a, const Value& b, const Place& place) {
  Value result;
  result.present =
      place.both(place.both(a.present, b.present), nonzero(place, b.top));
  result.top = multiply(place, a.top, b.bottom, result.present);
  result.bottom = multiply(place, a.bottom, b.top, result.present);
  return result;
}

Value multiplied(const Value& a, const Value& b, const Place& place) {
  Value result;
  result.present = place.both(a.present, b.present);
  result.top = multiply(place, a.top, b.top, result.present);
  result.bottom = multiply(place, a.bottom, b.bottom, result.present);
  return result;
}

// REQUIRES: both are integers.
Value added(NodeKind kind, const Value& a, const Value& b, const Place& place) {
  assert(a.bottom.is(1) && b.bottom.is(1));
  Value result;
  result.present = place.both(a.present, b.present);
  result.top = kind == NodeKind::kAdd
                   ? add(place, a.top, b.top, result.present)
                   : subtract(place, a.top, b.top, result.present);
  return result;
}

Value rationals(NodeKind kind, const Value& a, const Value& b,
                const Place& place) {
  if (kind == NodeKind::kMultiply) return multiplied(a, b, place);
  if (kind == NodeKind::kDivide) return divided(a, b, place);
  return added(kind, a, b, place);
}

// Counts and the like, which doubles hold exactly.
bool is_small(const Integer& a) {
  constexpr int64_t kExact = int64_t{1} << 53;
  return !a.wide && a.range.low >= 0 && a.range.high <= kExact;
}

uint32_t small_number(const Place& place, const Integer& a) {
  return place.operation(Op::kIToF, narrow_register(place, a));
}

// Two integers or amounts, divided to a number: rounded once, never infinite.
Value quotient(const Value& a, const Value& b, const Place& place) {
  const Value exact = divided(a, b, place);
  if (is_small(exact.top) && is_small(exact.bottom)) {
    return {.shape = Value::Shape::kNumber,
            .number = place.operation(Op::kDivF, small_number(place, exact.top),
                                      small_number(place, exact.bottom)),
            .present = exact.present};
  }
  return {
      .shape = Value::Shape::kNumber,
      .number = place.operation(Op::kQuotient, wide_register(place, exact.top),
                                wide_register(place, exact.bottom)),
      .present = exact.present};
}

Value negated(const Value& a, const Place& place) {
  Value result = a;
  result.slot = kNone;
  result.direct = false;
  if (a.shape == Value::Shape::kNumber) {
    result.exact = false;
    result.number = place.operation(Op::kNegF, a.number);
  } else {
    result.top = negate(place, a.top, a.present);
  }
  return result;
}

}  // namespace

Value Lowering::value_node(const Node& node, const Place& place) {
  switch (node.kind) {
    case NodeKind::kConstant:
      return constant(node, place);
    case NodeKind::kAttribute:
      return column(column_slot(SlotKind::kAttribute, kNone, node.column),
                    place);
    case NodeKind::kProperty:
      return column(column_slot(SlotKind::kProperty, node.table, node.column),
                    place);
    case NodeKind::kEventTime:
      return column(column_slot(SlotKind::kEventTime, node.table, kNone),
                    place);
    case NodeKind::kOrderTotal:
    case NodeKind::kOrderValue:
      return order_total(node, place);
    case NodeKind::kLocalDay:
    case NodeKind::kLocalHour:
    case NodeKind::kWeekday:
      return part_of_time(node, place);
    case NodeKind::kAge:
      return age(node, place);
    case NodeKind::kLength:
      return length(node, place);
    case NodeKind::kRounded:
      return rounded(node, place);
    case NodeKind::kLookedUp:
      return looked_up(node, place);
    case NodeKind::kDaysSince:
    case NodeKind::kTimeSince:
      return elapsed(node, place);
    default:
      return arithmetic(node, place);
  }
}

Value Lowering::constant(const Node& node, const Place& place) {
  Value result;
  result.top = Integer::constant(node.integer);
  result.bottom = Integer::constant(node.denominator);
  if (node.type != ValueType::kNumber) return result;
  result.shape = Value::Shape::kNumber;
  result.number = place.number(node.number);
  result.exact = has_exact_decimal(node);
  return result;
}

uint32_t Lowering::column_slot(SlotKind kind, uint32_t table, uint32_t index) {
  Slot slot;
  slot.kind = kind;
  slot.table = table;
  if (table != kNone) slot.table_name = schema_.event(table).name;
  if (kind == SlotKind::kAttribute || kind == SlotKind::kProperty) {
    const Column& column = kind == SlotKind::kAttribute
                               ? schema_.attributes[index]
                               : schema_.event(table).columns[index];
    slot.column = index;
    slot.type = column.type;
    slot.any_case = column.any_case;
    slot.personal = column.personal;
    slot.name = column.name;
  }
  return emitter_.parameters().slot(slot);
}

// A column where its table or the profile is the domain.
Value Lowering::column(uint32_t slot, const Place& place) {
  const Slot& what = emitter_.parameters().slot_at(slot);
  Value result{.slot = slot, .direct = true};
  if (what.kind != SlotKind::kEventTime) {
    result.present = place.emit({.op = Op::kPresent, .slot = slot});
  }
  if (is_list(what.type)) {
    result.shape = Value::Shape::kList;
  } else if (what.type == TypeKind::kNumber) {
    result.shape = Value::Shape::kNumber;
    result.number = place.emit({.op = Op::kLoadF, .slot = slot});
  } else if (is_text_like(what.type)) {
    result.shape = Value::Shape::kText;
    result.codes = place.emit({.op = Op::kLoadI, .slot = slot});
  } else {
    result.top = {place.emit({.op = Op::kLoadI, .slot = slot}), false,
                  assumptions_.stored(what.type)};
  }
  return result;
}

// Rows of one order have one time: all of them are seen, or none.
Value Lowering::order_total(const Node& node, const Place& place) {
  Filter rows{.table = node.table};
  if (node.kind == NodeKind::kOrderValue) {
    rows.mask = lowered(node.args[0], kProfiles).filter.mask;
  }
  const uint32_t sums = order_sum(node, rows);
  Value result;
  result.present =
      place.emit({.op = Op::kOrderHas, .a = with_property(node, rows).mask});
  if (node.type == ValueType::kNumber) {
    return checked(sums, result.present, place);
  }
  result.top = {sums, !assumptions_.fast, assumptions_.sum()};
  return result;
}

Value Lowering::arithmetic(const Node& node, const Place& place) {
  const Value& a = value(node.args[0], place);
  if (node.kind == NodeKind::kNegate) return negated(a, place);
  if (node.kind == NodeKind::kPercentOf) {
    Value percent{.top = Integer::constant(node.integer)};
    percent.bottom = multiply(place, Integer::constant(100),
                              Integer::constant(node.denominator), kNone);
    return multiplied(a, percent, place);
  }
  const Value& b = value(node.args[1], place);
  if (node.type != ValueType::kNumber) return rationals(node.kind, a, b, place);
  const bool exact =
      a.shape == Value::Shape::kRational && b.shape == Value::Shape::kRational;
  if (exact && node.kind == NodeKind::kDivide) return quotient(a, b, place);
  return numbers(node.kind, a, b, place);
}

Value Lowering::part_of_time(const Node& node, const Place& place) {
  const Value& time = value(node.args[0], place);
  const uint32_t instant = narrow_register(place, time.top);
  return {.top = local_part(node.kind, instant, place),
          .present = time.present};
}

Integer Lowering::local_part(NodeKind part, uint32_t instant,
                             const Place& place) {
  if (part == NodeKind::kLocalHour) {
    return {place.operation(Op::kLocalHour, instant), false, {0, 23}};
  }
  const uint32_t day = place.operation(Op::kLocalDay, instant);
  if (part == NodeKind::kWeekday) {
    return {place.operation(Op::kWeekday, day), false, {1, 7}};
  }
  // More than the days of 64 bits of microseconds.
  return {day, false, {-(1 << 27), 1 << 27}};
}

Value Lowering::age(const Node& node, const Place& place) {
  const Value& date = value(node.args[0], place);
  const uint32_t day = narrow_register(place, date.top);
  const uint32_t today = place.instant(IntParam::Kind::kToday);
  const uint32_t past = place.operation(Op::kLeI, day, today);
  // 2^24 years are more than days in 32 bits span.
  return {.top = {place.operation(Op::kAge, day), false, {0, 1 << 24}},
          .present = place.both(date.present, past)};
}

// No text and no list is longer than a file.
Value Lowering::length(const Node& node, const Place& place) {
  const Value& of = value(node.args[0], place);
  uint32_t reg = kNone;
  if (of.shape == Value::Shape::kText) {
    reg = place.emit({.op = Op::kTextLength, .a = of.codes, .slot = of.slot});
  } else if (of.direct) {
    reg = place.emit({.op = Op::kListLength, .slot = of.slot});
  } else {
    const uint32_t table = place.parameters().slot_at(of.slot).table;
    const uint32_t of_events =
        emitter_.emit({.op = Op::kListLength, .slot = of.slot}, table);
    reg = place.emit(
        {.op = Op::kTakeI, .a = of.position, .v = of_events, .table = table});
  }
  return {.top = {reg, false, {0, UINT32_MAX}}, .present = of.present};
}

Value Lowering::rounded(const Node& node, const Place& place) {
  const Value& of = value(node.args[0], place);
  const bool number = of.shape == Value::Shape::kNumber;
  Instruction what{.op = number ? Op::kRoundF : Op::kRoundW,
                   .imm = static_cast<int32_t>(node.rounding)};
  what.a = number ? of.number : wide_register(place, of.top);
  if (!number) what.b = wide_register(place, of.bottom);
  const auto [reg, beyond] = place.emitter().emit_two(what, place.domain());
  place.fail(beyond, of.present);
  return {.top = {reg, true, {kLowest, kHighest}}, .present = of.present};
}

Value Lowering::looked_up(const Node& node, const Place& place) {
  const Value& key = value(node.args[0], place);
  const bool text = key.shape == Value::Shape::kText;
  LookupParam lookup{
      .texts = node.texts, .wholes = node.integers, .values = node.values};
  Instruction what{.op = text ? Op::kLookUp : Op::kLookUpI};
  if (text) {
    const Slot& slot = place.parameters().slot_at(key.slot);
    lookup.type = slot.type;
    lookup.any_case = slot.any_case || node.any_case;
    what.slot = key.slot;
  }
  what.a = text ? key.codes : wide_register(place, key.top);
  what.param = place.parameters().lookup(lookup);
  const auto [reg, found] = place.emitter().emit_two(what, place.domain());
  Interval range{0, 0};  // where it is missing
  for (const int64_t each : node.values) {
    range.low = std::min<Int128>(range.low, each);
    range.high = std::max<Int128>(range.high, each);
  }
  return {.top = {reg, false, range},
          .present = place.both(found, key.present)};
}

// Days and time since, and until; missing on the other side of now.
Value Lowering::elapsed(const Node& node, const Place& place) {
  const Value& then = value(node.args[0], place);
  const bool date = plan_[node.args[0]].type == ValueType::kDate;
  uint32_t from = narrow_register(place, then.top);
  uint32_t to =
      place.instant(date ? IntParam::Kind::kToday : IntParam::Kind::kNow);
  if (node.until) std::swap(from, to);
  Value result;
  result.present =
      place.both(then.present, place.operation(Op::kLeI, from, to));
  result.top = {place.operation(Op::kSubI, to, from), false, {0, INT64_MAX}};
  if (date || node.kind == NodeKind::kTimeSince) return result;
  const IntParam day{.kind = IntParam::Kind::kConstant, .value = kMicrosPerDay};
  result.top = {place.emit({.op = Op::kFloorDivI,
                            .a = result.top.reg,
                            .param = place.parameters().integer(day)}),
                false,
                {0, INT64_MAX / kMicrosPerDay}};
  return result;
}

}  // namespace kitle
