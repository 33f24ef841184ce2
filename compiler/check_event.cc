// Expressions: event clauses, quantifiers, measures and moments
// (compiler/check_expr.h).
#include <fmt/format.h>

#include "compiler/check_expr.h"

namespace kitle {

namespace {

Measure measure_of(MeasureKind kind) {
  switch (kind) {
    case MeasureKind::kCount:
      return Measure::kCount;
    case MeasureKind::kSum:
      return Measure::kSum;
    case MeasureKind::kAverage:
      return Measure::kAverage;
    case MeasureKind::kSmallest:
      return Measure::kSmallest;
    case MeasureKind::kLargest:
      return Measure::kLargest;
    case MeasureKind::kDistinctCount:
    case MeasureKind::kDaysWith:
      return Measure::kDistinctCount;
    case MeasureKind::kMostFrequent:
      return Measure::kMostFrequent;
    case MeasureKind::kShare:
      return Measure::kCount;
    case MeasureKind::kMedianGap:
      return Measure::kMedianGap;
  }
  return Measure::kCount;
}

const char* measure_words(Measure measure) {
  switch (measure) {
    case Measure::kCount:
      return "count of";
    case Measure::kSum:
      return "sum of";
    case Measure::kAverage:
      return "average of";
    case Measure::kSmallest:
      return "smallest";
    case Measure::kLargest:
      return "largest";
    case Measure::kDistinctCount:
      return "distinct count of";
    case Measure::kMedianGap:
      return "median gap between";
    case Measure::kMostFrequent:
      return "most frequent";
  }
  return "";
}

bool is_summable(ValueType type) {
  return is_numeric(type) || type == ValueType::kMoney ||
         type == ValueType::kDuration;
}

ValueType average_type(ValueType property) {
  if (property == ValueType::kMoney) return ValueType::kMoneyFraction;
  bool duration = property == ValueType::kDuration;
  return duration ? ValueType::kDurationFraction : ValueType::kNumber;
}

Comparison comparison_of(Quantifier quantifier) {
  switch (quantifier) {
    case Quantifier::kNo:
    case Quantifier::kExactly:
      return Comparison::kEqual;
    case Quantifier::kAny:
    case Quantifier::kAtLeast:
    case Quantifier::kBetween:
      return Comparison::kGreaterEqual;
    case Quantifier::kAtMost:
      return Comparison::kLessEqual;
    case Quantifier::kMoreThan:
      return Comparison::kGreater;
    case Quantifier::kFewerThan:
      return Comparison::kLess;
  }
  return Comparison::kEqual;
}

std::vector<std::string> event_names(const Schema& schema) {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < schema.event_count(); ++i) {
    if (names.size() >= kMaxKnownNames) break;
    names.push_back(schema.event(i).name);
    names.push_back(schema.event(i).plural);
  }
  return names;
}

}  // namespace

bool names_before(const EventClause& clause) {
  return clause.property &&
         clause.property->span.begin < clause.event.span.begin;
}

bool measures(Measure measure, ValueType property) {
  switch (measure) {
    case Measure::kSum:
    case Measure::kAverage:
      return is_summable(property);
    case Measure::kSmallest:
    case Measure::kLargest:
      return is_summable(property) || is_moment(property);
    case Measure::kDistinctCount:
    case Measure::kMostFrequent:
      return !is_list(property);
    case Measure::kCount:
    case Measure::kMedianGap:
      return false;
  }
  return false;
}

ValueType measure_type(Measure measure, ValueType property) {
  switch (measure) {
    case Measure::kCount:
    case Measure::kDistinctCount:
      return ValueType::kInteger;
    case Measure::kMedianGap:
      return ValueType::kDurationFraction;
    case Measure::kAverage:
      return average_type(property);
    case Measure::kSum:
    case Measure::kSmallest:
    case Measure::kLargest:
    case Measure::kMostFrequent:
      return property;
  }
  return property;
}

namespace {

std::optional<uint32_t> time_property(std::string_view name) {
  if (name == "time") return kTimeIndex;
  if (name == "day") return kDayIndex;
  if (name == "hour") return kHourIndex;
  if (name == "weekday") return kWeekdayIndex;
  return std::nullopt;
}

// Of hours and weekdays neither a sum nor an average says anything; of times
// there are `first` and `last`.
bool has_measure(Measure measure, uint32_t index) {
  if (!is_of_time(index)) return true;
  bool added = measure == Measure::kSum || measure == Measure::kAverage;
  return index != kTimeIndex && !added;
}

// The window of the counted events themselves becomes the n-th period before
// this one.
void move_period(Typed& tree, int64_t n) {
  if (tree.events) tree.events->window.n = -n;
  for (const TypedPtr& arg : tree.args) move_period(*arg, n);
}

}  // namespace

std::optional<TypedKind> part_of_time(std::string_view name) {
  if (name == "day") return TypedKind::kLocalDay;
  if (name == "hour") return TypedKind::kLocalHour;
  if (name == "weekday") return TypedKind::kWeekday;
  return std::nullopt;
}

// ---- clauses ----

std::optional<uint32_t> ExprChecker::event_of(const EventClause& clause) {
  const Name& name = clause.event;
  if (auto event = context_.find_event(name.text)) return event;
  const Symbol* symbol = context_.find(name.text);
  if (symbol != nullptr) {
    report(DiagnosticId::kNameIsOther, name.span,
           {name.text, symbol_kind(symbol->kind)})
        .with_place(symbol->span, "declared here");
    return std::nullopt;
  }
  if (context_.reported(name.text)) return std::nullopt;
  if (property_as_event(clause)) return std::nullopt;
  suggest_name(report(DiagnosticId::kUnknownEvent, name.span, {name.text}),
               name.span, name.text, event_names(context_.schema));
  return std::nullopt;
}

// `sum of amount`, `sum of price of product`: of which event?
bool ExprChecker::property_as_event(const EventClause& clause) {
  const bool key = lacks_event(clause);
  if (clause.property && !key) return false;
  const Name& name = clause.event;
  Diagnostic* diagnostic = nullptr;
  for (const EventType& event : context_.schema.events) {
    if (!find_column(event.columns, name.text)) continue;
    if (diagnostic == nullptr) {
      diagnostic = &report(DiagnosticId::kUnknownEvent, name.span, {name.text});
    }
    std::string mend = key ? fmt::format("{} of {}", name.text, event.name)
                           : fmt::format("{}.{}", event.name, name.text);
    diagnostic->with_mend(name.span, mend, fmt::format("write `{}`", mend));
  }
  return diagnostic != nullptr;
}

std::unique_ptr<TypedEvents> ExprChecker::clause(const EventClause& clause,
                                                 bool takes_group) {
  auto events = std::make_unique<TypedEvents>();
  std::optional<uint32_t> event = event_of(clause);
  bool sound = event.has_value();
  if (event) {
    events->event = *event;
    events->by_order = context_.schema.counts_orders(*event) && !clause.rows;
    if (clause.where) events->where = where(clause, *event);
    sound = !clause.where || events->where;
  }
  sound = anchors(clause, *events) && sound;
  if (clause.window) {
    bool each =
        clause.window->kind == WindowKind::kEach && each_clause_ == &clause;
    std::optional<WindowSpec> window =
        each ? each_window(*clause.window) : event_window(*clause.window);
    sound = sound && window;
    events->window = window.value_or(WindowSpec{});
  } else if (takes_group && group_ != nullptr) {
    events->window = *group_;
    group_reached_ = true;
  } else if (takes_group) {
    open_clause_ = true;
  }
  return sound ? std::move(events) : nullptr;
}

TypedPtr ExprChecker::where(const EventClause& clause, uint32_t event) {
  std::optional<uint32_t> outer = event_;
  const EventClause* outer_clause = clause_before_;
  event_ = event;
  clause_before_ = nullptr;
  TypedPtr typed = condition(clause.where);
  event_ = outer;
  clause_before_ = outer_clause;
  return typed;
}

std::optional<uint32_t> ExprChecker::property_of(uint32_t event,
                                                 const Name& name) {
  const EventType& type = schema_event(event);
  if (auto index = time_property(name.text)) return index;
  if (auto index = find_column(type.columns, name.text)) return index;
  if (context_.broken(type.name, name.text)) return std::nullopt;
  if (not_common(event, name.text, name.span)) return std::nullopt;
  suggest_name(
      report(DiagnosticId::kUnknownProperty, name.span, {name.text, type.name}),
      name.span, name.text, names_of(type.columns));
  return std::nullopt;
}

TypedPtr ExprChecker::part_of(TypedKind part, TypedPtr time, Span span) const {
  ValueType type = ValueType::kInteger;
  if (part == TypedKind::kLocalDay) type = ValueType::kDate;
  if (part == TypedKind::kWeekday) type = ValueType::kWeekday;
  TypedPtr typed = node(part, type, span);
  typed->args.push_back(std::move(time));
  return typed;
}

ValueType ExprChecker::property_type(uint32_t event, uint32_t index) const {
  if (index == kTimeIndex) return ValueType::kTime;
  if (index == kDayIndex) return ValueType::kDate;
  if (index == kHourIndex) return ValueType::kInteger;
  if (index == kWeekdayIndex) return ValueType::kWeekday;
  return value_type(schema_event(event).columns[index].type);
}

bool ExprChecker::no_property(const EventClause& clause, const char* what) {
  if (!clause.property && !clause.measured) return true;
  const Span span =
      clause.measured ? clause.measured->span : clause.property->span;
  report(DiagnosticId::kNoPropertyHere, span,
         {what, clause.measured ? quote(span) : clause.property->text});
  return false;
}

// `sum of amount of purchase`: only `most frequent` and `different` say it so.
bool ExprChecker::property_behind(const Expr& expr) {
  const EventClause& clause = *expr.clause;
  if (!names_before(clause) || expr.measure == MeasureKind::kMostFrequent) {
    return true;
  }
  Span whole = clause.property->span;
  whole.end = clause.event.span.end;
  const std::string right =
      fmt::format("{}{}.{}", clause.rows ? "rows of " : "", clause.event.text,
                  clause.property->text);
  report(DiagnosticId::kPropertyBefore, whole, {quote(whole), right})
      .with_mend(whole, right, fmt::format("write `{}`", right));
  return false;
}

// ---- quantifiers ----

// `3 purchases`, `3 different product of purchase`, `3 days with purchase`.
TypedPtr ExprChecker::counted(const Expr& expr) {
  TypedPtr count = node(TypedKind::kMeasure, ValueType::kInteger, expr.span);
  const EventClause* outer = std::exchange(each_clause_, expr.clause.get());
  count->events = clause(*expr.clause, true);
  each_clause_ = outer;
  bool whole = true;
  if (expr.counted == Counted::kDifferent) {
    count->measure = Measure::kDistinctCount;
    whole = context_.find_event(expr.clause->event.text) &&
            measure_property(*expr.clause, *count, "different");
  } else {
    std::string words = expr.counted == Counted::kDays
                            ? "days with"
                            : context_.quote(expr.op_span);
    whole = no_property(*expr.clause, words.c_str());
  }
  if (expr.counted == Counted::kDays) {
    count->measure = Measure::kDistinctCount;
    count->index = kDayIndex;
  }
  return whole && count->events ? std::move(count) : nullptr;
}

TypedPtr ExprChecker::quantified(const Expr& expr) {
  if (counted_flag(expr)) return nullptr;
  TypedPtr count = this->counted(expr);
  bool counted =
      expr.quantifier != Quantifier::kAny && expr.quantifier != Quantifier::kNo;
  TypedPtr low = counted ? how_many(expr.low)
                         : constant(ValueType::kInteger,
                                    expr.quantifier == Quantifier::kAny ? 1 : 0,
                                    expr.span);
  bool two = expr.quantifier == Quantifier::kBetween;
  TypedPtr high = two ? how_many(expr.high) : nullptr;
  if (!count || !low || (two && !high)) return nullptr;
  Comparison comparison = comparison_of(expr.quantifier);
  if (counted) warn_always(expr, comparison, *low);
  if (!two) {
    return each_period(expr, compared(comparison, expr.span, std::move(count),
                                      std::move(low)));
  }
  if (!ends_in_order(expr, *low, *high)) return nullptr;
  if (!context_.may_copy(size_of(*count).nodes, expr.span)) return nullptr;
  TypedPtr typed = node(TypedKind::kAnd, ValueType::kFlag, expr.span);
  typed->args.push_back(
      compared(comparison, expr.span, clone(*count), std::move(low)));
  typed->args.push_back(compared(Comparison::kLessEqual, expr.span,
                                 std::move(count), std::move(high)));
  return each_period(expr, std::move(typed));
}

// `in each of last 6 months`: the same of every period.
TypedPtr ExprChecker::each_period(const Expr& expr, TypedPtr first) {
  const std::optional<Window>& window = expr.clause->window;
  if (!window || window->kind != WindowKind::kEach) return first;
  const std::optional<Amount> length = length_of(window->amount);
  if (!length) return nullptr;
  int64_t periods = length->count;
  uint64_t copies = size_of(*first).nodes * static_cast<uint64_t>(periods);
  if (!context_.may_copy(copies, expr.span)) return nullptr;
  TypedPtr typed = node(TypedKind::kAnd, ValueType::kFlag, expr.span);
  for (int64_t n = 1; n <= periods; ++n) {
    typed->args.push_back(clone(*first));
    move_period(*typed->args.back(), n);
  }
  return typed;
}

// `no ads_consent`: a flag is tested by its name.
bool ExprChecker::counted_flag(const Expr& expr) {
  const Name& name = expr.clause->event;
  const auto& columns = context_.schema.attributes;
  const std::optional<uint32_t> index = find_column(columns, name.text);
  if (!index || context_.find(name.text) != nullptr) return false;
  Diagnostic& diagnostic = report(DiagnosticId::kNameIsOther, name.span,
                                  {name.text, "an attribute of the person"});
  const bool no = expr.quantifier == Quantifier::kNo;
  const bool flag = columns[*index].type == TypeKind::kFlag;
  if (!flag || (!no && expr.quantifier != Quantifier::kAny)) return true;
  std::string mend = no ? "not " + name.text : name.text;
  Span both = expr.op_span;
  both.end = name.span.end;
  diagnostic.with_mend(both, mend, fmt::format("write `{}`", mend));
  return true;
}

TypedPtr ExprChecker::how_many(const ExprPtr& expr) {
  TypedPtr count = value(expr);
  if (!count) return nullptr;
  bool whole = is_constant(*count) && count->type == ValueType::kInteger &&
               count->integer >= 0;
  if (whole) return count;
  report(DiagnosticId::kCountNotWhole, expr->span, {quote(*expr)});
  return nullptr;
}

// Nothing is fewer than none, and everybody has at least none.
void ExprChecker::warn_always(const Expr& expr, Comparison comparison,
                              const Typed& count) {
  if (count.integer != 0 || expr.quantifier == Quantifier::kBetween) return;
  if (comparison == Comparison::kGreaterEqual) {
    report(DiagnosticId::kAlwaysSo, expr.span,
           {quote(expr), "holds for everyone"});
  } else if (comparison == Comparison::kLess) {
    report(DiagnosticId::kAlwaysSo, expr.span,
           {quote(expr), "holds for nobody"});
  }
}

// ---- measures ----

TypedPtr ExprChecker::measure(const Expr& expr) {
  if (expr.measure == MeasureKind::kShare) return share(expr);
  TypedPtr typed = node(TypedKind::kMeasure, ValueType::kInteger, expr.span);
  typed->measure = measure_of(expr.measure);
  typed->events = clause(*expr.clause, true);
  if (!context_.find_event(expr.clause->event.text)) return nullptr;
  if (!property_behind(expr)) return nullptr;
  if (expr.measure == MeasureKind::kDaysWith) {
    typed->index = kDayIndex;
    bool whole = no_property(*expr.clause, "days with");
    return whole && typed->events ? std::move(typed) : nullptr;
  }
  bool property =
      measure_property(*expr.clause, *typed, measure_words(typed->measure));
  if (!property || !typed->events) return nullptr;
  return is_place_of_text(*typed) ? text_at(std::move(typed))
                                  : std::move(typed);
}

// Those that pass by all of them; of a property the sums of both.
TypedPtr ExprChecker::share(const Expr& expr) {
  const EventClause& clause = *expr.clause;
  TypedPtr some = node(TypedKind::kMeasure, ValueType::kInteger, expr.span);
  const bool sum = clause.property || clause.measured;
  some->measure = sum ? Measure::kSum : Measure::kCount;
  some->events = this->clause(clause, true);
  if (!clause.where) {
    report(DiagnosticId::kShareNeedsWhere, expr.span);
    return nullptr;
  }
  if (!context_.find_event(clause.event.text)) return nullptr;
  if (!property_behind(expr)) return nullptr;
  if (!measure_property(clause, *some, "share of") || !some->events) {
    return nullptr;
  }
  if (!context_.may_copy(size_of(*some).nodes, expr.span)) return nullptr;
  TypedPtr all = clone(*some);
  all->events->where.reset();
  TypedPtr typed = node(TypedKind::kDivide, ValueType::kNumber, expr.span);
  typed->args.push_back(std::move(some));
  typed->args.push_back(std::move(all));
  return typed;
}

bool ExprChecker::measure_property(const EventClause& clause, Typed& measure,
                                   const char* words) {
  uint32_t event = *context_.find_event(clause.event.text);
  bool whole = measure.measure == Measure::kCount ||
               measure.measure == Measure::kMedianGap;
  ValueType type = ValueType::kInteger;
  if (whole) {
    measure.type = measure_type(measure.measure, type);
    return no_property(clause, words);
  }
  if (clause.measured) return measured_column(clause, measure, words);
  if (!clause.property) {
    return needs_property(clause, measure.measure, event);
  }
  if (column_as_property(clause, event)) return false;
  std::optional<uint32_t> index = property_of(event, *clause.property);
  if (!index) return false;
  type = property_type(event, *index);
  if (*index == kTimeIndex && (measure.measure == Measure::kLargest ||
                               measure.measure == Measure::kSmallest)) {
    report_time_of_events(clause, measure);
    return false;
  }
  if (!has_measure(measure.measure, *index) ||
      !measures(measure.measure, type)) {
    report(DiagnosticId::kNotSummable, clause.property->span,
           {words, clause.property->text, phrase(type)});
    return false;
  }
  measure.index = *index;
  measure.type = measure_type(measure.measure, type);
  return true;
}

// `largest purchase.time` is what `last purchase` says.
void ExprChecker::report_time_of_events(const EventClause& clause,
                                        const Typed& measure) {
  const char* words = measure_words(measure.measure);
  Diagnostic& diagnostic =
      report(DiagnosticId::kMeasureOfTime, clause.property->span, {words});
  const bool largest = measure.measure == Measure::kLargest;
  const bool plain =
      !clause.where && clause.anchors.empty() && !clause.window && !clause.rows;
  if (!plain) return;
  std::string mend =
      fmt::format("{} {}", largest ? "last" : "first", clause.event.text);
  diagnostic.with_mend(measure.span, mend, fmt::format("write `{}`", mend));
}

// Reports it, with the first property that would do.
bool ExprChecker::needs_property(const EventClause& clause, Measure measure,
                                 uint32_t event) {
  const EventType& type = schema_event(event);
  Diagnostic& diagnostic =
      report(DiagnosticId::kNeedsProperty, clause.event.span,
             {measure_words(measure), type.name});
  for (const Column& column : type.columns) {
    if (!measures(measure, value_type(column.type))) continue;
    std::string mend = type.name + "." + column.name;
    diagnostic.with_label(fmt::format("such as `{}`", mend));
    diagnostic.with_mend(clause.event.span, mend,
                         fmt::format("write `{}`", mend));
    break;
  }
  return false;
}

// ---- moments ----

// `first E`, `last E`: its time.
TypedPtr ExprChecker::moment(const Expr& expr) {
  bool whole = no_property(*expr.clause, expr.last ? "last" : "first");
  TypedPtr typed = node(TypedKind::kMomentOf, ValueType::kTime, expr.span);
  typed->index = kTimeIndex;
  typed->last = expr.last;
  typed->events = clause(*expr.clause, false);
  return whole && typed->events ? std::move(typed) : nullptr;
}

// `amount of last purchase`.
TypedPtr ExprChecker::moment_of(const Expr& expr) {
  TypedPtr typed = either(expr.args[0]);
  if (!typed) return nullptr;
  bool moment =
      typed->kind == TypedKind::kMomentOf && typed->index == kTimeIndex;
  if (!moment) {
    report(DiagnosticId::kNotAMoment, expr.args[0]->span,
           {quote(*expr.args[0]), phrase(typed->type), "a moment"});
    return nullptr;
  }
  if (auto part = part_of_time(expr.name.text)) {
    return part_of(*part, std::move(typed), expr.span);
  }
  std::optional<uint32_t> index = property_of(typed->events->event, expr.name);
  if (!index) return nullptr;
  typed->index = *index;
  typed->type = property_type(typed->events->event, *index);
  typed->span = expr.span;
  return typed;
}

}  // namespace kitle
