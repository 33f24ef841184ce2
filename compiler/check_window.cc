// Expressions: windows and anchors (compiler/check_expr.h, Meaning 7 and 10).
#include <fmt/format.h>

#include "compiler/check_expr.h"
#include "compiler/literal.h"

namespace kitle {

namespace {

constexpr int kLastYear = 9999;
// Of `in each of`: each is a test of its own.
constexpr int64_t kMostPeriods = 400;

WindowSpec period(StepUnit unit, int64_t moved) {
  WindowSpec spec;
  spec.form = WindowForm::kPeriod;
  spec.unit = unit;
  spec.n = moved;
  return spec;
}

WindowSpec days(int64_t first, int64_t last) {
  WindowSpec spec;
  spec.form = WindowForm::kDates;
  spec.first_day = static_cast<int32_t>(first);
  spec.last_day = static_cast<int32_t>(last);
  return spec;
}

WindowSpec instants(int64_t first, int64_t last) {
  WindowSpec spec;
  spec.form = WindowForm::kInstants;
  spec.first = first;
  spec.last = last;
  return spec;
}

// How a moment of the person is compared where a window has one end:
// `signed_up after last call`.
Comparison comparison_of(WindowKind kind) {
  if (kind == WindowKind::kAfter) return Comparison::kGreater;
  if (kind == WindowKind::kBefore) return Comparison::kLess;
  return kind == WindowKind::kUntil ? Comparison::kLessEqual
                                    : Comparison::kGreaterEqual;
}

const char* window_word(WindowKind kind) {
  if (kind == WindowKind::kAfter) return "after";
  if (kind == WindowKind::kBefore) return "before";
  if (kind == WindowKind::kSince) return "since";
  return kind == WindowKind::kUntil ? "until" : "between";
}

AnchorShape shape_of(AnchorForm form) {
  switch (form) {
    case AnchorForm::kPlain:
      return AnchorShape::kPlain;
    case AnchorForm::kWithin:
      return AnchorShape::kWithin;
    case AnchorForm::kMoreThan:
      return AnchorShape::kMoreThan;
    case AnchorForm::kRange:
      return AnchorShape::kRange;
  }
  return AnchorShape::kPlain;
}

}  // namespace

std::optional<Amount> written_length(CheckContext& context,
                                     const Amount& amount) {
  if (amount.name.empty()) return amount;
  const Symbol* symbol = context.find(amount.name);
  if (symbol != nullptr && symbol->kind == Symbol::Kind::kLet) {
    const ExprPtr& value = context.syntax.lets[symbol->index].value;
    if (!value) return std::nullopt;  // that is reported
    if (value->kind == ExprKind::kDuration) return value->amount;
  }
  if (context.reported(amount.name)) return std::nullopt;
  Diagnostic& made =
      context.report(DiagnosticId::kNotALength, amount.span, {amount.name});
  if (symbol != nullptr) {
    made.with_place(symbol->span, symbol_kind(symbol->kind));
    return std::nullopt;
  }
  std::vector<std::string> known{"days",  "weeks", "months", "quarters",
                                 "years", "hours", "minutes"};
  add_names(context.syntax.lets, known);
  suggest_name(made, amount.span, amount.name, known);
  return std::nullopt;
}

// ---- a value and a window ----

// `<time or date value> <window>` (Meaning 12).
TypedPtr ExprChecker::matches_window(const Expr& expr) {
  if (is_birthday(expr.args[0])) return birthday_window(expr);
  TypedPtr left = either(expr.args[0]);
  const Window& window = *expr.window;
  Ends ends = ends_of(window);
  if (!left || !ends.sound) return nullptr;
  if (!is_moment(left->type)) return no_moment(expr, *left);
  if (is_constant(*left)) {
    report(DiagnosticId::kBothWritten, expr.span, {quote(expr)});
    return nullptr;
  }
  if (window.kind == WindowKind::kEver) {
    report(DiagnosticId::kEverOfValue, window.span);
    return nullptr;
  }
  bool in_past = left->kind == TypedKind::kMomentOf &&
                 left->index == kTimeIndex && window.kind == WindowKind::kNext;
  if (in_past) {
    report(DiagnosticId::kEventsInFuture, window.span, {quote(window.span)});
    return nullptr;
  }
  if (!ends.written) {
    return against_moment(expr, std::move(left), std::move(ends));
  }
  Target target =
      left->type == ValueType::kDate ? Target::kDate : Target::kTime;
  std::optional<WindowSpec> spec = window_spec(window, target, ends);
  if (!spec) return nullptr;
  TypedPtr typed = node(TypedKind::kInWindow, ValueType::kFlag, expr.span);
  typed->window = *spec;
  typed->args.push_back(std::move(left));
  return typed;
}

TypedPtr ExprChecker::no_moment(const Expr& expr, const Typed& left) {
  std::string name = quote(*expr.args[0]);
  Diagnostic& diagnostic =
      report(DiagnosticId::kWindowOfNoMoment, expr.span,
             {name, is_condition(left) ? "a condition" : phrase(left.type)});
  if (left.type != ValueType::kFlag || !event_) return nullptr;
  std::string mend = fmt::format("({})", name);
  diagnostic.with_mend(expr.args[0]->span, mend,
                       fmt::format("write `{}`", mend));
  return nullptr;
}

// Ends that are moments of the person: plain comparisons.
TypedPtr ExprChecker::against_moment(const Expr& expr, TypedPtr left,
                                     Ends ends) {
  WindowKind kind = expr.window->kind;
  for (const TypedPtr* end : {&ends.low, &ends.high}) {
    if (!*end || (*end)->type == left->type) continue;
    bool date = (*end)->type == ValueType::kDate;
    std::string own = quote(*expr.args[0]);
    std::string other = quote((*end)->span);
    report(DiagnosticId::kTimeAgainstDate, expr.span,
           {date ? own : other, date ? other : own, window_word(kind)});
    return nullptr;
  }
  if (kind != WindowKind::kBetween) {
    TypedPtr& end = ends.low ? ends.low : ends.high;
    return compared(comparison_of(kind), expr.span, std::move(left),
                    std::move(end));
  }
  if (!context_.may_copy(size_of(*left).nodes, expr.span)) return nullptr;
  TypedPtr typed = node(TypedKind::kAnd, ValueType::kFlag, expr.span);
  typed->args.push_back(compared(Comparison::kGreaterEqual, expr.span,
                                 clone(*left), std::move(ends.low)));
  typed->args.push_back(compared(Comparison::kLessEqual, expr.span,
                                 std::move(left), std::move(ends.high)));
  return typed;
}

// ---- windows ----

std::optional<WindowSpec> ExprChecker::event_window(const Window& window) {
  Ends ends = ends_of(window);
  if (!ends.sound) return std::nullopt;
  if (window.kind == WindowKind::kNext) {
    report(DiagnosticId::kEventsInFuture, window.span, {quote(window.span)});
    return std::nullopt;
  }
  if (!ends.written) {
    report(DiagnosticId::kWindowNotWritten, window.span, {quote(window.span)});
    return std::nullopt;
  }
  return window_spec(window, Target::kEvents, ends);
}

std::optional<WindowSpec> ExprChecker::window_spec(const Window& window,
                                                   Target target,
                                                   const Ends& ends) {
  switch (window.kind) {
    case WindowKind::kEver:
      return WindowSpec{};
    case WindowKind::kLast:
    case WindowKind::kNext:
      return amount_window(window, target);
    case WindowKind::kEach:
      report(DiagnosticId::kEachElsewhere, window.span, {quote(window.span)});
      return std::nullopt;
    case WindowKind::kAgo:
      return ago_window(window);
    case WindowKind::kRangeAgo:
      return range_window(window, target);
    case WindowKind::kToday:
      return period(StepUnit::kDay, 0);
    case WindowKind::kYesterday:
      return period(StepUnit::kDay, -1);
    case WindowKind::kThis:
    case WindowKind::kPrevious:
      return period_window(window);
    case WindowKind::kYear:
    case WindowKind::kMonth:
      return written_period(window);
    case WindowKind::kBetween:
    case WindowKind::kSince:
    case WindowKind::kUntil:
    case WindowKind::kAfter:
    case WindowKind::kBefore:
      return end_window(window, target, ends);
  }
  return std::nullopt;
}

// `in last 7 days`, `in next 7 days`.
std::optional<WindowSpec> ExprChecker::amount_window(const Window& window,
                                                     Target target) {
  const std::optional<Amount> amount = length_of(window.amount);
  if (!amount || !sensible(*amount, false, window.span)) return std::nullopt;
  if (finer_than_target(*amount, target, window.span)) return std::nullopt;
  WindowSpec spec;
  bool last = window.kind == WindowKind::kLast;
  spec.form = last ? WindowForm::kLast : WindowForm::kNext;
  spec.unit = step_unit(amount->unit);
  spec.n = amount->count;
  return spec;
}

// `7 days ago`: that whole local day.
std::optional<WindowSpec> ExprChecker::ago_window(const Window& window) {
  const std::optional<Amount> amount = length_of(window.amount);
  if (!amount || !sensible(*amount, false, window.span)) return std::nullopt;
  if (amount->unit != TimeUnit::kDay) {
    Diagnostic& diagnostic =
        report(DiagnosticId::kAgoNeedsDays, window.span, {quote(window.span)});
    if (amount->unit != TimeUnit::kWeek) return std::nullopt;
    std::string days = fmt::format("{} days ago", amount->count * 7);
    diagnostic.with_mend(window.span, days, fmt::format("write `{}`", days));
    return std::nullopt;
  }
  WindowSpec spec;
  spec.form = WindowForm::kDayAgo;
  spec.n = amount->count;
  return spec;
}

// `7 to 8 days ago`.
std::optional<WindowSpec> ExprChecker::range_window(const Window& window,
                                                    Target target) {
  const std::optional<Range> range =
      range_of(window.low, window.amount, window.span);
  if (!range) return std::nullopt;
  const Amount& low = range->low;
  const Amount& high = range->high;
  if (!sensible(high, true, window.span)) return std::nullopt;
  if (low.count >= high.count) {
    std::string mend = fmt::format("{} to {} {}s ago", high.count, low.count,
                                   unit_name(high.unit));
    Diagnostic& diagnostic =
        report(DiagnosticId::kRangeOrder, window.span, {quote(window.span)});
    if (low.count == high.count) return std::nullopt;
    diagnostic.with_mend(window.span, mend, fmt::format("write `{}`", mend));
    return std::nullopt;
  }
  if (finer_than_target(high, target, window.span)) return std::nullopt;
  WindowSpec spec;
  spec.form = WindowForm::kRangeAgo;
  spec.unit = step_unit(high.unit);
  spec.n = low.count;
  spec.m = high.count;
  return spec;
}

// `in each of last 6 months`: the first of them; each_period() makes the
// others.
std::optional<WindowSpec> ExprChecker::each_window(const Window& window) {
  const std::optional<Amount> length = length_of(window.amount);
  if (!length || !sensible(*length, false, window.span)) return std::nullopt;
  const Amount& amount = *length;
  if (amount.unit < TimeUnit::kDay) {
    report(DiagnosticId::kEachUnit, window.span, {quote(window.span)});
    return std::nullopt;
  }
  if (amount.count > kMostPeriods) {
    report(DiagnosticId::kTooManyPeriods, window.span,
           {quote(window.span), std::to_string(kMostPeriods)});
    return std::nullopt;
  }
  return period(step_unit(amount.unit), -1);
}

// `in this month`, `in last month`.
std::optional<WindowSpec> ExprChecker::period_window(const Window& window) {
  StepUnit unit = step_unit(window.unit);
  bool previous = window.kind == WindowKind::kPrevious;
  if (unit >= StepUnit::kWeek) return period(unit, previous ? -1 : 0);
  Diagnostic& diagnostic =
      report(DiagnosticId::kLastDay, window.span, {quote(window.span)});
  if (unit != StepUnit::kDay) return std::nullopt;
  const char* word = previous ? "yesterday" : "today";
  diagnostic.with_mend(window.span, word, fmt::format("write `{}`", word));
  if (!previous) return std::nullopt;
  diagnostic.with_mend(window.span, "in last 1 day", "write `in last 1 day`");
  return std::nullopt;
}

// `in 2025`, `in March 2026`.
std::optional<WindowSpec> ExprChecker::written_period(const Window& window) {
  if (window.year < 1 || window.year > kLastYear) {
    report(DiagnosticId::kNoSuchYear, window.span, {quote(window.span)});
    return std::nullopt;
  }
  bool month = window.kind == WindowKind::kMonth;
  int64_t first = days_of({window.year, month ? window.month : 1, 1});
  return days(first, add_months(first, month ? 1 : 12) - 1);
}

// `since D`, `until D`, `after D`, `before D`, `between D and D`, written.
std::optional<WindowSpec> ExprChecker::end_window(const Window& window,
                                                  Target target,
                                                  const Ends& ends) {
  const Typed& low = ends.low ? *ends.low : *ends.high;
  const Typed& high = ends.high ? *ends.high : *ends.low;
  bool dates = low.type == ValueType::kDate;
  if (low.type != high.type) {
    report(DiagnosticId::kMixedEnds, window.span, {quote(window.span)});
    return std::nullopt;
  }
  if (!dates && target == Target::kDate) {
    report(DiagnosticId::kClockOfDate, window.span, {quote(window.span)});
    return std::nullopt;
  }
  int64_t first = dates ? int64_t{INT32_MIN} : INT64_MIN;
  int64_t last = dates ? int64_t{INT32_MAX} : INT64_MAX;
  int64_t from = static_cast<int64_t>(low.integer);
  int64_t to = static_cast<int64_t>(high.integer);
  WindowKind kind = window.kind;
  bool between = kind == WindowKind::kBetween;
  if (between || kind == WindowKind::kSince) first = from;
  if (between || kind == WindowKind::kUntil) last = to;
  if (kind == WindowKind::kAfter) first = from + 1;
  if (kind == WindowKind::kBefore) last = to - 1;
  if (first > last) {
    report(DiagnosticId::kWindowEnds, window.span, {quote(window.span)});
    return std::nullopt;
  }
  return dates ? days(first, last) : instants(first, last);
}

// `in last grace`.
std::optional<Amount> ExprChecker::length_of(const Amount& amount) {
  const Symbol* symbol = context_.find(amount.name);
  const bool is_let = symbol != nullptr && symbol->kind == Symbol::Kind::kLet;
  const LetInfo* let = is_let ? &context_.lets[symbol->index] : nullptr;
  const bool reported = let != nullptr && !let->sound && let->length == nullptr;
  return reported ? std::nullopt : written_length(context_, amount);
}

// Both ends of `3 to grace ago`, in one unit.
std::optional<ExprChecker::Range> ExprChecker::range_of(const Amount& low,
                                                        const Amount& high,
                                                        Span span) {
  const std::optional<Amount> from = length_of(low);
  const std::optional<Amount> to = length_of(high);
  if (!from || !to) return std::nullopt;
  Range range{*from, *to};
  if (range.low.unit_of_other) range.low.unit = range.high.unit;
  if (range.low.unit == range.high.unit) return range;
  report(DiagnosticId::kRangeUnits, span, {quote(span)});
  return std::nullopt;
}

// `no purchases since 30 days`.
bool ExprChecker::since_amount(const Window& window) {
  const bool amount = window.kind == WindowKind::kSince && window.low_value &&
                      window.low_value->kind == ExprKind::kDuration;
  if (!amount) return false;
  std::string mend = fmt::format("in last {}", quote(*window.low_value));
  report(DiagnosticId::kWindowWords, window.span, {mend})
      .with_mend(window.span, mend, fmt::format("write `{}`", mend));
  return true;
}

ExprChecker::Ends ExprChecker::ends_of(const Window& window) {
  Ends ends;
  for (bool low : {true, false}) {
    const ExprPtr& written = low ? window.low_value : window.high_value;
    if (!written) continue;
    if (since_amount(window)) {
      ends.sound = false;
      continue;
    }
    TypedPtr typed = moment_value(written);
    ends.sound = ends.sound && typed;
    ends.written = ends.written && typed && is_constant(*typed);
    (low ? ends.low : ends.high) = std::move(typed);
  }
  return ends;
}

bool ExprChecker::finer_than_target(const Amount& amount, Target target,
                                    Span window) {
  if (target != Target::kDate || amount.unit >= TimeUnit::kDay) return false;
  report(DiagnosticId::kHoursOfDate, window, {quote(window)});
  return true;
}

bool ExprChecker::sensible(const Amount& amount, bool zero_allowed, Span span) {
  if (amount.count > most_steps(step_unit(amount.unit))) {
    report(DiagnosticId::kAmountTooBig, span, {quote(span)});
    return false;
  }
  if (amount.count > 0 || zero_allowed) return true;
  Diagnostic& made = report(DiagnosticId::kZeroAmount, span, {quote(span)});
  if (!context_.sources.text(span).starts_with("in last")) return false;
  std::string one = fmt::format("in last 1 {}", unit_name(amount.unit));
  made.with_mend(span, one, fmt::format("write `{}`", one));
  made.with_mend(span, "today", "write `today`");
  return false;
}

// ---- anchors ----

bool ExprChecker::anchors(const EventClause& clause, TypedEvents& events) {
  bool sound = true;
  const Anchor* first[2] = {nullptr, nullptr};
  for (const Anchor& written : clause.anchors) {
    std::optional<TypedAnchor> typed = anchor(written);
    sound = sound && typed;
    const Anchor*& before = first[written.after ? 1 : 0];
    if (before != nullptr) {
      report(DiagnosticId::kTwoAnchors, written.span,
             {written.after ? "after" : "before"})
          .with_place(before->span, "the first one");
      sound = false;
    }
    before = &written;
    (written.after ? events.after : events.before) = std::move(typed);
  }
  return sound;
}

std::optional<TypedAnchor> ExprChecker::anchor(const Anchor& written) {
  TypedAnchor anchor;
  anchor.shape = shape_of(written.form);
  anchor.moment = moment_value(written.moment);
  if (!anchor.moment) return std::nullopt;
  if (written.form == AnchorForm::kPlain) return anchor;
  const std::optional<Amount> amount = length_of(written.amount);
  if (!amount || !sensible(*amount, false, written.span)) return std::nullopt;
  anchor.m = amount->count;
  anchor.unit = step_unit(amount->unit);
  if (written.form != AnchorForm::kRange) return anchor;
  const auto range = range_of(written.low, *amount, written.span);
  if (!range) return std::nullopt;
  anchor.n = range->low.count;
  anchor.low_unit = step_unit(range->low.unit);
  if (anchor.n < anchor.m) return anchor;
  report(DiagnosticId::kRangeOrder, written.span, {quote(written.span)});
  return std::nullopt;
}

// A time or a date. An event's name alone says neither first nor last.
TypedPtr ExprChecker::moment_value(const ExprPtr& expr) {
  if (!expr) return nullptr;
  bool bare = expr->kind == ExprKind::kName && !event_ &&
              !find_column(context_.schema.attributes, expr->name.text);
  auto event = bare ? context_.find_event(expr->name.text) : std::nullopt;
  if (event) {
    std::string last = "last " + schema_event(*event).name;
    report(DiagnosticId::kEventAsMoment, expr->span, {expr->name.text})
        .with_mend(expr->span, last, fmt::format("write `{}`", last));
    return nullptr;
  }
  TypedPtr typed = value(expr);
  if (!typed || is_moment(typed->type)) return typed;
  Diagnostic& made =
      report(DiagnosticId::kNotAMoment, expr->span,
             {quote(*expr), phrase(typed->type), "a time or a date"});
  const bool moment =
      expr->kind == ExprKind::kString &&
      (written_date(expr->text) || written_time(expr->text, nullptr));
  if (!moment) return nullptr;
  made.with_mend(expr->span, expr->text, fmt::format("write `{}`", expr->text));
  return nullptr;
}

}  // namespace kitle
