// A sequence for one person (explain_leaf.h): the events that satisfy it, or
// how far they come and what is missing then.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check_context.h"
#include "compiler/explain_leaf.h"
#include "compiler/words.h"

namespace kitle {
namespace {

using reference::Value;
using Chain = reference::Walk::Chain;
using Fault = reference::Walk::Fault;

// "the purchase of 2026-02-01 10:00:00"
std::string named(const WhyEvent& event) {
  return fmt::format("the {} of {}", event.event, event.local);
}

std::string name_of(const EventType& type, uint32_t index) {
  switch (index) {
    case kTimeIndex:
      return "time";
    case kDayIndex:
      return "day";
    case kHourIndex:
      return "hour";
    case kWeekdayIndex:
      return "weekday";
    default:
      return type.columns[index].name;
  }
}

ValueType type_of(const EventType& type, uint32_t index) {
  switch (index) {
    case kTimeIndex:
      return ValueType::kTime;
    case kDayIndex:
      return ValueType::kDate;
    case kHourIndex:
      return ValueType::kInteger;
    case kWeekdayIndex:
      return ValueType::kWeekday;
    default:
      return value_type(type.columns[index].type);
  }
}

// The step where a chain stops; that of the first fault, if one comes before
// the step that has no event.
uint32_t stop_of(const Chain& chain) {
  uint32_t stop = chain.next;
  for (const Fault& each : chain.faults) stop = std::min(stop, each.step);
  return stop;
}

}  // namespace

// Of each step also what it may be, whatever the others are.
void LeafMaker::add_steps(WhyNode& node, const TypedSequence& sequence) {
  for (const TypedStep& step : sequence.steps) {
    node.clauses.push_back(clause(step.events, step.span, nullptr));
  }
  if (node.undecided) return;
  const Chain chain = walk_.chain(sequence);
  for (uint32_t i = 0; i < sequence.steps.size(); ++i) {
    node.steps.push_back(step(sequence, chain, i));
  }
}

WhyStep LeafMaker::step(const TypedSequence& sequence, const Chain& chain,
                        uint32_t index) {
  const TypedStep& of = sequence.steps[index];
  const uint32_t stop = chain.holds
                            ? static_cast<uint32_t>(sequence.steps.size())
                            : stop_of(chain);
  WhyStep made{.of = words_.full(of.span), .negated = of.negated};
  made.reached = index <= stop;
  made.holds = index < stop;
  if (made.holds && chain.rows[index]) {
    made.events.push_back(step_event(of, *chain.rows[index]));
  }
  if (index == stop) add_faults(made, sequence, chain);
  return made;
}

void LeafMaker::add_faults(WhyStep& made, const TypedSequence& sequence,
                           const Chain& chain) {
  std::string nearest;
  if (chain.nearest) {
    const TypedStep& next = sequence.steps[chain.next];
    const WhyEvent event = step_event(next, *chain.nearest);
    nearest = named(event);
    if (!made.negated) made.events.push_back(event);
  }
  if (chain.faults.empty()) {
    made.missing = chain.reached == 0 ? "there is none that counts"
                                      : "none that counts comes later";
    return;
  }
  for (const Fault& each : chain.faults) {
    if (!made.missing.empty()) made.missing += ", and ";
    made.missing += fault_words(sequence, each, nearest);
    const bool in_the_way = made.negated &&
                            each.kind == Fault::Kind::kSpoiled &&
                            made.events.empty();
    if (!in_the_way) continue;
    made.events.push_back(step_event(sequence.steps[each.step], each.row));
  }
}

std::string LeafMaker::fault_words(const TypedSequence& sequence,
                                   const Fault& fault,
                                   const std::string& event) {
  switch (fault.kind) {
    case Fault::Kind::kSame:
    case Fault::Kind::kComparison:
      return compared_words(sequence, fault, event);
    case Fault::Kind::kTooLate:
      return fmt::format("{} is {} too late", event,
                         duration_words(fault.late));
    case Fault::Kind::kAllTooLate:
      return fmt::format("{} is {} too late for `all within`", event,
                         duration_words(fault.late));
    case Fault::Kind::kSpoiled: {
      const WhyEvent spoils = step_event(sequence.steps[fault.step], fault.row);
      return fmt::format("{} is in the way{}", named(spoils),
                         event.empty() ? "" : " before " + event);
    }
    case Fault::Kind::kNotOverYet:
      return "it is over only on " +
             values_.time(static_cast<int64_t>(fault.until));
  }
  return "";
}

// What only tells of personal columns is said without its values.
std::string LeafMaker::compared_words(const TypedSequence& sequence,
                                      const Fault& fault,
                                      const std::string& event) {
  const Schema& schema = view_.repository.schema;
  const TypedStep& step = sequence.steps[fault.step];
  const EventType& type = schema.event(step.events.event);
  if (fault.kind == Fault::Kind::kSame) {
    const uint32_t index = step.same[fault.index];
    const std::string name = name_of(type, index);
    if (reference::is_missing(fault.own)) {
      return fmt::format("{} has no {}", event, name);
    }
    const bool hidden = !is_of_time(index) && type.columns[index].personal;
    if (hidden) return fmt::format("{} has another {}", event, name);
    return fmt::format("{} has another {} ({}, not {})", event, name,
                       values_.of(fault.own, type_of(type, index)),
                       values_.of(fault.other, type_of(type, index)));
  }
  const StepComparison& each = step.comparisons[fault.index];
  const std::string own = words_.full(each.own->span);
  const std::string other = words_.full(each.other->span);
  const bool hidden =
      is_personal(*each.own, step.events.event) ||
      is_personal(*each.other, sequence.steps[each.step].events.event);
  if (hidden) return fmt::format("{} is not as `{}` wants", event, other);
  return fmt::format("of {} `{}` is {}, and `{}` is {}", event, own,
                     values_.of(fault.own, each.own->type), other,
                     values_.of(fault.other, each.other->type));
}

WhyEvent LeafMaker::step_event(const TypedStep& step, size_t row) {
  const auto& history = walk_.history_of(step.events.event);
  const reference::Event* wanted = &history[row];
  for (const Rows& rows : walk_.counted(step.events)) {
    if (std::ranges::find(rows, wanted) == rows.end()) continue;
    walk_.take_undecided();
    return event(step.events, rows);
  }
  walk_.take_undecided();
  return event(step.events, {wanted});
}

}  // namespace kitle
