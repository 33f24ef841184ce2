// Copies of syntax (compiler/copy_tree.h).
#include "compiler/copy_tree.h"

#include <algorithm>

namespace kitle {

namespace {

constexpr size_t kMaxDepth = 500;  // arguments in arguments

// In place of what is too much; the copy is not used.
ExprPtr nothing(const Expr& tree) {
  auto made = std::make_unique<Expr>();
  made->kind = ExprKind::kExpanded;
  made->span = tree.span;
  return made;
}

// What stands behind the arguments of templates around a call.
const Expr& innermost(const Expr& tree) {
  const Expr* inner = &tree;
  while (inner->kind == ExprKind::kArgument) inner = inner->args[0].get();
  return *inner;
}

}  // namespace

Span TreeCopier::copy(Span span) const {
  if (span.file == from_) span.file = to_;
  return span;
}

const Argument* TreeCopier::find(std::string_view name,
                                 ParameterKind kind) const {
  const auto found = arguments_.find(std::string(name));
  if (found == arguments_.end()) return nullptr;
  return found->second.parameter->kind == kind ? &found->second : nullptr;
}

ExprPtr TreeCopier::copy(const ExprPtr& tree) {
  return tree ? copy_one(*tree) : nullptr;
}

ExprPtr TreeCopier::copy_one(const Expr& tree) {
  ++nodes_;
  if (depth_ > kMaxDepth) nodes_ = std::max(nodes_, most_ + 1);
  if (too_big()) return nothing(tree);
  ++depth_;
  ExprPtr made = whole(tree);
  --depth_;
  return made;
}

ExprPtr TreeCopier::whole(const Expr& tree) {
  if (tree.kind == ExprKind::kName) {
    if (ExprPtr replaced = named(tree)) return replaced;
  }
  auto made = std::make_unique<Expr>();
  copy_fields(tree, *made);
  for (const ExprPtr& arg : tree.args) made->args.push_back(copy(arg));
  made->low = copy(tree.low);
  made->high = copy(tree.high);
  if (tree.window) made->window = copy(*tree.window);
  if (tree.clause) made->clause = copy(*tree.clause);
  for (const StepClause& step : tree.steps) made->steps.push_back(copy(step));
  if (tree.all_within) made->all_within = copy(*tree.all_within);
  for (const Name& each : tree.same) made->same.push_back(column(copy(each)));
  const bool column = tree.kind == ExprKind::kMomentOf ||
                      tree.kind == ExprKind::kTotal ||
                      tree.kind == ExprKind::kColumnOf;
  const bool reference = tree.kind == ExprKind::kName ||
                         tree.kind == ExprKind::kInSegment ||
                         tree.kind == ExprKind::kCall;
  if (reference) rename(made->name.text);
  if (column) made->name = this->column(made->name);
  return made;
}

void TreeCopier::copy_fields(const Expr& from, Expr& to) {
  to.kind = from.kind;
  to.span = copy(from.span);
  to.op_span = copy(from.op_span);
  to.text = from.text;
  to.currency = from.currency;
  to.name = copy(from.name);
  to.op = from.op;
  to.arith = from.arith;
  to.quantifier = from.quantifier;
  to.counted = from.counted;
  to.measure = from.measure;
  to.last = from.last;
  to.all = from.all;
  to.until = from.until;
  to.negated = from.negated;
  to.amount = copy(from.amount);
}

// A name that is a parameter; null for any other.
ExprPtr TreeCopier::named(const Expr& name) {
  const auto found = arguments_.find(name.name.text);
  if (found == arguments_.end()) return nullptr;
  return argument(name, found->second);
}

// What was given, as it stands.
ExprPtr TreeCopier::given(const Expr& value) {
  const Arguments none;
  TreeCopier plain(none, 0, 0, profile_, most_ - std::min(nodes_, most_));
  plain.depth_ = depth_;
  ExprPtr made = plain.copy_one(value);
  nodes_ += plain.nodes();
  return made;
}

ExprPtr TreeCopier::argument(const Expr& use, const Argument& argument) {
  auto made = std::make_unique<Expr>();
  made->span = copy(use.span);
  made->op_span = made->span;
  const ParameterDecl& parameter = *argument.parameter;
  if (parameter.kind == ParameterKind::kValue) {
    made->kind = ExprKind::kArgument;
    made->name = parameter.name;
    made->text = type_text(parameter.type);
    made->args.push_back(given(*argument.value));
    return made;
  }
  made->kind = ExprKind::kName;
  made->name.span = made->span;
  const bool attribute = parameter.kind == ParameterKind::kAttribute;
  made->name.text = parameter.kind == ParameterKind::kEvent ? argument.event
                                                            : argument.column;
  if (attribute && in_where_) made->name.text.insert(0, profile_ + ".");
  return made;
}

Name TreeCopier::column(Name name) const {
  const Argument* found = find(name.text, ParameterKind::kProperty);
  if (found != nullptr) name.text = found->column;
  return name;
}

Amount TreeCopier::copy(const Amount& amount) {
  Amount made = amount;
  made.span = copy(amount.span);
  const Argument* found = find(amount.name, ParameterKind::kValue);
  if (found == nullptr) {
    rename(made.name);
    return made;
  }
  const Expr& value = innermost(*found->value);
  made.name = value.kind == ExprKind::kName ? value.name.text : "";
  const bool written = value.kind == ExprKind::kDuration;
  made.count = written ? value.amount.count : 1;
  made.unit = written ? value.amount.unit : TimeUnit::kDay;
  if (!written && made.name.empty()) no_lengths_.push_back(&value);
  return made;
}

Window TreeCopier::copy(const Window& window) {
  Window made;
  made.kind = window.kind;
  made.span = copy(window.span);
  made.amount = copy(window.amount);
  made.low = copy(window.low);
  made.unit = window.unit;
  made.year = window.year;
  made.month = window.month;
  made.low_value = copy(window.low_value);
  made.high_value = copy(window.high_value);
  return made;
}

Anchor TreeCopier::copy(const Anchor& anchor) {
  Anchor made;
  made.form = anchor.form;
  made.after = anchor.after;
  made.amount = copy(anchor.amount);
  made.low = copy(anchor.low);
  made.moment = copy(anchor.moment);
  made.span = copy(anchor.span);
  return made;
}

StepClause TreeCopier::copy(const StepClause& step) {
  StepClause made;
  made.negated = step.negated;
  if (step.name) made.name = copy(*step.name);
  made.clause = copy(*step.clause);
  if (step.within) made.within = copy(*step.within);
  made.span = copy(step.span);
  return made;
}

std::unique_ptr<EventClause> TreeCopier::copy(const EventClause& clause) {
  auto made = std::make_unique<EventClause>();
  made->event = copy(clause.event);
  made->rows = clause.rows;
  if (clause.property) made->property = copy(*clause.property);
  const bool outer = in_where_;
  in_where_ = true;
  made->measured = copy(clause.measured);
  made->where = copy(clause.where);
  in_where_ = outer;
  for (const Anchor& each : clause.anchors) {
    made->anchors.push_back(copy(each));
  }
  if (clause.window) made->window = copy(*clause.window);
  made->span = copy(clause.span);
  rename(*made);
  return made;
}

// `purchases` is the parameter `purchase`, too.
void TreeCopier::rename(EventClause& clause) const {
  const std::string& name = clause.event.text;
  const Argument* event = find(name, ParameterKind::kEvent);
  if (event == nullptr && name.ends_with('s')) {
    event = find(std::string_view(name).substr(0, name.size() - 1),
                 ParameterKind::kEvent);
  }
  if (event != nullptr) clause.event.text = event->event;
  if (clause.property) clause.property = column(*clause.property);
}

void TreeCopier::rename(std::string& name) const {
  if (renames_ == nullptr || name.empty()) return;
  const size_t end = std::min(name.find('.'), name.size());
  const auto found = renames_->find(name.substr(0, end));
  if (found != renames_->end()) name.replace(0, end, found->second);
}

Name TreeCopier::event_of(Name name) const {
  const Argument* event = find(name.text, ParameterKind::kEvent);
  if (event != nullptr) name.text = event->event;
  return name;
}

}  // namespace kitle
