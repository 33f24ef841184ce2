// Expressions: written values and arithmetic (compiler/check_expr.h).
#include <fmt/format.h>

#include <limits>

#include "compiler/check_expr.h"
#include "compiler/literal.h"

namespace kitle {

namespace {

constexpr int kMaxPercentScale = 9;

ValueType fraction_of(ValueType type) {
  return is_monetary(type) ? ValueType::kMoneyFraction
                           : ValueType::kDurationFraction;
}

bool is_fraction(ValueType type) {
  return type == ValueType::kMoneyFraction ||
         type == ValueType::kDurationFraction;
}

ValueType numeric_result(ValueType left, ValueType right) {
  bool whole = left == ValueType::kInteger && right == ValueType::kInteger;
  return whole ? ValueType::kInteger : ValueType::kNumber;
}

using MaybeType = std::optional<ValueType>;

MaybeType sum_type(const Typed& left, const Typed& right) {
  if (is_numeric(left.type) && is_numeric(right.type)) {
    return numeric_result(left.type, right.type);
  }
  bool addable =
      left.type == ValueType::kMoney || left.type == ValueType::kDuration;
  return addable && left.type == right.type ? MaybeType(left.type)
                                            : std::nullopt;
}

// Money and durations stand on the left.
MaybeType product_type(const Typed& left, const Typed& right) {
  if (!is_numeric(right.type)) return std::nullopt;
  if (is_numeric(left.type)) return numeric_result(left.type, right.type);
  if (!is_monetary(left.type) && !is_span_of_time(left.type)) {
    return std::nullopt;
  }
  bool whole = right.type == ValueType::kInteger && !is_fraction(left.type);
  if (whole) return left.type;
  return is_constant(right) ? MaybeType(fraction_of(left.type)) : std::nullopt;
}

MaybeType quotient_type(const Typed& left, const Typed& right) {
  if (is_numeric(left.type) && is_numeric(right.type)) {
    return ValueType::kNumber;
  }
  bool divisible =
      left.type == ValueType::kMoney || left.type == ValueType::kDuration;
  if (!divisible) return std::nullopt;
  if (left.type == right.type) return ValueType::kNumber;
  bool whole = right.type == ValueType::kInteger;
  return whole ? MaybeType(fraction_of(left.type)) : std::nullopt;
}

MaybeType result_type(ArithmeticOp op, const Typed& left, const Typed& right) {
  switch (op) {
    case ArithmeticOp::kAdd:
    case ArithmeticOp::kSubtract:
      return sum_type(left, right);
    case ArithmeticOp::kMultiply:
      return product_type(left, right);
    case ArithmeticOp::kDivide:
      return quotient_type(left, right);
  }
  return std::nullopt;
}

TypedKind node_kind(ArithmeticOp op) {
  switch (op) {
    case ArithmeticOp::kAdd:
      return TypedKind::kAdd;
    case ArithmeticOp::kSubtract:
      return TypedKind::kSubtract;
    case ArithmeticOp::kMultiply:
      return TypedKind::kMultiply;
    case ArithmeticOp::kDivide:
      return TypedKind::kDivide;
  }
  return TypedKind::kAdd;
}

// What a value of the type is rounded to.
MaybeType whole_type(ValueType type) {
  if (type == ValueType::kMoneyFraction) return ValueType::kMoney;
  if (type == ValueType::kDurationFraction) return ValueType::kDuration;
  const bool number = type == ValueType::kNumber || type == ValueType::kPoints;
  return number ? MaybeType(ValueType::kInteger) : std::nullopt;
}

// Why a calculation is not allowed, where a reader may wonder.
const char* why_not(ArithmeticOp op, const Typed& left, const Typed& right) {
  if (is_fraction(left.type) || is_fraction(right.type)) {
    return "an average or a quotient is exact: it is only compared, or "
           "multiplied by a written number or a percentage";
  }
  bool product = op == ArithmeticOp::kMultiply || op == ArithmeticOp::kDivide;
  bool number =
      left.type == ValueType::kNumber || right.type == ValueType::kNumber;
  if (product && number) return "only a written number or an integer is exact";
  if (is_moment(left.type) || is_moment(right.type)) {
    return "use `days since`, `days until` or `within 3 days after`";
  }
  return "";
}

}  // namespace

// ---- written values ----

TypedPtr ExprChecker::number(const Expr& expr) {
  bool whole = expr.text.find('.') == std::string::npos;
  if (whole) {
    std::string_view digits = expr.text;
    Int128 value = 0;
    for (char digit : digits) {
      value = value * 10 + (digit - '0');
      if (value > std::numeric_limits<int64_t>::max()) {
        report(DiagnosticId::kIntegerRange, expr.span, {quote(expr)});
        return nullptr;
      }
    }
    return constant(ValueType::kInteger, value, expr.span);
  }
  std::optional<WrittenDecimal> decimal = written_decimal(expr.text);
  if (!decimal) {
    report(DiagnosticId::kTooManyDigits, expr.span, {quote(expr)});
    return nullptr;
  }
  WrittenDecimal exact = without_zeros(*decimal);
  TypedPtr typed = constant(ValueType::kNumber, exact.mantissa, expr.span);
  typed->denominator = power_of_ten(exact.scale);
  typed->number = nearest_double(expr.text);
  return typed;
}

TypedPtr ExprChecker::money(const Expr& expr) {
  const Settings& settings = context_.settings;
  if (settings.currency.empty()) {
    report(DiagnosticId::kNoCurrency, expr.span);
    return nullptr;
  }
  if (expr.currency != settings.currency) {
    std::string mended = expr.text + " " + settings.currency;
    report(DiagnosticId::kWrongCurrency, expr.span,
           {quote(expr), settings.currency})
        .with_mend(expr.span, mended, fmt::format("write `{}`", mended));
    return nullptr;
  }
  std::optional<WrittenDecimal> decimal = written_decimal(expr.text);
  if (decimal && decimal->scale > settings.currency_digits) {
    report(DiagnosticId::kMoneyDigits, expr.span,
           {quote(expr), settings.currency,
            std::to_string(settings.currency_digits)});
    return nullptr;
  }
  Int128 value = decimal ? decimal->mantissa : Int128{0};
  if (decimal) value *= power_of_ten(settings.currency_digits - decimal->scale);
  if (!decimal || value > std::numeric_limits<int64_t>::max()) {
    report(DiagnosticId::kIntegerRange, expr.span, {quote(expr)});
    return nullptr;
  }
  return constant(ValueType::kMoney, value, expr.span);
}

TypedPtr ExprChecker::text(const Expr& expr) {
  TypedPtr typed = node(TypedKind::kConstant, ValueType::kText, expr.span);
  typed->text = expr.text;
  return typed;
}

TypedPtr ExprChecker::date(const Expr& expr) {
  if (std::optional<int32_t> days = written_date(expr.text)) {
    return constant(ValueType::kDate, *days, expr.span);
  }
  report(DiagnosticId::kNoSuchDate, expr.span, {expr.text})
      .with_label(why_no_date(expr.text));
  return nullptr;
}

TypedPtr ExprChecker::date_time(const Expr& expr) {
  std::optional<int64_t> instant = written_time(expr.text, context_.zone.get());
  if (instant) return constant(ValueType::kTime, *instant, expr.span);
  bool day = written_date(expr.text.substr(0, 10)).has_value();
  report(DiagnosticId::kNoSuchTime, expr.span, {expr.text})
      .with_label(day ? "hours go to 23, minutes and seconds to 59"
                      : why_no_date(expr.text));
  return nullptr;
}

TypedPtr ExprChecker::duration(const Expr& expr) {
  if (!sensible(expr.amount, true, expr.span)) return nullptr;
  StepUnit unit = step_unit(expr.amount.unit);
  if (!is_calendar(unit)) {
    Int128 micros = Int128{expr.amount.count} * microseconds(unit);
    return constant(ValueType::kDuration, micros, expr.span);
  }
  constexpr int64_t kDaysOfMonth = 30;
  std::string days =
      fmt::format("{} days", expr.amount.count * months(unit) * kDaysOfMonth);
  report(DiagnosticId::kCalendarDuration, expr.span, {quote(expr)})
      .with_mend(expr.span, days, fmt::format("write `{}`", days));
  return nullptr;
}

// ---- arithmetic ----

TypedPtr ExprChecker::arithmetic(const Expr& expr) {
  TypedPtr left = value(expr.args[0]);
  TypedPtr right = value(expr.args[1]);
  if (!left || !right) return nullptr;
  bool swap = expr.arith == ArithmeticOp::kMultiply && is_numeric(left->type);
  if (swap && !is_numeric(right->type)) std::swap(left, right);
  MaybeType type = result_type(expr.arith, *left, *right);
  if (!type) return no_arithmetic(expr, *left, *right);
  TypedPtr typed = node(node_kind(expr.arith), *type, expr.span);
  typed->args.push_back(std::move(left));
  typed->args.push_back(std::move(right));
  return typed;
}

TypedPtr ExprChecker::no_arithmetic(const Expr& expr, const Typed& left,
                                    const Typed& right) {
  Diagnostic& diagnostic =
      report(DiagnosticId::kCannotCalculate, expr.span,
             {quote(expr), phrase(left.type), phrase(right.type)});
  diagnostic.with_label(why_not(expr.arith, left, right));
  for (const Typed* side : {&left, &right}) {
    const Typed& other = side == &left ? right : left;
    bool bare = is_constant(*side) && side->type == ValueType::kInteger;
    bool sum = expr.arith == ArithmeticOp::kAdd ||
               expr.arith == ArithmeticOp::kSubtract;
    if (!bare || !sum || other.type != ValueType::kMoney) continue;
    std::string mended =
        fmt::format("{} {}", quote(side->span), context_.settings.currency);
    diagnostic.with_label(
        fmt::format("`{}` is money: write `{}`", quote(other.span), mended));
    diagnostic.with_mend(side->span, mended, fmt::format("write `{}`", mended));
  }
  return nullptr;
}

TypedPtr ExprChecker::negate(const Expr& expr) {
  TypedPtr inner = value(expr.args[0]);
  if (!inner) return nullptr;
  ValueType type = inner->type;
  bool signed_type = is_numeric(type) || type == ValueType::kMoney ||
                     type == ValueType::kDuration;
  if (!signed_type) {
    report(DiagnosticId::kCannotNegate, expr.span,
           {quote(*expr.args[0]), phrase(type), "the negative"});
    return nullptr;
  }
  if (is_constant(*inner)) {
    inner->integer = -inner->integer;
    inner->number = 0.0 - inner->number;
    inner->span = expr.span;
    return inner;
  }
  TypedPtr typed = node(TypedKind::kNegate, type, expr.span);
  typed->args.push_back(std::move(inner));
  return typed;
}

// Of an integer it is args * percent / 100, of a number a product; money and
// durations keep it as it is.
TypedPtr ExprChecker::percent_of(const Expr& expr) {
  TypedPtr inner = value(expr.args[0]);
  std::optional<WrittenDecimal> percent = written_decimal(expr.text);
  bool fits = percent && percent->scale <= kMaxPercentScale;
  if (!fits) report(DiagnosticId::kTooManyDigits, expr.span, {expr.text});
  if (!inner || !fits) return nullptr;
  ValueType type = inner->type;
  bool exact = is_monetary(type) || is_span_of_time(type);
  if (!exact && !is_numeric(type)) {
    report(DiagnosticId::kCannotNegate, expr.span,
           {quote(*expr.args[0]), phrase(type), "a percentage"});
    return nullptr;
  }
  WrittenDecimal share = without_zeros(*percent);
  int64_t denominator = power_of_ten(share.scale);
  if (exact) {
    TypedPtr typed = node(TypedKind::kPercentOf, fraction_of(type), expr.span);
    typed->integer = share.mantissa;
    typed->denominator = denominator;
    typed->args.push_back(std::move(inner));
    return typed;
  }
  bool whole = type == ValueType::kInteger;
  TypedPtr product = node(TypedKind::kMultiply, type, expr.span);
  TypedPtr factor = constant(type, share.mantissa, expr.span);
  if (!whole) {
    factor->denominator = 100 * denominator;
    factor->number =
        nearest_double(fmt::format("{}e-{}", share.mantissa, share.scale + 2));
  }
  product->args.push_back(std::move(inner));
  product->args.push_back(std::move(factor));
  if (!whole) return product;
  TypedPtr typed = node(TypedKind::kDivide, ValueType::kNumber, expr.span);
  typed->args.push_back(std::move(product));
  typed->args.push_back(
      constant(ValueType::kInteger, Int128{100} * denominator, expr.span));
  return typed;
}

// ---- values of time and of orders ----

TypedPtr ExprChecker::of_value(const Expr& expr) {
  if (expr.kind == ExprKind::kAgeOf) return age_of(expr);
  if (expr.kind == ExprKind::kLengthOf) return length_of(expr);
  const bool birthday = expr.kind == ExprKind::kBirthdayOf;
  return birthday ? birthday_alone(expr) : rounded(expr);
}

TypedPtr ExprChecker::age_of(const Expr& expr) {
  TypedPtr inner = value(expr.args[0]);
  if (!inner) return nullptr;
  if (inner->type != ValueType::kDate) {
    report(DiagnosticId::kAgeNeedsDate, expr.args[0]->span,
           {quote(*expr.args[0]), phrase(inner->type)});
    return nullptr;
  }
  TypedPtr typed = node(TypedKind::kAge, ValueType::kInteger, expr.span);
  typed->args.push_back(std::move(inner));
  return typed;
}

TypedPtr ExprChecker::length_of(const Expr& expr) {
  TypedPtr inner = value(expr.args[0]);
  if (!inner) return nullptr;
  const bool counts = is_textual(inner->type) || is_list(inner->type);
  if (!counts || is_constant(*inner)) {
    report(DiagnosticId::kLengthNeedsText, expr.args[0]->span,
           {quote(*expr.args[0]), counts ? "written" : phrase(inner->type)});
    return nullptr;
  }
  TypedPtr typed = node(TypedKind::kLength, ValueType::kInteger, expr.span);
  typed->args.push_back(std::move(inner));
  return typed;
}

TypedPtr ExprChecker::rounded(const Expr& expr) {
  TypedPtr inner = value(expr.args[0]);
  if (!inner) return nullptr;
  const MaybeType whole = whole_type(inner->type);
  if (!whole || is_constant(*inner)) {
    Span behind = expr.span;
    behind.begin = expr.args[0]->span.end;
    report(DiagnosticId::kNothingToRound, expr.span,
           {quote(*expr.args[0]), whole ? "written" : phrase(inner->type)})
        .with_mend(behind, "", "leave the word out");
    return nullptr;
  }
  TypedPtr typed = node(TypedKind::kRounded, *whole, expr.span);
  typed->rounding = expr.rounding;
  typed->args.push_back(std::move(inner));
  return typed;
}

TypedPtr ExprChecker::days_since(const Expr& expr) {
  TypedPtr inner = moment_value(expr.args[0]);
  if (!inner) return nullptr;
  TypedPtr typed = node(TypedKind::kDaysSince, ValueType::kInteger, expr.span);
  typed->until = expr.until;
  typed->args.push_back(std::move(inner));
  return typed;
}

TypedPtr ExprChecker::time_since(const Expr& expr) {
  TypedPtr inner = moment_value(expr.args[0]);
  if (!inner) return nullptr;
  if (inner->type != ValueType::kTime) {
    report(DiagnosticId::kNotAMoment, expr.args[0]->span,
           {quote(*expr.args[0]), phrase(inner->type), "a time"})
        .with_label("of a date write `days since`");
    return nullptr;
  }
  TypedPtr typed = node(TypedKind::kTimeSince, ValueType::kDuration, expr.span);
  typed->args.push_back(std::move(inner));
  return typed;
}

// `total a.amount`: of another step the order's sum is what its name says.
TypedPtr ExprChecker::total_of_other(const Expr& expr) {
  const std::string& path = expr.name.text;
  const size_t dot = path.find('.');
  const std::string owner = path.substr(0, dot);
  const bool step = step_named(owner).has_value();
  const bool own = event_ && context_.find_event(owner) == event_;
  const std::string mend = step ? path : "total " + path.substr(dot + 1);
  Diagnostic& made = report(DiagnosticId::kTotalOfOther, expr.span, {owner});
  if (!step && !own) return nullptr;
  made.with_mend(expr.span, mend, fmt::format("write `{}`", mend));
  return nullptr;
}

TypedPtr ExprChecker::order_total(const Expr& expr) {
  if (expr.name.text.find('.') != std::string::npos) {
    return total_of_other(expr);
  }
  if (!event_ || !context_.schema.counts_orders(*event_)) {
    report(DiagnosticId::kTotalNeedsOrder, expr.span, {expr.name.text});
    return nullptr;
  }
  std::optional<uint32_t> index = property_of(*event_, expr.name);
  if (!index) return nullptr;
  ValueType type = property_type(*event_, *index);
  bool quantity = is_numeric(type) || type == ValueType::kMoney ||
                  type == ValueType::kDuration;
  if (!quantity || is_of_time(*index)) {
    report(DiagnosticId::kNotSummable, expr.span,
           {"total", expr.name.text, phrase(type)});
    return nullptr;
  }
  TypedPtr typed = node(TypedKind::kOrderTotal, type, expr.span);
  typed->index = *index;
  return typed;
}

}  // namespace kitle
