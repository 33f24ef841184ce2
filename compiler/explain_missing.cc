// What is missing to the other answer of one test (explain_leaf.h).
#include <fmt/format.h>

#include <cmath>

#include "compiler/explain_leaf.h"
#include "compiler/words.h"

namespace kitle {
namespace {

using reference::Fraction;
using reference::Value;

Fraction exact(const Value& value) {
  if (const auto* fraction = std::get_if<Fraction>(&value)) return *fraction;
  return {std::get<Int128>(value), 1};
}

double approximate(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  const Fraction fraction = exact(value);
  return static_cast<double>(fraction.top) /
         static_cast<double>(fraction.bottom);
}

bool is_number(const Value& value) {
  return std::holds_alternative<double>(value);
}

bool is_quantity(const Value& value) {
  return is_number(value) || std::holds_alternative<Int128>(value) ||
         std::holds_alternative<Fraction>(value);
}

// a - b, where that can be computed.
std::optional<Value> difference(const Value& a, const Value& b) {
  if (is_number(a) || is_number(b)) return approximate(a) - approximate(b);
  const Fraction left = exact(a);
  const Fraction right = exact(b);
  const auto top_left = reference::product(left.top, right.bottom);
  const auto top_right = reference::product(right.top, left.bottom);
  const auto bottom = reference::product(left.bottom, right.bottom);
  if (!top_left || !top_right || !bottom) return std::nullopt;
  const auto top = reference::difference(*top_left, *top_right);
  if (!top) return std::nullopt;
  if (*bottom == 1) return *top;
  return Fraction{*top, *bottom};
}

std::string counted_words(Int128 count, const std::string& one,
                          const std::string& many) {
  return fmt::format("{} {}", int128_text(count), count == 1 ? one : many);
}

// Below, above: what must change, by what is wanted of the comparison.
enum class Side : uint8_t { kLow, kHigh, kEither };

Side side_of(Comparison comparison, bool wanted, double off) {
  switch (comparison) {
    case Comparison::kEqual:
      if (!wanted) return Side::kEither;
      return off < 0 ? Side::kLow : Side::kHigh;
    case Comparison::kLess:
    case Comparison::kLessEqual:
      return wanted ? Side::kHigh : Side::kLow;
    case Comparison::kGreater:
    case Comparison::kGreaterEqual:
      return wanted ? Side::kLow : Side::kHigh;
  }
  return Side::kEither;
}

}  // namespace

std::string LeafMaker::missing(const Typed& tree, bool wanted) {
  switch (shape_of(tree.kind)) {
    case TypedShape::kNegation:
      return missing(*tree.args[0], !wanted);
    case TypedShape::kJunction:
      // The first part in the way: of `between` one end.
      if ((tree.kind == TypedKind::kAnd) != wanted) return "";
      for (const TypedPtr& arg : tree.args) {
        const bool holds = walk_.holds(*arg);
        walk_.take_undecided();
        if (holds != wanted) return missing(*arg, wanted);
      }
      return "";
    case TypedShape::kTest:
      if (looks_at_personal(tree, view_.repository.schema)) return "";
      if (tree.kind == TypedKind::kCompare) {
        return missing_of_compare(tree, wanted);
      }
      if (tree.kind == TypedKind::kBirthday) {
        return wanted ? missing_of_birthday(tree) : "";
      }
      if (tree.kind != TypedKind::kInWindow || !wanted) return "";
      return missing_of_window(tree);
    case TypedShape::kSegment:
    case TypedShape::kWritten:
    case TypedShape::kValue:
    case TypedShape::kOfValue:
    case TypedShape::kCombined:
      return "";
  }
  return "";
}

std::string LeafMaker::missing_of_compare(const Typed& tree, bool wanted) {
  const Typed& left = *tree.args[0];
  const Value a = walk_.value(left);
  const Value b = walk_.value(*tree.args[1]);
  walk_.take_undecided();
  if (!is_quantity(a) || !is_quantity(b)) return "";
  const bool ordered =
      left.type != ValueType::kFlag && left.type != ValueType::kWeekday;
  const auto off = difference(a, b);
  if (!off || !ordered) return "";
  const double size = approximate(*off);
  const Side side = side_of(tree.comparison, wanted, size);
  if (side == Side::kEither) return "";
  if (size == 0) return "exactly at the limit";
  const bool low = side == Side::kLow;
  const auto amount = low ? difference(b, a) : off;
  if (left.type == ValueType::kDate || left.type == ValueType::kTime) {
    const Int128 unit = left.type == ValueType::kDate
                            ? Int128{microseconds(StepUnit::kDay)}
                            : Int128{1};
    return fmt::format("{} too {}",
                       duration_words(std::get<Int128>(*amount) * unit),
                       low ? "early" : "late");
  }
  if (left.kind == TypedKind::kAge) {
    return fmt::format("{} too {}", distance(left, *amount),
                       low ? "young" : "old");
  }
  const bool whole = left.type == ValueType::kInteger;
  return fmt::format("{} {}", distance(left, *amount),
                     low     ? "short"
                     : whole ? "too many"
                             : "too much");
}

// "1 purchase", "20 TRY", "3 days", in the unit of what is compared.
std::string LeafMaker::distance(const Typed& left, const Value& amount) const {
  const auto* whole = std::get_if<Int128>(&amount);
  const bool measured = whole != nullptr && left.kind == TypedKind::kMeasure;
  if (measured && left.measure == Measure::kCount) {
    const EventType& event = view_.repository.schema.event(left.events->event);
    return counted_words(*whole, event.name, event.plural);
  }
  if (measured && left.measure == Measure::kDistinctCount) {
    const bool days = left.index == kDayIndex;
    return days ? counted_words(*whole, "day", "days") : int128_text(*whole);
  }
  if (whole != nullptr && left.kind == TypedKind::kDaysSince) {
    return counted_words(*whole, "day", "days");
  }
  if (whole != nullptr && left.kind == TypedKind::kAge) {
    return counted_words(*whole, "year", "years");
  }
  const bool number = std::holds_alternative<double>(amount);
  return values_.of(amount, number ? ValueType::kNumber : left.type);
}

std::string LeafMaker::missing_of_window(const Typed& tree) {
  const Value value = walk_.value(*tree.args[0]);
  walk_.take_undecided();
  if (reference::is_missing(value)) return "";
  const bool date = tree.args[0]->type == ValueType::kDate;
  const reference::Span span = date ? view_.calendar.days(tree.window)
                                    : view_.calendar.instants(tree.window);
  const Int128 at = std::get<Int128>(value);
  const bool early = at < span.low;
  const Int128 off = early ? span.low - at : at - span.high;
  const Int128 unit = date ? Int128{microseconds(StepUnit::kDay)} : Int128{1};
  return fmt::format("{} too {}", duration_words(off * unit),
                     early ? "early" : "late");
}

// "the next birthday is 2026-05-17, in 77 days"
std::string LeafMaker::missing_of_birthday(const Typed& tree) {
  const Value value = walk_.value(*tree.args[0]);
  walk_.take_undecided();
  if (reference::is_missing(value)) return "";
  const auto birth = static_cast<int64_t>(std::get<Int128>(value));
  const int64_t today = view_.calendar.today();
  if (birth > today) return "the date is in the future";
  int64_t day = today;
  while (!reference::is_birthday(birth, day)) ++day;
  if (day == today) return "the birthday is today";
  return fmt::format("the next birthday is {}, in {}",
                     values_.of(Int128{day}, ValueType::kDate),
                     counted_words(day - today, "day", "days"));
}

}  // namespace kitle
