// The reference evaluator: conditions (Meaning 2, 12, 18).
#include <algorithm>

#include "compiler/reference_walk.h"

namespace kitle::reference {
namespace {

Fraction as_fraction(const Value& value) {
  if (const auto* fraction = std::get_if<Fraction>(&value)) return *fraction;
  return {std::get<Int128>(value), 1};
}

// An integer with a number: written, or a double.
std::partial_ordering mixed_order(Int128 integer, const Typed& tree,
                                  double number) {
  if (tree.kind != TypedKind::kConstant) return compare(integer, number);
  return compare(integer, Fraction{tree.integer, tree.denominator});
}

}  // namespace

bool passes(Comparison comparison, std::partial_ordering order) {
  switch (comparison) {
    case Comparison::kEqual:
      return order == 0;
    case Comparison::kLess:
      return order < 0;
    case Comparison::kLessEqual:
      return order <= 0;
    case Comparison::kGreater:
      return order > 0;
    case Comparison::kGreaterEqual:
      return order >= 0;
  }
  return false;
}

bool Walk::holds(const Typed& tree) {
  switch (tree.kind) {
    case TypedKind::kAnd:
      return all_hold(tree);
    case TypedKind::kOr:
      return any_holds(tree);
    case TypedKind::kNot:
      return !holds(*tree.args[0]);
    case TypedKind::kCompare:
      return compares(tree);
    case TypedKind::kTextTest:
    case TypedKind::kInTexts:
      return passes_text(tree);
    case TypedKind::kInIntegers:
      return among_integers(tree);
    case TypedKind::kListHas:
      return has_element(tree);
    case TypedKind::kElementOf:
      return is_element(tree);
    case TypedKind::kPresent:
      return !is_missing(value(*tree.args[0]));
    case TypedKind::kInWindow:
      return in_window(tree);
    case TypedKind::kBirthday:
      return has_birthday(tree);
    case TypedKind::kSegment:
      return in_segment(tree.index);
    case TypedKind::kSequence:
      return in_sequence(*tree.sequence);
    case TypedKind::kConstant:
    case TypedKind::kAttribute:
    case TypedKind::kProperty:
    case TypedKind::kEventTime:
    case TypedKind::kOrderTotal:
    case TypedKind::kOrderValue:
    case TypedKind::kAdd:
    case TypedKind::kSubtract:
    case TypedKind::kMultiply:
    case TypedKind::kDivide:
    case TypedKind::kNegate:
    case TypedKind::kPercentOf:
    case TypedKind::kLocalDay:
    case TypedKind::kLocalHour:
    case TypedKind::kWeekday:
    case TypedKind::kAge:
    case TypedKind::kLength:
    case TypedKind::kRounded:
    case TypedKind::kLookedUp:
    case TypedKind::kMeasure:
    case TypedKind::kMomentOf:
    case TypedKind::kDaysSince:
    case TypedKind::kTimeSince:
    case TypedKind::kLookup:
    case TypedKind::kPoints:
    case TypedKind::kTally:
    case TypedKind::kFitted:
      break;
  }
  // A flag.
  const Value flag = value(tree);
  return !is_missing(flag) && std::get<Int128>(flag) != 0;
}

bool Walk::all_hold(const Typed& tree) {
  bool all = true;
  for (const TypedPtr& arg : tree.args) {
    const bool one = holds(*arg);
    all = all && one;
  }
  return all;
}

bool Walk::any_holds(const Typed& tree) {
  bool any = false;
  for (const TypedPtr& arg : tree.args) {
    const bool one = holds(*arg);
    any = any || one;
  }
  return any;
}

bool Walk::in_segment(uint32_t segment) {
  const Answer inner = answer(segment);
  undecided_ = undecided_ || inner.undecided;
  return inner.member;
}

bool Walk::in_window(const Typed& tree) {
  const Value moment = value(*tree.args[0]);
  if (is_missing(moment)) return false;
  const bool date = tree.args[0]->type == ValueType::kDate;
  const Span span =
      date ? calendar_.days(tree.window) : calendar_.instants(tree.window);
  return span.contains(std::get<Int128>(moment));
}

bool Walk::has_birthday(const Typed& tree) {
  const Value date = value(*tree.args[0]);
  if (is_missing(date)) return false;
  const auto born = static_cast<int64_t>(std::get<Int128>(date));
  if (born > calendar_.today()) return false;
  const Span span = calendar_.days(tree.window);
  for (Int128 day = span.low; day <= span.high; ++day) {
    if (is_birthday(born, static_cast<int64_t>(day))) return true;
  }
  return false;
}

// ---- comparisons ----

bool Walk::compares(const Typed& tree) {
  const Typed& left = *tree.args[0];
  const Typed& right = *tree.args[1];
  if (left.kind == TypedKind::kLookedUp && !left.cells.empty()) {
    const std::optional<size_t> a = row_of(left);
    const std::optional<size_t> b = row_of(right);
    return a && b && left.values[*a] == right.values[*b];
  }
  const Value a = value(left);
  const Value b = value(right);
  if (is_missing(a) || is_missing(b)) return false;
  if (const auto* text = std::get_if<std::string>(&a)) {
    return same_text(left, *text, right, std::get<std::string>(b));
  }
  const std::optional<std::partial_ordering> order =
      order_of(left, a, right, b);
  if (!order) undecided_ = true;
  return order && passes(tree.comparison, *order);
}

// Nothing where it cannot be computed.
std::optional<std::partial_ordering> Walk::order_of(const Typed& left,
                                                    const Value& a,
                                                    const Typed& right,
                                                    const Value& b) {
  const auto* left_number = std::get_if<double>(&a);
  const auto* right_number = std::get_if<double>(&b);
  if (left_number && right_number) return *left_number <=> *right_number;
  if (right_number) {
    return mixed_order(std::get<Int128>(a), right, *right_number);
  }
  if (left_number) {
    return 0 <=> mixed_order(std::get<Int128>(b), left, *left_number);
  }
  const auto order = compare(as_fraction(a), as_fraction(b));
  return order ? std::optional<std::partial_ordering>(*order) : std::nullopt;
}

bool Walk::same_text(const Typed& left, const std::string& a,
                     const Typed& right, const std::string& b) const {
  Column column = column_of(left);
  column.any_case = column.any_case || column_of(right).any_case;
  return texts_.form(a, column) == texts_.form(b, column);
}

bool Walk::among_integers(const Typed& tree) {
  const Value tested = value(*tree.args[0]);
  if (is_missing(tested)) return false;
  return std::ranges::find(tree.integers, std::get<Int128>(tested)) !=
         tree.integers.end();
}

// ---- texts ----

const Column& Walk::column_of(const Typed& tree) const {
  const Schema& schema = repository_.schema;
  if (tree.kind == TypedKind::kAttribute) return schema.attributes[tree.index];
  const uint32_t event =
      tree.kind == TypedKind::kProperty ? event_type_ : tree.events->event;
  return schema.event(event).columns[tree.index];
}

bool Walk::passes_text(const Typed& tree) {
  const Typed& tested = *tree.args[0];
  const Value text = value(tested);
  if (is_missing(text)) return false;
  const auto passes = [&](TextTest test, const std::string& written) {
    return texts_.passes(std::get<std::string>(text), column_of(tested), test,
                         written);
  };
  if (tree.kind == TypedKind::kTextTest) return passes(tree.test, tree.text);
  return std::ranges::any_of(tree.texts, [&](const std::string& written) {
    return passes(TextTest::kIs, written);
  });
}

bool Walk::is_element(const Typed& tree) {
  const Typed& tested = *tree.args[0];
  const Typed& of = *tree.args[1];
  const Value text = value(tested);
  const Value list = value(of);
  if (is_missing(text) || is_missing(list)) return false;
  return std::ranges::any_of(
      std::get<std::vector<std::string>>(list),
      [&](const std::string& element) {
        return same_text(tested, std::get<std::string>(text), of, element);
      });
}

bool Walk::has_element(const Typed& tree) {
  const Typed& tested = *tree.args[0];
  const Value list = value(tested);
  if (is_missing(list)) return false;
  const Column& column = column_of(tested);
  return std::ranges::any_of(std::get<std::vector<std::string>>(list),
                             [&](const std::string& element) {
                               return texts_.passes(element, column,
                                                    TextTest::kIs, tree.text);
                             });
}

}  // namespace kitle::reference
