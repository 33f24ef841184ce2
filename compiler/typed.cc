// Copies and names of the typed tree. Entry points: clone(), type_name(),
// kind_name(). Printing is in typed_print.cc.
#include "compiler/typed.h"

#include <array>

namespace kitle {

namespace {

std::optional<TypedAnchor> clone_anchor(
    const std::optional<TypedAnchor>& anchor) {
  if (!anchor) return std::nullopt;
  TypedAnchor copy;
  copy.shape = anchor->shape;
  if (anchor->moment) copy.moment = clone(*anchor->moment);
  copy.n = anchor->n;
  copy.m = anchor->m;
  copy.unit = anchor->unit;
  copy.low_unit = anchor->low_unit;
  return copy;
}

TypedEvents clone_events(const TypedEvents& events) {
  TypedEvents copy;
  copy.event = events.event;
  copy.by_order = events.by_order;
  if (events.where) copy.where = clone(*events.where);
  if (events.measured) copy.measured = clone(*events.measured);
  copy.after = clone_anchor(events.after);
  copy.before = clone_anchor(events.before);
  copy.window = events.window;
  return copy;
}

TypedStep clone_step(const TypedStep& step) {
  TypedStep copy;
  copy.events = clone_events(step.events);
  copy.negated = step.negated;
  copy.within = step.within;
  copy.same = step.same;
  copy.span = step.span;
  for (const StepComparison& each : step.comparisons) {
    copy.comparisons.push_back({clone(*each.own), each.step, clone(*each.other),
                                each.comparison, each.negated});
  }
  return copy;
}

std::unique_ptr<TypedSequence> clone_sequence(const TypedSequence& sequence) {
  auto copy = std::make_unique<TypedSequence>();
  copy->all_within = sequence.all_within;
  for (const TypedStep& step : sequence.steps) {
    copy->steps.push_back(clone_step(step));
  }
  return copy;
}

}  // namespace

bool is_place_of_text(const Typed& tree) {
  const Typed* measured = measured_by(tree);
  return measured != nullptr && tree.measure == Measure::kMostFrequent &&
         (measured->type == ValueType::kText ||
          measured->type == ValueType::kCode);
}

TypedPtr clone(const Typed& tree) {
  auto copy = std::make_unique<Typed>();
  copy->kind = tree.kind;
  copy->type = tree.type;
  copy->span = tree.span;
  copy->args.reserve(tree.args.size());
  for (const TypedPtr& arg : tree.args) copy->args.push_back(clone(*arg));
  copy->integer = tree.integer;
  copy->denominator = tree.denominator;
  copy->number = tree.number;
  copy->text = tree.text;
  copy->texts = tree.texts;
  copy->integers = tree.integers;
  copy->values = tree.values;
  copy->cells = tree.cells;
  copy->any_case = tree.any_case;
  copy->rounding = tree.rounding;
  copy->index = tree.index;
  copy->comparison = tree.comparison;
  copy->test = tree.test;
  copy->measure = tree.measure;
  copy->last = tree.last;
  copy->until = tree.until;
  if (tree.events) {
    copy->events = std::make_unique<TypedEvents>(clone_events(*tree.events));
  }
  if (tree.sequence) copy->sequence = clone_sequence(*tree.sequence);
  copy->window = tree.window;
  return copy;
}

const char* type_name(ValueType type) {
  switch (type) {
    case ValueType::kFlag:
      return "flag";
    case ValueType::kInteger:
      return "integer";
    case ValueType::kNumber:
      return "number";
    case ValueType::kMoney:
      return "money";
    case ValueType::kMoneyFraction:
      return "money fraction";
    case ValueType::kText:
      return "text";
    case ValueType::kCode:
      return "code";
    case ValueType::kDate:
      return "date";
    case ValueType::kTime:
      return "time";
    case ValueType::kDuration:
      return "duration";
    case ValueType::kDurationFraction:
      return "duration fraction";
    case ValueType::kPoints:
      return "points";
    case ValueType::kTextList:
      return "list of text";
    case ValueType::kCodeList:
      return "list of code";
    case ValueType::kWeekday:
      return "weekday";
  }
  return "";
}

const char* kind_name(TypedKind kind) {
  constexpr std::array kNames = {
      "constant",    "attribute",   "property",   "event time",
      "order total", "order value", "add",        "subtract",
      "multiply",    "divide",      "negate",     "percent",
      "day",         "hour",        "weekday",    "age",
      "length",      "rounded",     "looked up",  "measure",
      "moment",      "days since",  "time since", "column of a table",
      "points",      "fitted cut",  "tally",      "and",
      "or",          "not",         "compare",    "text test",
      "in texts",    "in integers", "list has",   "element of",
      "present",     "in window",   "birthday",   "in segment",
      "sequence"};
  static_assert(kNames.size() == static_cast<size_t>(TypedKind::kSequence) + 1);
  return kNames[static_cast<size_t>(kind)];
}

TypedPersona clone(const TypedPersona& persona) {
  TypedPersona copy{.name = persona.name,
                    .lines = {},
                    .most_a_day = persona.most_a_day,
                    .most = persona.most,
                    .halving = persona.halving};
  for (const TypedPointsLine& line : persona.lines) {
    TypedPointsLine& made = copy.lines.emplace_back();
    made.kind = line.kind;
    made.points = line.points;
    made.per = line.per;
    made.index = line.index;
    if (line.events) {
      made.events = std::make_unique<TypedEvents>(clone_events(*line.events));
    }
    if (line.condition) made.condition = clone(*line.condition);
  }
  return copy;
}

bool is_within(const TypedGuard& guard, uint64_t people, uint64_t everyone) {
  if (!guard.percent) {
    return static_cast<Int128>(people) >= guard.low &&
           static_cast<Int128>(people) <= guard.high;
  }
  const Int128 share = static_cast<Int128>(people) * kWholePercent;
  return share >= static_cast<Int128>(everyone) * guard.low &&
         share <= static_cast<Int128>(everyone) * guard.high;
}

}  // namespace kitle
