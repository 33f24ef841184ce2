// Lowering: features of a person, from the events that a filter takes.
// A sum needs no presence, since missing values are read as 0; everything
// else looks at the events whose property is present.
#include <algorithm>
#include <cassert>

#include "compiler/lowering.h"

namespace kitle {
namespace {

// Of an order these are sums over its rows, the others its first row's.
bool is_summed(ValueType type) {
  return type == ValueType::kInteger || type == ValueType::kNumber ||
         type == ValueType::kMoney || type == ValueType::kDuration;
}

bool fits_narrow(const Interval& sum) {
  return sum.low >= -kFastSum && sum.high <= kFastSum;
}

}  // namespace

uint32_t Lowering::fold(Op op, const Filter& filter, uint32_t slot, uint32_t v,
                        const Place& place) {
  return place.emit({.op = op,
                     .a = filter.mask,
                     .b = filter.begin,
                     .c = filter.end,
                     .v = v,
                     .slot = slot,
                     .table = filter.table});
}

uint32_t Lowering::take(Op op, const Filter& filter, uint32_t position,
                        uint32_t slot, uint32_t v, const Place& place) {
  return place.emit(
      {.op = op, .a = position, .v = v, .slot = slot, .table = filter.table});
}

uint32_t Lowering::take_bits(uint32_t table, uint32_t position, uint32_t bits,
                             const Place& place) {
  return place.emit(
      {.op = Op::kTakeBits, .a = position, .b = bits, .table = table});
}

uint32_t Lowering::any(const Filter& filter, const Place& place) {
  return fold(Op::kAny, filter, kNone, kNone, place);
}

Integer Lowering::count(const Filter& filter, const Place& place) {
  return {fold(Op::kCount, filter, kNone, kNone, place), false,
          assumptions_.count()};
}

TypeKind Lowering::type_of(const Node& node) {
  return emitter_.parameters().slot_at(property_slot(node)).type;
}

uint32_t Lowering::property_slot(const Node& node) {
  const bool time = node.column == kTimeIndex;
  return column_slot(time ? SlotKind::kEventTime : SlotKind::kProperty,
                     node.table, node.column);
}

bool Lowering::is_made(const Node& node) {
  return measured_of(node) != kNone || is_of_time(node.column);
}

Integer Lowering::made_property(const Node& node) {
  uint32_t error = kNone;
  const Place events(emitter_, node.table, error);
  const NodeId measured = measured_of(node);
  if (measured != kNone) return value(measured, events).top;
  const uint32_t time = events.emit(
      {.op = Op::kLoadI,
       .slot = column_slot(SlotKind::kEventTime, node.table, kNone)});
  NodeKind part = NodeKind::kLocalDay;
  if (node.column == kHourIndex) part = NodeKind::kLocalHour;
  if (node.column == kWeekdayIndex) part = NodeKind::kWeekday;
  return local_part(part, time, events);
}

Filter Lowering::with_property(const Node& node, const Filter& filter) {
  const NodeId measured = measured_of(node);
  if (measured == kNone && is_of_time(node.column)) return filter;
  uint32_t error = kNone;
  const Place events(emitter_, filter.table, error);
  Filter result = filter;
  const uint32_t present =
      measured != kNone
          ? value(measured, events).present
          : events.emit({.op = Op::kPresent, .slot = property_slot(node)});
  result.mask = events.both(filter.mask, present);
  return result;
}

Filter Lowering::orders(const Filter& filter) {
  Filter result = filter;
  result.mask =
      emitter_.emit({.op = Op::kOrderFirst, .a = filter.mask}, filter.table);
  return result;
}

// A register of the table: at each row the sum over its order's rows.
uint32_t Lowering::order_sum(const Node& node, const Filter& filter) {
  if (measured_of(node) != kNone) {
    const uint32_t v = made_property(node).reg;
    const bool wide = !fits_narrow(sum_range(node));
    return emitter_.emit({.op = wide ? Op::kOrderSumW : Op::kOrderSumI,
                          .a = with_property(node, filter).mask,
                          .v = v},
                         filter.table);
  }
  const uint32_t slot = property_slot(node);
  const bool number =
      emitter_.parameters().slot_at(slot).type == TypeKind::kNumber;
  Op op = assumptions_.fast ? Op::kOrderSumI : Op::kOrderSumW;
  if (number) op = Op::kOrderSumF;
  return emitter_.emit({.op = op, .a = filter.mask, .slot = slot},
                       filter.table);
}

Value Lowering::feature(const Node& node, const Place& place) {
  if (node.kind == NodeKind::kPoints) return points(node, place);
  if (node.kind == NodeKind::kTally) return tally(node, place);
  const Lowered& events = lowered(node.args[0], kProfiles);
  if (node.kind == NodeKind::kMoment) return moment(node, events.filter, place);
  return measure(node, events.filter, place);
}

Value Lowering::measure(const Node& node, const Filter& filter,
                        const Place& place) {
  switch (node.measure) {
    case Measure::kCount:
      return {.top = count(node.by_order ? orders(filter) : filter, place)};
    case Measure::kSum:
      return sum(node, filter, place);
    case Measure::kAverage:
      return average(node, filter, place);
    case Measure::kSmallest:
    case Measure::kLargest:
      return node.by_order ? extreme_order(node, filter, place)
                           : extreme(node, filter, place);
    case Measure::kDistinctCount:
      return distinct(node, filter, 0, place);
    case Measure::kMedianGap:
      return median_gap(filter, place);
    case Measure::kMostFrequent:
      return most_frequent(node, filter, place);
  }
  return {};
}

// What a sum of the column, or of the value in its place, can be.
Interval Lowering::sum_range(const Node& node) {
  if (measured_of(node) == kNone) return assumptions_.sum();
  const Interval each = made_property(node).range;
  const Int128 most = assumptions_.count().high;
  return {each.low * most, each.high * most};
}

Value Lowering::sum(const Node& node, const Filter& filter,
                    const Place& place) {
  if (measured_of(node) != kNone) {
    const Filter having = with_property(node, filter);
    const Interval range = sum_range(node);
    const bool wide = !fits_narrow(range);
    return {.top = {fold(wide ? Op::kSumW : Op::kSumI, having, kNone,
                         made_property(node).reg, place),
                    wide, range}};
  }
  const uint32_t slot = property_slot(node);
  // An average of integers is a number, but their sum is none.
  if (emitter_.parameters().slot_at(slot).type == TypeKind::kNumber) {
    const uint32_t reg = fold(Op::kSumF, filter, slot, kNone, place);
    place.fail_unless_finite(reg, kNone);
    return {.shape = Value::Shape::kNumber, .number = reg};
  }
  const Op op = assumptions_.fast ? Op::kSumI : Op::kSumW;
  return {.top = {fold(op, filter, slot, kNone, place), !assumptions_.fast,
                  assumptions_.sum()}};
}

// The sum over how many have one. An order has one if any of its rows does.
Value Lowering::average(const Node& node, const Filter& filter,
                        const Place& place) {
  Filter counted = with_property(node, filter);
  if (node.by_order) counted = orders(counted);
  const bool column = measured_of(node) == kNone;
  if (column && type_of(node) == TypeKind::kNumber) {
    return average_number(node, filter, counted, place);
  }
  Value result{.top = sum(node, filter, place).top,
               .bottom = count(counted, place)};
  result.present = place.within(result.bottom.reg, 1, kHighest);
  result.bottom.range.low = 1;
  if (node.type != ValueType::kNumber) return result;
  const uint32_t quotient =
      place.operation(Op::kQuotient, wide_register(place, result.top),
                      wide_register(place, result.bottom));
  return {.shape = Value::Shape::kNumber,
          .number = quotient,
          .present = result.present};
}

Value Lowering::average_number(const Node& node, const Filter& filter,
                               const Filter& counted, const Place& place) {
  const uint32_t rows = node.by_order ? order_sum(node, filter) : kNone;
  const uint32_t slot = node.by_order ? kNone : property_slot(node);
  const uint32_t total = fold(Op::kSumF, counted, slot, rows, place);
  place.fail_unless_finite(total, kNone);
  const uint32_t number = count(counted, place).reg;
  const uint32_t divisor = place.operation(Op::kIToF, number);
  return {.shape = Value::Shape::kNumber,
          .number = place.operation(Op::kDivF, total, divisor),
          .present = place.within(number, 1, kHighest)};
}

Value Lowering::extreme(const Node& node, const Filter& filter,
                        const Place& place) {
  const Filter having = with_property(node, filter);
  const bool least = node.measure == Measure::kSmallest;
  const uint32_t present = any(having, place);
  if (is_made(node)) {
    const Integer part = made_property(node);
    const Op op = least ? Op::kMinI : Op::kMaxI;
    return {.top = {fold(op, having, kNone, part.reg, place),
                    false,
                    {std::min<Int128>(part.range.low, 0), part.range.high}},
            .present = present};
  }
  const uint32_t slot = property_slot(node);
  if (node.type == ValueType::kNumber) {
    const Op op = least ? Op::kMinF : Op::kMaxF;
    return {.shape = Value::Shape::kNumber,
            .number = fold(op, having, slot, kNone, place),
            .present = present};
  }
  const Op op = least ? Op::kMinI : Op::kMaxI;
  const TypeKind type = emitter_.parameters().slot_at(slot).type;
  return {.top = {fold(op, having, slot, kNone, place), false,
                  assumptions_.stored(type)},
          .present = present};
}

Value Lowering::extreme_order(const Node& node, const Filter& filter,
                              const Place& place) {
  if (!is_summed(node.type)) {
    // Each order's first passing row, if it has the property.
    return extreme(node, orders(filter), place);
  }
  const Filter having = orders(with_property(node, filter));
  const uint32_t sums = order_sum(node, filter);
  const bool least = node.measure == Measure::kSmallest;
  const uint32_t present = any(having, place);
  if (node.type == ValueType::kNumber) {
    uint32_t error = kNone;
    const Place events(emitter_, filter.table, error);
    events.fail_unless_finite(sums, having.mask);
    Filter failed = having;
    failed.mask = error;
    place.fail(any(failed, place), kNone);
    const Op op = least ? Op::kMinF : Op::kMaxF;
    return {.shape = Value::Shape::kNumber,
            .number = fold(op, having, kNone, sums, place),
            .present = present};
  }
  const bool wide = emitter_.kind(sums) == RegisterKind::kI128;
  const Op narrow_op = least ? Op::kMinI : Op::kMaxI;
  const Op wide_op = least ? Op::kMinW : Op::kMaxW;
  return {.top = {fold(wide ? wide_op : narrow_op, having, kNone, sums, place),
                  wide, sum_range(node)},
          .present = present};
}

Value Lowering::distinct(const Node& node, const Filter& filter, int32_t least,
                         const Place& place) {
  const Filter having = with_property(node, filter);
  if (measured_of(node) == kNone && node.column == kDayIndex) {
    return {.top = {fold(Op::kDays, having, kNone, kNone, place), false,
                    assumptions_.count()}};
  }
  const bool made = is_made(node);
  const uint32_t count =
      place.emit({.op = Op::kDistinct,
                  .a = having.mask,
                  .b = having.begin,
                  .c = having.end,
                  .v = made ? made_property(node).reg : kNone,
                  .slot = made ? kNone : property_slot(node),
                  .table = having.table,
                  .imm = least});
  return {.top = {count, false, assumptions_.count()}};
}

// An event that has the value, and what it has.
Value Lowering::most_frequent(const Node& node, const Filter& filter,
                              const Place& place) {
  const Filter having = with_property(node, filter);
  if (!is_made(node)) {
    const uint32_t position =
        fold(Op::kMostFrequent, having, property_slot(node), kNone, place);
    return taken(node, filter, position, place);
  }
  const Integer part = made_property(node);
  const uint32_t position =
      fold(Op::kMostFrequent, having, kNone, part.reg, place);
  return {.top = {take(Op::kTakeI, filter, position, kNone, part.reg, place),
                  false,
                  {std::min<Int128>(part.range.low, 0), part.range.high}},
          .present = place.within(position, 0, kHighest)};
}

Value Lowering::median_gap(const Filter& filter, const Place& place) {
  const auto [twice, present] = emitter_.emit_two({.op = Op::kMedianGap2,
                                                   .a = filter.mask,
                                                   .b = filter.begin,
                                                   .c = filter.end,
                                                   .table = filter.table},
                                                  place.domain());
  return {.top = {twice, false, {0, INT64_MAX}},
          .bottom = Integer::constant(2),
          .present = present};
}

Value Lowering::moment(const Node& node, const Filter& filter,
                       const Place& place) {
  if (node.column == kTimeIndex) return moment_time(node, filter, place);
  const bool summed = node.by_order && is_summed(node.type);
  // The last order's first row, where it is not summed.
  const bool first_row = node.by_order && node.last && !summed;
  const uint32_t position =
      fold(node.last ? Op::kLast : Op::kFirst,
           first_row ? orders(filter) : filter, kNone, kNone, place);
  return summed ? moment_order(node, filter, position, place)
                : taken(node, filter, position, place);
}

Value Lowering::moment_time(const Node& node, const Filter& filter,
                            const Place& place) {
  if (filter.is_all() && assumptions_.fast) {
    const SlotKind kind =
        node.last ? SlotKind::kLastTime : SlotKind::kFirstTime;
    return column(column_slot(kind, node.table, kNone), place);
  }
  const uint32_t position =
      fold(node.last ? Op::kLast : Op::kFirst, filter, kNone, kNone, place);
  const uint32_t time =
      take(Op::kTakeI, filter, position, property_slot(node), kNone, place);
  return {.top = {time, false, kInstantRange},
          .present = place.within(position, 0, kHighest)};
}

Value Lowering::moment_order(const Node& node, const Filter& filter,
                             uint32_t position, const Place& place) {
  const uint32_t sums = order_sum(node, filter);
  const Filter having = with_property(node, filter);
  const uint32_t orders_having =
      emitter_.emit({.op = Op::kOrderHas, .a = having.mask}, filter.table);
  const uint32_t present =
      take_bits(filter.table, position, orders_having, place);
  if (node.type == ValueType::kNumber) {
    const uint32_t number =
        take(Op::kTakeF, filter, position, kNone, sums, place);
    place.fail_unless_finite(number, present);
    return {
        .shape = Value::Shape::kNumber, .number = number, .present = present};
  }
  const bool wide = !assumptions_.fast;
  const uint32_t reg = take(wide ? Op::kTakeW : Op::kTakeI, filter, position,
                            kNone, sums, place);
  return {.top = {reg, wide, assumptions_.sum()}, .present = present};
}

// The property of the event at `position`.
Value Lowering::taken(const Node& node, const Filter& filter, uint32_t position,
                      const Place& place) {
  const uint32_t slot = property_slot(node);
  const TypeKind type = emitter_.parameters().slot_at(slot).type;
  const uint32_t present_events =
      emitter_.emit({.op = Op::kPresent, .slot = slot}, filter.table);
  Value result{.slot = slot, .position = position};
  result.present = take_bits(filter.table, position, present_events, place);
  if (is_list(type)) {
    result.shape = Value::Shape::kList;
  } else if (type == TypeKind::kNumber) {
    result.shape = Value::Shape::kNumber;
    result.number = take(Op::kTakeF, filter, position, slot, kNone, place);
  } else if (is_text_like(type)) {
    result.shape = Value::Shape::kText;
    result.codes = take(Op::kTakeI, filter, position, slot, kNone, place);
  } else {
    result.top = {take(Op::kTakeI, filter, position, slot, kNone, place), false,
                  assumptions_.stored(type)};
  }
  return result;
}

}  // namespace kitle
