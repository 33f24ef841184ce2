// See reason_facts.h. Where something is not certain of every person, at every
// instant and of every store, nothing is said.
#include "compiler/reason_facts.h"

#include <algorithm>

namespace kitle {

namespace {

constexpr Int128 kDayMicros = microseconds(StepUnit::kDay);
constexpr Int128 kEveryMicro = kEveryDay * kDayMicros;
// Longer lists are compared with nothing: that takes time by their product.
constexpr size_t kMostIntegers = 1000;

Fact value_fact(Fact::Kind kind, NodeId value, Scale scale, Line line) {
  return {
      .kind = kind, .value = value, .scale = scale, .line = std::move(line)};
}

Fact is_there(NodeId value) {
  return value_fact(Fact::Kind::kIn, value, kItself, whole_line());
}

Fact is_missing(NodeId value) {
  return value_fact(Fact::Kind::kNotIn, value, kItself, whole_line());
}

Fact events_fact(Fact::Kind kind, const Happened& events) {
  return {.kind = kind, .events = events};
}

Fact condition_fact(NodeId condition, bool holds) {
  return {.kind = Fact::Kind::kCondition, .literal = {condition, holds}};
}

Line at_least(Int128 low) { return line_of(low, kHighest); }

// Shortest and longest, in days.
struct Length {
  int64_t shortest;
  int64_t longest;
};
Length length_of(StepUnit unit) {
  switch (unit) {
    case StepUnit::kWeek:
      return {7, 7};
    case StepUnit::kMonth:
      return {28, 31};
    case StepUnit::kQuarter:
      return {90, 92};
    case StepUnit::kYear:
      return {365, 366};
    default:
      return {1, 1};
  }
}

// Clocks and zones are changed by less days than that.
constexpr int64_t kSlack = 2;
Int128 days_to_micros(Int128 days) { return days * kDayMicros; }

bool is_moderate(Int128 steps) {
  return steps > -kMostSteps && steps < kMostSteps;
}

}  // namespace

// ---- windows ----

// (now - m units, now - n units] is n <= age < m; steps of the calendar are
// monotone, so the same holds of their number.
std::optional<Scaled> scaled(const WindowSpec& window) {
  const bool calendar = is_calendar(window.unit);
  const Scale scale = calendar ? kMonths : kAge;
  const Int128 step =
      calendar ? months(window.unit) : microseconds(window.unit);
  switch (window.form) {
    case WindowForm::kLast:
      return Scaled{scale, line_of(0, window.n * step - 1)};
    case WindowForm::kRangeAgo:
      return Scaled{scale, line_of(window.n * step, window.m * step - 1)};
    case WindowForm::kNext:
      if (calendar) return std::nullopt;
      return Scaled{scale, line_of(-window.n * step, -1)};
    case WindowForm::kDayAgo:
      return Scaled{kDaysAgo, line_of(window.n, window.n)};
    case WindowForm::kPeriod:
      return Scaled{kPeriods + static_cast<Scale>(window.unit),
                    line_of(-window.n, -window.n)};
    case WindowForm::kDates:
      return Scaled{kDay, line_of(window.first_day, window.last_day)};
    case WindowForm::kInstants:
      return Scaled{kInstant, line_of(window.first, window.last)};
    case WindowForm::kEver:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Line> roughly_ago(const Scaled& of) {
  if (of.line.empty()) return std::nullopt;
  if (of.scale == kAge) return of.line;
  if (!is_backwards(of.scale)) return std::nullopt;
  const Int128 low = of.line.front().low.top;
  const Int128 high = of.line.back().high.top;
  if (low < 0 || !is_moderate(low) || !is_moderate(high)) return std::nullopt;
  Length length = length_of(StepUnit::kMonth);
  Int128 shortest = low;
  if (of.scale == kDaysAgo) length = length_of(StepUnit::kDay);
  if (of.scale >= kPeriods) {
    length = length_of(static_cast<StepUnit>(of.scale - kPeriods));
  }
  if (of.scale != kMonths) shortest -= 1;  // the whole of it is that long ago
  return line_of(days_to_micros(shortest * length.shortest - kSlack),
                 days_to_micros((high + 1) * length.longest + kSlack));
}

// ---- what an atom says ----

const Facts& ReasonFacts::of(const Literal& literal) {
  ReasonTable<Facts>& all = literal.holds ? held_ : failed_;
  if (const Facts* found = all.find(literal.condition)) return *found;
  return all.add(literal.condition, made(literal));
}

SetId ReasonFacts::set_of(NodeId events) {
  if (const SetId* found = set_of_.find(events)) return *found;
  sets_.push_back({events});
  return set_of_.add(events, static_cast<SetId>(sets_.size() - 1));
}

// Each is of one literal, so that none is looked for.
SetId ReasonFacts::set_of(NodeId events, Scaled when) {
  sets_.push_back({events, std::move(when)});
  return static_cast<SetId>(sets_.size() - 1);
}

Facts ReasonFacts::made(const Literal& literal) {
  const Node& node = plan_[literal.condition];
  const bool holds = literal.holds;
  Facts facts;
  switch (node.kind) {
    case NodeKind::kAny:
      facts.push_back(
          events_fact(holds ? Fact::Kind::kSome : Fact::Kind::kNoEvent,
                      happened(node.args[0])));
      break;
    case NodeKind::kRange:
      test(node.args[0], line_of(node.low, node.high), holds, facts);
      break;
    case NodeKind::kIntegers: {
      if (node.integers.size() > kMostIntegers) break;
      std::vector<Stretch> all;
      for (const int64_t each : node.integers) {
        all.push_back({LinePoint::at(each), LinePoint::at(each)});
      }
      test(node.args[0], joined(std::move(all)), holds, facts);
      break;
    }
    case NodeKind::kPresent:
      test(node.args[0], whole_line(), holds, facts);
      break;
    case NodeKind::kElementOf:
      if (!holds) break;
      for (const NodeId arg : node.args) facts.push_back(is_there(arg));
      break;
    case NodeKind::kInWindow:
      window(node, holds, facts);
      break;
    case NodeKind::kTexts:
      texts(literal.condition, node, holds, facts);
      break;
    case NodeKind::kCompare:
      compare(node, holds, facts);
      break;
    case NodeKind::kSequence:
      if (holds) sequence(node, facts);
      break;
    default:
      break;
  }
  return facts;
}

// A value in a line, or else; what is elapsed is the time that it is from.
void ReasonFacts::test(NodeId value, Line line, bool holds,
                       Facts& facts) const {
  const Node& node = plan_[value];
  const auto kind = holds ? Fact::Kind::kIn : Fact::Kind::kNotIn;
  if (node.kind == NodeKind::kDaysSince || node.kind == NodeKind::kTimeSince) {
    facts.push_back(value_fact(kind, node.args[0], kAge, elapsed(node, line)));
    return;
  }
  if (holds && node.kind == NodeKind::kAge) age(node.args[0], line, facts);
  facts.push_back(value_fact(kind, value, kItself, std::move(line)));
}

// Meaning 11, as microseconds before now: those of a date fill its day.
Line ReasonFacts::elapsed(const Node& value, const Line& line) const {
  const bool days = value.kind == NodeKind::kDaysSince;
  const bool date = plan_[value.args[0]].type == ValueType::kDate;
  const Int128 unit = days ? kDayMicros : 1;
  std::vector<Stretch> all;
  for (const Stretch& each : common(line, line_of(0, kEveryMicro / unit))) {
    const Int128 low = each.low.top * unit;
    const Int128 high = each.high.top * unit + unit - 1;
    Line made = line_of(low, high);
    if (value.until) {
      made = date ? line_of(-each.high.top * unit, -low + kDayMicros - 1)
                  : line_of(-high, -low);
    }
    all.insert(all.end(), made.begin(), made.end());
  }
  return joined(std::move(all));
}

// Whole years of a date, and how many calendar months and days ago it is: a
// birthday on 29 February may come a day earlier.
void ReasonFacts::age(NodeId value, const Line& line, Facts& facts) const {
  constexpr Int128 kMonthsOfYear = 12;
  constexpr Int128 kMostYears = 100'000;
  const Line years = common(line, line_of(0, kMostYears));
  if (years.empty()) return;
  const Int128 least = years.front().low.top;
  const Int128 most = years.back().high.top;
  const Length length = length_of(StepUnit::kYear);
  const Int128 fewest = std::max<Int128>(0, (least - 1) * kMonthsOfYear);
  facts.push_back(value_fact(
      Fact::Kind::kIn, value, kMonths,
      line_of(fewest,
              most == kMostYears ? kHighest : (most + 2) * kMonthsOfYear)));
  const Int128 first =
      std::max<Int128>(0, days_to_micros(least * length.shortest - 1));
  facts.push_back(value_fact(
      Fact::Kind::kIn, value, kAge,
      line_of(first, days_to_micros((most + 1) * length.longest + 1))));
}

void ReasonFacts::window(const Node& atom, bool holds, Facts& facts) {
  const NodeId value = atom.args[0];
  if (holds) facts.push_back(is_there(value));
  const auto where = scaled(atom.window);
  if (!where) {
    const bool ever = atom.window.form == WindowForm::kEver;
    if (!holds && ever) facts.push_back(is_missing(value));
    return;
  }
  facts.push_back(value_fact(holds ? Fact::Kind::kIn : Fact::Kind::kNotIn,
                             value, where->scale, where->line));
  if (const auto ago = roughly_ago(*where); holds && ago) {
    facts.push_back(value_fact(Fact::Kind::kIn, value, kAge, *ago));
  }
  window_of_moment(atom, *where, holds, facts);
}

// A first or last time of events that no window bounds: one of them is there,
// and none is before or after it.
void ReasonFacts::window_of_moment(const Node& atom, const Scaled& where,
                                   bool holds, Facts& facts) {
  const Node& of = plan_[atom.args[0]];
  const bool moment = of.kind == NodeKind::kMoment && of.column == kTimeIndex;
  if (!moment || plan_[of.args[0]].window.form != WindowForm::kEver) return;
  if (where.line.empty()) return;
  if (!holds) {
    // The last one is not in it, which ends now: none is.
    if (of.last && atom.window.form == WindowForm::kLast) {
      facts.push_back(
          events_fact(Fact::Kind::kNoEvent, {set_of(of.args[0], where)}));
    }
    return;
  }
  facts.push_back(events_fact(Fact::Kind::kSome, {set_of(of.args[0], where)}));
  const LinePoint low = where.line.front().low;
  const LinePoint high = where.line.back().high;
  const bool below = of.last == is_backwards(where.scale);
  Line beyond;
  if (below && !low.is_lowest()) beyond = line_of(kLowest, low.top - 1);
  if (!below && !high.is_highest()) beyond = line_of(high.top + 1, kHighest);
  if (beyond.empty()) return;
  facts.push_back(events_fact(
      Fact::Kind::kNoEvent, {set_of(of.args[0], Scaled{where.scale, beyond})}));
}

void ReasonFacts::texts(NodeId id, const Node& atom, bool holds,
                        Facts& facts) const {
  if (holds) facts.push_back(is_there(atom.args[0]));
  facts.push_back({.kind = Fact::Kind::kText,
                   .value = atom.args[0],
                   .literal = {id, holds}});
}

// Each positive step has its event, each at a time of its own.
void ReasonFacts::sequence(const Node& atom, Facts& facts) {
  for (size_t i = 0; i < atom.steps.size(); ++i) {
    if (atom.steps[i].negated) continue;
    Happened made{.set = set_of(atom.args[i]), .times = 0};
    for (size_t j = 0; j < atom.steps.size(); ++j) {
      const bool same = !atom.steps[j].negated && atom.args[j] == atom.args[i];
      if (same) ++made.times;
    }
    facts.push_back(events_fact(Fact::Kind::kSome, made));
  }
}

// ---- comparisons ----

// Of a number the double itself; of others what was written.
std::optional<LinePoint> ReasonFacts::written(const Node& constant,
                                              const Node& beside) const {
  if (constant.kind != NodeKind::kConstant) return std::nullopt;
  if (is_whole(constant.type)) return LinePoint::at(constant.integer);
  if (constant.type == ValueType::kNumber &&
      beside.type == ValueType::kNumber) {
    return LinePoint::of(constant.number);
  }
  const bool exact = constant.denominator > 0 &&
                     (constant.type != ValueType::kNumber ||
                      (constant.integer == 0) == (constant.number == 0));
  if (!exact) return std::nullopt;
  return LinePoint{constant.integer, constant.denominator, 0};
}

void ReasonFacts::compare(const Node& atom, bool holds, Facts& facts) {
  const Node& left = plan_[atom.args[0]];
  const Node& right = plan_[atom.args[1]];
  // Which cut a fit gives, and whether it gives one, is not known yet.
  if (left.kind == NodeKind::kFitted || right.kind == NodeKind::kFitted) return;
  const bool known_left = left.kind == NodeKind::kConstant;
  const bool known_right = right.kind == NodeKind::kConstant;
  if (!known_left && !known_right) return compare_pair(atom, holds, facts);
  const auto at = known_right ? written(right, left) : written(left, right);
  const NodeId value = atom.args[known_right ? 0 : 1];
  if (known_left && known_right) return;
  if (!at) {
    if (holds) facts.push_back(is_there(value));
    return;
  }
  const bool strict = atom.comparison == Comparison::kLess;
  Line line = line_of(*at, *at);
  if (atom.comparison != Comparison::kEqual) {
    line = known_right
               ? line_of(LinePoint::at(kLowest), strict ? at->below() : *at)
               : line_of(strict ? at->above() : *at, LinePoint::at(kHighest));
  }
  if (is_whole(plan_[value].type)) line = of_integers(line);
  test(value, std::move(line), holds, facts);
}

void ReasonFacts::compare_pair(const Node& atom, bool holds, Facts& facts) {
  const bool swapped = atom.args[1] < atom.args[0];
  const NodeId value = pair(std::min(atom.args[0], atom.args[1]),
                            std::max(atom.args[0], atom.args[1]));
  int low = swapped ? 1 : -1;
  int high = low;
  if (atom.comparison != Comparison::kLess) (swapped ? low : high) = 0;
  if (atom.comparison == Comparison::kEqual) low = high = 0;
  facts.push_back(value_fact(holds ? Fact::Kind::kIn : Fact::Kind::kNotIn,
                             value, kItself, line_of(low, high)));
}

NodeId ReasonFacts::pair(NodeId left, NodeId right) {
  const auto id = static_cast<NodeId>(plan_.size() + pairs_.size());
  const auto [found, fresh] =
      pair_ids_.try_emplace(uint64_t{left} << 32 | right, id);
  if (fresh) pairs_.push_back({left, right});
  return found->second;
}

// ---- presence ----

const Facts& ReasonFacts::of_presence(NodeId value) {
  if (const Facts* found = there_.find(value)) return *found;
  return there_.add(value, presence(value));
}

const Facts& ReasonFacts::of_absence(NodeId value) {
  if (const Facts* found = missing_.find(value)) return *found;
  return missing_.add(value, absence(value));
}

Facts ReasonFacts::presence(NodeId value) {
  Facts facts;
  if (is_pair(value)) {
    const Pair& of = pairs_[value - plan_.size()];
    return {is_there(of.left), is_there(of.right)};
  }
  const Node& node = plan_[value];
  switch (node.kind) {
    case NodeKind::kAge:
      facts.push_back(
          value_fact(Fact::Kind::kIn, node.args[0], kAge, at_least(0)));
      break;
    case NodeKind::kDivide:
      facts.push_back(is_there(node.args[0]));
      facts.push_back(value_fact(Fact::Kind::kIn, node.args[1], kItself,
                                 without(whole_line(), line_of(0, 0),
                                         is_whole(plan_[node.args[1]].type))));
      break;
    case NodeKind::kAdd:
    case NodeKind::kSubtract:
    case NodeKind::kMultiply:
    case NodeKind::kNegate:
    case NodeKind::kPercentOf:
    case NodeKind::kLocalDay:
    case NodeKind::kLocalHour:
    case NodeKind::kWeekday:
      for (const NodeId arg : node.args) facts.push_back(is_there(arg));
      break;
    case NodeKind::kMeasure:
      if (!never_missing(value)) {
        const bool gap = node.measure == Measure::kMedianGap;
        facts.push_back(
            events_fact(Fact::Kind::kSome,
                        {.set = set_of(node.args[0]), .times = gap ? 2 : 1}));
      }
      break;
    case NodeKind::kMoment:
      facts.push_back(events_fact(Fact::Kind::kSome, happened(node.args[0])));
      break;
    case NodeKind::kTally:
      facts.push_back(condition_fact(node.args[0], true));
      break;
    default:
      break;
  }
  return facts;
}

Facts ReasonFacts::absence(NodeId value) {
  if (is_pair(value)) return {};
  const Node& node = plan_[value];
  switch (node.kind) {
    case NodeKind::kLocalDay:
    case NodeKind::kLocalHour:
    case NodeKind::kWeekday:
      return {is_missing(node.args[0])};
    case NodeKind::kAge:
      return {value_fact(Fact::Kind::kNotIn, node.args[0], kAge, at_least(0))};
    case NodeKind::kMoment:
      if (!is_of_time(node.column)) return {};
      return {events_fact(Fact::Kind::kNoEvent, happened(node.args[0]))};
    case NodeKind::kTally:
      return {condition_fact(node.args[0], false)};
    default:
      return {};
  }
}

}  // namespace kitle
