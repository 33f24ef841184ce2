// Expressions: birthdays (compiler/check_expr.h). A birthday is no date: it
// comes every year, so it is only asked for with a window of less than a year.
#include <fmt/format.h>

#include "compiler/check_expr.h"

namespace kitle {

namespace {

constexpr int64_t kYearDays = 365;
constexpr int64_t kYearMonths = 12;

bool is_year(int64_t n, StepUnit unit) {
  if (is_calendar(unit)) return n * months(unit) >= kYearMonths;
  return Int128{n} * microseconds(unit) >=
         Int128{kYearDays} * microseconds(StepUnit::kDay);
}

// Whether each day of the calendar lies in the window, whatever now is, but for
// one at most.
bool takes_a_year(const WindowSpec& window) {
  switch (window.form) {
    case WindowForm::kLast:
    case WindowForm::kNext:
      return is_year(window.n, window.unit);
    case WindowForm::kDayAgo:
      return false;
    case WindowForm::kRangeAgo:
      return is_year(window.m - window.n, window.unit);
    case WindowForm::kPeriod:
      return window.unit == StepUnit::kYear;
    case WindowForm::kDates:
      return int64_t{window.last_day} - window.first_day >= kYearDays - 1;
    case WindowForm::kEver:
    case WindowForm::kInstants:
      break;
  }
  return true;
}

}  // namespace

TypedPtr ExprChecker::birthday_alone(const Expr& expr) {
  const std::string text = quote(expr);
  report(DiagnosticId::kBirthdayAlone, expr.span, {text})
      .with_label(fmt::format("write `{} today`, or another window", text));
  return nullptr;
}

// REQUIRES: args[0] is a birthday and `window` a window of dates.
TypedPtr ExprChecker::birthday_in(const Expr& expr, const WindowSpec& window) {
  const ExprPtr& of = expr.args[0]->args[0];
  TypedPtr date = value(of);
  if (!date) return nullptr;
  if (date->type != ValueType::kDate) {
    report(DiagnosticId::kBirthdayNeedsDate, of->span,
           {quote(*of), phrase(date->type)});
    return nullptr;
  }
  if (is_constant(*date)) {
    report(DiagnosticId::kBothWritten, expr.span, {quote(expr)});
    return nullptr;
  }
  if (takes_a_year(window)) {
    const std::string mend = quote(*of) + " is present";
    report(DiagnosticId::kBirthdayAlways, expr.span, {quote(expr)})
        .with_mend(expr.span, mend, fmt::format("write `{}`", mend));
    return nullptr;
  }
  TypedPtr typed = node(TypedKind::kBirthday, ValueType::kFlag, expr.span);
  typed->window = window;
  typed->args.push_back(std::move(date));
  return typed;
}

TypedPtr ExprChecker::birthday_window(const Expr& expr) {
  const Window& window = *expr.window;
  const Ends ends = ends_of(window);
  if (!ends.sound) return nullptr;
  if (window.kind == WindowKind::kEver) {
    report(DiagnosticId::kEverOfValue, window.span);
    return nullptr;
  }
  if (!ends.written) {
    report(DiagnosticId::kWindowNotWritten, window.span, {quote(window.span)});
    return nullptr;
  }
  const auto spec = window_spec(window, Target::kDate, ends);
  return spec ? birthday_in(expr, *spec) : nullptr;
}

}  // namespace kitle
