// The reference evaluator: values (see reference_walk.h).
#include "compiler/reference_walk.h"

#include <algorithm>
#include <cmath>

namespace kitle::reference {
namespace {

constexpr int64_t kDayMicros = microseconds(StepUnit::kDay);

Int128 whole(const Value& value) { return std::get<Int128>(value); }

Fraction as_fraction(const Value& value) {
  if (const auto* fraction = std::get_if<Fraction>(&value)) return *fraction;
  return {whole(value), 1};
}

double as_number(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return static_cast<double>(whole(value));
}

}  // namespace

Value as_value(const Stored& stored) {
  struct Conversion {
    Value operator()(std::monostate) const { return {}; }
    Value operator()(int64_t integer) const { return Int128{integer}; }
    Value operator()(double number) const { return number; }
    Value operator()(const std::string& text) const { return text; }
    Value operator()(const std::vector<std::string>& list) const {
      return list;
    }
  };
  return std::visit(Conversion(), stored);
}

Walk::Walk(const Repository& repository, const Calendar& calendar,
           const Texts& texts, const Person& person)
    : repository_(repository),
      calendar_(calendar),
      texts_(texts),
      person_(person),
      answers_(repository.segments.size()),
      derived_(repository.schema.derived.size()) {}

Answer Walk::answer(uint32_t segment) {
  if (answers_[segment]) return *answers_[segment];
  const bool outside = std::exchange(undecided_, false);
  const bool member = holds(*repository_.segments[segment].condition);
  answers_[segment] = Answer{member, std::exchange(undecided_, outside)};
  return *answers_[segment];
}

Value Walk::fail() {
  undecided_ = true;
  return {};
}

Value Walk::checked(double number) {
  return std::isfinite(number) ? Value(number) : fail();
}

Value Walk::value(const Typed& tree) {
  switch (tree.kind) {
    case TypedKind::kConstant:
      return constant(tree);
    case TypedKind::kAttribute:
      return as_value(person_.attributes[tree.index]);
    case TypedKind::kProperty:
      return as_value(history_of(event_type_)[row_].properties[tree.index]);
    case TypedKind::kEventTime:
      return Int128{history_of(event_type_)[row_].time};
    case TypedKind::kOrderTotal:
      return order_total(tree);
    case TypedKind::kOrderValue:
      return of_rows(*order_, repository_.schema.event(event_type_),
                     tree.index);
    case TypedKind::kAdd:
    case TypedKind::kSubtract:
    case TypedKind::kMultiply:
    case TypedKind::kDivide:
      return arithmetic(tree);
    case TypedKind::kNegate:
      return negated(value(*tree.args[0]));
    case TypedKind::kPercentOf:
      return percent(tree);
    case TypedKind::kLocalDay:
    case TypedKind::kLocalHour:
    case TypedKind::kWeekday:
      return part_of_time(tree);
    case TypedKind::kAge:
      return age(tree);
    case TypedKind::kLength:
      return length(value(*tree.args[0]));
    case TypedKind::kRounded:
      return rounded(tree);
    case TypedKind::kLookedUp:
      return looked_up(tree);
    case TypedKind::kMeasure:
      return measure(tree);
    case TypedKind::kMomentOf:
      return moment(tree);
    case TypedKind::kDaysSince:
      return days_since(tree);
    case TypedKind::kTimeSince:
      return time_since(tree);
    case TypedKind::kLookup:
    case TypedKind::kFitted:
      break;  // none is left behind the checker and put_cuts()
    case TypedKind::kPoints:
      return points(repository_.personas[tree.index]);
    case TypedKind::kTally:
      return tally(tree);
    case TypedKind::kAnd:
    case TypedKind::kOr:
    case TypedKind::kNot:
    case TypedKind::kCompare:
    case TypedKind::kTextTest:
    case TypedKind::kInTexts:
    case TypedKind::kInIntegers:
    case TypedKind::kListHas:
    case TypedKind::kElementOf:
    case TypedKind::kPresent:
    case TypedKind::kInWindow:
    case TypedKind::kBirthday:
    case TypedKind::kSegment:
    case TypedKind::kSequence:
      return Int128{holds(tree) ? 1 : 0};
  }
  return {};
}

Value Walk::constant(const Typed& tree) const {
  if (tree.type == ValueType::kNumber) return tree.number;
  if (tree.type == ValueType::kText) return tree.text;
  if (tree.type == ValueType::kPoints ||
      tree.type == ValueType::kMoneyFraction ||
      tree.type == ValueType::kDurationFraction) {
    return Fraction{tree.integer, tree.denominator};
  }
  return tree.integer;
}

// ---- arithmetic ----

Value Walk::arithmetic(const Typed& tree) {
  const Value a = value(*tree.args[0]);
  const Value b = value(*tree.args[1]);
  if (is_missing(a) || is_missing(b)) return {};
  const bool integers_only =
      std::holds_alternative<Int128>(a) && std::holds_alternative<Int128>(b);
  if (tree.kind == TypedKind::kDivide && integers_only) {
    return divided(tree, whole(a), whole(b));
  }
  if (tree.type == ValueType::kNumber) {
    return numbers(tree, as_number(a), as_number(b));
  }
  const bool fraction = tree.type == ValueType::kMoneyFraction ||
                        tree.type == ValueType::kDurationFraction;
  if (!fraction) return integers(tree, whole(a), whole(b));
  // Multiplied by a written number, which is exact.
  const Typed& written = *tree.args[1];
  return checked(
      product(as_fraction(a), Fraction{written.integer, written.denominator}));
}

Value Walk::integers(const Typed& tree, Int128 a, Int128 b) {
  if (tree.kind == TypedKind::kAdd) return checked(sum(a, b));
  if (tree.kind == TypedKind::kSubtract) return checked(difference(a, b));
  return checked(product(a, b));
}

Value Walk::numbers(const Typed& tree, double a, double b) {
  if (tree.kind == TypedKind::kAdd) return checked(a + b);
  if (tree.kind == TypedKind::kSubtract) return checked(a - b);
  if (tree.kind == TypedKind::kMultiply) return checked(a * b);
  return b == 0 ? Value() : checked(a / b);
}

Value Walk::divided(const Typed& tree, Int128 a, Int128 b) {
  if (b == 0) return {};
  if (tree.type == ValueType::kNumber) return quotient(a, b);
  return Fraction{a, b};
}

Value Walk::negated(const Value& value) {
  if (is_missing(value)) return {};
  if (const auto* number = std::get_if<double>(&value)) return -*number;
  return checked(difference(0, whole(value)));
}

Value Walk::percent(const Typed& tree) {
  const Value whole = value(*tree.args[0]);
  if (is_missing(whole)) return {};
  const Fraction share{tree.integer, Int128{100} * tree.denominator};
  return checked(product(as_fraction(whole), share));
}

Value Walk::length(const Value& value) const {
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    return Int128{list->size()};
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return Int128{Texts::code_points(*text)};
  }
  return {};
}

Value Walk::rounded(const Typed& tree) {
  const Value value = this->value(*tree.args[0]);
  if (is_missing(value)) return {};
  if (const auto* number = std::get_if<double>(&value)) {
    return checked(whole_beside(*number, tree.rounding));
  }
  return checked(whole_beside(as_fraction(value), tree.rounding));
}

// The place of the key that args[0] is.
std::optional<size_t> Walk::row_of(const Typed& tree) {
  const Typed& key = *tree.args[0];
  const Value value = this->value(key);
  if (is_missing(value)) return std::nullopt;
  if (const auto* whole = std::get_if<Int128>(&value)) {
    const auto found = std::ranges::find(tree.integers, *whole);
    if (found == tree.integers.end()) return std::nullopt;
    return static_cast<size_t>(found - tree.integers.begin());
  }
  Column column = column_of(key);
  column.any_case = column.any_case || tree.any_case;
  const std::string own = texts_.form(std::get<std::string>(value), column);
  for (size_t i = 0; i < tree.texts.size(); ++i) {
    if (texts_.form(tree.texts[i], column) == own) return i;
  }
  return std::nullopt;
}

Value Walk::looked_up(const Typed& tree) {
  const std::optional<size_t> row = row_of(tree);
  if (!row) return {};
  if (!tree.cells.empty()) return tree.cells[*row];
  return Int128{tree.values[*row]};
}

// ---- time ----

Value Walk::part_of_time(const Typed& tree) {
  const Value time = value(*tree.args[0]);
  if (is_missing(time)) return {};
  const auto instant = static_cast<int64_t>(whole(time));
  if (tree.kind == TypedKind::kLocalHour) {
    return Int128{calendar_.local_hour(instant)};
  }
  const int64_t day = calendar_.local_day(instant);
  if (tree.kind == TypedKind::kLocalDay) return Int128{day};
  return Int128{weekday_of(day)};
}

Value Walk::age(const Typed& tree) {
  const Value date = value(*tree.args[0]);
  if (is_missing(date) || whole(date) > calendar_.today()) return {};
  return Int128{calendar_.age(static_cast<int64_t>(whole(date)))};
}

Value Walk::days_since(const Typed& tree) {
  const Value then = value(*tree.args[0]);
  if (is_missing(then)) return {};
  const bool date = tree.args[0]->type == ValueType::kDate;
  const Int128 here = date ? calendar_.today() : calendar_.now();
  const Int128 passed = tree.until ? whole(then) - here : here - whole(then);
  if (passed < 0) return {};
  return date ? passed : floor_divide(passed, kDayMicros);
}

Value Walk::time_since(const Typed& tree) {
  const Value then = value(*tree.args[0]);
  if (is_missing(then) || whole(then) > calendar_.now()) return {};
  return calendar_.now() - whole(then);
}

}  // namespace kitle::reference
