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
#include "compiler/words.h"

namespace kitle {

namespace {

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

class Printer {
 public:
  explicit Printer(const Schema& schema) : schema_(schema) {}
  explicit Printer(const Repository& whole)
      : schema_(whole.schema), whole_(&whole) {}

  std::string print(const Typed& tree) {
    node(tree, 0);
    return std::move(out_);
  }

  std::string print(const TypedPersona& persona) {
    line(0, "points of " + persona.name);
    for (const TypedPointsLine& each : persona.lines) points(each);
    if (persona.most_a_day != kNoLimit) {
      line(1, "at most " + points_text(persona.most_a_day) + " a day");
    }
    if (persona.halving != 0) {
      line(1, fmt::format("halving every {} days", persona.halving));
    }
    if (persona.most != kNoLimit) {
      line(1, "at most " + points_text(persona.most) + " in all");
    }
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
        tree.kind == TypedKind::kOrderTotal ||
        tree.kind == TypedKind::kOrderValue) {
      return &schema_.event(event_).columns[tree.index];
    }
    bool of_events =
        tree.kind == TypedKind::kMomentOf || tree.kind == TypedKind::kMeasure;
    if (!of_events || !has_property(tree) || is_of_time(tree.index)) {
      return nullptr;
    }
    return &schema_.event(tree.events->event).columns[tree.index];
  }

  static bool has_property(const Typed& tree) {
    if (tree.kind == TypedKind::kMomentOf) return true;
    return measured_by(tree) == nullptr && tree.measure != Measure::kCount &&
           tree.measure != Measure::kMedianGap;
  }

  bool personal(const Typed& tree) const {
    const Column* column = column_of(tree);
    if (column != nullptr && column->personal) return true;
    for (const TypedPtr& arg : tree.args) {
      if (personal(*arg)) return true;
    }
    return measures_personal(tree);
  }

  bool measures_personal(const Typed& tree) const {
    const Typed* value = measured_by(tree);
    while (value != nullptr && value->kind == TypedKind::kLookedUp) {
      value = value->args[0].get();
    }
    return value != nullptr && value->kind == TypedKind::kProperty &&
           schema_.event(tree.events->event).columns[value->index].personal;
  }

  void node(const Typed& tree, int depth) {
    bool outer = hidden_;
    hidden_ = hidden_ || (tree.type == ValueType::kFlag && hides(tree));
    line(depth, head(tree));
    if (tree.events) events(*tree.events, depth + 1);
    if (tree.sequence) sequence(*tree.sequence, depth + 1);
    for (const TypedPtr& arg : tree.args) node(*arg, depth + 1);
    hidden_ = outer;
  }

  // A test of a personal column: its written values are not shown.
  bool hides(const Typed& tree) const {
    using enum TypedKind;
    for (TypedKind kind : {kCompare, kTextTest, kInTexts, kInIntegers, kListHas,
                           kInWindow, kBirthday}) {
      if (tree.kind == kind) return personal(tree);
    }
    return false;
  }

  std::string shown(std::string text) const {
    const bool hide = hidden_ && whole_ == nullptr;
    return hide ? "hidden" : std::move(text);
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
      case TypedKind::kOrderValue:
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
      case TypedKind::kLocalDay:
      case TypedKind::kLocalHour:
      case TypedKind::kWeekday:
      case TypedKind::kAge:
      case TypedKind::kLength:
      case TypedKind::kTimeSince:
      case TypedKind::kLookup:
        return with_type(tree, kind_name(tree.kind));
      case TypedKind::kCompare:
        return fmt::format("compare {}", comparison_text(tree.comparison));
      case TypedKind::kTextTest:
        return fmt::format("text {} {}", test_text(tree.test),
                           shown(quoted(tree.text)));
      case TypedKind::kInTexts:
        return "in texts " + shown(looked_up(tree) + texts(tree));
      case TypedKind::kInIntegers:
        return "in values " + shown(looked_up(tree) + integers(tree));
      case TypedKind::kListHas:
        return "list has " + shown(quoted(tree.text));
      case TypedKind::kInWindow:
        return shown(window_text(tree.window));
      case TypedKind::kBirthday:
        return "birthday " + shown(window_text(tree.window));
      case TypedKind::kRounded:
        return with_type(tree, rounding_text(tree.rounding));
      case TypedKind::kLookedUp:
        return with_type(tree, looked_up_in(tree));
      case TypedKind::kPoints:
        return with_type(tree, "points of " + tree.text);
      case TypedKind::kFitted:
        return with_type(
            tree, fmt::format("cut {} of {}", int128_text(tree.integer + 1),
                              tree.text));
      case TypedKind::kTally:
        return with_type(tree,
                         fmt::format("{}: {} and what holds of", tree.text,
                                     int128_text(tree.integer)));
      case TypedKind::kSegment:
        if (whole_ != nullptr) {
          return "segment " + whole_->segments[tree.index].name;
        }
        return fmt::format("segment {}", tree.index);
      case TypedKind::kSequence:
        return sequence_head(*tree.sequence);
      case TypedKind::kAnd:
      case TypedKind::kOr:
      case TypedKind::kNot:
      case TypedKind::kElementOf:
      case TypedKind::kPresent:
        return kind_name(tree.kind);
    }
    return "";
  }

  std::string constant(const Typed& tree) const {
    return "constant " + shown(constant_value(tree));
  }

  static std::string constant_value(const Typed& tree) {
    if (tree.type == ValueType::kText || tree.type == ValueType::kCode) {
      return quoted(tree.text);
    }
    std::string text = value_text(tree.type, tree.integer, tree.number);
    const bool fraction = tree.type == ValueType::kMoneyFraction ||
                          tree.type == ValueType::kDurationFraction ||
                          tree.type == ValueType::kPoints;
    if (fraction && tree.denominator != 1) {
      text += fmt::format("/{}", tree.denominator);
    }
    return text;
  }

  // Which test of a table the keys come from.
  static std::string looked_up(const Typed& tree) {
    return tree.text.empty() ? "" : fmt::format("({}) ", tree.text);
  }

  // "brand of product {"A": "Nike"}"; whole what the tiers take as well.
  std::string looked_up_in(const Typed& tree) const {
    std::vector<std::string> pairs;
    for (size_t i = 0; i < tree.values.size(); ++i) {
      const std::string key = tree.texts.empty()
                                  ? std::to_string(tree.integers[i])
                                  : quoted(tree.texts[i]);
      std::string value = tree.cells.empty()
                              ? value_text(tree.type, tree.values[i], 0)
                              : quoted(tree.cells[i]);
      if (whole_ != nullptr) value += fmt::format(" ({})", tree.values[i]);
      pairs.push_back(fmt::format("{}: {}", key, value));
    }
    const auto same = [](const std::string& pair) { return pair; };
    return fmt::format("{} {}{}", kind_name(tree.kind),
                       shown(list_text(pairs, same)),
                       tree.any_case ? " any case" : "");
  }

  std::string texts(const Typed& tree) const {
    return list_text(tree.texts, quoted);
  }

  std::string integers(const Typed& tree) const {
    const ValueType type = tree.args[0]->type;
    return list_text(tree.integers,
                     [&](int64_t value) { return value_text(type, value, 0); });
  }

  template <class Items, class Text>
  std::string list_text(const Items& items, Text text) const {
    const size_t shown = whole_ == nullptr ? kItemsShown : items.size();
    return "{" + shortened_list(items, text, shown) + "}";
  }

  // "purchase.amount, by order, in last 7 days"
  std::string counted(const TypedEvents& events,
                      const std::string& property) const {
    const EventType& event = schema_.event(events.event);
    std::string text = event.name;
    if (!property.empty()) text += "." + property;
    if (schema_.counts_orders(events.event)) {
      text += events.by_order ? ", by order" : ", by row";
    }
    if (events.window.form != WindowForm::kEver) {
      text += ", " + window_text(events.window);
    }
    return text;
  }

  void points(const TypedPointsLine& points) {
    using Kind = TypedPointsLine::Kind;
    const std::string given = points_text(points.points);
    if (points.kind == Kind::kPerson) {
      line(1, given + " when");
      return node(*points.condition, 2);
    }
    const TypedEvents& events = *points.events;
    const bool of_property = points.kind != Kind::kEach;
    std::string text = counted(
        events, of_property ? column_name(events.event, points.index) : "");
    if (points.kind == Kind::kMultiples) {
      text = fmt::format("{} of {}", points.per, text);
    }
    if (points.kind == Kind::kDifferent) text = "each different " + text;
    line(1, fmt::format("{} {} {}", given,
                        points.kind == Kind::kMultiples ? "per" : "for", text));
    this->events(events, 2);
  }

  std::string column_name(uint32_t event, uint32_t index) const {
    const auto& columns = schema_.event(event).columns;
    return index < columns.size() ? columns[index].name
                                  : time_property_text(index);
  }

  std::string measure(const Typed& tree) const {
    return fmt::format(
        "{} {}", measure_text(tree.measure),
        counted(*tree.events, has_property(tree) ? property(tree) : ""));
  }

  std::string moment(const Typed& tree) const {
    return fmt::format("{} of {} {}", property(tree),
                       tree.last ? "last" : "first", counted(*tree.events, ""));
  }

  std::string property(const Typed& tree) const {
    const Column* column = column_of(tree);
    return column != nullptr ? column->name : time_property_text(tree.index);
  }

  void events(const TypedEvents& events, int depth) {
    uint32_t outer = event_;
    event_ = events.event;
    if (events.measured) {
      line(depth, "measured");
      node(*events.measured, depth + 1);
    }
    if (events.where) {
      line(depth, "where");
      node(*events.where, depth + 1);
    }
    event_ = outer;
    anchor(events.after, "after", depth);
    anchor(events.before, "before", depth);
  }

  static std::string within(const std::optional<StepSpan>& span) {
    if (!span) return "";
    return fmt::format(" within {} {}", span->n, unit_text(span->unit));
  }

  static std::string sequence_head(const TypedSequence& sequence) {
    if (!sequence.all_within) return "sequence";
    return "sequence all" + within(sequence.all_within);
  }

  void sequence(const TypedSequence& sequence, int depth) {
    for (size_t i = 0; i < sequence.steps.size(); ++i) {
      step(sequence, static_cast<uint32_t>(i), depth);
    }
  }

  void step(const TypedSequence& sequence, uint32_t index, int depth) {
    const TypedStep& step = sequence.steps[index];
    std::string text =
        fmt::format("step {} {}{}{}", index, step.negated ? "no " : "",
                    counted(step.events, ""), within(step.within));
    for (const uint32_t property : step.same) {
      text += ", same " + property_name(step.events.event, property);
    }
    line(depth, text);
    events(step.events, depth + 1);
    for (const StepComparison& each : step.comparisons) {
      comparison(sequence, step, each, depth + 1);
    }
  }

  std::string property_name(uint32_t event, uint32_t index) const {
    if (is_of_time(index)) return time_property_text(index);
    return schema_.event(event).columns[index].name;
  }

  void comparison(const TypedSequence& sequence, const TypedStep& step,
                  const StepComparison& compared, int depth) {
    const uint32_t outer = event_;
    const uint32_t other = sequence.steps[compared.step].events.event;
    const bool outer_hidden = hidden_;
    event_ = step.events.event;
    hidden_ = hidden_ || personal(*compared.own);
    event_ = other;
    hidden_ = hidden_ || personal(*compared.other);
    line(depth, fmt::format(
                    "{}compare {} with step {}", compared.negated ? "not " : "",
                    comparison_text(compared.comparison), compared.step));
    event_ = step.events.event;
    node(*compared.own, depth + 1);
    event_ = other;
    node(*compared.other, depth + 1);
    event_ = outer;
    hidden_ = outer_hidden;
  }

  void anchor(const std::optional<TypedAnchor>& anchor, const char* side,
              int depth) {
    if (!anchor) return;
    line(depth, shape_text(*anchor, side));
    if (anchor->moment) node(*anchor->moment, depth + 1);
  }

  const Schema& schema_;
  const Repository* whole_ = nullptr;  // if everything is to be shown
  std::string out_;
  uint32_t event_ = 0;
  bool hidden_ = false;
};

}  // namespace

std::string print(const Typed& tree, const Schema& schema) {
  return Printer(schema).print(tree);
}

std::string print_whole(const Typed& tree, const Repository& repository) {
  return Printer(repository).print(tree);
}

std::string print_whole(const TypedPersona& persona,
                        const Repository& repository) {
  return Printer(repository).print(persona);
}

namespace {

// "fit value at 2026-03-01T00:00:00Z on 3 with 2 events, 1 with 0 events"
std::string fitting_text(const TypedFitting& fitting) {
  std::string text =
      fmt::format("fit {} at {} on", fitting.fit, time_text(fitting.now));
  for (const GivenPerson& each : fitting.people) {
    const bool first = &each == fitting.people.data();
    text += fmt::format("{} {} with {} event{}", first ? "" : ",", each.count,
                        each.events.size(), each.events.size() == 1 ? "" : "s");
  }
  return text + '\n';
}

}  // namespace

std::string print(const TypedTest& test, const Schema& schema) {
  std::string text = fmt::format("test {}\n", quoted(test.title));
  for (const TypedRun& run : test.runs) {
    for (const TypedFitting& each : run.fittings) text += fitting_text(each);
    for (const TypedExpectation& each : run.expectations) {
      text += fmt::format(
          "{} at {} behind {} event{}", each.undecided ? "undecided" : "expect",
          time_text(each.now), each.events, each.events == 1 ? "" : "s");
      for (const auto& [name, place] : each.fits) {
        text += fmt::format(" with fit {} of {}", place, name);
      }
      text += '\n';
      text += print(*each.condition, schema);
    }
  }
  return text;
}

std::string print(const TypedGuard& guard, const Repository& repository) {
  const std::string& first = repository.segments[guard.first].name;
  const std::string& second = repository.segments[guard.second].name;
  switch (guard.kind) {
    case GuardKind::kExcludes:
    case GuardKind::kImplies:
    case GuardKind::kEquals:
      return fmt::format("guard {} {} {}\n", first, guard_word(guard.kind),
                         second);
    case GuardKind::kSize:
      return fmt::format("guard size of {}: {} to {} {}\n", first, guard.low,
                         guard.high,
                         guard.percent ? "millionths of a percent" : "people");
  }
  return "";
}

std::string print(const TypedPersona& persona, const Schema& schema) {
  return Printer(schema).print(persona);
}

}  // namespace kitle
