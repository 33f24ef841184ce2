// Expressions: dispatch, names and conditions (compiler/check_expr.h).
#include "compiler/check_expr.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/words.h"

namespace kitle {

namespace {

// The event clause that a condition ends with; null if it ends otherwise.
const EventClause* last_clause(const Expr& expr) {
  if (expr.clause) return expr.clause.get();
  if (!expr.steps.empty()) return expr.steps.back().clause.get();
  bool ends_with_part = expr.kind == ExprKind::kNot ||
                        expr.kind == ExprKind::kCompare ||
                        expr.kind == ExprKind::kMatchesWindow;
  if (!ends_with_part || expr.args.empty()) return nullptr;
  return expr.args.back() ? last_clause(*expr.args.back()) : nullptr;
}

std::vector<std::string> person_names(const CheckContext& context) {
  std::vector<std::string> known = names_of(context.schema.attributes);
  add_names(context.syntax.events, known);
  add_names(context.syntax.groups, known);
  add_names(context.syntax.sessions, known);
  add_names(context.syntax.lets, known);
  add_names(context.syntax.segments, known);
  add_names(context.syntax.stages, known);
  add_names(context.syntax.personas, known);
  add_names(context.syntax.scores, known);
  return known;
}

}  // namespace

TypedPtr ExprChecker::condition(const ExprPtr& expr) {
  TypedPtr typed = either(expr);
  if (!typed || typed->type == ValueType::kFlag) return typed;
  bool moment = expr->kind == ExprKind::kMoment;
  report(moment ? DiagnosticId::kMomentAlone : DiagnosticId::kNotACondition,
         expr->span, {quote(*expr), phrase(typed->type)});
  return nullptr;
}

TypedPtr ExprChecker::value(const ExprPtr& expr) {
  TypedPtr typed = either(expr);
  if (!typed || !is_condition(*typed)) return typed;
  report(DiagnosticId::kConditionAsValue, expr->span, {quote(*expr)});
  return nullptr;
}

TypedPtr ExprChecker::either(const ExprPtr& expr) {
  if (!expr) return nullptr;
  if (depth_ == 0) whole_ = expr->span;
  // The parser bounds nesting; this holds for trees made otherwise too.
  if (depth_ == kMaxTypedDepth) {
    report(DiagnosticId::kTooDeep, expr->span,
           {quote(whole_), std::to_string(kMaxTypedDepth)});
    return nullptr;
  }
  ++depth_;
  TypedPtr typed = dispatch(*expr);
  --depth_;
  return typed;
}

// One switch over every kind of expression.
TypedPtr ExprChecker::dispatch(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kNumber:
      return number(expr);
    case ExprKind::kMoney:
      return money(expr);
    case ExprKind::kString:
      return text(expr);
    case ExprKind::kDate:
      return date(expr);
    case ExprKind::kDateTime:
      return date_time(expr);
    case ExprKind::kDuration:
      return duration(expr);
    case ExprKind::kFlag:
      return constant(ValueType::kFlag, expr.amount.count, expr.span);
    case ExprKind::kName:
      return name(expr);
    case ExprKind::kArithmetic:
      return arithmetic(expr);
    case ExprKind::kNegate:
      return negate(expr);
    case ExprKind::kPercentOf:
      return percent_of(expr);
    case ExprKind::kAgeOf:
    case ExprKind::kLengthOf:
    case ExprKind::kBirthdayOf:
    case ExprKind::kRounded:
      return of_value(expr);
    case ExprKind::kTotal:
      return order_total(expr);
    case ExprKind::kColumnOf:
      return column_of_table(expr);
    case ExprKind::kDaysSince:
      return days_since(expr);
    case ExprKind::kTimeSince:
      return time_since(expr);
    case ExprKind::kExpanded:
      return expanded(expr);
    case ExprKind::kArgument:
      return argument(expr);
    case ExprKind::kCall:
      return nullptr;  // put in before
    case ExprKind::kList:
    case ExprKind::kTableFile:
      report(DiagnosticId::kListAlone, expr.span, {quote(expr)});
      return nullptr;
    case ExprKind::kAnd:
    case ExprKind::kOr:
      return junction(expr);
    case ExprKind::kNot:
      return negation(expr);
    case ExprKind::kBracket:
      return either(expr.args[0]);
    case ExprKind::kCompare:
      return compare(expr);
    case ExprKind::kBetween:
      return between(expr);
    case ExprKind::kContainsList:
      return contains_list(expr);
    case ExprKind::kInList:
      return in_list(expr);
    case ExprKind::kIsMissing:
    case ExprKind::kIsPresent:
      return presence(expr);
    case ExprKind::kMatchesWindow:
      return matches_window(expr);
    case ExprKind::kMeasure:
    case ExprKind::kMoment:
    case ExprKind::kMomentOf:
    case ExprKind::kInSegment:
    case ExprKind::kInTop:
    case ExprKind::kQuantified:
    case ExprKind::kSequence:
    case ExprKind::kGroup:
    case ExprKind::kEveryone:
      return person_only(expr);
  }
  return nullptr;
}

// What asks about the whole person, and so cannot stand in a `where`.
TypedPtr ExprChecker::person_only(const Expr& expr) {
  if (!event_) return event_kind(expr);
  report(DiagnosticId::kPersonInWhere, expr.span,
         {fmt::format("`{}`", quote(expr))})
      .with_label(
          fmt::format("inside a `where` of `{}`", schema_event(*event_).name));
  return nullptr;
}

TypedPtr ExprChecker::event_kind(const Expr& expr) {
  if (expr.kind == ExprKind::kMeasure) return measure(expr);
  if (expr.kind == ExprKind::kMoment) return moment(expr);
  if (expr.kind == ExprKind::kMomentOf) return moment_of(expr);
  if (expr.kind == ExprKind::kInSegment) return in_segment(expr);
  if (expr.kind == ExprKind::kInTop) return in_top(expr);
  if (expr.kind == ExprKind::kQuantified) return quantified(expr);
  if (expr.kind == ExprKind::kSequence) return sequence(expr);
  if (expr.kind == ExprKind::kGroup) return group(expr);
  return constant(ValueType::kFlag, 1, expr.span);  // everyone
}

// ---- names ----

TypedPtr ExprChecker::name(const Expr& expr) {
  if (expr.name.text.find('.') != std::string::npos) return dotted_name(expr);
  return event_ ? event_name(expr) : person_name(expr);
}

TypedPtr ExprChecker::attribute(const std::string& name, Span span) const {
  const std::vector<Column>& columns = context_.schema.attributes;
  const auto index = find_column(columns, name);
  if (!index) return nullptr;
  TypedPtr typed =
      node(TypedKind::kAttribute, value_type(columns[*index].type), span);
  typed->index = *index;
  return typed;
}

TypedPtr ExprChecker::person_name(const Expr& expr) {
  const std::string& name = expr.name.text;
  const Schema& schema = context_.schema;
  if (name == "points" && persona_ != kNoPersona) {
    return points_of(persona_, expr.span);  // whatever an attribute is called
  }
  if (TypedPtr typed = attribute(name, expr.span)) return typed;
  if (context_.broken(schema.profile_name, name)) return nullptr;
  const Symbol* symbol = context_.find(name);
  if (symbol != nullptr && symbol->kind == Symbol::Kind::kLet) {
    return let_value(expr, symbol->index);
  }
  if (symbol != nullptr) return other_symbol(expr, *symbol);
  if (!schema.key_name.empty() && name == schema.key_name) {
    report(DiagnosticId::kKeyInRule, expr.span, {name});
    return nullptr;
  }
  if (TypedPtr day = weekday(expr)) return day;
  return unknown_name(expr);
}

// `saturday`, where nothing that is declared is called so.
TypedPtr ExprChecker::weekday(const Expr& expr) const {
  int day = weekday_named(expr.name.text);
  if (day == 0) return nullptr;
  return constant(ValueType::kWeekday, day, expr.span);
}

// A name in a `where`: the event's own property, or a `let`.
TypedPtr ExprChecker::event_name(const Expr& expr) {
  const std::string& name = expr.name.text;
  const EventType& event = schema_event(*event_);
  if (name == "time") {
    return node(TypedKind::kEventTime, ValueType::kTime, expr.span);
  }
  if (auto part = part_of_time(name)) {
    return part_of(*part,
                   node(TypedKind::kEventTime, ValueType::kTime, expr.span),
                   expr.span);
  }
  if (auto index = find_column(event.columns, name)) {
    ValueType type = value_type(event.columns[*index].type);
    TypedPtr typed = node(TypedKind::kProperty, type, expr.span);
    typed->index = *index;
    return typed;
  }
  if (context_.broken(event.name, name)) return nullptr;
  const Symbol* symbol = context_.find(name);
  if (symbol != nullptr && symbol->kind == Symbol::Kind::kLet) {
    return let_value(expr, symbol->index);
  }
  if (find_column(context_.schema.attributes, name)) {
    std::string whole = context_.schema.profile_name + "." + name;
    report(DiagnosticId::kAttributeInWhere, expr.span, {name, event.name})
        .with_mend(expr.span, whole, fmt::format("write `{}`", whole));
    return nullptr;
  }
  if (context_.reported(name)) return nullptr;
  if (TypedPtr day = weekday(expr)) return day;
  if (not_common(*event_, name, expr.span)) return nullptr;
  std::vector<std::string> known = names_of(event.columns);
  known.insert(known.end(), {"time", "day", "weekday", "hour"});
  add_names(context_.syntax.lets, known);
  suggest_name(
      report(DiagnosticId::kUnknownProperty, expr.span, {name, event.name}),
      expr.span, name, known);
  return nullptr;
}

TypedPtr ExprChecker::dotted_name(const Expr& expr) {
  const std::string& path = expr.name.text;
  size_t dot = path.find('.');
  std::string owner = path.substr(0, dot);
  std::string member = path.substr(dot + 1);
  if (const auto step = step_named(owner)) {
    return step_value(expr, *step, member);
  }
  const Schema& schema = context_.schema;
  bool of_person = owner == schema.profile_name &&
                   find_column(schema.attributes, member).has_value();
  if (context_.reported(owner)) return nullptr;
  const Symbol* symbol = context_.find(owner);
  if (symbol != nullptr && symbol->kind == Symbol::Kind::kPersona) {
    return persona_member(expr, symbol->index, member);
  }
  if (symbol != nullptr && symbol->kind == Symbol::Kind::kScore) {
    return score_member(expr, symbol->index, member);
  }
  if (context_.find_stages(owner)) {
    report(DiagnosticId::kSegmentAlone, expr.span, {path})
        .with_mend(expr.span, "in " + path, fmt::format("write `in {}`", path));
    return nullptr;
  }
  if (owner == schema.profile_name && event_) {
    return attribute_in_where(expr, member);
  }
  std::optional<uint32_t> event = context_.find_event(owner);
  bool of_event = event && property_of(*event, {member, expr.span});
  if (event && !of_event) return nullptr;
  if (of_event && !event_) {
    Diagnostic& made =
        report(DiagnosticId::kPropertyWithoutEvent, expr.span, {path});
    for (const std::string& mend :
         {"sum of " + path, "average of " + path,
          fmt::format("{} of last {}", member, owner)}) {
      made.with_mend(expr.span, mend, fmt::format("write `{}`", mend));
    }
    return nullptr;
  }
  Diagnostic& diagnostic = report(DiagnosticId::kDottedName, expr.span, {path});
  bool own = of_event && *event == *event_;
  if (of_person || own) {
    diagnostic.with_mend(expr.span, member, fmt::format("write `{}`", member));
  }
  return nullptr;
}

// `customer.limit` in a `where`.
TypedPtr ExprChecker::attribute_in_where(const Expr& expr,
                                         const std::string& name) {
  const Schema& schema = context_.schema;
  if (TypedPtr typed = attribute(name, expr.span)) return typed;
  if (context_.broken(schema.profile_name, name)) return nullptr;
  if (!schema.key_name.empty() && name == schema.key_name) {
    report(DiagnosticId::kKeyInRule, expr.span, {name});
    return nullptr;
  }
  std::vector<std::string> known;
  for (const Column& column : schema.attributes) {
    known.push_back(schema.profile_name + "." + column.name);
  }
  suggest_name(report(DiagnosticId::kUnknownName, expr.span, {expr.name.text}),
               expr.span, expr.name.text, known);
  return nullptr;
}

// A name that is declared, but cannot stand alone.
TypedPtr ExprChecker::other_symbol(const Expr& expr, const Symbol& symbol) {
  const std::string& name = expr.name.text;
  if (symbol.kind == Symbol::Kind::kStages) {
    report_stages_alone(expr.span, symbol.index);
  } else if (symbol.kind == Symbol::Kind::kScore) {
    report(DiagnosticId::kScoreAlone, expr.span, {name})
        .with_mend(expr.span, name + ".score",
                   fmt::format("write `{}.score`", name));
  } else if (symbol.kind == Symbol::Kind::kSegment ||
             symbol.kind == Symbol::Kind::kPersona) {
    report(DiagnosticId::kSegmentAlone, expr.span, {name})
        .with_mend(expr.span, "in " + name, fmt::format("write `in {}`", name));
  } else if (const auto event = context_.find_event(name)) {
    std::string any = "any " + schema_event(*event).name;
    report(DiagnosticId::kEventAlone, expr.span, {name})
        .with_mend(expr.span, any, fmt::format("write `{}`", any));
  } else {
    report(DiagnosticId::kUnknownName, expr.span, {name})
        .with_place(symbol.span,
                    fmt::format("{} of this name", symbol_kind(symbol.kind)));
  }
  return nullptr;
}

TypedPtr ExprChecker::unknown_name(const Expr& expr) {
  if (context_.reported(expr.name.text)) return nullptr;
  if (expr.name.text == "points" && !context_.personas.empty()) {
    report(DiagnosticId::kPointsNeedName, expr.span);
    return nullptr;
  }
  if (property_of_clause_before(expr) || property_of_some_event(expr)) {
    return nullptr;
  }
  Diagnostic& made =
      report(DiagnosticId::kUnknownName, expr.span, {expr.name.text});
  if (expr.name.text != "age") {
    suggest_name(made, expr.span, expr.name.text, person_names(context_));
    return nullptr;
  }
  for (const Column& column : context_.schema.attributes) {
    if (column.type != TypeKind::kDate) continue;
    std::string mend = "age of " + column.name;
    made.with_mend(expr.span, mend, fmt::format("write `{}`", mend));
  }
  return nullptr;
}

// `any purchase where channel is "web" and amount > 5 TRY`: brackets are
// missing.
bool ExprChecker::property_of_clause_before(const Expr& expr) {
  const EventClause* clause = clause_before_;
  if (clause == nullptr || beside_ == nullptr) return false;
  std::optional<uint32_t> event = context_.find_event(clause->event.text);
  const std::string& name = expr.name.text;
  const bool known = event && (part_of_time(name) ||
                               find_column(schema_event(*event).columns, name));
  if (!known) return false;
  Diagnostic& diagnostic = report(DiagnosticId::kPropertyOutside, expr.span,
                                  {name, schema_event(*event).name});
  diagnostic.with_place(clause->span, "its clause ends here");
  bool adjacent = clause->where &&
                  clause->where->span.end == clause->span.end &&
                  clause->span.file == beside_->span.file;
  if (!adjacent) return true;
  Span both = clause->where->span;
  both.end = beside_->span.end;
  std::string text = fmt::format("({})", context_.sources.text(both));
  diagnostic.with_mend(both, text, fmt::format("write `where {}`", text));
  return true;
}

bool ExprChecker::property_of_some_event(const Expr& expr) {
  for (const EventType& event : context_.schema.events) {
    if (!find_column(event.columns, expr.name.text)) continue;
    report(DiagnosticId::kPropertyOutside, expr.span,
           {expr.name.text, event.name});
    return true;
  }
  return false;
}

TypedPtr ExprChecker::let_value(const Expr& expr, uint32_t index) {
  const LetInfo& let = context_.lets[index];
  if (!let.sound) return nullptr;
  if (let.length != nullptr && !let.value) {
    const Span& written = context_.syntax.lets[index].value->span;
    report(DiagnosticId::kCalendarDuration, expr.span, {quote(written)})
        .with_place(written, "declared here");
    return nullptr;
  }
  if (let.list) {
    report(DiagnosticId::kListAlone, expr.span, {expr.name.text})
        .with_place(context_.syntax.lets[index].name.span, "declared here");
    return nullptr;
  }
  if (let.of_person && event_) {
    report(DiagnosticId::kPersonInWhere, expr.span,
           {fmt::format("`{}`", expr.name.text)})
        .with_place(context_.syntax.lets[index].name.span, "declared here");
    return nullptr;
  }
  if (let.open_clause && group_ != nullptr) {
    report(DiagnosticId::kGroupPassesLet, expr.span, {expr.name.text})
        .with_place(context_.syntax.lets[index].name.span, "declared here");
  }
  if (!context_.may_copy(let.nodes, expr.span)) return nullptr;
  uses_.insert(uses_.end(), let.uses.begin(), let.uses.end());
  open_clause_ = open_clause_ || let.open_clause;
  TypedPtr typed = clone(*let.value);
  typed->span = expr.span;
  return typed;
}

// ---- conditions ----

TypedPtr ExprChecker::junction(const Expr& expr) {
  bool both = expr.kind == ExprKind::kAnd;
  TypedPtr typed = node(both ? TypedKind::kAnd : TypedKind::kOr,
                        ValueType::kFlag, expr.span);
  const EventClause* outer_clause = clause_before_;
  const Expr* outer_beside = beside_;
  bool sound = true;
  for (const ExprPtr& arg : expr.args) {
    beside_ = arg.get();
    TypedPtr part = condition(arg);
    sound = sound && part;
    clause_before_ = arg ? last_clause(*arg) : nullptr;
    typed->args.push_back(std::move(part));
  }
  clause_before_ = outer_clause;
  beside_ = outer_beside;
  return sound ? std::move(typed) : nullptr;
}

TypedPtr ExprChecker::negation(const Expr& expr) {
  TypedPtr inner = condition(expr.args[0]);
  if (!inner) return nullptr;
  TypedPtr typed = node(TypedKind::kNot, ValueType::kFlag, expr.span);
  typed->args.push_back(std::move(inner));
  return typed;
}

TypedPtr ExprChecker::presence(const Expr& expr) {
  TypedPtr inner = value(expr.args[0]);
  if (!inner) return nullptr;
  if (is_constant(*inner)) {
    report(DiagnosticId::kBothWritten, expr.span, {quote(expr)});
    return nullptr;
  }
  TypedPtr present = node(TypedKind::kPresent, ValueType::kFlag, expr.span);
  present->args.push_back(std::move(inner));
  if (expr.kind == ExprKind::kIsPresent) return present;
  TypedPtr typed = node(TypedKind::kNot, ValueType::kFlag, expr.span);
  typed->args.push_back(std::move(present));
  return typed;
}

TypedPtr ExprChecker::in_segment(const Expr& expr) {
  const std::optional<uint32_t> found = segment_named(expr.name);
  if (!found) return nullptr;
  TypedPtr segment = membership(*found, expr.span);
  return expr.negated ? negated(std::move(segment)) : std::move(segment);
}

TypedPtr ExprChecker::group(const Expr& expr) {
  std::optional<WindowSpec> window = event_window(*expr.window);
  const WindowSpec* outer = group_;
  bool outer_reached = group_reached_;
  WindowSpec spec = window.value_or(WindowSpec{});
  group_ = &spec;
  group_reached_ = false;
  TypedPtr inner = condition(expr.args[0]);
  if (inner && window && !group_reached_) {
    report(DiagnosticId::kGroupReachesNothing, expr.window->span,
           {quote(expr.window->span)});
  }
  group_ = outer;
  group_reached_ = outer_reached;
  return window ? std::move(inner) : nullptr;
}

// ---- nodes ----

TypedPtr ExprChecker::node(TypedKind kind, ValueType type, Span span) const {
  auto typed = std::make_unique<Typed>();
  typed->kind = kind;
  typed->type = type;
  typed->span = span;
  return typed;
}

TypedPtr ExprChecker::constant(ValueType type, Int128 value, Span span) const {
  TypedPtr typed = node(TypedKind::kConstant, type, span);
  typed->integer = value;
  return typed;
}

const Column* ExprChecker::column_of(const Typed& tree) const {
  if (tree.kind == TypedKind::kAttribute) {
    return &context_.schema.attributes[tree.index];
  }
  if (tree.kind == TypedKind::kProperty && event_) {
    return &schema_event(event_of(tree)).columns[tree.index];
  }
  bool of_events = tree.kind == TypedKind::kMomentOf ||
                   (tree.kind == TypedKind::kMeasure &&
                    tree.measure == Measure::kMostFrequent);
  if (!of_events || is_of_time(tree.index)) return nullptr;
  return &schema_event(tree.events->event).columns[tree.index];
}

bool is_condition(const Typed& tree) {
  if (tree.type != ValueType::kFlag) return false;
  using enum TypedKind;
  for (TypedKind kind :
       {kConstant, kAttribute, kProperty, kMomentOf, kMeasure, kLookup}) {
    if (tree.kind == kind) return false;
  }
  return true;
}

bool is_constant(const Typed& tree) {
  return tree.kind == TypedKind::kConstant;
}

bool is_numeric(ValueType type) {
  return type == ValueType::kInteger || type == ValueType::kNumber;
}

bool is_monetary(ValueType type) {
  return type == ValueType::kMoney || type == ValueType::kMoneyFraction;
}

bool is_span_of_time(ValueType type) {
  return type == ValueType::kDuration || type == ValueType::kDurationFraction;
}

bool is_textual(ValueType type) {
  return type == ValueType::kText || type == ValueType::kCode;
}

bool is_list(ValueType type) {
  return type == ValueType::kTextList || type == ValueType::kCodeList;
}

bool is_moment(ValueType type) {
  return type == ValueType::kDate || type == ValueType::kTime;
}

StepUnit step_unit(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kSecond:
      return StepUnit::kSecond;
    case TimeUnit::kMinute:
      return StepUnit::kMinute;
    case TimeUnit::kHour:
      return StepUnit::kHour;
    case TimeUnit::kDay:
      return StepUnit::kDay;
    case TimeUnit::kWeek:
      return StepUnit::kWeek;
    case TimeUnit::kMonth:
      return StepUnit::kMonth;
    case TimeUnit::kQuarter:
      return StepUnit::kQuarter;
    case TimeUnit::kYear:
      return StepUnit::kYear;
  }
  return StepUnit::kDay;
}

}  // namespace kitle
