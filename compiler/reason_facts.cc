// See reason_facts.h. Every rule here is about one value, or about events of
// one type; where it is not certain, nothing is excluded.
#include "compiler/reason_facts.h"

#include <algorithm>
#include <unordered_set>

#include "grammar/scan.h"

namespace kitle {

namespace {

constexpr uint32_t kItself = 0;
constexpr uint32_t kAge = 1;     // microseconds before now
constexpr uint32_t kMonths = 2;  // calendar steps before now
constexpr uint32_t kDay = 3;
constexpr uint32_t kInstant = 4;
constexpr uint32_t kDaysAgo = 5;
constexpr uint32_t kPeriods = 16;  // and the unit

bool is_exact(TextTest test) { return test == TextTest::kIs; }

}  // namespace

// ---- values ----

// (now - m units, now - n units] is n <= age < m; steps of the calendar are
// monotone, so the same holds of their number.
std::optional<ReasonFacts::Range> ReasonFacts::window_range(
    const WindowSpec& window) const {
  const bool calendar = is_calendar(window.unit);
  const uint32_t scale = calendar ? kMonths : kAge;
  const Int128 step =
      calendar ? months(window.unit) : microseconds(window.unit);
  switch (window.form) {
    case WindowForm::kLast:
      return Range{scale, 0, window.n * step - 1};
    case WindowForm::kRangeAgo:
      return Range{scale, window.n * step, window.m * step - 1};
    case WindowForm::kDayAgo:
      return Range{kDaysAgo, window.n, window.n};
    case WindowForm::kPeriod:
      return Range{kPeriods + static_cast<uint32_t>(window.unit), window.n,
                   window.n};
    case WindowForm::kDates:
      return Range{kDay, window.first_day, window.last_day};
    case WindowForm::kInstants:
      return Range{kInstant, window.first, window.last};
    case WindowForm::kEver:
    case WindowForm::kNext:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<ReasonFacts::Values> ReasonFacts::values_of(
    const Node& atom) const {
  Values values;
  if (!atom.args.empty()) values.value = atom.args[0];
  if (atom.kind == NodeKind::kRange) {
    values.ranges.push_back({kItself, atom.low, atom.high});
  } else if (atom.kind == NodeKind::kIntegers) {
    for (const int64_t each : atom.integers) {
      values.ranges.push_back({kItself, each, each});
    }
  } else if (atom.kind == NodeKind::kInWindow) {
    const auto range = window_range(atom.window);
    if (!range) return std::nullopt;
    values.ranges.push_back(*range);
  } else {
    return std::nullopt;
  }
  std::erase_if(values.ranges, [](const Range& r) { return r.low > r.high; });
  return values;
}

bool ReasonFacts::within(const Values& inner, const Values& outer) const {
  return std::ranges::all_of(inner.ranges, [&](const Range& a) {
    return std::ranges::any_of(outer.ranges, [&](const Range& b) {
      return a.scale == b.scale && b.low <= a.low && a.high <= b.high;
    });
  });
}

bool ReasonFacts::apart(const Values& a, const Values& b) const {
  return std::ranges::all_of(a.ranges, [&](const Range& x) {
    return std::ranges::all_of(b.ranges, [&](const Range& y) {
      return x.scale == y.scale && (x.high < y.low || y.high < x.low);
    });
  });
}

// Every value that a value which is never missing can have.
bool ReasonFacts::cover(const Values& a, const Values& b) const {
  std::vector<Range> all = a.ranges;
  all.insert(all.end(), b.ranges.begin(), b.ranges.end());
  std::ranges::sort(all, {}, &Range::low);
  Int128 next = lowest(a.value);
  for (const Range& range : all) {
    if (range.scale != kItself || range.low > next) return false;
    if (range.high == kHighest) return true;
    next = std::max(next, range.high + 1);
  }
  return false;
}

bool ReasonFacts::never_missing(NodeId value) const {
  const Node& node = plan_[value];
  return node.kind == NodeKind::kMeasure &&
         (node.measure == Measure::kCount ||
          node.measure == Measure::kDistinctCount);
}

Int128 ReasonFacts::lowest(NodeId value) const {
  return never_missing(value) ? 0 : kLowest;
}

// ---- presence and events ----

NodeId ReasonFacts::present(NodeId atom, bool holds) const {
  const Node& node = plan_[atom];
  switch (node.kind) {
    case NodeKind::kRange:
    case NodeKind::kIntegers:
    case NodeKind::kTexts:
    case NodeKind::kInWindow:
    case NodeKind::kPresent:
      return holds ? node.args[0] : kNone;
    default:
      return kNone;
  }
}

NodeId ReasonFacts::absent(NodeId atom, bool holds) const {
  const Node& node = plan_[atom];
  return node.kind == NodeKind::kPresent && !holds ? node.args[0] : kNone;
}

// A time of the first or last event of the whole history in a window: there is
// one in the window. Else nothing.
ReasonFacts::Happened ReasonFacts::in_window(const Node& atom) const {
  if (atom.kind != NodeKind::kInWindow) return {};
  const Node& of = plan_[atom.args[0]];
  const bool moment = of.kind == NodeKind::kMoment && of.column == kTimeIndex;
  if (!moment || plan_[of.args[0]].window.form != WindowForm::kEver) return {};
  return {of.args[0], &atom.window};
}

ReasonFacts::Happened ReasonFacts::some_event(NodeId atom, bool holds) const {
  const Node& node = plan_[atom];
  if (node.kind == NodeKind::kAny) return {holds ? node.args[0] : kNone};
  if (const Happened found = in_window(node); holds && found.events != kNone) {
    return found;
  }
  if (const NodeId value = present(atom, holds); value != kNone) {
    const Node& of = plan_[value];
    if (of.kind == NodeKind::kMoment) return {of.args[0]};
    if (of.kind != NodeKind::kMeasure) return {};
    const bool may_be_zero =
        never_missing(value) || of.measure == Measure::kSum;
    if (!may_be_zero) return {of.args[0]};
  }
  const bool counted =
      node.kind == NodeKind::kRange && never_missing(node.args[0]) &&
      (holds ? node.low >= 1 : node.low <= 0 && node.high >= 0);
  return {counted ? plan_[node.args[0]].args[0] : kNone};
}

ReasonFacts::Happened ReasonFacts::no_event(NodeId atom, bool holds) const {
  const Node& node = plan_[atom];
  if (node.kind == NodeKind::kAny) return {holds ? kNone : node.args[0]};
  // The last one is not in it, which ends now: none is.
  if (const Happened found = in_window(node);
      !holds && found.events != kNone && plan_[node.args[0]].last &&
      node.window.form == WindowForm::kLast) {
    return found;
  }
  if (const NodeId value = absent(atom, holds); value != kNone) {
    const Node& of = plan_[value];
    const bool time = of.kind == NodeKind::kMoment && of.column == kTimeIndex;
    return {time ? of.args[0] : kNone};
  }
  const bool counted =
      node.kind == NodeKind::kRange &&
      plan_[node.args[0]].measure == Measure::kCount &&
      never_missing(node.args[0]) &&
      (holds ? node.high <= 0 : node.low <= 1 && node.high == kHighest);
  return {counted ? plan_[node.args[0]].args[0] : kNone};
}

bool ReasonFacts::window_within(const WindowSpec& inner,
                                const WindowSpec& outer) const {
  if (inner == outer || outer.form == WindowForm::kEver) return true;
  const auto a = window_range(inner);
  const auto b = window_range(outer);
  return a && b && a->scale == b->scale && b->low <= a->low &&
         a->high <= b->high;
}

bool ReasonFacts::subset(NodeId inner, NodeId outer) const {
  return subset(Happened{inner}, Happened{outer});
}

bool ReasonFacts::subset(const Happened& inner, const Happened& outer) const {
  const Node& a = plan_[inner.events];
  const Node& b = plan_[outer.events];
  const bool where = !b.has_where || where_of(a) == where_of(b);
  const bool after =
      !b.after || (a.after == b.after && after_of(a) == after_of(b));
  const bool before =
      !b.before || (a.before == b.before && before_of(a) == before_of(b));
  return a.table == b.table && where && after && before &&
         window_within(inner.window != nullptr ? *inner.window : a.window,
                       outer.window != nullptr ? *outer.window : b.window);
}

// Fewer of what there is more of: counts over nested windows.
bool ReasonFacts::counts_exclude(NodeId a, bool a_holds, NodeId b,
                                 bool b_holds) const {
  const Node& more = plan_[a];
  const Node& fewer = plan_[b];
  const bool ranges = more.kind == NodeKind::kRange &&
                      fewer.kind == NodeKind::kRange && a_holds;
  if (!ranges || !never_missing(more.args[0])) return false;
  const Node& inner = plan_[more.args[0]];
  const Node& outer = plan_[fewer.args[0]];
  const bool comparable =
      outer.kind == NodeKind::kMeasure && inner.measure == outer.measure &&
      inner.by_order == outer.by_order && inner.column == outer.column &&
      subset(inner.args[0], outer.args[0]);
  if (!comparable) return false;
  if (b_holds) return more.low > fewer.high;
  return fewer.high == kHighest && more.low >= fewer.low;
}

// ---- texts ----

// ASCII texts that differ without case differ by every rule of case; of others
// only the store's Unicode can tell.
bool ReasonFacts::differ(const Node& a, const Node& b) {
  const auto plain = [](const std::string& text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0; });
  };
  if (!std::ranges::all_of(a.texts, plain)) return false;
  if (!std::ranges::all_of(b.texts, plain)) return false;
  std::unordered_set<std::string> folded;
  for (const std::string& text : a.texts) folded.insert(fold_keyword(text));
  return std::ranges::none_of(b.texts, [&](const std::string& text) {
    return folded.contains(fold_keyword(text));
  });
}

bool ReasonFacts::texts_exclude(const Node& a, bool a_holds, const Node& b,
                                bool b_holds) const {
  const bool texts = a.kind == NodeKind::kTexts && b.kind == NodeKind::kTexts &&
                     a.args[0] == b.args[0] && a.test == b.test;
  if (!texts || (!a_holds && !b_holds)) return false;
  if (a_holds != b_holds) {
    const Node& inner = a_holds ? a : b;
    const Node& outer = a_holds ? b : a;
    return std::ranges::includes(outer.texts, inner.texts);
  }
  if (!is_exact(a.test) || !is_text(plan_[a.args[0]].type)) return false;
  return differ(a, b);
}

// ---- atoms ----

bool ReasonFacts::impossible(NodeId atom, bool holds) const {
  const auto values = values_of(plan_[atom]);
  if (!values) return false;
  if (holds) {
    const Values below{values->value, {{kItself, kLowest, -1}}};
    const bool negative =
        never_missing(values->value) && within(*values, below);
    return values->ranges.empty() || negative;
  }
  return never_missing(values->value) && cover(*values, {values->value, {}});
}

bool ReasonFacts::exhausted(std::span<const Literal> all,
                            const Literal& added) const {
  const Node& node = plan_[added.condition];
  if (node.args.empty()) return false;
  Values ruled_out{node.args[0], {}};
  bool there = never_missing(ruled_out.value);
  const auto take = [&](const Literal& each) {
    there = there || present(each.condition, each.holds) == ruled_out.value;
    const auto values = values_of(plan_[each.condition]);
    if (each.holds || !values || values->value != ruled_out.value) return;
    for (const Range& range : values->ranges) {
      if (range.scale == kItself) ruled_out.ranges.push_back(range);
    }
  };
  take(added);
  for (const Literal& each : all) take(each);
  return there && cover(ruled_out, {ruled_out.value, {}});
}

bool ReasonFacts::exclusive(NodeId a, bool a_holds, NodeId b,
                            bool b_holds) const {
  const NodeId there = present(a, a_holds);
  const NodeId also_there = present(b, b_holds);
  if (there != kNone && there == absent(b, b_holds)) return true;
  if (also_there != kNone && also_there == absent(a, a_holds)) return true;
  for (const bool swap : {false, true}) {
    const Happened some =
        swap ? some_event(b, b_holds) : some_event(a, a_holds);
    const Happened none = swap ? no_event(a, a_holds) : no_event(b, b_holds);
    const bool both = some.events != kNone && none.events != kNone;
    if (both && subset(some, none)) return true;
  }
  if (counts_exclude(a, a_holds, b, b_holds)) return true;
  if (counts_exclude(b, b_holds, a, a_holds)) return true;
  if (texts_exclude(plan_[a], a_holds, plan_[b], b_holds)) return true;
  const auto x = values_of(plan_[a]);
  const auto y = values_of(plan_[b]);
  if (!x || !y || x->value != y->value) return false;
  if (a_holds && b_holds) return apart(*x, *y);
  if (a_holds) return within(*x, *y);
  if (b_holds) return within(*y, *x);
  return never_missing(x->value) && cover(*x, *y);
}

}  // namespace kitle
