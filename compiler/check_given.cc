// See check_given.h.
#include "compiler/check_given.h"

#include <fmt/format.h>

#include "compiler/check_expr.h"
#include "compiler/literal.h"

namespace kitle {
namespace {

// The days of the years 1 to 9999.
constexpr int64_t kFirstDay = -719'162;
constexpr int64_t kLastDay = 2'932'896;
// More steps of any unit leave these years.
constexpr int64_t kMostSeconds = (kLastDay - kFirstDay + 1) * 86'400;

bool is_clock_unit(TimeUnit unit) { return unit < TimeUnit::kDay; }

int64_t months_of(TimeUnit unit) { return months(step_unit(unit)); }

const char* kind_phrase(const Column& column) {
  return phrase(value_type(column.type));
}

}  // namespace

Diagnostic* GivenChecker::report(DiagnosticId id, Span span,
                                 std::vector<std::string> args) {
  if (!reported_.emplace(id, span.file, span.begin).second) return nullptr;
  return &context_.report(id, span, std::move(args));
}

// ---- instants ----

std::optional<int64_t> GivenChecker::time(const Instant& written,
                                          const Telling& telling) {
  const auto found = moment(written, telling, false);
  if (!found) return std::nullopt;
  return found->is_day ? context_.zone->day_start(found->day) : found->time;
}

std::optional<int64_t> GivenChecker::moved(int64_t from,
                                           const std::vector<Amount>& amounts,
                                           int sign, Span span,
                                           const Telling& telling) {
  int64_t time = from;
  for (const Amount& each : amounts) {
    const std::optional<Amount> amount = length(each, telling);
    if (!amount) return std::nullopt;
    const bool far = amount->count > kMostSeconds;
    if (!far) {
      time = context_.zone->shift(time, sign * amount->count,
                                  step_unit(amount->unit));
    }
    if (far || !checked({.time = time}, span)) {
      report(DiagnosticId::kInstantBeyond, span, {context_.quote(span)});
      return std::nullopt;
    }
  }
  return time;
}

std::optional<Amount> GivenChecker::length(const Amount& amount,
                                           const Telling& telling) {
  if (amount.name.empty()) return amount;
  const auto named = telling.named.find(amount.name);
  std::optional<Amount> found = named != telling.named.end()
                                    ? case_length(*named->second, amount)
                                    : let_length(amount);
  if (found) found->span = amount.span;
  return found;
}

std::optional<Amount> GivenChecker::case_length(const GivenDecl& given,
                                                const Amount& amount) {
  used_.insert(amount.name);
  if (!given.value && !given.instant) return std::nullopt;  // a mistake
  const Expr* value = given.value.get();
  if (value != nullptr && value->kind == ExprKind::kDuration) {
    return value->amount;
  }
  if (value != nullptr && value->kind == ExprKind::kName) {
    const Amount let{.name = value->name.text, .span = value->span};
    return let_length(case_lengths_.try_emplace(&given, let).first->second);
  }
  Diagnostic* made = report(DiagnosticId::kNotALength, given.span,
                            {context_.quote(given.span)});
  if (made != nullptr) made->with_place(amount.span, "it stands here");
  return std::nullopt;
}

// A mistake is reported once, however often it is told.
std::optional<Amount> GivenChecker::let_length(const Amount& amount) {
  const auto [known, fresh] = lengths_.try_emplace(&amount);
  if (fresh) known->second = written_length(context_, amount);
  return known->second;
}

std::optional<GivenChecker::Moment> GivenChecker::checked(Moment moment,
                                                          Span span) {
  const int64_t day =
      moment.is_day ? moment.day : context_.zone->local_day(moment.time);
  if (day >= kFirstDay && day <= kLastDay) return moment;
  report(DiagnosticId::kInstantBeyond, span, {context_.quote(span)});
  return std::nullopt;
}

std::optional<GivenChecker::Moment> GivenChecker::moment(const Instant& written,
                                                         const Telling& telling,
                                                         bool as_day) {
  if (written.form == InstantForm::kWritten) {
    if (!written.written) return std::nullopt;
    const Typed* typed = constant(written.written);
    if (typed == nullptr) return std::nullopt;
    const auto value = static_cast<int64_t>(typed->integer);
    if (typed->type == ValueType::kDate) return Moment{true, value, 0};
    return Moment{false, 0, value};
  }
  if (written.form == InstantForm::kNamed) {
    const auto named = telling.named.find(written.name.text);
    if (named != telling.named.end()) {
      used_.insert(written.name.text);
      return of_value(*named->second, telling, written.span, as_day);
    }
    report(DiagnosticId::kExpectedInstant, written.span,
           {fmt::format("`{}`", written.name.text)});
    return std::nullopt;
  }
  if (!telling.now) {
    report(DiagnosticId::kTestWithoutNow, written.span,
           {context_.quote(written.span)});
    return std::nullopt;
  }
  return relative(written, telling, as_day);
}

std::optional<GivenChecker::Moment> GivenChecker::relative(
    const Instant& written, const Telling& telling, bool as_day) {
  const int64_t now = *telling.now;
  const int64_t today = context_.zone->local_day(now);
  switch (written.form) {
    case InstantForm::kToday:
      return on_day(written, today);
    case InstantForm::kYesterday:
      return on_day(written, today - 1);
    case InstantForm::kAgo:
    case InstantForm::kAhead: {
      const int sign = written.form == InstantForm::kAgo ? -1 : 1;
      if (as_day || !written.clock.empty()) {
        const auto day = day_of(written, today, sign, telling);
        return day ? on_day(written, *day) : std::nullopt;
      }
      const auto time =
          moved(now, written.amounts, sign, written.span, telling);
      if (!time) return std::nullopt;
      return Moment{false, 0, *time};
    }
    case InstantForm::kWritten:
    case InstantForm::kNamed:
      return std::nullopt;
  }
  return std::nullopt;
}

// Whole days from today; hours are finer than a day.
std::optional<int64_t> GivenChecker::day_of(const Instant& written,
                                            int64_t today, int sign,
                                            const Telling& telling) {
  int64_t day = today;
  for (const Amount& each : written.amounts) {
    const std::optional<Amount> amount = length(each, telling);
    if (!amount) return std::nullopt;
    if (is_clock_unit(amount->unit)) {
      report(DiagnosticId::kFinerThanGiven, amount->span,
             {context_.quote(written.span), context_.quote(amount->span)});
      return std::nullopt;
    }
    const int64_t count = std::min(amount->count, kLastDay - kFirstDay);
    const int64_t days = amount->unit == TimeUnit::kWeek ? 7 : 1;
    const int64_t of_calendar = months_of(amount->unit);
    day = of_calendar != 0 ? add_months(day, sign * count * of_calendar)
                           : day + sign * count * days;
    if (!checked({.is_day = true, .day = day}, written.span)) {
      return std::nullopt;
    }
  }
  return day;
}

// That day, or its clock time.
std::optional<GivenChecker::Moment> GivenChecker::on_day(const Instant& written,
                                                         int64_t day) {
  if (written.clock.empty()) return Moment{true, day, 0};
  const std::string text = "1970-01-01 " + written.clock;
  const auto clock = written_time(text, nullptr);
  if (!clock) {
    if (Diagnostic* made = report(DiagnosticId::kNoSuchTime, written.clock_span,
                                  {written.clock})) {
      made->label = "hours go to 23, minutes and seconds to 59";
    }
    return std::nullopt;
  }
  return Moment{false, 0, context_.zone->instant({day, *clock})};
}

// The value of a case in the place of an instant.
std::optional<GivenChecker::Moment> GivenChecker::of_value(
    const GivenDecl& given, const Telling& telling, Span span, bool as_day) {
  if (given.instant) return moment(*given.instant, telling, as_day);
  const Typed* typed = given.value ? constant(given.value) : nullptr;
  if (typed == nullptr) return std::nullopt;
  const auto value = static_cast<int64_t>(typed->integer);
  if (typed->type == ValueType::kDate) return Moment{true, value, 0};
  if (typed->type == ValueType::kTime) return Moment{false, 0, value};
  if (Diagnostic* made =
          report(DiagnosticId::kExpectedInstant, given.span,
                 {fmt::format("`{}`", context_.quote(given.span))})) {
    made->with_place(span, "it stands here");
  }
  return std::nullopt;
}

// ---- values ----

std::optional<GivenValue> GivenChecker::value(const Column& column,
                                              const GivenDecl& given,
                                              const Telling& telling) {
  if (given.instant) return instant_value(column, *given.instant, telling);
  if (!given.value) return std::nullopt;
  const Expr& expr = *given.value;
  if (expr.kind == ExprKind::kName) {
    const auto named = telling.named.find(expr.name.text);
    if (named != telling.named.end()) {
      used_.insert(expr.name.text);
      return value(column, *named->second, {telling.now, {}});
    }
    if (expr.name.text == "missing") return GivenValue();
  }
  return written_value(column, given.value);
}

std::optional<GivenValue> GivenChecker::instant_value(const Column& column,
                                                      const Instant& written,
                                                      const Telling& telling) {
  if (column.type == TypeKind::kTime) {
    const auto found = time(written, telling);
    if (!found) return std::nullopt;
    return GivenValue(*found);
  }
  if (column.type != TypeKind::kDate) {
    return mismatch(column, written.span, "an instant");
  }
  const auto found = moment(written, telling, true);
  if (!found) return std::nullopt;
  if (found->is_day) return GivenValue(found->day);
  report(DiagnosticId::kFinerThanGiven, written.clock_span,
         {column.name, written.clock});
  return std::nullopt;
}

std::optional<GivenValue> GivenChecker::written_value(const Column& column,
                                                      const ExprPtr& written) {
  const Expr& expr = *written;
  if (is_list(column.type)) return list_value(column, expr);
  if (expr.kind == ExprKind::kList)
    return mismatch(column, expr.span, "a list");
  if (is_word_for_text(column, expr)) {
    const std::string text = "\"" + expr.name.text + "\"";
    if (Diagnostic* made = report(DiagnosticId::kGivenNotWritten, expr.span,
                                  {context_.quote(expr.span)})) {
      made->with_mend(expr.span, text, fmt::format("write `{}`", text));
    }
    return std::nullopt;
  }
  const Typed* typed = constant(written);
  if (typed == nullptr) return std::nullopt;
  return converted(column, expr, *typed);
}

// `channel web`: the quotes are missing.
bool GivenChecker::is_word_for_text(const Column& column,
                                    const Expr& expr) const {
  return expr.kind == ExprKind::kName && is_text_like(column.type) &&
         context_.find(expr.name.text) == nullptr;
}

std::optional<GivenValue> GivenChecker::list_value(const Column& column,
                                                   const Expr& expr) {
  const std::vector<TypedPtr>* elements = items(expr);
  if (elements == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  for (const TypedPtr& each : *elements) {
    if (each->type != ValueType::kText) {
      return mismatch(column, each->span, phrase(each->type));
    }
    texts.push_back(each->text);
  }
  return GivenValue(std::move(texts));
}

std::optional<GivenValue> GivenChecker::converted(const Column& column,
                                                  const Expr& expr,
                                                  const Typed& typed) {
  const bool negative = typed.kind == TypedKind::kNegate;
  const Typed& literal = negative ? *typed.args[0] : typed;
  const auto whole = static_cast<int64_t>(literal.integer);
  const ValueType wanted = value_type(column.type);
  if (column.type == TypeKind::kNumber && is_numeric(literal.type)) {
    const bool integer = literal.type == ValueType::kInteger;
    const double number = integer ? static_cast<double>(whole) : literal.number;
    return GivenValue(negative ? -number : number);
  }
  if (is_text_like(column.type) && literal.type == ValueType::kText) {
    return GivenValue(literal.text);
  }
  if (column.type == TypeKind::kTime && literal.type == ValueType::kDate) {
    return GivenValue(context_.zone->day_start(whole));
  }
  if (wanted == literal.type) return GivenValue(negative ? -whole : whole);
  return mismatch(column, expr.span, phrase(literal.type));
}

std::optional<GivenValue> GivenChecker::mismatch(const Column& column,
                                                 Span span, const char* what) {
  const std::string written = context_.quote(span);
  Diagnostic* made = report(DiagnosticId::kGivenOtherType, span,
                            {column.name, kind_phrase(column), written, what});
  if (made == nullptr) return std::nullopt;
  const bool number = written_decimal(written).has_value();
  const std::string& currency = context_.settings.currency;
  if (column.type == TypeKind::kMoney && number && !currency.empty()) {
    const std::string money = written + " " + currency;
    made->with_mend(span, money, fmt::format("write `{}`", money));
  }
  if (is_text_like(column.type) && number) {
    const std::string text = "\"" + written + "\"";
    made->with_mend(span, text, fmt::format("write `{}`", text));
  }
  return std::nullopt;
}

// ---- what is written, checked once ----

const Typed* GivenChecker::constant(const ExprPtr& written) {
  const Expr& expr = *written;
  const auto [found, fresh] = typed_.try_emplace(&expr);
  if (!fresh) return found->second.get();
  TypedPtr typed = ExprChecker(context_).value(written);
  if (!typed) return nullptr;
  const bool negative =
      typed->kind == TypedKind::kNegate && is_constant(*typed->args[0]);
  if (!is_constant(*typed) && !negative) {
    report(DiagnosticId::kGivenNotWritten, expr.span,
           {context_.quote(expr.span)});
    return nullptr;
  }
  found->second = std::move(typed);
  return found->second.get();
}

const std::vector<TypedPtr>* GivenChecker::items(const Expr& expr) {
  const bool name = expr.kind == ExprKind::kName;
  const Symbol* symbol = name ? context_.find(expr.name.text) : nullptr;
  if (symbol != nullptr && symbol->kind == Symbol::Kind::kLet) {
    const LetInfo& let = context_.lets[symbol->index];
    if (!let.sound) return nullptr;
    if (let.list && let.file == nullptr) return &let.items;
  }
  if (expr.kind != ExprKind::kList) {
    report(DiagnosticId::kGivenNotWritten, expr.span,
           {context_.quote(expr.span)});
    return nullptr;
  }
  const auto [found, fresh] = items_.try_emplace(&expr);
  const bool sound = !fresh || expr.args.empty() ||
                     ExprChecker(context_).list_items(expr, found->second);
  if (!sound) {
    found->second.clear();
    found->second.push_back(nullptr);
  }
  const bool lost = !found->second.empty() && !found->second.front();
  return lost ? nullptr : &found->second;
}

const Typed* GivenChecker::condition(const ExprPtr& written) {
  const auto [found, fresh] = typed_.try_emplace(written.get());
  if (!fresh) return found->second.get();
  context_.seen.pause(true);
  TypedPtr typed = ExprChecker(context_).condition(written);
  context_.seen.pause(false);
  if (typed && !resolve_lookups(context_, typed)) return nullptr;
  found->second = std::move(typed);
  return found->second.get();
}

const Typed* GivenChecker::undecided(const ExpectDecl& expected) {
  ExprPtr& asked = undecided_[&expected];
  if (!asked) {
    asked = std::make_unique<Expr>();
    asked->kind = ExprKind::kInSegment;
    asked->name = *expected.undecided;
    asked->span = asked->name.span;
  }
  return condition(asked);
}

}  // namespace kitle
