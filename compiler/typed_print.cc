// The typed tree as indented text, one node a line:
//
//   and
//     compare >=
//       count of purchase, by order, in last 7 days : integer
//         where
//           text is "web"
//             property channel : code
//       constant 1 : integer
//     present
//       attribute city : text
//
// Entry point: print().
#include <fmt/format.h>

#include "compiler/typed.h"
#include "runtime/time/zone.h"

namespace kitle {

namespace {

const char* unit_text(StepUnit unit) {
  switch (unit) {
    case StepUnit::kMicrosecond:
      return "microseconds";
    case StepUnit::kSecond:
      return "seconds";
    case StepUnit::kMinute:
      return "minutes";
    case StepUnit::kHour:
      return "hours";
    case StepUnit::kDay:
      return "days";
    case StepUnit::kWeek:
      return "weeks";
    case StepUnit::kMonth:
      return "months";
    case StepUnit::kQuarter:
      return "quarters";
    case StepUnit::kYear:
      return "years";
  }
  return "";
}

std::string date_text(int64_t days) {
  CivilDate date = civil_of(days);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

// An instant in UTC.
std::string time_text(int64_t micros) {
  int64_t day = micros / kMicrosPerDay;
  int64_t rest = micros % kMicrosPerDay;
  if (rest < 0) {
    rest += kMicrosPerDay;
    --day;
  }
  int64_t seconds = rest / 1'000'000;
  std::string text =
      fmt::format("{}T{:02}:{:02}:{:02}", date_text(day), seconds / 3600,
                  seconds / 60 % 60, seconds % 60);
  if (rest % 1'000'000 != 0) text += fmt::format(".{:06}", rest % 1'000'000);
  return text + "Z";
}

std::string dates_text(const WindowSpec& window) {
  if (window.first_day == INT32_MIN)
    return "until " + date_text(window.last_day);
  if (window.last_day == INT32_MAX)
    return "since " + date_text(window.first_day);
  return fmt::format("between {} and {}", date_text(window.first_day),
                     date_text(window.last_day));
}

std::string instants_text(const WindowSpec& window) {
  if (window.first == INT64_MIN) return "until " + time_text(window.last);
  if (window.last == INT64_MAX) return "since " + time_text(window.first);
  return fmt::format("between {} and {}", time_text(window.first),
                     time_text(window.last));
}

std::string window_text(const WindowSpec& window) {
  const char* unit = unit_text(window.unit);
  switch (window.form) {
    case WindowForm::kEver:
      return "ever";
    case WindowForm::kLast:
      return fmt::format("in last {} {}", window.n, unit);
    case WindowForm::kNext:
      return fmt::format("in next {} {}", window.n, unit);
    case WindowForm::kDayAgo:
      return fmt::format("{} days ago", window.n);
    case WindowForm::kRangeAgo:
      return fmt::format("{} to {} {} ago", window.n, window.m, unit);
    case WindowForm::kPeriod:
      return fmt::format("in period {} of {}", window.n, unit);
    case WindowForm::kDates:
      return dates_text(window);
    case WindowForm::kInstants:
      return instants_text(window);
  }
  return "";
}

std::string shape_text(const TypedAnchor& anchor, const char* side) {
  const char* unit = unit_text(anchor.unit);
  switch (anchor.shape) {
    case AnchorShape::kPlain:
      return side;
    case AnchorShape::kWithin:
      return fmt::format("within {} {} {}", anchor.m, unit, side);
    case AnchorShape::kMoreThan:
      return fmt::format("more than {} {} {}", anchor.m, unit, side);
    case AnchorShape::kRange:
      return fmt::format("{} {} to {} {} {}", anchor.n,
                         unit_text(anchor.low_unit), anchor.m, unit, side);
  }
  return "";
}

const char* comparison_text(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual:
      return "=";
    case Comparison::kLess:
      return "<";
    case Comparison::kLessEqual:
      return "<=";
    case Comparison::kGreater:
      return ">";
    case Comparison::kGreaterEqual:
      return ">=";
  }
  return "";
}

const char* test_text(TextTest test) {
  switch (test) {
    case TextTest::kIs:
      return "is";
    case TextTest::kExactly:
      return "is exactly";
    case TextTest::kContains:
      return "contains";
    case TextTest::kStartsWith:
      return "starts with";
    case TextTest::kEndsWith:
      return "ends with";
    case TextTest::kMatches:
      return "matches";
  }
  return "";
}

const char* measure_text(Measure measure) {
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
  }
  return "";
}

std::string int128_text(Int128 value) {
  bool negative = value < 0;
  std::string digits;
  do {
    int digit = static_cast<int>(value % 10);
    digits.insert(digits.begin(), static_cast<char>('0' + std::abs(digit)));
    value /= 10;
  } while (value != 0);
  return negative ? "-" + digits : digits;
}

std::string quoted(std::string_view text) {
  return fmt::format("\"{}\"", text);
}

class Printer {
 public:
  explicit Printer(const Schema& schema) : schema_(schema) {}

  std::string print(const Typed& tree) {
    node(tree, 0);
    return std::move(out_);
  }

 private:
  void line(int depth, std::string_view text) {
    out_.append(static_cast<size_t>(depth) * 2, ' ');
    out_.append(text);
    out_.push_back('\n');
  }

  const Column* column_of(const Typed& tree) const {
    if (tree.kind == TypedKind::kAttribute) {
      return &schema_.attributes[tree.index];
    }
    if (tree.kind == TypedKind::kProperty ||
        tree.kind == TypedKind::kOrderTotal) {
      return &schema_.events[event_].columns[tree.index];
    }
    bool of_events =
        tree.kind == TypedKind::kMomentOf || tree.kind == TypedKind::kMeasure;
    if (!of_events || !has_property(tree)) return nullptr;
    return &schema_.events[tree.events->event].columns[tree.index];
  }

  static bool has_property(const Typed& tree) {
    if (tree.kind == TypedKind::kMomentOf) return tree.index != kTimeIndex;
    return tree.measure != Measure::kCount &&
           tree.measure != Measure::kMedianGap;
  }

  bool personal(const Typed& tree) const {
    const Column* column = column_of(tree);
    if (column != nullptr && column->personal) return true;
    for (const TypedPtr& arg : tree.args) {
      if (personal(*arg)) return true;
    }
    return false;
  }

  void node(const Typed& tree, int depth) {
    bool outer = hidden_;
    hidden_ = hidden_ || (tree.type == ValueType::kFlag && hides(tree));
    line(depth, head(tree));
    if (tree.events) events(*tree.events, depth + 1);
    for (const TypedPtr& arg : tree.args) node(*arg, depth + 1);
    hidden_ = outer;
  }

  // A test of a personal column: its written values are not shown.
  bool hides(const Typed& tree) const {
    using enum TypedKind;
    for (TypedKind kind :
         {kCompare, kTextTest, kInTexts, kInIntegers, kListHas, kInWindow}) {
      if (tree.kind == kind) return personal(tree);
    }
    return false;
  }

  std::string shown(std::string text) const {
    return hidden_ ? "hidden" : std::move(text);
  }

  std::string with_type(const Typed& tree, std::string text) const {
    return fmt::format("{} : {}", text, type_name(tree.type));
  }

  std::string head(const Typed& tree) const {
    switch (tree.kind) {
      case TypedKind::kConstant:
        return with_type(tree, constant(tree));
      case TypedKind::kAttribute:
      case TypedKind::kProperty:
      case TypedKind::kOrderTotal:
        return with_type(tree, fmt::format("{} {}", kind_name(tree.kind),
                                           column_of(tree)->name));
      case TypedKind::kMeasure:
        return with_type(tree, measure(tree));
      case TypedKind::kMomentOf:
        return with_type(tree, moment(tree));
      case TypedKind::kPercentOf:
        return with_type(
            tree, fmt::format("{}/{} percent of", int128_text(tree.integer),
                              tree.denominator));
      case TypedKind::kDaysSince:
        return with_type(tree, tree.until ? "days until" : "days since");
      case TypedKind::kEventTime:
      case TypedKind::kAdd:
      case TypedKind::kSubtract:
      case TypedKind::kMultiply:
      case TypedKind::kDivide:
      case TypedKind::kNegate:
      case TypedKind::kAge:
      case TypedKind::kTimeSince:
        return with_type(tree, kind_name(tree.kind));
      case TypedKind::kCompare:
        return fmt::format("compare {}", comparison_text(tree.comparison));
      case TypedKind::kTextTest:
        return fmt::format("text {} {}", test_text(tree.test),
                           shown(quoted(tree.text)));
      case TypedKind::kInTexts:
        return "in texts " + shown(texts(tree));
      case TypedKind::kInIntegers:
        return "in values " + shown(integers(tree));
      case TypedKind::kListHas:
        return "list has " + shown(quoted(tree.text));
      case TypedKind::kInWindow:
        return shown(window_text(tree.window));
      case TypedKind::kSegment:
        return fmt::format("segment {}", tree.index);
      case TypedKind::kAnd:
      case TypedKind::kOr:
      case TypedKind::kNot:
      case TypedKind::kPresent:
        return kind_name(tree.kind);
    }
    return "";
  }

  std::string constant(const Typed& tree) const {
    return "constant " + shown(constant_value(tree));
  }

  static std::string constant_value(const Typed& tree) {
    switch (tree.type) {
      case ValueType::kText:
      case ValueType::kCode:
        return quoted(tree.text);
      case ValueType::kNumber:
        return fmt::format("{}", tree.number);
      case ValueType::kDate:
        return date_text(static_cast<int64_t>(tree.integer));
      case ValueType::kTime:
        return time_text(static_cast<int64_t>(tree.integer));
      case ValueType::kFlag:
        return tree.integer != 0 ? "yes" : "no";
      case ValueType::kInteger:
      case ValueType::kMoney:
      case ValueType::kMoneyFraction:
      case ValueType::kDuration:
      case ValueType::kDurationFraction:
      case ValueType::kTextList:
      case ValueType::kCodeList:
        return int128_text(tree.integer);
    }
    return "";
  }

  std::string texts(const Typed& tree) const {
    std::string all;
    for (const std::string& text : tree.texts) {
      all += (all.empty() ? "" : ", ") + quoted(text);
    }
    return "{" + all + "}";
  }

  std::string integers(const Typed& tree) const {
    std::string all;
    for (int64_t value : tree.integers) {
      bool date = tree.args[0]->type == ValueType::kDate;
      all += all.empty() ? "" : ", ";
      all += date ? date_text(value) : std::to_string(value);
    }
    return "{" + all + "}";
  }

  // "purchase.amount, by order, in last 7 days"
  std::string counted(const TypedEvents& events, const Column* column) const {
    const EventType& event = schema_.events[events.event];
    std::string text = event.name;
    if (column != nullptr) text += "." + column->name;
    if (event.counted_by) text += events.by_order ? ", by order" : ", by row";
    if (events.window.form != WindowForm::kEver) {
      text += ", " + window_text(events.window);
    }
    return text;
  }

  std::string measure(const Typed& tree) const {
    return fmt::format("{} {}", measure_text(tree.measure),
                       counted(*tree.events, column_of(tree)));
  }

  std::string moment(const Typed& tree) const {
    const Column* column = column_of(tree);
    return fmt::format("{} of {} {}", column != nullptr ? column->name : "time",
                       tree.last ? "last" : "first",
                       counted(*tree.events, nullptr));
  }

  void events(const TypedEvents& events, int depth) {
    uint32_t outer = event_;
    if (events.where) {
      event_ = events.event;
      line(depth, "where");
      node(*events.where, depth + 1);
      event_ = outer;
    }
    anchor(events.after, "after", depth);
    anchor(events.before, "before", depth);
  }

  void anchor(const std::optional<TypedAnchor>& anchor, const char* side,
              int depth) {
    if (!anchor) return;
    line(depth, shape_text(*anchor, side));
    if (anchor->moment) node(*anchor->moment, depth + 1);
  }

  const Schema& schema_;
  std::string out_;
  uint32_t event_ = 0;
  bool hidden_ = false;
};

}  // namespace

std::string print(const Typed& tree, const Schema& schema) {
  return Printer(schema).print(tree);
}

}  // namespace kitle
