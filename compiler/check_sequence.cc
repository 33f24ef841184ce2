// Expressions: sequences (compiler/check_expr.h, Meaning 13 to 16).
//
// A `where` of a step may name other steps. While it is checked, `integer` of
// a property or a time says whose it is: 0 the event's own, else that of step
// integer - 1. split_where() then takes it apart, into what is asked of the
// event alone and comparisons with other steps.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/check_expr.h"
#include "runtime/eval/program.h"

namespace kitle {

namespace {

// Whose values are in an expression.
struct Mentions {
  bool own = false;
  std::optional<uint32_t> step;
  bool several = false;  // other steps
  bool flows = false;    // `time since`, another one at every instant
};

// Whether it is the same for every row of an order.
bool is_of_order(const Typed& tree) {
  return tree.kind != TypedKind::kProperty &&
         std::ranges::all_of(
             tree.args, [](const TypedPtr& arg) { return is_of_order(*arg); });
}

// Whether no other step decides which rows of an order pass.
bool has_own_rows(const TypedStep& step) {
  return std::ranges::all_of(step.comparisons, [](const StepComparison& each) {
    return is_of_order(*each.own);
  });
}

void add_mentions(const Typed& tree, Mentions& found) {
  using enum TypedKind;
  if (tree.kind == kOrderTotal) found.own = true;
  if (tree.kind == kTimeSince) found.flows = true;
  if (tree.kind == kProperty || tree.kind == kEventTime) {
    const auto step = static_cast<uint32_t>(tree.integer);
    if (step == 0) {
      found.own = true;
    } else {
      found.several = found.several || (found.step && *found.step != step - 1);
      found.step = step - 1;
    }
  }
  for (const TypedPtr& arg : tree.args) add_mentions(*arg, found);
}

Mentions mentions(const Typed& tree) {
  Mentions found;
  add_mentions(tree, found);
  return found;
}

// `a < b` as said of b.
Comparison turned(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual:
      return Comparison::kEqual;
    case Comparison::kLess:
      return Comparison::kGreater;
    case Comparison::kLessEqual:
      return Comparison::kGreaterEqual;
    case Comparison::kGreater:
      return Comparison::kLess;
    case Comparison::kGreaterEqual:
      return Comparison::kLessEqual;
  }
  return comparison;
}

bool is_fraction(ValueType type) {
  return type == ValueType::kMoneyFraction ||
         type == ValueType::kDurationFraction;
}

// Of an order these are sums over its rows.
bool is_summed(ValueType type) {
  return is_numeric(type) || type == ValueType::kMoney ||
         type == ValueType::kDuration;
}

// The parts of an `and`.
void take_parts(TypedPtr tree, std::vector<TypedPtr>& parts) {
  if (tree->kind != TypedKind::kAnd) {
    parts.push_back(std::move(tree));
    return;
  }
  for (TypedPtr& arg : tree->args) take_parts(std::move(arg), parts);
}

}  // namespace

TypedPtr ExprChecker::sequence(const Expr& expr) {
  auto made = std::make_unique<TypedSequence>();
  bool sound = step_names(expr);
  const Steps here{&expr, made.get()};
  const Steps* outer = std::exchange(steps_, &here);
  for (const StepClause& written : expr.steps) {
    sound = step(written, *made) && sound;
  }
  steps_ = outer;
  sound = sound && all_within(expr, *made);
  for (const Name& name : expr.same) {
    sound = sound && same(expr, name, *made);
  }
  if (!sound || !few_far_steps(expr, *made)) return nullptr;
  TypedPtr typed = node(TypedKind::kSequence, ValueType::kFlag, expr.span);
  typed->sequence = std::move(made);
  if (expr.quantifier == Quantifier::kAny) return typed;
  return negated(std::move(typed));
}

// Each its own, and nothing else's.
bool ExprChecker::step_names(const Expr& expr) {
  bool sound = true;
  for (const StepClause& step : expr.steps) {
    if (!step.name) continue;
    const std::string& name = step.name->text;
    const Symbol* symbol = context_.find(name);
    const auto before =
        std::ranges::find_if(expr.steps, [&](const StepClause& other) {
          return other.name && other.name->text == name;
        });
    const bool twice = &*before != &step;
    if (symbol == nullptr && !twice) continue;
    report(DiagnosticId::kStepNameTaken, step.name->span, {name})
        .with_place(twice ? before->name->span : symbol->span,
                    "it is called so");
    sound = false;
  }
  return sound;
}

bool ExprChecker::step(const StepClause& written, TypedSequence& sequence) {
  const EventClause& clause = *written.clause;
  TypedStep& step = sequence.steps.emplace_back();
  step.negated = written.negated;
  step.span = written.span;
  bool sound = no_property(clause, "a step");
  for (const Anchor& anchor : clause.anchors) {
    report(DiagnosticId::kAnchorInSequence, anchor.span, {quote(anchor.span)});
    sound = false;
  }
  sound = step_span(written.within, step.within) && sound;
  // What its `where` may ask of other steps needs to know of this one.
  if (const auto event = context_.find_event(clause.event.text)) {
    step.events.event = *event;
  }
  std::unique_ptr<TypedEvents> events = this->clause(clause, !written.negated);
  if (!events) return false;
  step.events = std::move(*events);
  return (!step.events.where ||
          split_where(std::move(step.events.where), step)) &&
         sound;
}

bool ExprChecker::step_span(const std::optional<Amount>& written,
                            std::optional<StepSpan>& span) {
  if (!written) return true;
  const std::optional<Amount> length = length_of(*written);
  if (!length || !sensible(*length, false, written->span)) return false;
  span = StepSpan{length->count, step_unit(length->unit)};
  return true;
}

bool ExprChecker::all_within(const Expr& expr, TypedSequence& sequence) {
  if (!expr.all_within) return true;
  const TypedStep& last = sequence.steps.back();
  if (last.negated && !last.within) {
    report(DiagnosticId::kAllWithinOpen, expr.all_within->span)
        .with_place(expr.steps.back().span, "this is waited for");
    return false;
  }
  return step_span(expr.all_within, sequence.all_within);
}

// Each step that is named behind its next one multiplies the work.
bool ExprChecker::few_far_steps(const Expr& expr,
                                const TypedSequence& sequence) {
  std::vector<bool> far(sequence.steps.size(), false);
  size_t before = 0;  // the positive step before
  for (size_t i = 0; i < sequence.steps.size(); ++i) {
    for (const StepComparison& each : sequence.steps[i].comparisons) {
      if (each.step != before) far[each.step] = true;
    }
    if (!sequence.steps[i].negated) before = i;
  }
  if (std::ranges::count(far, true) <= kMostFixedSteps) return true;
  report(DiagnosticId::kFarSteps, expr.span, {std::to_string(kMostFixedSteps)});
  return false;
}

// ---- with same ----

bool ExprChecker::same(const Expr& expr, const Name& name,
                       TypedSequence& sequence) {
  for (size_t i = 0; i < sequence.steps.size(); ++i) {
    TypedStep& step = sequence.steps[i];
    const auto index = property_of(step.events.event, name);
    if (!index || !can_be_same(expr.steps[i], step, name, *index)) return false;
    step.same.push_back(*index);
    const TypedStep& first = sequence.steps.front();
    const ValueType type = property_type(step.events.event, *index);
    const ValueType wanted =
        property_type(first.events.event, first.same.back());
    if (type == wanted) continue;
    report(DiagnosticId::kSameTypes, name.span,
           {name.text, phrase(wanted), schema_event(first.events.event).name,
            phrase(type), schema_event(step.events.event).name});
    return false;
  }
  return true;
}

bool ExprChecker::can_be_same(const StepClause& written, const TypedStep& step,
                              const Name& name, uint32_t index) {
  const ValueType type = property_type(step.events.event, index);
  if (index == kTimeIndex || is_list(type)) {
    report(DiagnosticId::kSameProperty, name.span, {name.text, phrase(type)});
    return false;
  }
  if (!step.events.by_order || is_of_time(index) || !is_summed(type)) {
    return true;
  }
  Span before = written.clause->event.span;
  before.end = before.begin;
  report(DiagnosticId::kSameSum, name.span, {name.text})
      .with_place(written.clause->event.span, "orders")
      .with_mend(before, "rows of ", "take the rows one by one");
  return false;
}

// ---- values of other steps ----

std::optional<uint32_t> ExprChecker::step_named(std::string_view name) const {
  if (steps_ == nullptr || !event_) return std::nullopt;
  const std::vector<StepClause>& steps = steps_->written->steps;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].name && steps[i].name->text == name) {
      return static_cast<uint32_t>(i);
    }
  }
  return std::nullopt;
}

uint32_t ExprChecker::event_of(const Typed& property) const {
  if (steps_ == nullptr || property.integer == 0) return *event_;
  const auto step = static_cast<size_t>(property.integer - 1);
  return steps_->typed->steps[step].events.event;
}

// `p.amount` in a `where`.
TypedPtr ExprChecker::step_value(const Expr& expr, uint32_t step,
                                 const std::string& member) {
  const auto current = static_cast<uint32_t>(steps_->typed->steps.size() - 1);
  const StepClause& written = steps_->written->steps[step];
  if (step > current) {
    report(DiagnosticId::kStepBehind, expr.span, {written.name->text})
        .with_place(written.name->span, "it stands here");
    return nullptr;
  }
  const TypedStep& typed = steps_->typed->steps[step];
  const bool other = step != current;
  if (other && written.negated) {
    report(DiagnosticId::kStepNeverHappened, expr.span, {written.name->text})
        .with_place(written.name->span, "the step");
    return nullptr;
  }
  const uint32_t event = typed.events.event;
  if (!context_.find_event(written.clause->event.text)) return nullptr;
  const auto index = property_of(event, {member, expr.span});
  if (!index) return nullptr;
  if (other && typed.events.by_order && !has_own_rows(typed) &&
      !is_of_time(*index)) {
    report(DiagnosticId::kStepOrderValue, expr.span, {written.name->text})
        .with_place(written.clause->span, "its rows depend on another step");
    return nullptr;
  }
  const bool of_time = is_of_time(*index);
  TypedPtr made =
      node(of_time ? TypedKind::kEventTime : TypedKind::kProperty,
           property_type(event, of_time ? kTimeIndex : *index), expr.span);
  made->integer = other ? step + 1 : 0;
  if (!of_time) made->index = *index;
  const auto part = part_of_time(member);
  return part ? part_of(*part, std::move(made), expr.span) : std::move(made);
}

bool ExprChecker::split_where(TypedPtr where, TypedStep& step) {
  if (!mentions(*where).step) {
    step.events.where = std::move(where);
    return true;
  }
  TypedPtr own = node(TypedKind::kAnd, ValueType::kFlag, where->span);
  std::vector<TypedPtr> parts;
  take_parts(std::move(where), parts);
  bool sound = true;
  for (TypedPtr& part : parts) {
    if (mentions(*part).step) {
      sound = add_comparison(std::move(part), step) && sound;
    } else {
      own->args.push_back(std::move(part));
    }
  }
  if (own->args.size() == 1) {
    step.events.where = std::move(own->args.front());
  } else if (!own->args.empty()) {
    step.events.where = std::move(own);
  }
  return sound;
}

bool ExprChecker::add_comparison(TypedPtr part, TypedStep& step) {
  const Span span = part->span;
  StepComparison made;
  while (part->kind == TypedKind::kNot) {
    made.negated = !made.negated;
    TypedPtr inner = std::move(part->args[0]);
    part = std::move(inner);
  }
  const bool compares = part->kind == TypedKind::kCompare;
  const bool left = compares && mentions(*part->args[0]).step.has_value();
  const Mentions other =
      compares ? mentions(*part->args[left ? 0 : 1]) : Mentions();
  const Mentions own =
      compares ? mentions(*part->args[left ? 1 : 0]) : Mentions();
  if (!compares || !other.step || other.own || other.several || own.step ||
      !own.own || own.flows || other.flows) {
    report(DiagnosticId::kStepComparison, span, {quote(span)});
    return false;
  }
  made.own = std::move(part->args[left ? 1 : 0]);
  made.other = std::move(part->args[left ? 0 : 1]);
  made.comparison = left ? turned(part->comparison) : part->comparison;
  made.step = *other.step;
  if (made.own->type != made.other->type || is_fraction(made.own->type)) {
    report(DiagnosticId::kStepTypes, span,
           {quote(span), phrase(made.own->type), phrase(made.other->type)});
    return false;
  }
  own_value(*made.other, made.step);
  step.comparisons.push_back(std::move(made));
  return true;
}

// What was said of another step, said of its own event.
void ExprChecker::own_value(Typed& tree, uint32_t step) const {
  const bool by_order = steps_->typed->steps[step].events.by_order;
  const bool property = tree.kind == TypedKind::kProperty;
  if (property && by_order && is_summed(tree.type)) {
    tree.kind = TypedKind::kOrderValue;
  }
  if (property || tree.kind == TypedKind::kEventTime) tree.integer = 0;
  for (const TypedPtr& arg : tree.args) own_value(*arg, step);
}

}  // namespace kitle
