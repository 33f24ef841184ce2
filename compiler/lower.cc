// See lower.h: drives Lowering over the plan, once for each code.
#include "compiler/lower.h"

#include <cassert>

#include "compiler/lower_layout.h"
#include "compiler/lowering.h"

namespace kitle {

namespace {

// Whether lowering a node notes the errors of its arguments: these are of
// other domains, or of events that nobody asks for.
bool looks_after_errors(NodeKind kind) {
  return kind == NodeKind::kEvents || kind == NodeKind::kSequence ||
         kind == NodeKind::kOrderValue;
}

}  // namespace

// Features and predicates of people in the plan's order, so that arguments
// are never far down; what is inside a where is lowered with its events.
Code Lowering::run() {
  for (NodeId id = 0; id < plan_.size(); ++id) {
    if (plan_[id].domain == kProfiles) lowered(id, kProfiles);
  }
  std::vector<Output> outputs;
  for (uint32_t i = 0; i < plan_.segments.size(); ++i) {
    outputs.push_back(output(plan_.segments[i], i));
  }
  Code code = emitter_.take();
  code.outputs = std::move(outputs);
  return code;
}

Output Lowering::output(const PlanSegment& segment, uint32_t index) {
  const Lowered members = lowered(segment.condition, kProfiles);
  uint32_t error = members.error;
  const Place place(emitter_, kProfiles, error);
  Output made{.segment = index, .bits = place.solid(members.bits)};
  if (segment.value != kNone) {
    const Lowered of = lowered(segment.value, kProfiles);
    if (of.error != kNone) place.fail(of.error, kNone);
    if (of.value.shape == Value::Shape::kNumber) {
      made.number = of.value.number;
    } else {
      made.top = wide_register(place, of.value.top);
      made.bottom = wide_register(place, of.value.bottom);
    }
  }
  made.error = error;
  return made;
}

const Lowered& Lowering::lowered(NodeId id, uint32_t domain) {
  const uint64_t key = uint64_t{id} << 32 | domain;
  const auto found = lowered_.find(key);
  if (found != lowered_.end()) return found->second;
  uint32_t error = kNone;
  const Place place(emitter_, domain, error);
  if (domain != kProfiles && plan_[id].domain == kProfiles) {
    const Lowered of_person = lowered(id, kProfiles);
    return lowered_.emplace(key, spread(of_person, place)).first->second;
  }
  Lowered result = lower_node(plan_[id], place);
  if (!looks_after_errors(plan_[id].kind)) {
    const NodeId measured = measured_of(plan_[id]);  // it never fails
    for (const NodeId arg : plan_[id].args) {
      if (arg == measured) continue;
      const uint32_t below = lowered(arg, domain).error;
      if (below != kNone) place.fail(below, kNone);
    }
  }
  result.error = error;
  return lowered_.emplace(key, result).first->second;
}

// What is said of a person, said of each of their events.
Lowered Lowering::spread(const Lowered& of_person, const Place& events) {
  const auto each = [&](Op op, uint32_t& reg) {
    if (reg != kNone) reg = events.operation(op, reg);
  };
  Lowered result = of_person;
  Value& value = result.value;
  for (Integer* part : {&value.top, &value.bottom}) {
    each(part->wide ? Op::kSpreadW : Op::kSpreadI, part->reg);
  }
  each(Op::kSpreadF, value.number);
  each(Op::kSpreadI, value.codes);
  each(Op::kSpreadBits, value.present);
  value.direct = false;
  value.position = kNone;
  each(Op::kSpreadBits, result.bits);
  each(Op::kSpreadBits, result.error);
  return result;
}

uint32_t Lowering::any_node(const Node& node, const Place& place) {
  const Node& events = plan_[node.args[0]];
  if (const AskedAlike* alike = asked_alike(node, place)) {
    return answer(*alike, events, 1, place);
  }
  const bool people = place.domain() == kProfiles;
  if (people && assumptions_.fast && sharing_.is_told_by_last(node)) {
    return last_within(events, place);
  }
  return any(lowered(node.args[0], kProfiles).filter, place);
}

Lowered Lowering::lower_node(const Node& node, const Place& place) {
  Lowered result;
  switch (family_of(node.kind)) {
    case Family::kFilter:
      result.filter = filter(node, place);
      break;
    case Family::kFeature:
      if (node.kind == NodeKind::kAny) {
        result.bits = any_node(node, place);
      } else {
        result.value = feature(node, place);
      }
      break;
    case Family::kValue:
      result.value = value_node(node, place);
      break;
    case Family::kPredicate:
      result.bits = predicate(node, place);
      break;
  }
  return result;
}

Program lower(const Plan& plan, const Schema& schema,
              const LowerOptions& options) {
  Program program;
  for (const PlanSegment& segment : plan.segments) {
    program.segments.push_back(segment.name);
  }
  for (uint32_t i = 0; i < schema.event_count(); ++i) {
    program.tables.push_back(schema.event(i).name);
    const DerivedEvents* derived = schema.derived_event(i);
    if (derived == nullptr) continue;
    program.derived.push_back({i, derived->members, derived->gap});
  }
  Parameters parameters(program);
  const Sharing sharing(plan, options);
  for (const bool fast : {true, false}) {
    Code& code = fast ? program.fast : program.general;
    code = Lowering(plan, schema, {.fast = fast}, sharing, parameters).run();
  }
  lay_out(program);
  assert(verify(program).ok());
  return program;
}

}  // namespace kitle
