// What a value can be at all, whatever conditions hold (reason_facts.h).
#include <algorithm>

#include "compiler/reason_facts.h"

namespace kitle {

namespace {

constexpr Int128 kEveryMicro = kEveryDay * microseconds(StepUnit::kDay);
constexpr int64_t kHundredths = 100;
constexpr int kLastHour = 23;
constexpr int kLastWeekday = 7;

Line at_least(Int128 low) { return line_of(low, kHighest); }

}  // namespace

NodeId ReasonFacts::events_of(NodeId value) const {
  if (is_pair(value)) return kNone;
  const Node& node = plan_[value];
  const bool feature =
      node.kind == NodeKind::kMeasure || node.kind == NodeKind::kMoment;
  return feature ? node.args[0] : kNone;
}

bool ReasonFacts::is_time_of_event(NodeId value) const {
  if (is_pair(value)) return false;
  const Node& node = plan_[value];
  return node.kind == NodeKind::kEventTime ||
         (node.kind == NodeKind::kMoment && node.column == kTimeIndex);
}

const Column* ReasonFacts::column_of(NodeId value) const {
  if (is_pair(value)) return nullptr;
  const Node& node = plan_[value];
  if (node.kind == NodeKind::kAttribute) {
    return &schema_.attributes[node.column];
  }
  const bool of_event = node.kind == NodeKind::kProperty ||
                        node.kind == NodeKind::kMoment ||
                        node.kind == NodeKind::kMeasure;
  if (!of_event || is_of_time(node.column)) return nullptr;
  return &schema_.event(node.table).columns[node.column];
}

bool ReasonFacts::never_missing(NodeId value) const {
  if (is_pair(value)) return false;
  const Node& node = plan_[value];
  switch (node.kind) {
    case NodeKind::kMeasure:
      return node.measure == Measure::kCount ||
             node.measure == Measure::kDistinctCount ||
             node.measure == Measure::kSum;
    case NodeKind::kEventTime:
    case NodeKind::kPoints:
    case NodeKind::kConstant:
      return true;
    case NodeKind::kAdd:
    case NodeKind::kSubtract:
    case NodeKind::kMultiply:
    case NodeKind::kNegate:
    case NodeKind::kPercentOf:
    case NodeKind::kLocalDay:
    case NodeKind::kLocalHour:
    case NodeKind::kWeekday:
      return std::ranges::all_of(
          node.args, [&](NodeId arg) { return never_missing(arg); });
    default:
      return false;
  }
}

bool ReasonFacts::is_whole_line(NodeId value, Scale scale) const {
  return scale != kItself || is_pair(value) || is_whole(plan_[value].type);
}

// Events are never in the future, and what a window bounds is in it.
Line ReasonFacts::possible(NodeId value, Scale scale) const {
  if (is_pair(value)) return line_of(-1, 1);
  if (scale == kItself) return bounds(value);
  const bool past = is_time_of_event(value);
  Line line = whole_line();
  if (scale == kAge) line = line_of(past ? 0 : -kEveryMicro, kEveryMicro - 1);
  if (scale != kAge && past && is_backwards(scale)) line = at_least(0);
  const NodeId events = events_of(value);
  if (!past || events == kNone) return line;
  const auto where = scaled(plan_[events].window);
  if (!where) return line;
  if (where->scale == scale) return common(line, where->line);
  const auto ago = roughly_ago(*where);
  return scale == kAge && ago ? common(line, *ago) : line;
}

Line ReasonFacts::bounds(NodeId value) const {
  const Node& node = plan_[value];
  if (node.type == ValueType::kFlag) return line_of(0, 1);
  switch (node.kind) {
    case NodeKind::kConstant:
      return is_whole(node.type) ? line_of(node.integer, node.integer)
                                 : whole_line();
    case NodeKind::kMeasure:
    case NodeKind::kMoment:
      return measure_bounds(node);
    case NodeKind::kPoints:
      return points_bounds(node);
    case NodeKind::kTally:
      return line_of(node.integer,
                     node.integer + static_cast<Int128>(node.args.size()) - 1);
    case NodeKind::kLocalHour:
      return line_of(0, kLastHour);
    case NodeKind::kWeekday:
      return line_of(1, kLastWeekday);
    case NodeKind::kAge:
    case NodeKind::kDaysSince:
    case NodeKind::kTimeSince:
    case NodeKind::kLength:
      return at_least(0);
    case NodeKind::kProperty:
      return property_bounds(node);
    case NodeKind::kAdd:
    case NodeKind::kSubtract:
    case NodeKind::kMultiply:
    case NodeKind::kNegate:
      return is_whole(node.type) ? sum_bounds(node) : whole_line();
    case NodeKind::kDivide:
      return is_share(node) ? line_of(0, 1) : whole_line();
    default:
      return whole_line();
  }
}

// A session is of one event at least, which takes no time.
Line ReasonFacts::property_bounds(const Node& node) const {
  const DerivedEvents* derived = schema_.derived_event(node.table);
  if (derived == nullptr || derived->is_group()) return whole_line();
  return at_least(node.column == kSessionCount ? 1 : 0);
}

Line ReasonFacts::measure_bounds(const Node& node) const {
  if (node.kind == NodeKind::kMeasure) {
    if (node.measure == Measure::kCount ||
        node.measure == Measure::kDistinctCount) {
      return at_least(0);
    }
    // Gaps are between different times.
    if (node.measure == Measure::kMedianGap) {
      return line_of(LinePoint::at(0).above(), LinePoint::at(kHighest));
    }
    if (node.measure == Measure::kSum) return whole_line();
  }
  const bool one = node.kind == NodeKind::kMoment ||
                   node.measure == Measure::kSmallest ||
                   node.measure == Measure::kLargest;
  if (one && !is_of_time(node.column)) return property_bounds(node);
  if (node.column == kHourIndex) return line_of(0, kLastHour);
  if (node.column == kWeekdayIndex) return line_of(1, kLastWeekday);
  return whole_line();
}

// In whole hundredths, whatever they are halved by.
Line ReasonFacts::points_bounds(const Node& node) const {
  Int128 low = 0;
  Int128 high = 0;
  bool no_least = false;
  bool no_most = false;
  for (const PointsOf& each : node.points) {
    const bool either = each.kind == PointsLine::Kind::kMultiples;
    if (each.of_events) {
      no_least = no_least || each.points < 0 || either;
      no_most = no_most || each.points > 0 || either;
    } else {
      low += std::min<Int128>(each.points, 0);
      high += std::max<Int128>(each.points, 0);
    }
  }
  if (node.most != kNoLimit) {
    low = std::min<Int128>(low, node.most);
    high = no_most ? node.most : std::min<Int128>(high, node.most);
    no_most = false;
  }
  return line_of(
      no_least ? LinePoint::at(kLowest) : LinePoint{low, kHundredths, 0},
      no_most ? LinePoint::at(kHighest) : LinePoint{high, kHundredths, 0});
}

// Of integer arithmetic; an open end is nothing to count with.
Line ReasonFacts::sum_bounds(const Node& node) const {
  const auto ends = [&](size_t i) -> Interval {
    const Line line = possible(node.args[i], kItself);
    if (line.empty() || !is_whole(plan_[node.args[i]].type)) return {};
    return {line.front().low.top, line.back().high.top};
  };
  const Interval a = ends(0);
  const Interval b = node.args.size() > 1 ? ends(1) : Interval::of(0);
  const auto low = [](const Interval& of) { return of.low != kLowest; };
  const auto high = [](const Interval& of) { return of.high != kHighest; };
  Interval sum;
  if (node.kind == NodeKind::kAdd) {
    const Interval least = add(Interval::of(a.low), Interval::of(b.low)).range;
    const Interval most = add(Interval::of(a.high), Interval::of(b.high)).range;
    if (low(a) && low(b)) sum.low = least.low;
    if (high(a) && high(b)) sum.high = most.high;
  }
  if (node.kind == NodeKind::kMultiply && low(a) && low(b) && a.low >= 0 &&
      b.low >= 0) {
    sum.low = 0;
  }
  return line_of(sum.low, sum.high);
}

// `share of E where C`: of what is counted, some.
bool ReasonFacts::is_share(const Node& node) const {
  const Node& some = plan_[node.args[0]];
  const Node& all = plan_[node.args[1]];
  const bool counts =
      some.kind == NodeKind::kMeasure && all.kind == NodeKind::kMeasure &&
      some.measure == Measure::kCount && all.measure == Measure::kCount &&
      some.table == all.table && some.by_order == all.by_order;
  if (!counts) return false;
  const Node& a = plan_[some.args[0]];
  const Node& b = plan_[all.args[0]];
  return !b.has_where && a.window == b.window && a.after == b.after &&
         a.before == b.before && after_of(a) == after_of(b) &&
         before_of(a) == before_of(b);
}

}  // namespace kitle
