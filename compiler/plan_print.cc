// The plan as text, one node a line, and who uses it:
//
//   %0  predicate  product_view.category is "Shoes"
//   %1  events     product_view where %0 in last 7 days
//   %2  feature    any %1                           2 uses: lookers, buyers
//
// Constants stand in the lines that use them. Entry point: print().
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/plan.h"
#include "compiler/words.h"

namespace kitle {
namespace {

constexpr size_t kNamesShown = 4;

const char* family_text(Family family) {
  switch (family) {
    case Family::kFilter:
      return "events";
    case Family::kFeature:
      return "feature";
    case Family::kValue:
      return "value";
    case Family::kPredicate:
      return "predicate";
  }
  return "";
}

std::string steps_text(const AnchorSteps& steps, const char* side) {
  const char* unit = unit_text(steps.unit);
  switch (steps.shape) {
    case AnchorShape::kPlain:
      return side;
    case AnchorShape::kWithin:
      return fmt::format("within {} {} {}", steps.m, unit, side);
    case AnchorShape::kMoreThan:
      return fmt::format("more than {} {} {}", steps.m, unit, side);
    case AnchorShape::kRange:
      return fmt::format("{} {} to {} {} {}", steps.n,
                         unit_text(steps.low_unit), steps.m, unit, side);
  }
  return "";
}

const char* operator_text(NodeKind kind) {
  if (kind == NodeKind::kAdd) return "+";
  if (kind == NodeKind::kSubtract) return "-";
  return kind == NodeKind::kMultiply ? "*" : "/";
}

class Printer {
 public:
  Printer(const Plan& plan, const Schema& schema)
      : plan_(plan), schema_(schema), personal_(plan.size(), false) {
    for (NodeId id = 0; id < plan.size(); ++id) personal_[id] = personal(id);
  }

  std::string print() {
    find_users();
    std::string text;
    for (NodeId id = 0; id < plan_.size(); ++id) {
      if (plan_[id].kind != NodeKind::kConstant) text += line(id);
    }
    for (const PlanSegment& segment : plan_.segments) {
      text += fmt::format("{} = {}\n", segment.name, name(segment.condition));
    }
    return text;
  }

 private:
  // Which segments need a node, and how many nodes and segments name it.
  void find_users() {
    uses_.assign(plan_.size(), 0);
    users_.resize(plan_.size());
    for (uint32_t i = 0; i < plan_.segments.size(); ++i) {
      ++uses_[plan_.segments[i].condition];
      users_[plan_.segments[i].condition].push_back(i);
    }
    for (NodeId id = plan_.size(); id-- > 0;) {
      std::ranges::sort(users_[id]);
      users_[id].erase(std::ranges::unique(users_[id]).begin(),
                       users_[id].end());
      for (const NodeId arg : plan_[id].args) {
        ++uses_[arg];
        users_[arg].insert(users_[arg].end(), users_[id].begin(),
                           users_[id].end());
      }
    }
  }

  std::string line(NodeId id) const {
    const std::string head =
        fmt::format("%{:<4} {:<10} {}", id,
                    family_text(family_of(plan_[id].kind)), text_of(plan_[id]));
    return fmt::format(
        "{:<64}  {}: {}\n", head,
        uses_[id] == 1 ? "1 use" : fmt::format("{} uses", uses_[id]),
        users_text(users_[id]));
  }

  std::string users_text(const std::vector<uint32_t>& users) const {
    std::string text;
    for (size_t i = 0; i < std::min(users.size(), kNamesShown); ++i) {
      text += (i == 0 ? "" : ", ") + plan_.segments[users[i]].name;
    }
    if (users.size() > kNamesShown) {
      text += fmt::format(" and {} more", users.size() - kNamesShown);
    }
    return text;
  }

  // A constant beside a value that comes from a personal column is not shown.
  bool personal(NodeId id) const {
    const Node& node = plan_[id];
    const Column* column = column_of(node);
    if (column != nullptr && column->personal) return true;
    const NodeId measured = measured_of(node);
    if (measured != kNone && personal_[measured]) return true;
    return family_of(node.kind) == Family::kValue &&
           std::ranges::any_of(node.args,
                               [&](NodeId arg) { return personal_[arg]; });
  }

  bool hides(const Node& node) const {
    return std::ranges::any_of(node.args,
                               [&](NodeId arg) { return personal_[arg]; });
  }

  const Column* column_of(const Node& node) const {
    if (node.kind == NodeKind::kAttribute) {
      return &schema_.attributes[node.column];
    }
    const bool of_event = node.kind == NodeKind::kProperty ||
                          node.kind == NodeKind::kOrderTotal ||
                          node.kind == NodeKind::kOrderValue ||
                          node.kind == NodeKind::kMeasure ||
                          node.kind == NodeKind::kMoment;
    if (!of_event || is_of_time(node.column)) return nullptr;
    return &schema_.event(node.table).columns[node.column];
  }

  std::string column_text(const Node& node) const {
    const Column* column = column_of(node);
    return column == nullptr ? time_property_text(node.column) : column->name;
  }

  std::string event(const Node& node) const {
    return schema_.event(node.table).name;
  }

  std::string name(NodeId id, bool hidden = false) const {
    const Node& node = plan_[id];
    if (node.kind != NodeKind::kConstant) return fmt::format("%{}", id);
    if (hidden) return "hidden";
    return value_text(node.type, node.integer, node.number);
  }

  std::string text_of(const Node& node) const {
    switch (family_of(node.kind)) {
      case Family::kFilter:
        return events(node);
      case Family::kFeature:
        return feature(node);
      case Family::kValue:
        return value(node);
      case Family::kPredicate:
        return predicate(node);
    }
    return "";
  }

  std::string events(const Node& node) const {
    std::string text = event(node);
    if (node.has_where) text += " where " + name(where_of(node));
    if (node.after) {
      text +=
          " " + steps_text(*node.after, "after") + " " + name(after_of(node));
    }
    if (node.before) {
      text += " " + steps_text(*node.before, "before") + " " +
              name(before_of(node));
    }
    if (node.window.form == WindowForm::kEver) return text;
    return text + " " + window_text(node.window);
  }

  std::string feature(const Node& node) const {
    if (node.kind == NodeKind::kAny) return "any " + name(node.args[0]);
    if (node.kind == NodeKind::kPoints) return points(node);
    if (node.kind == NodeKind::kTally) return tally(node);
    const std::string what = node.kind == NodeKind::kMoment
                                 ? fmt::format("{} of {}", column_text(node),
                                               node.last ? "last" : "first")
                                 : measure(node);
    return what + (node.by_order ? " order of " : " ") + name(node.args[0]);
  }

  std::string tally(const Node& node) const {
    std::string text = int128_text(node.integer);
    for (size_t i = 1; i < node.args.size(); ++i) {
      text += " + " + name(node.args[i]);
    }
    return text + " where " + name(node.args[0]);
  }

  std::string points(const Node& node) const {
    std::string text;
    for (size_t i = 0; i < node.args.size(); ++i) {
      text += (text.empty() ? "" : ", ") + points_of(node, i);
    }
    if (node.most_a_day != kNoLimit) {
      text += fmt::format(", at most {} a day", points_text(node.most_a_day));
    }
    if (node.halving != 0) {
      text += fmt::format(", halving every {} days", node.halving);
    }
    if (node.most != kNoLimit) {
      text += fmt::format(", at most {} in all", points_text(node.most));
    }
    return text;
  }

  std::string points_of(const Node& node, size_t i) const {
    const PointsOf& of = node.points[i];
    const std::string given = points_text(of.points);
    const std::string arg = name(node.args[i]);
    if (of.column == kNone) return fmt::format("{} for {}", given, arg);
    const std::string& column =
        schema_.event(plan_[node.args[i]].table).columns[of.column].name;
    if (of.kind == PointsLine::Kind::kDifferent) {
      return fmt::format("{} for each different {} of {}", given, column, arg);
    }
    return fmt::format("{} per {} of {}{} of {}", given, of.per,
                       of.by_order ? "the order's " : "", column, arg);
  }

  std::string measure(const Node& node) const {
    std::string text = measure_text(node.measure);
    if (node.measure == Measure::kCount || node.measure == Measure::kMedianGap)
      return text;
    const NodeId measured = measured_of(node);
    return fmt::format("{} {} in", text,
                       measured != kNone ? name(measured) : column_text(node));
  }

  std::string value(const Node& node) const {
    switch (node.kind) {
      case NodeKind::kAttribute:
        return schema_.profile_name + "." + column_text(node);
      case NodeKind::kProperty:
      case NodeKind::kEventTime:
        return event(node) + "." + column_text(node);
      case NodeKind::kOrderTotal:
        return fmt::format("total {} of {}", column_text(node), event(node));
      case NodeKind::kOrderValue:
        return fmt::format("total {} of order in {}", column_text(node),
                           name(node.args[0]));
      case NodeKind::kFitted:
        return fmt::format("cut {} of {}", node.integers[2] + 1, node.texts[0]);
      case NodeKind::kPercentOf:
        return fmt::format("{} / {} percent of {}", int128_text(node.integer),
                           node.denominator, name(node.args[0]));
      case NodeKind::kRounded:
        return name(node.args[0]) + " " + rounding_text(node.rounding);
      case NodeKind::kLookedUp:
        return looked_up(node);
      case NodeKind::kDaysSince:
        return (node.until ? "days until " : "days since ") +
               name(node.args[0]);
      case NodeKind::kNegate:
      case NodeKind::kLocalDay:
      case NodeKind::kLocalHour:
      case NodeKind::kWeekday:
      case NodeKind::kAge:
      case NodeKind::kLength:
      case NodeKind::kTimeSince:
        return std::string(node_name(node.kind)) + " " + name(node.args[0]);
      default:
        return fmt::format("{} {} {}", name(node.args[0], hides(node)),
                           operator_text(node.kind),
                           name(node.args[1], hides(node)));
    }
  }

  // "%3 looked up in {"A": 1, "B": 2}"
  std::string looked_up(const Node& node) const {
    std::vector<std::string> pairs;
    for (size_t i = 0; i < node.values.size(); ++i) {
      const std::string key = node.texts.empty()
                                  ? std::to_string(node.integers[i])
                                  : quoted(node.texts[i]);
      pairs.push_back(
          fmt::format("{}: {}", key, value_text(node.type, node.values[i], 0)));
    }
    const auto same = [](const std::string& pair) { return pair; };
    return fmt::format("{} looked up in {{{}}}", name(node.args[0]),
                       hides(node) ? "hidden" : shortened_list(pairs, same));
  }

  std::string predicate(const Node& node) const {
    const bool hidden = hides(node);
    switch (node.kind) {
      case NodeKind::kAlways:
        return node.integer != 0 ? "everyone" : "nobody";
      case NodeKind::kNot:
        return "not " + name(node.args[0]);
      case NodeKind::kCompare:
        return fmt::format("{} {} {}", name(node.args[0], hidden),
                           comparison_text(node.comparison),
                           name(node.args[1], hidden));
      case NodeKind::kRange:
        return name(node.args[0]) + " " + (hidden ? "hidden" : range(node));
      case NodeKind::kIntegers:
      case NodeKind::kTexts:
        return name(node.args[0]) + " " + (hidden ? "hidden" : list(node));
      case NodeKind::kElementOf:
        return name(node.args[0]) + " in " + name(node.args[1]);
      case NodeKind::kPresent:
        return name(node.args[0]) + " is present";
      case NodeKind::kSequence:
        return sequence(node);
      case NodeKind::kBirthday:
        return "birthday of " + name(node.args[0]) + " " +
               (hidden ? "hidden" : window_text(node.window));
      case NodeKind::kInWindow:
        return name(node.args[0]) + " " +
               (hidden ? "hidden" : window_text(node.window));
      default:
        return connective(node);
    }
  }

  // "%1 then %2 within 3 days then no %4 same product, %7 < %6 of step 0"
  std::string sequence(const Node& node) const {
    std::string text;
    for (size_t i = 0; i < node.steps.size(); ++i) {
      const PlanStep& step = node.steps[i];
      text += i == 0 ? "" : step.negated ? " then no " : " then ";
      text += name(node.args[i]) + within_text(step.within);
    }
    if (node.all_within) text += " all" + within_text(node.all_within);
    for (const uint32_t column : node.steps.front().same) {
      const bool of_time = is_of_time(column);
      const Node& first = plan_[node.args.front()];
      text += " same " +
              (of_time ? time_property_text(column)
                       : schema_.event(first.table).columns[column].name);
    }
    for (size_t i = 0; i < node.comparisons.size(); ++i) {
      const PlanComparison& each = node.comparisons[i];
      const size_t at = node.steps.size() + 2 * i;
      text += fmt::format(", step {}: {}{} {} {} of step {}", each.own,
                          each.negated ? "not " : "", name(node.args[at]),
                          comparison_text(each.comparison),
                          name(node.args[at + 1]), each.other);
    }
    return text;
  }

  static std::string within_text(const std::optional<StepSpan>& span) {
    if (!span) return "";
    return fmt::format(" within {} {}", span->n, unit_text(span->unit));
  }

  std::string range(const Node& node) const {
    const ValueType type = plan_[node.args[0]].type;
    const std::string low = value_text(type, node.low, 0);
    const std::string high = value_text(type, node.high, 0);
    if (node.low > node.high) return "never";
    if (node.low == node.high) return "= " + low;
    if (node.high == kHighest) return ">= " + low;
    if (node.low == kLowest) return "<= " + high;
    return low + " to " + high;
  }

  std::string list(const Node& node) const {
    const ValueType type = plan_[node.args[0]].type;
    std::string text = shortened_list(node.integers, [&](int64_t value) {
      return value_text(type, value, 0);
    });
    text += shortened_list(node.texts, quoted);
    if (node.kind == NodeKind::kIntegers) return "in {" + text + "}";
    if (node.texts.size() != 1) text = "{" + text + "}";
    return std::string(test_text(node.test)) + " " + text;
  }

  std::string connective(const Node& node) const {
    const std::string joint = std::string(" ") + node_name(node.kind) + " ";
    std::string text;
    for (const NodeId arg : node.args) {
      text += (text.empty() ? "" : joint) + name(arg);
    }
    return text;
  }

  const Plan& plan_;
  const Schema& schema_;
  std::vector<bool> personal_;
  std::vector<uint32_t> uses_;
  std::vector<std::vector<uint32_t>> users_;
};

}  // namespace

std::string print(const Plan& plan, const Schema& schema) {
  return Printer(plan, schema).print();
}

}  // namespace kitle
