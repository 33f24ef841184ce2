// Lowering: sequences. All that the kernel needs of each event are registers of
// its table: whether it counts, its time, until when the next step may follow,
// what must be the same, and the values that are compared.
#include <algorithm>
#include <cassert>

#include "compiler/lowering.h"

namespace kitle {
namespace {

StepTest test_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual:
      return StepTest::kEqual;
    case Comparison::kLess:
      return StepTest::kLess;
    case Comparison::kLessEqual:
      return StepTest::kLessEqual;
    case Comparison::kGreater:
      return StepTest::kGreater;
    case Comparison::kGreaterEqual:
      return StepTest::kGreaterEqual;
  }
  return StepTest::kEqual;
}

// The positive step before; the first one for itself.
uint32_t positive_before(const Node& node, uint32_t step) {
  while (step > 0 && node.steps[--step].negated) {
  }
  return step;
}

}  // namespace

// The instruction while it is made.
struct Lowering::SequenceParts {
  enum Part : uint32_t { kRows, kMask, kTime, kDeadline };

  const Node& node;
  SequenceParam param{};
  std::vector<uint32_t> registers{};

  uint32_t reg(uint32_t step, Part part) const {
    return registers[step * kStepRegisters + part];
  }
};

uint32_t Lowering::sequence(const Node& node, const Place& place) {
  const AskedAlike* alike = asked_alike(node, place);
  if (alike == nullptr && sharing_.is_told_by_ends(node)) {
    return compared_ends(node, place);
  }
  SequenceParts parts{.node = node};
  const auto count = static_cast<uint32_t>(node.steps.size());
  parts.param.keys = static_cast<uint32_t>(node.steps.front().same.size());
  for (uint32_t step = 0; step < count; ++step) sequence_step(parts, step);
  for (uint32_t step = 0; step < count; ++step)
    step_registers(parts, step, place);
  if (alike != nullptr) return answer(*alike, node, 1, place);
  if (sharing_.is_followed(node)) return followed(parts, place);
  for (uint32_t step = 0; step < count; ++step) step_keys(parts, step);
  for (size_t i = 0; i < node.comparisons.size(); ++i) {
    step_comparison(parts, i, place);
  }
  return place.emit({.op = Op::kSequence,
                     .param = place.parameters().sequence(parts.param),
                     .list = emitter_.list(parts.registers)});
}

// a then b: the first a is before the last b. a then no b: the last a is not.
uint32_t Lowering::compared_ends(const Node& node, const Place& place) {
  const bool negated = node.steps[1].negated;
  const Value a = end_time(node.args[0], negated, place);
  const Value b = end_time(node.args[1], true, place);
  const uint32_t earlier =
      place.both(place.both(a.present, b.present),
                 compare(place, Comparison::kLess, a.top, b.top));
  return negated ? place.without(a.present, earlier) : earlier;
}

// The time of the first or last of these events.
Value Lowering::end_time(NodeId id, bool last, const Place& place) {
  const Lowered& events = lowered(id, kProfiles);
  if (events.error != kNone) place.fail(events.error, kNone);
  const Node end{
      .table = events.filter.table, .column = kTimeIndex, .last = last};
  return moment_time(end, events.filter, place);
}

// Of two steps: how long each event of the first waits for one of the second.
uint32_t Lowering::waits(const SequenceParts& parts) {
  const std::vector<SequenceStep>& steps = parts.param.steps;
  return emitter_.emit({.op = Op::kFollowing,
                        .a = parts.reg(1, SequenceParts::kMask),
                        .b = parts.reg(1, SequenceParts::kTime),
                        .v = parts.reg(0, SequenceParts::kTime),
                        .table = steps[1].table},
                       steps[0].table);
}

// What kFollowedAnswers has of the second step.
void Lowering::follow(const Node& sequence, Instruction& what) {
  uint32_t error = kNone;  // each sequence notes its own
  const Filter& then = lowered(sequence.args[1], kProfiles).filter;
  what.a = then.mask;
  what.b = event_times(Place(emitter_, then.table, error));
  what.imm = static_cast<int32_t>(then.table);
}

// Of two steps: any event of the first whose next of the second is in time.
uint32_t Lowering::followed(const SequenceParts& parts, const Place& place) {
  const std::vector<SequenceStep>& steps = parts.param.steps;
  Instruction what{.op = Op::kAnyFollowed,
                   .a = parts.reg(0, SequenceParts::kMask),
                   .b = parts.reg(0, SequenceParts::kTime),
                   .c = parts.reg(1, SequenceParts::kDeadline),
                   .v = waits(parts),
                   .table = steps[0].table,
                   .imm = steps[1].negated ? 1 : 0};
  if (steps[1].within != 0) {
    IntParam within;
    within.value = steps[1].within;
    what.param = place.parameters().integer(within);
  }
  return place.emit(what);
}

void Lowering::sequence_step(SequenceParts& parts, uint32_t step) {
  const Node& node = parts.node;
  std::vector<SequenceStep>& steps = parts.param.steps;
  SequenceStep made;
  made.table = plan_[node.args[step]].table;
  made.negated = node.steps[step].negated;
  made.by_order = node.steps[step].by_order;
  const auto like = std::ranges::find(steps, made.table, &SequenceStep::table);
  made.like = static_cast<uint32_t>(like - steps.begin());
  const bool named_later =
      std::ranges::any_of(node.comparisons, [&](const PlanComparison& each) {
        return each.other == step && positive_before(node, each.own) != step;
      });
  if (named_later) made.fixed = fixed_steps(parts.param);
  steps.push_back(std::move(made));
}

void Lowering::step_registers(SequenceParts& parts, uint32_t step,
                              const Place& place) {
  const Node& node = parts.node;
  const Lowered& events = lowered(node.args[step], kProfiles);
  if (events.error != kNone) place.fail(events.error, kNone);
  uint32_t error = kNone;
  const Place own(emitter_, events.filter.table, error);
  uint32_t mask = events.filter.mask;
  for (const uint32_t column : node.steps[step].same) {
    if (is_of_time(column)) continue;
    mask =
        own.both(mask, own.emit({.op = Op::kPresent,
                                 .slot = column_slot(SlotKind::kProperty,
                                                     own.domain(), column)}));
  }
  const uint32_t limit = waited_for(node, step, own);
  parts.registers.push_back(events.filter.mask);
  parts.registers.push_back(own.both(mask, limit));
  parts.registers.push_back(event_times(own));
  const auto& within = step == 0 ? node.all_within : node.steps[step].within;
  const uint32_t before = positive_before(node, step);
  uint32_t deadline = kNone;
  if (within) parts.param.steps[step].within = clock_length(*within);
  if (within && parts.param.steps[step].within == 0) {
    const Place other(emitter_, parts.param.steps[before].table, error);
    deadline = step_deadline(*within, other);
  }
  parts.registers.push_back(deadline);
}

uint32_t Lowering::event_times(const Place& events) {
  return events.emit(
      {.op = Op::kLoadI,
       .slot = column_slot(SlotKind::kEventTime, events.domain(), kNone)});
}

// T + D of each event.
uint32_t Lowering::step_deadline(const StepSpan& span, const Place& events) {
  return moved(events, event_times(events), {span.n, span.unit}, 0);
}

// Of the last positive step: the events behind which a closing `no ... within`
// has been waited for, as bits.
uint32_t Lowering::waited_for(const Node& node, uint32_t step,
                              const Place& events) {
  const auto count = static_cast<uint32_t>(node.steps.size());
  if (node.steps[step].negated || step + 1 == count ||
      positive_before(node, count) != step) {
    return kNone;
  }
  RangeParam until_now;
  until_now.kind = RangeParam::Kind::kInstants;
  until_now.until_now = true;
  const uint32_t range = events.parameters().range(until_now);
  uint32_t result = kNone;
  for (uint32_t no = step + 1; no < count; ++no) {
    const auto& within = node.steps[no].within;
    if (!within) continue;
    result =
        events.both(result, events.emit({.op = Op::kRangeI,
                                         .a = step_deadline(*within, events),
                                         .param = range}));
  }
  return result;
}

void Lowering::step_keys(SequenceParts& parts, uint32_t step) {
  SequenceStep& made = parts.param.steps[step];
  uint32_t error = kNone;
  const Place events(emitter_, made.table, error);
  for (const uint32_t index : parts.node.steps[step].same) {
    made.slots.push_back(kNone);
    if (is_of_time(index)) {
      const Node part{.table = made.table, .column = index};
      parts.registers.push_back(narrow_register(events, made_property(part)));
      continue;
    }
    const Value key =
        column(column_slot(SlotKind::kProperty, made.table, index), events);
    if (key.shape == Value::Shape::kText) {
      made.slots.back() = key.slot;
      parts.registers.push_back(key.codes);
    } else if (key.shape == Value::Shape::kNumber) {
      parts.registers.push_back(key.number);
    } else {
      parts.registers.push_back(narrow_register(events, key.top));
    }
  }
}

void Lowering::step_comparison(SequenceParts& parts, size_t index,
                               const Place& place) {
  const Node& node = parts.node;
  const PlanComparison& compared = node.comparisons[index];
  const NodeId* args = &node.args[node.steps.size() + 2 * index];
  SequenceComparison made{.own = compared.own,
                          .other = compared.other,
                          .test = test_of(compared.comparison),
                          .negated = compared.negated};
  uint32_t error = kNone;
  const uint32_t own_table = parts.param.steps[compared.own].table;
  const uint32_t other_table = parts.param.steps[compared.other].table;
  const Place own(emitter_, own_table, error);
  const Place other(emitter_, other_table, error);
  const Lowered& a = lowered(args[0], own_table);
  const Lowered& b = lowered(args[1], other_table);
  const uint32_t seen = time_mask({.table = own_table}, own);
  const uint32_t rows = parts.registers[compared.other * kStepRegisters];
  if (a.error != kNone) {
    place.fail(any({own_table, own.both(a.error, seen)}, place), kNone);
  }
  if (b.error != kNone) {
    place.fail(any({other_table, other.both(b.error, rows)}, place), kNone);
  }
  uint32_t left = kNone;
  uint32_t right = kNone;
  if (a.value.shape == Value::Shape::kText) {
    made.test = StepTest::kText;
    made.slot = a.value.slot;
    made.slot2 = b.value.slot;
    made.mode = text_mode(a.value, b.value, place);
    left = a.value.codes;
    right = b.value.codes;
  } else if (a.value.shape == Value::Shape::kNumber) {
    left = a.value.number;
    right = b.value.number;
  } else {
    const bool wide = a.value.top.wide || b.value.top.wide;
    left = wide ? wide_register(own, a.value.top)
                : narrow_register(own, a.value.top);
    right = wide ? wide_register(other, b.value.top)
                 : narrow_register(other, b.value.top);
  }
  for (const uint32_t reg : {left, a.value.present, right, b.value.present}) {
    parts.registers.push_back(reg);
  }
  parts.param.comparisons.push_back(made);
}

}  // namespace kitle
