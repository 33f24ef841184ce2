// Expressions: comparisons (compiler/check_expr.h). Texts and lists of values
// are in check_text.cc.
#include <fmt/format.h>

#include "compiler/check_expr.h"
#include "compiler/literal.h"
#include "compiler/words.h"

namespace kitle {

namespace {

// Points, integers, and numbers whose decimal is known.
bool fits_points(const Typed& tree) {
  if (tree.type != ValueType::kNumber) {
    return tree.type == ValueType::kPoints || tree.type == ValueType::kInteger;
  }
  return is_constant(tree) && tree.denominator > 0 &&
         (tree.integer == 0) == (tree.number == 0);
}

bool same_family(ValueType left, ValueType right) {
  if (is_numeric(left)) return is_numeric(right);
  if (is_monetary(left)) return is_monetary(right);
  if (is_span_of_time(left)) return is_span_of_time(right);
  return left == right;
}

bool has_order(ValueType type) {
  return is_numeric(type) || is_monetary(type) || is_span_of_time(type) ||
         is_moment(type) || type == ValueType::kPoints;
}

bool are_comparable(const Typed& left, const Typed& right) {
  const bool points =
      left.type == ValueType::kPoints || right.type == ValueType::kPoints;
  return points ? fits_points(left) && fits_points(right)
                : same_family(left.type, right.type);
}

Comparison comparison_of(CompareOp op) {
  switch (op) {
    case CompareOp::kLess:
      return Comparison::kLess;
    case CompareOp::kLessEqual:
      return Comparison::kLessEqual;
    case CompareOp::kGreater:
      return Comparison::kGreater;
    case CompareOp::kGreaterEqual:
      return Comparison::kGreaterEqual;
    case CompareOp::kIs:
    case CompareOp::kIsNot:
    case CompareOp::kIsExactly:
    case CompareOp::kContains:
    case CompareOp::kStartsWith:
    case CompareOp::kEndsWith:
    case CompareOp::kMatches:
      return Comparison::kEqual;
  }
  return Comparison::kEqual;
}

// `signed_up < 2026-03-01` is `signed_up before 2026-03-01`. Empty where
// there is no such word.
const char* window_word(CompareOp op) {
  if (op == CompareOp::kLess) return "before";
  if (op == CompareOp::kLessEqual) return "until";
  if (op == CompareOp::kGreater) return "after";
  return op == CompareOp::kGreaterEqual ? "since" : "";
}

std::string days_text(int64_t days) {
  return fmt::format("{} {}", days, days == 1 ? "day" : "days");
}

// What a written text would be as a value of the other side's type.
std::string mended_text(const Typed& literal, ValueType other,
                        const Settings& settings) {
  const std::string& text = literal.text;
  if (is_numeric(other)) return written_decimal(text) ? text : "";
  if (is_monetary(other)) {
    return written_decimal(text) ? text + " " + settings.currency : "";
  }
  if (other == ValueType::kDate) return written_date(text) ? text : "";
  if (other == ValueType::kFlag) {
    const bool yes = text == "yes" || text == "true";
    return yes ? "yes" : text == "no" || text == "false" ? "no" : "";
  }
  if (other == ValueType::kWeekday) return weekday_text(weekday_named(text));
  if (other != ValueType::kTime) return "";
  return written_time(text, nullptr) ? text : "";
}

std::string mended_amount(const Expr& expr, const Typed& literal,
                          ValueType other) {
  constexpr int64_t kDay = microseconds(StepUnit::kDay);
  if (literal.type == ValueType::kMoney && is_numeric(other)) return expr.text;
  bool days = literal.type == ValueType::kDuration && is_numeric(other) &&
              literal.integer % kDay == 0;
  if (!days) return "";
  return std::to_string(static_cast<int64_t>(literal.integer / kDay));
}

// How a written value would be written to compare with `other`; empty if
// that is not plain.
std::string mended(const Expr& expr, const Typed& literal, ValueType other,
                   std::string_view written, const Settings& settings) {
  if (is_textual(literal.type)) return mended_text(literal, other, settings);
  if (!is_numeric(literal.type)) return mended_amount(expr, literal, other);
  if (is_monetary(other))
    return fmt::format("{} {}", written, settings.currency);
  if (is_textual(other)) return fmt::format("\"{}\"", written);
  bool days = is_span_of_time(other) && literal.type == ValueType::kInteger;
  return days ? days_text(static_cast<int64_t>(literal.integer)) : "";
}

}  // namespace

TypedPtr ExprChecker::compare(const Expr& expr) {
  if (const auto stages = stages_named(expr.args[0])) {
    return stage_comparison(expr, *stages);
  }
  if (const auto score = code_named(expr.args[0])) {
    return code_comparison(expr, *score);
  }
  switch (expr.op) {
    case CompareOp::kIs:
    case CompareOp::kIsNot:
    case CompareOp::kIsExactly:
      return equality(expr);
    case CompareOp::kLess:
    case CompareOp::kLessEqual:
    case CompareOp::kGreater:
    case CompareOp::kGreaterEqual:
      return order(expr);
    case CompareOp::kContains:
    case CompareOp::kStartsWith:
    case CompareOp::kEndsWith:
    case CompareOp::kMatches:
      return text_operator(expr);
  }
  return nullptr;
}

// `purchases > 3`.
bool ExprChecker::event_compared(const Expr& expr) {
  const ExprPtr& left = expr.args[0];
  if (!left || left->kind != ExprKind::kName || event_) return false;
  const Name& name = left->name;
  if (find_column(context_.schema.attributes, name.text) ||
      !context_.find_event(name.text)) {
    return false;
  }
  std::string mend = "count of " + name.text;
  report(DiagnosticId::kEventAlone, left->span, {name.text})
      .with_mend(left->span, mend, fmt::format("write `{}`", mend));
  return true;
}

// `age of birth_date > 25 years`.
bool ExprChecker::age_in_years(const Expr& expr, const Typed* left) {
  const ExprPtr& right = expr.args[1];
  const bool years = left != nullptr && left->kind == TypedKind::kAge &&
                     right && right->kind == ExprKind::kDuration;
  if (!years) return false;
  std::string mend = std::to_string(right->amount.count);
  report(DiagnosticId::kCannotCompare, right->span,
         {quote(*expr.args[0]), phrase(left->type), quote(*right),
          phrase(ValueType::kDuration)})
      .with_mend(right->span, mend, fmt::format("write `{}`", mend));
  return true;
}

TypedPtr ExprChecker::order(const Expr& expr) {
  if (event_compared(expr)) return nullptr;
  Side left{expr.args[0].get(), value(expr.args[0])};
  if (age_in_years(expr, left.typed.get())) return nullptr;
  Side right{expr.args[1].get(), right_value(expr, left.typed.get())};
  if (!left.typed || !right.typed) return nullptr;
  for (const Side* side : {&left, &right}) {
    if (has_order(side->typed->type) || is_constant(*side->typed)) continue;
    report_no_order(expr, *side);
    return nullptr;
  }
  if (!comparable(expr, left, right)) return nullptr;
  return compared(comparison_of(expr.op), expr.span, std::move(left.typed),
                  std::move(right.typed));
}

void ExprChecker::report_no_order(const Expr& expr, const Side& side) {
  const char* op =
      expr.kind == ExprKind::kBetween ? "between" : op_text(expr.op);
  report(DiagnosticId::kNoOrder, expr.span,
         {op, quote(*side.expr), phrase(side.typed->type)});
}

// `is`, `is not`, `is exactly`.
TypedPtr ExprChecker::equality(const Expr& expr) {
  if (right_is_list(expr)) return nullptr;
  Side left{expr.args[0].get(), value(expr.args[0])};
  Side right{expr.args[1].get(), right_value(expr, left.typed.get())};
  if (!left.typed || !right.typed) return nullptr;
  return with_op(expr, equal_sides(expr, std::move(left), std::move(right)));
}

// `is not` is exactly `not (... is ...)`.
TypedPtr ExprChecker::with_op(const Expr& expr, TypedPtr equal) {
  if (!equal || expr.op != CompareOp::kIsNot) return equal;
  TypedPtr typed = node(TypedKind::kNot, ValueType::kFlag, expr.span);
  typed->args.push_back(std::move(equal));
  return typed;
}

TypedPtr ExprChecker::equal_sides(const Expr& expr, Side left, Side right) {
  bool exactly = expr.op == CompareOp::kIsExactly;
  ValueType type = left.typed->type;
  if (is_list(type) || is_list(right.typed->type)) {
    const Side& list = is_list(type) ? left : right;
    report(DiagnosticId::kListCompare, expr.span,
           {quote(*list.expr), phrase(list.typed->type)})
        .with_mend(expr.op_span, "contains", "write `contains`");
    return nullptr;
  }
  if (is_textual(type) && is_textual(right.typed->type)) {
    return text_equality(expr, std::move(left), std::move(right));
  }
  if (exactly && !is_textual(type)) {
    report(DiagnosticId::kTextTestOnOther, expr.span,
           {"is exactly", quote(*left.expr), phrase(type)})
        .with_mend(expr.op_span, "is", "write `is`");
    return nullptr;
  }
  if (!comparable(expr, left, right)) return nullptr;
  if (type == ValueType::kFlag) {
    return flag_equality(expr, std::move(left), std::move(right));
  }
  return compared(Comparison::kEqual, expr.span, std::move(left.typed),
                  std::move(right.typed));
}

TypedPtr ExprChecker::flag_equality(const Expr& expr, Side left, Side right) {
  if (is_constant(*left.typed)) std::swap(left, right);
  bool yes = is_constant(*right.typed) && right.typed->integer != 0;
  if (yes) return std::move(left.typed);
  return compared(Comparison::kEqual, expr.span, std::move(left.typed),
                  std::move(right.typed));
}

TypedPtr ExprChecker::compared(Comparison comparison, Span span, TypedPtr left,
                               TypedPtr right) {
  TypedPtr typed = node(TypedKind::kCompare, ValueType::kFlag, span);
  typed->comparison = comparison;
  const bool points =
      left->type == ValueType::kPoints || right->type == ValueType::kPoints;
  // A written number is an exact number of points.
  for (Typed* side : {left.get(), right.get()}) {
    if (points && side->type == ValueType::kNumber) {
      side->type = ValueType::kPoints;
    }
  }
  typed->args.push_back(std::move(left));
  typed->args.push_back(std::move(right));
  return typed;
}

// ---- what can be compared ----

bool ExprChecker::comparable(const Expr& expr, const Side& left,
                             const Side& right) {
  if (!are_comparable(*left.typed, *right.typed)) {
    bool moments = is_moment(left.typed->type) && is_moment(right.typed->type);
    if (moments)
      report_time_against_date(expr, left, right);
    else
      report_mismatch(expr, left, right);
    return false;
  }
  if (!is_constant(*left.typed) || !is_constant(*right.typed)) return true;
  report(DiagnosticId::kBothWritten, expr.span, {quote(expr)});
  return false;
}

// The caret stands under the side that is mended, the other side is the
// second place.
void ExprChecker::report_mismatch(const Expr& expr, const Side& left,
                                  const Side& right) {
  const Side* wrong = &right;
  std::string mend;
  for (const Side* side : {&right, &left}) {
    const Side& other = side == &left ? right : left;
    if (!mend.empty() || !is_constant(*side->typed)) continue;
    mend = mended(*side->expr, *side->typed, other.typed->type,
                  quote(*side->expr), context_.settings);
    if (!mend.empty()) wrong = side;
  }
  const Side& other = wrong == &left ? right : left;
  ValueType left_type = left.typed->type;
  ValueType right_type = right.typed->type;
  Diagnostic& diagnostic =
      report(DiagnosticId::kCannotCompare, wrong->expr->span,
             {quote(*left.expr), phrase(left_type), quote(*right.expr),
              phrase(right_type)});
  diagnostic.with_place(other.expr->span, phrase(other.typed->type));
  diagnostic.with_label(phrase(wrong->typed->type));
  if (is_textual(left_type) && is_textual(right_type)) {
    diagnostic.with_label(
        "texts are compared by the rules of the language, codes exactly");
  }
  if (mend.empty()) {
    mend = mended_whole(expr, left, right);
    if (mend.empty()) return;
    diagnostic.with_mend(expr.span, mend, fmt::format("write `{}`", mend));
    return;
  }
  diagnostic.with_label(
      fmt::format("{}; write `{}`", phrase(wrong->typed->type), mend));
  diagnostic.with_mend(wrong->expr->span, mend,
                       fmt::format("write `{}`", mend));
}

void ExprChecker::report_time_against_date(const Expr& expr, const Side& left,
                                           const Side& right) {
  bool time_left = left.typed->type == ValueType::kTime;
  const Side& time = time_left ? left : right;
  const Side& date = time_left ? right : left;
  const char* op =
      expr.kind == ExprKind::kBetween ? "between" : op_text(expr.op);
  Diagnostic& diagnostic = report(DiagnosticId::kTimeAgainstDate, expr.span,
                                  {quote(*time.expr), quote(*date.expr), op});
  bool plain =
      time_left && is_constant(*date.typed) && expr.kind == ExprKind::kCompare;
  if (!plain) return;
  std::string mend = whole_day(expr, quote(*time.expr), quote(*date.expr));
  diagnostic.with_mend(expr.span, mend, fmt::format("write `{}`", mend));
}

// A time against a whole day: `signed_up since 2026-03-01`.
std::string ExprChecker::whole_day(const Expr& expr, const std::string& time,
                                   const std::string& day) const {
  std::string_view word = window_word(expr.op);
  std::string window = word.empty() ? fmt::format("between {} and {}", day, day)
                                    : fmt::format("{} {}", word, day);
  const bool negated = expr.op == CompareOp::kIsNot;
  return fmt::format("{}{} {}", negated ? "not " : "", time, window);
}

std::string ExprChecker::mended_whole(const Expr& expr, const Side& left,
                                      const Side& right) const {
  if (left.typed->type != ValueType::kTime || is_constant(*left.typed) ||
      !is_constant(*right.typed)) {
    return "";
  }
  const Typed& written = *right.typed;
  if (expr.kind == ExprKind::kBetween) {
    std::string ends[2];
    for (size_t i : {0, 1}) {
      const Expr& end = *expr.args[i + 1];
      if (end.kind != ExprKind::kString || !written_date(end.text)) return "";
      ends[i] = end.text;
    }
    return fmt::format("{} between {} and {}", quote(*left.expr), ends[0],
                       ends[1]);
  }
  if (is_textual(written.type) && written_date(written.text)) {
    return whole_day(expr, quote(*left.expr), written.text);
  }
  if (written.type != ValueType::kDuration) return "";
  const std::string days =
      mended_amount(*right.expr, written, ValueType::kInteger);
  if (days.empty()) return "";
  return fmt::format("days since {} {} {}", quote(*left.expr), op_text(expr.op),
                     days);
}

// ---- between ----

TypedPtr ExprChecker::between(const Expr& expr) {
  if (is_birthday(expr.args[0])) return birthday_between(expr);
  Side left{expr.args[0].get(), value(expr.args[0])};
  Side low{expr.args[1].get(), value(expr.args[1])};
  Side high{expr.args[2].get(), value(expr.args[2])};
  if (!left.typed || !low.typed || !high.typed) return nullptr;
  if (!has_order(left.typed->type)) {
    report_no_order(expr, left);
    return nullptr;
  }
  bool days = is_moment(left.typed->type) && is_constant(*low.typed) &&
              is_constant(*high.typed) && low.typed->type == ValueType::kDate &&
              high.typed->type == ValueType::kDate;
  if (days) return between_days(expr, left, *low.typed, *high.typed);
  if (!comparable(expr, left, low) || !comparable(expr, left, high)) {
    return nullptr;
  }
  if (!ends_in_order(expr, *low.typed, *high.typed)) return nullptr;
  if (!context_.may_copy(size_of(*left.typed).nodes, expr.span)) return nullptr;
  TypedPtr typed = node(TypedKind::kAnd, ValueType::kFlag, expr.span);
  TypedPtr copy = clone(*left.typed);
  typed->args.push_back(compared(Comparison::kGreaterEqual, expr.span,
                                 std::move(copy), std::move(low.typed)));
  typed->args.push_back(compared(Comparison::kLessEqual, expr.span,
                                 std::move(left.typed), std::move(high.typed)));
  return typed;
}

TypedPtr ExprChecker::birthday_between(const Expr& expr) {
  const TypedPtr low = value(expr.args[1]);
  const TypedPtr high = value(expr.args[2]);
  if (!low || !high) return nullptr;
  const auto written = [](const Typed& day) {
    return is_constant(day) && day.type == ValueType::kDate;
  };
  if (!written(*low) || !written(*high)) {
    report(DiagnosticId::kWindowNotWritten, expr.span, {quote(expr)});
    return nullptr;
  }
  const auto window = days_between(expr, *low, *high);
  return window ? birthday_in(expr, *window) : nullptr;
}

std::optional<WindowSpec> ExprChecker::days_between(const Expr& expr,
                                                    const Typed& low,
                                                    const Typed& high) {
  if (low.integer > high.integer) {
    report(DiagnosticId::kWindowEnds, expr.span, {quote(expr)});
    return std::nullopt;
  }
  WindowSpec window;
  window.form = WindowForm::kDates;
  window.first_day = static_cast<int32_t>(low.integer);
  window.last_day = static_cast<int32_t>(high.integer);
  return window;
}

// Whole local days, both included, as a window of a time or a date.
TypedPtr ExprChecker::between_days(const Expr& expr, Side& left,
                                   const Typed& low, const Typed& high) {
  if (is_constant(*left.typed)) {
    report(DiagnosticId::kBothWritten, expr.span, {quote(expr)});
    return nullptr;
  }
  const auto window = days_between(expr, low, high);
  if (!window) return nullptr;
  TypedPtr typed = node(TypedKind::kInWindow, ValueType::kFlag, expr.span);
  typed->window = *window;
  typed->args.push_back(std::move(left.typed));
  return typed;
}

bool ExprChecker::ends_in_order(const Expr& expr, const Typed& low,
                                const Typed& high) {
  if (!is_constant(low) || !is_constant(high)) return true;
  Int128 low_top = low.integer * high.denominator;
  Int128 high_top = high.integer * low.denominator;
  if (low_top <= high_top) return true;
  Diagnostic& made = report(DiagnosticId::kEmptyRange, expr.span,
                            {quote(low.span), quote(high.span)});
  Span both = low.span;
  both.end = high.span.end;
  std::string mend =
      fmt::format("{} and {}", quote(high.span), quote(low.span));
  made.with_mend(both, mend, fmt::format("write `between {}`", mend));
  return false;
}

}  // namespace kitle
