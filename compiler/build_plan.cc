// Typed tree -> plan. Beside sharing, it brings nodes that mean the same into
// one form: > becomes <, the order of two equal operands is theirs in the
// plan, lists are sorted, a flag as a condition is a range, and features for
// which it makes no difference look at rows instead of orders.
#include "compiler/build_plan.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <numeric>
#include <utility>

namespace kitle {
namespace {

// Segments in an order in which each stands behind those it refers to.
class SegmentOrder {
 public:
  explicit SegmentOrder(const Repository& repository)
      : repository_(repository), seen_(repository.segments.size(), false) {
    for (uint32_t i = 0; i < seen_.size(); ++i) visit(i);
  }
  const std::vector<uint32_t>& order() const { return order_; }

 private:
  void visit(uint32_t segment) {
    if (seen_[segment]) return;
    seen_[segment] = true;
    std::vector<uint32_t> needed;
    collect(*repository_.segments[segment].condition, needed);
    for (const uint32_t other : needed) visit(other);
    order_.push_back(segment);
  }

  void collect(const Typed& tree, std::vector<uint32_t>& found) const {
    if (tree.kind == TypedKind::kSegment) found.push_back(tree.index);
    for (const TypedPtr& arg : tree.args) collect(*arg, found);
    if (tree.kind != TypedKind::kPoints) return;
    for (const TypedPointsLine& line : repository_.personas[tree.index].lines) {
      if (line.condition) collect(*line.condition, found);
    }
  }

  const Repository& repository_;
  std::vector<bool> seen_;
  std::vector<uint32_t> order_;
};

// The node of what only has arguments, and is called the same.
NodeKind operation_of(TypedKind kind) {
  using Pair = std::pair<TypedKind, NodeKind>;
  constexpr std::array kPairs = {
      Pair{TypedKind::kElementOf, NodeKind::kElementOf},
      Pair{TypedKind::kAdd, NodeKind::kAdd},
      Pair{TypedKind::kSubtract, NodeKind::kSubtract},
      Pair{TypedKind::kMultiply, NodeKind::kMultiply},
      Pair{TypedKind::kDivide, NodeKind::kDivide},
      Pair{TypedKind::kNegate, NodeKind::kNegate},
      Pair{TypedKind::kPercentOf, NodeKind::kPercentOf},
      Pair{TypedKind::kLocalDay, NodeKind::kLocalDay},
      Pair{TypedKind::kLocalHour, NodeKind::kLocalHour},
      Pair{TypedKind::kWeekday, NodeKind::kWeekday},
      Pair{TypedKind::kAge, NodeKind::kAge},
      Pair{TypedKind::kLength, NodeKind::kLength},
      Pair{TypedKind::kDaysSince, NodeKind::kDaysSince},
      Pair{TypedKind::kTimeSince, NodeKind::kTimeSince},
      Pair{TypedKind::kPresent, NodeKind::kPresent}};
  return std::ranges::find(kPairs, kind, &Pair::first)->second;
}

class Builder {
 public:
  explicit Builder(const Repository& repository) : repository_(repository) {}

  Plan build(std::span<const PlanPart> parts) {
    plan_.segments.resize(repository_.segments.size());
    const SegmentOrder order(repository_);
    for (const uint32_t i : order.order()) {
      const TypedSegment& segment = repository_.segments[i];
      plan_.segments[i] = {segment.name, condition(*segment.condition)};
      if (segment.value) plan_.segments[i].value = node(*segment.value);
    }
    for (const PlanPart& each : parts) {
      table_ = each.event;
      plan_.segments.push_back({"", condition(*each.condition)});
    }
    return std::move(plan_);
  }

 private:
  // A flag where a condition is wanted holds if it is present and yes.
  NodeId condition(const Typed& tree) {
    const NodeId id = node(tree);
    if (family_of(plan_[id].kind) == Family::kPredicate) return id;
    if (plan_[id].kind == NodeKind::kConstant) {
      return plan_.add({.kind = NodeKind::kAlways,
                        .integer = plan_[id].integer != 0 ? 1 : 0});
    }
    return plan_.add(
        {.kind = NodeKind::kRange, .args = {id}, .low = 1, .high = 1});
  }

  NodeId node(const Typed& tree) {
    switch (tree.kind) {
      case TypedKind::kConstant:
        return constant(tree);
      case TypedKind::kAttribute:
        return column(NodeKind::kAttribute, tree);
      case TypedKind::kProperty:
        return column(NodeKind::kProperty, tree);
      case TypedKind::kOrderTotal:
        return column(NodeKind::kOrderTotal, tree);
      case TypedKind::kOrderValue:
        return order_value(tree);
      case TypedKind::kEventTime:
        return column(NodeKind::kEventTime, tree);
      case TypedKind::kRounded:
        return rounded(tree);
      case TypedKind::kLookedUp:
        return looked_up(tree);
      case TypedKind::kLookup:
        break;  // none is left behind the checker
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
      case TypedKind::kDaysSince:
      case TypedKind::kTimeSince:
      case TypedKind::kElementOf:
      case TypedKind::kPresent:
        return operation(operation_of(tree.kind), tree);
      case TypedKind::kMeasure:
        return measure(tree);
      case TypedKind::kMomentOf:
        return moment(tree);
      case TypedKind::kPoints:
        return points(repository_.personas[tree.index]);
      case TypedKind::kFitted:
        return fitted(tree);
      case TypedKind::kTally:
        return tally(tree);
      case TypedKind::kAnd:
        return connective(NodeKind::kAnd, tree);
      case TypedKind::kOr:
        return connective(NodeKind::kOr, tree);
      case TypedKind::kNot:
        return connective(NodeKind::kNot, tree);
      case TypedKind::kCompare:
        return compare(tree);
      case TypedKind::kTextTest:
        return texts(tree, {tree.text}, tree.test);
      case TypedKind::kInTexts:
        return texts(tree, tree.texts, TextTest::kIs);
      case TypedKind::kListHas:
        return texts(tree, {tree.text}, TextTest::kIs);
      case TypedKind::kInIntegers:
        return integers(tree);
      case TypedKind::kInWindow:
        return in_window(NodeKind::kInWindow, tree);
      case TypedKind::kBirthday:
        return in_window(NodeKind::kBirthday, tree);
      case TypedKind::kSegment:
        return plan_.segments[tree.index].condition;
      case TypedKind::kSequence:
        return sequence(*tree.sequence);
    }
    return kNone;
  }

  NodeId constant(const Typed& tree) {
    assert(!is_text(tree.type));
    const bool number = tree.type == ValueType::kNumber;
    const bool decimal = number || is_fraction(tree.type);
    return plan_.add({.kind = NodeKind::kConstant,
                      .type = tree.type,
                      .integer = tree.integer,
                      .denominator = decimal ? tree.denominator : 1,
                      .number = number ? tree.number : 0});
  }

  NodeId fitted(const Typed& tree) {
    return plan_.add({.kind = NodeKind::kFitted,
                      .type = tree.type,
                      .integers = {tree.index, tree.denominator,
                                   static_cast<int64_t>(tree.integer)},
                      .texts = {tree.text}});
  }

  NodeId column(NodeKind kind, const Typed& tree) {
    Node made{.kind = kind, .type = tree.type};
    if (kind != NodeKind::kAttribute) made.table = table_;
    if (kind != NodeKind::kEventTime) made.column = tree.index;
    return plan_.add(std::move(made));
  }

  NodeId operation(NodeKind kind, const Typed& tree) {
    Node made{.kind = kind, .type = tree.type};
    for (const TypedPtr& arg : tree.args) made.args.push_back(node(*arg));
    if (kind == NodeKind::kPercentOf) {
      made.integer = tree.integer;
      made.denominator = tree.denominator;
    }
    made.until = kind == NodeKind::kDaysSince || kind == NodeKind::kTimeSince
                     ? tree.until
                     : false;
    return plan_.add(std::move(made));
  }

  NodeId connective(NodeKind kind, const Typed& tree) {
    Node made{.kind = kind};
    for (const TypedPtr& arg : tree.args) made.args.push_back(condition(*arg));
    return plan_.add(std::move(made));
  }

  NodeId compare(const Typed& tree) {
    Node made{.kind = NodeKind::kCompare,
              .args = {node(*tree.args[0]), node(*tree.args[1])},
              .comparison = tree.comparison};
    if (tree.comparison == Comparison::kGreater ||
        tree.comparison == Comparison::kGreaterEqual) {
      std::swap(made.args[0], made.args[1]);
      made.comparison = tree.comparison == Comparison::kGreater
                            ? Comparison::kLess
                            : Comparison::kLessEqual;
    }
    if (made.comparison == Comparison::kEqual) std::ranges::sort(made.args);
    return plan_.add(std::move(made));
  }

  NodeId texts(const Typed& tree, std::vector<std::string> values,
               TextTest test) {
    std::ranges::sort(values);
    values.erase(std::ranges::unique(values).begin(), values.end());
    return plan_.add({.kind = NodeKind::kTexts,
                      .args = {node(*tree.args[0])},
                      .texts = std::move(values),
                      .test = test});
  }

  NodeId integers(const Typed& tree) {
    std::vector<int64_t> values = tree.integers;
    std::ranges::sort(values);
    values.erase(std::ranges::unique(values).begin(), values.end());
    return plan_.add({.kind = NodeKind::kIntegers,
                      .args = {node(*tree.args[0])},
                      .integers = std::move(values)});
  }

  NodeId rounded(const Typed& tree) {
    return plan_.add({.kind = NodeKind::kRounded,
                      .type = tree.type,
                      .args = {node(*tree.args[0])},
                      .rounding = tree.rounding});
  }

  // By keys in their order. A text is the integer that it stands for.
  NodeId looked_up(const Typed& tree) {
    const bool text = is_text(tree.type);
    Node made{.kind = NodeKind::kLookedUp,
              .type = text ? ValueType::kInteger : tree.type,
              .args = {node(*tree.args[0])},
              .any_case = tree.any_case};
    const auto sorted = [&](const auto& keys, auto& to) {
      std::vector<size_t> order(keys.size());
      std::iota(order.begin(), order.end(), size_t{0});
      std::ranges::sort(order, {}, [&](size_t i) { return keys[i]; });
      for (const size_t i : order) {
        to.push_back(keys[i]);
        made.values.push_back(tree.values[i]);
      }
    };
    sorted(tree.texts, made.texts);
    sorted(tree.integers, made.integers);
    return plan_.add(std::move(made));
  }

  NodeId in_window(NodeKind kind, const Typed& tree) {
    return plan_.add(
        {.kind = kind, .args = {node(*tree.args[0])}, .window = tree.window});
  }

  // Rows of one order have one time, and sums and distinct values look at
  // rows, so only the other measures differ between rows and orders.
  NodeId measure(const Typed& tree) {
    const bool of_orders =
        tree.measure == Measure::kCount || tree.measure == Measure::kAverage ||
        tree.measure == Measure::kSmallest || tree.measure == Measure::kLargest;
    const bool has_column =
        tree.measure != Measure::kCount && tree.measure != Measure::kMedianGap;
    const Typed* measured = measured_by(tree);
    const bool of_time =
        has_column && measured == nullptr && is_of_time(tree.index);
    Node made{.kind = NodeKind::kMeasure, .type = tree.type};
    made.table = tree.events->event;
    made.column = has_column && measured == nullptr ? tree.index : kNone;
    made.args = {events(*tree.events)};
    if (measured != nullptr) {
      const uint32_t outer = std::exchange(table_, tree.events->event);
      made.args.push_back(node(*measured));
      table_ = outer;
    }
    made.measure = tree.measure;
    made.by_order = of_orders && !of_time && tree.events->by_order;
    return plan_.add(std::move(made));
  }

  NodeId moment(const Typed& tree) {
    Node made{.kind = NodeKind::kMoment, .type = tree.type};
    made.table = tree.events->event;
    made.column = tree.index;
    made.args = {events(*tree.events)};
    made.last = tree.last;
    made.by_order = tree.index != kTimeIndex && tree.events->by_order;
    return plan_.add(std::move(made));
  }

  NodeId tally(const Typed& tree) {
    Node made{.kind = NodeKind::kTally, .type = tree.type};
    for (const TypedPtr& arg : tree.args) made.args.push_back(condition(*arg));
    made.integer = tree.integer;
    return plan_.add(std::move(made));
  }

  // Orders count where events of a counted type do; different values are
  // those of rows.
  NodeId points(const TypedPersona& persona) {
    Node made{.kind = NodeKind::kPoints, .type = ValueType::kPoints};
    for (const TypedPointsLine& line : persona.lines) {
      using Kind = TypedPointsLine::Kind;
      PointsOf of{.of_events = line.kind != Kind::kPerson,
                  .points = line.points};
      if (!of.of_events) {
        made.args.push_back(condition(*line.condition));
        made.points.push_back(of);
        continue;
      }
      of.by_order = line.events->by_order && line.kind != Kind::kDifferent;
      if (line.kind == Kind::kMultiples) {
        of.kind = PointsLine::Kind::kMultiples;
        of.per = line.per;
      }
      if (line.kind == Kind::kDifferent) {
        of.kind = PointsLine::Kind::kDifferent;
      }
      if (line.kind != Kind::kEach) of.column = line.index;
      made.args.push_back(events(*line.events));
      made.points.push_back(of);
    }
    made.most_a_day = persona.most_a_day;
    made.most = persona.most;
    made.halving = persona.halving;
    return plan_.add(std::move(made));
  }

  NodeId events(const TypedEvents& tree) {
    Node made{.kind = NodeKind::kEvents};
    made.table = tree.event;
    made.window = tree.window;
    if (tree.where != nullptr) {
      const uint32_t outer = std::exchange(table_, tree.event);
      made.args.push_back(condition(*tree.where));
      made.has_where = true;
      table_ = outer;
    }
    if (tree.after) made.after = anchor(*tree.after, made);
    if (tree.before) made.before = anchor(*tree.before, made);
    return plan_.add(std::move(made));
  }

  NodeId sequence(const TypedSequence& tree) {
    Node made{.kind = NodeKind::kSequence};
    made.all_within = tree.all_within;
    for (const TypedStep& step : tree.steps) {
      made.steps.push_back(
          {.negated = step.negated, .within = step.within, .same = step.same});
      made.args.push_back(events(step.events));
    }
    for (uint32_t step = 0; step < tree.steps.size(); ++step) {
      for (const StepComparison& each : tree.steps[step].comparisons) {
        add_comparison(tree, step, each, made);
      }
    }
    return plan_.add(std::move(made));
  }

  void add_comparison(const TypedSequence& tree, uint32_t step,
                      const StepComparison& compared, Node& of) {
    const uint32_t outer = table_;
    table_ = tree.steps[step].events.event;
    const NodeId own = node(*compared.own);
    table_ = tree.steps[compared.step].events.event;
    step_events_ = of.args[compared.step];
    const NodeId other = node(*compared.other);
    table_ = outer;
    of.steps[compared.step].by_order =
        tree.steps[compared.step].events.by_order;
    of.args.push_back(own);
    of.args.push_back(other);
    of.comparisons.push_back(
        {step, compared.step, compared.comparison, compared.negated});
  }

  NodeId order_value(const Typed& tree) {
    return plan_.add({.kind = NodeKind::kOrderValue,
                      .type = tree.type,
                      .table = table_,
                      .column = tree.index,
                      .args = {step_events_}});
  }

  AnchorSteps anchor(const TypedAnchor& tree, Node& of) {
    of.args.push_back(node(*tree.moment));
    AnchorSteps steps{.shape = tree.shape};
    if (tree.shape == AnchorShape::kPlain) return steps;
    steps.m = tree.m;
    steps.unit = tree.unit;
    if (tree.shape != AnchorShape::kRange) return steps;
    steps.n = tree.n;
    steps.low_unit = tree.low_unit;
    return steps;
  }

  const Repository& repository_;
  Plan plan_;
  uint32_t table_ = kNone;      // of the events whose `where` is being built
  NodeId step_events_ = kNone;  // of the step whose value is being built
};

}  // namespace

Plan build_plan(const Repository& repository, std::span<const PlanPart> parts) {
  return pruned(Builder(repository).build(parts));
}

}  // namespace kitle
