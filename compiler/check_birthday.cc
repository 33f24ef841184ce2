// Expressions: birthdays (compiler/check_expr.h). A birthday is no date: it
// comes every year, so it is only asked for with a window of less than a year.
#include <fmt/format.h>

#include <set>
#include <utility>

#include "compiler/check_expr.h"
#include "runtime/time/zone.h"

namespace kitle {

namespace {

constexpr int64_t kYearDays = 365;
constexpr int64_t kLongYearDays = 366;
constexpr int kFebruary = 2;
constexpr int kLastCommon = 28;  // of February
constexpr int64_t kYearMonths = 12;

bool is_year(int64_t n, StepUnit unit) {
  if (is_calendar(unit)) return n * months(unit) >= kYearMonths;
  return Int128{n} * microseconds(unit) >=
         Int128{kYearDays} * microseconds(StepUnit::kDay);
}

// Whether everyone has a birthday in these days. A leap year has one day more
// than 365, and those of 29 February have theirs on the 28th of other years.
bool has_every_birthday(int64_t first, int64_t last) {
  if (last - first >= kLongYearDays) return true;
  std::set<std::pair<int, int>> born;
  for (int64_t day = first; day <= last; ++day) {
    const CivilDate date = civil_of(day);
    born.emplace(date.month, date.day);
    const bool short_year = days_in_month(date.year, kFebruary) == kLastCommon;
    if (date.month == kFebruary && date.day == kLastCommon && short_year) {
      born.emplace(kFebruary, kLastCommon + 1);
    }
  }
  return born.size() == kLongYearDays;
}

// Whether the window is as long as a year, whatever now is; of written days,
// whether it has every birthday.
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
      return has_every_birthday(window.first_day, window.last_day);
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
