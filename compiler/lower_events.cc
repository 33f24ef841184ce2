// Lowering: event filters. Where and window become a mask over the table's
// events, anchors a span of each person's events.
#include <cstdlib>
#include <optional>

#include "compiler/lowering.h"

namespace kitle {
namespace {

using Steps = StepParam;

// Twice this is within kInstantRange, so that a sum of an instant and a move
// stays in 64 bits.
constexpr int64_t kFarthest = int64_t{1} << 61;

Steps operator-(const Steps& steps) { return {-steps.n, steps.unit}; }

// From the moment to the nearer end of the span.
Steps near_steps(const AnchorSteps& anchor) {
  switch (anchor.shape) {
    case AnchorShape::kPlain:
    case AnchorShape::kWithin:
      return {};
    case AnchorShape::kMoreThan:
      return {anchor.m, anchor.unit};
    case AnchorShape::kRange:
      return {anchor.n, anchor.low_unit};
  }
  return {};
}

// To its farther end, if it has one.
std::optional<Steps> far_steps(const AnchorSteps& anchor) {
  switch (anchor.shape) {
    case AnchorShape::kPlain:
    case AnchorShape::kMoreThan:
      return std::nullopt;
    case AnchorShape::kWithin:
    case AnchorShape::kRange:
      return Steps{anchor.m, anchor.unit};
  }
  return std::nullopt;
}

}  // namespace

// Instants, both included; kNone is open.
struct Lowering::Span {
  uint32_t low = kNone;
  uint32_t high = kNone;
  uint32_t present = kNone;

  // Two anchors may bound the same side.
  void raise(const Place& place, uint32_t to) {
    low = low == kNone ? to : place.operation(Op::kGreaterI, low, to);
  }
  void cut(const Place& place, uint32_t to) {
    high = high == kNone ? to : place.operation(Op::kLesserI, high, to);
  }
};

Filter Lowering::filter(const Node& node, const Place& place) {
  uint32_t event_error = kNone;
  const Place events(emitter_, node.table, event_error);
  Filter result{.table = node.table};
  result.mask = time_mask(node, events);
  if (node.has_where) {
    const Lowered& where = lowered(where_of(node), node.table);
    result.mask = events.both(where.bits, result.mask);
    if (where.error != kNone) {
      // Meaning 3: of all events that are seen, whatever the window.
      const uint32_t seen = time_mask({.table = node.table}, events);
      const Filter failed{node.table, events.both(where.error, seen)};
      place.fail(any(failed, place), kNone);
    }
  }
  Span span;
  if (node.after) anchor(*node.after, after_of(node), true, place, span);
  if (node.before) anchor(*node.before, before_of(node), false, place, span);
  if (!node.after && !node.before) return result;
  const auto [begin, end] = emitter_.emit_two({.op = Op::kSpan,
                                               .a = span.low,
                                               .b = span.high,
                                               .c = span.present,
                                               .table = node.table},
                                              kProfiles);
  result.begin = begin;
  result.end = end;
  return result;
}

// Where fast code may run nothing is later than now, so that a whole history
// needs no test.
bool Lowering::sees_all(const Node& events) const {
  return events.window.form == WindowForm::kEver && assumptions_.fast;
}

RangeParam Lowering::time_range(const Node& events) {
  RangeParam window;
  window.kind = RangeParam::Kind::kInstants;
  window.window = events.window;
  window.until_now = true;
  return window;
}

// The events in the window.
uint32_t Lowering::time_mask(const Node& node, const Place& events) {
  if (sees_all(node)) return kNone;
  return events.emit(
      {.op = Op::kInRange,
       .slot = column_slot(SlotKind::kEventTime, node.table, kNone),
       .param = events.parameters().range(time_range(node))});
}

// Meaning 10; typed.h lists the spans. A date stands for the start of the
// next day (after) or of that day (before), and its spans are whole days.
void Lowering::anchor(const AnchorSteps& steps, NodeId moment, bool after,
                      const Place& place, Span& span) {
  const Lowered& at = lowered(moment, kProfiles);
  if (at.error != kNone) place.fail(at.error, kNone);
  span.present = place.both(span.present, at.value.present);
  uint32_t instant = narrow_register(place, at.value.top);
  const bool date = plan_[moment].type == ValueType::kDate;
  if (date) {
    const int32_t days = after ? 1 : 0;
    instant = place.emit({.op = Op::kDayStart, .a = instant, .imm = days});
  }
  const Steps near = near_steps(steps);
  const std::optional<Steps> far = far_steps(steps);
  if (after) {
    span.raise(place, moved(place, instant, near, date ? 0 : 1));
    if (far) span.cut(place, moved(place, instant, *far, date ? -1 : 0));
  } else {
    span.cut(place, moved(place, instant, -near, -1));
    if (far) span.raise(place, moved(place, instant, -*far, 0));
  }
}

// The instant moved by the steps and then by some microseconds. Small moves
// of clock time are sums; the others stop at the ends of time.
uint32_t Lowering::moved(const Place& place, uint32_t instant,
                         const Steps& steps, int64_t micros) {
  const int64_t unit = microseconds(steps.unit);
  int64_t exact = 0;
  if (!is_calendar(steps.unit) &&
      !__builtin_mul_overflow(steps.n, unit, &exact) &&
      std::abs(exact) < kFarthest) {
    exact += micros;
    if (exact == 0) return instant;
    return place.operation(Op::kAddI, instant, place.constant(exact, false));
  }
  const uint32_t there = shifted(place, instant, steps);
  return micros == 0 ? there
                     : shifted(place, there, {micros, StepUnit::kMicrosecond});
}

uint32_t Lowering::shifted(const Place& place, uint32_t instant,
                           const Steps& steps) {
  return place.emit(
      {.op = Op::kShift,
       .a = instant,
       .param = place.parameters().step({.n = steps.n, .unit = steps.unit})});
}

}  // namespace kitle
