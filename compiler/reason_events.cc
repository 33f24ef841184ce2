// See reason_events.h. What is not known because the budget is spent is asked
// again another time.
#include "compiler/reason_events.h"

#include <algorithm>
#include <array>

namespace kitle {

std::vector<Scaled> EventSets::made(SetId events) const {
  const EventSet& set = facts_.set(events);
  std::vector<Scaled> all;
  if (const auto window = scaled(plan_[set.events].window)) {
    all.push_back(*window);
  }
  if (set.when) all.push_back(*set.when);
  for (size_t i = 0, count = all.size(); i < count; ++i) {
    const auto ago = roughly_ago(all[i]);
    if (ago && all[i].scale != kAge) all.push_back({kAge, *ago});
  }
  return all;
}

const std::vector<Scaled>& EventSets::places(SetId events) {
  const std::vector<Scaled>* found = places_.find(events);
  return found != nullptr ? *found : places_.add(events, made(events));
}

bool EventSets::among(SetId inner, SetId outer) {
  budget_.take(1);
  if (inner == outer) return true;
  const uint64_t key = uint64_t{inner} << 32 | outer;
  const auto found = among_.find(key);
  if (found != among_.end()) return found->second;
  const bool among = are_among(inner, outer);
  if (!budget_.spent()) among_.emplace(key, among);
  return among;
}

bool EventSets::are_among(SetId inner, SetId outer) {
  const Node& a = node(inner);
  const Node& b = node(outer);
  const bool after =
      !b.after || (a.after == b.after && after_of(a) == after_of(b));
  const bool before =
      !b.before || (a.before == b.before && before_of(a) == before_of(b));
  return a.table == b.table && after && before && lies_in(inner, outer) &&
         filtered_among(where_of(a), where_of(b));
}

// Events are never in the future, so what ends there ends now.
bool EventSets::lies_in(SetId inner, SetId outer) {
  const WindowSpec& own = node(inner).window;
  const WindowSpec& window = node(outer).window;
  if (window.form != WindowForm::kEver && window != own && !scaled(window)) {
    return false;
  }
  const std::vector<Scaled>& mine = places(inner);
  std::vector<Scaled> wanted;
  if (const auto of_window = scaled(window); of_window && window != own) {
    wanted.push_back(*of_window);
  }
  const EventSet& set = facts_.set(outer);
  if (set.when) wanted.push_back(*set.when);
  budget_.take(1 + wanted.size() * mine.size());
  return std::ranges::all_of(wanted, [&](const Scaled& to) {
    const Line past =
        is_backwards(to.scale) ? line_of(0, kHighest) : whole_line();
    if (is_within(past, to.line, true)) return true;
    return std::ranges::any_of(mine, [&](const Scaled& at) {
      return at.scale == to.scale &&
             is_within(common(at.line, past), to.line, true);
    });
  });
}

// Of conditions of events; kNone is none.
bool EventSets::filtered_among(NodeId inner, NodeId outer) {
  if (outer == kNone || inner == outer) return true;
  std::vector<Literal> against{{outer, false}};
  if (inner != kNone) against.push_back({inner, true});
  return ask(inner, outer, against);
}

bool EventSets::ask(NodeId inner, NodeId outer,
                    std::span<const Literal> against) {
  const auto found = filtered_.find({inner, outer});
  if (found != filtered_.end()) return found->second;
  const bool impossible = ask_(against);
  if (!budget_.spent()) filtered_.emplace(std::pair(inner, outer), impossible);
  return impossible;
}

bool EventSets::empty(SetId events) {
  budget_.take(1);
  if (const bool* found = empty_.find(events)) return *found;
  const NodeId where = where_of(node(events));
  bool empty = nowhere(places(events));
  // Of a table's column that no row fits `check` has its own warning.
  const bool filtered =
      where != kNone && plan_[where].kind != NodeKind::kAlways;
  if (!empty && filtered) {
    const std::array<Literal, 1> asked{{{where, true}}};
    empty = ask(where, kNone, asked);
    if (budget_.spent()) return empty;
  }
  return empty_.add(events, empty);
}

bool EventSets::nowhere(const std::vector<Scaled>& all) {
  return std::ranges::any_of(all, [&](const Scaled& at) {
    Line left = is_backwards(at.scale) ? line_of(0, kHighest) : whole_line();
    for (const Scaled& each : all) {
      if (each.scale == at.scale) left = common(left, each.line);
    }
    return left.empty();
  });
}

}  // namespace kitle
