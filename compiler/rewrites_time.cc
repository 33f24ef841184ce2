// Rewrites of windows, anchors and moments.
#include <algorithm>

#include "compiler/rewrites.h"

namespace kitle {
namespace {

bool is_plain(const std::optional<AnchorSteps>& anchor) {
  return !anchor || anchor->shape == AnchorShape::kPlain;
}

bool is_written(const Rewriter& rewriter, NodeId moment) {
  return moment == kNone || rewriter[moment].kind == NodeKind::kConstant;
}

bool is_date(const Rewriter& rewriter, NodeId moment) {
  return rewriter[moment].type == ValueType::kDate;
}

// The window from after the moment to before it, if it can be written.
struct Cut {
  bool dates = false;
  bool instants = false;
  WindowSpec window;

  void add(const Rewriter& rewriter, NodeId moment, bool after) {
    if (moment == kNone) return;
    const Int128 at = rewriter[moment].integer;
    if (is_date(rewriter, moment)) {
      dates = true;
      // Dates lie in the years 1 to 9999.
      const auto day = static_cast<int32_t>(at);
      if (after) window.first_day = day + 1;
      if (!after) window.last_day = day - 1;
    } else {
      instants = true;
      const auto instant = static_cast<int64_t>(at);
      if (after) window.first = instant + 1;
      if (!after) window.last = instant - 1;
    }
  }
};

NodeId moment_of(Rewriter& rewriter, const Node& events, bool last) {
  Node all{.kind = NodeKind::kEvents, .table = events.table};
  const NodeId history = rewriter.make(std::move(all));
  return rewriter.make({.kind = NodeKind::kMoment,
                        .type = ValueType::kTime,
                        .table = events.table,
                        .column = kTimeIndex,
                        .args = {history},
                        .last = last});
}

NodeId earlier(Rewriter& rewriter, NodeId a, NodeId b) {
  return rewriter.make({.kind = NodeKind::kCompare,
                        .args = {a, b},
                        .comparison = Comparison::kLess});
}

// Any E up to now: its last one is in the window, and after the moment.
NodeId last_is_in(Rewriter& rewriter, const Node& events) {
  const NodeId last = moment_of(rewriter, events, true);
  std::vector<NodeId> conditions;
  if (events.window.form != WindowForm::kEver) {
    conditions.push_back(rewriter.make({.kind = NodeKind::kInWindow,
                                        .args = {last},
                                        .window = events.window}));
  }
  if (events.after) {
    conditions.push_back(earlier(rewriter, after_of(events), last));
  }
  if (conditions.empty()) {
    return rewriter.make({.kind = NodeKind::kPresent, .args = {last}});
  }
  if (conditions.size() == 1) return conditions[0];
  return rewriter.make({.kind = NodeKind::kAnd, .args = std::move(conditions)});
}

bool is_time_anchor(const Rewriter& rewriter, NodeId moment) {
  return moment == kNone || rewriter[moment].type == ValueType::kTime;
}

}  // namespace

bool reaches_now(const WindowSpec& window) {
  switch (window.form) {
    case WindowForm::kEver:
    case WindowForm::kLast:
      return true;
    case WindowForm::kNext:
      return false;
    case WindowForm::kDayAgo:
    case WindowForm::kPeriod:
      return false;  // see is_current_period
    case WindowForm::kRangeAgo:
      return window.n == 0;
    case WindowForm::kDates:
      return window.last_day == INT32_MAX;
    case WindowForm::kInstants:
      return window.last == INT64_MAX;
  }
  return false;
}

// Only where the clause has no window of its own, or one of the same kind
// would be needed beside it.
std::optional<NodeId> anchor_to_window(Rewriter& rewriter, const Node& node) {
  if (node.kind != NodeKind::kEvents || (!node.after && !node.before) ||
      node.window.form != WindowForm::kEver) {
    return std::nullopt;
  }
  const NodeId after = after_of(node);
  const NodeId before = before_of(node);
  if (!is_plain(node.after) || !is_plain(node.before) ||
      !is_written(rewriter, after) || !is_written(rewriter, before)) {
    return std::nullopt;
  }
  Cut cut;
  cut.add(rewriter, after, true);
  cut.add(rewriter, before, false);
  if (cut.dates && cut.instants) return std::nullopt;
  Node result = node;
  result.args.resize(node.has_where ? 1 : 0);
  result.after.reset();
  result.before.reset();
  result.window = cut.window;
  result.window.form = cut.dates ? WindowForm::kDates : WindowForm::kInstants;
  return rewriter.make(std::move(result));
}

// Meaning 11: days since T < N is T in last N days; N <= days since T < M is
// N to M days ago, and without M anything before.
std::optional<NodeId> days_to_window(Rewriter& rewriter, const Node& node) {
  const std::optional<RangeOf> range = as_range(rewriter.plan(), node);
  if (!range) return std::nullopt;
  const Node& value = rewriter[range->value];
  if (value.kind != NodeKind::kDaysSince || value.until ||
      rewriter[value.args[0]].type != ValueType::kTime || range->high < 0 ||
      range->low >= kEveryDay || range->low > range->high) {
    return std::nullopt;
  }
  const Int128 days = std::min<Int128>(range->high, kEveryDay - 1) + 1;
  WindowSpec window{.form = WindowForm::kLast};
  window.n = static_cast<int64_t>(days);
  if (range->low > 0 || days == kEveryDay) {
    window.form = WindowForm::kRangeAgo;
    window.m = window.n;
    window.n = static_cast<int64_t>(std::max<Int128>(range->low, 0));
  }
  return rewriter.make(
      {.kind = NodeKind::kInWindow, .args = {value.args[0]}, .window = window});
}

std::optional<NodeId> any_to_last_time(Rewriter& rewriter, const Node& node) {
  if (node.kind != NodeKind::kAny) return std::nullopt;
  // A copy: making nodes moves those that are there.
  const Node events = rewriter[node.args[0]];
  if (events.has_where || !is_plain(events.after) || !is_plain(events.before) ||
      !is_time_anchor(rewriter, after_of(events)) ||
      !is_time_anchor(rewriter, before_of(events))) {
    return std::nullopt;
  }
  if (!events.before && reaches_now(events.window)) {
    return last_is_in(rewriter, events);
  }
  if (events.before && !events.after &&
      events.window.form == WindowForm::kEver) {
    const NodeId first = moment_of(rewriter, events, false);
    return earlier(rewriter, first, before_of(events));
  }
  return std::nullopt;
}

}  // namespace kitle
