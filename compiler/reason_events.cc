// See reason_events.h.
#include "compiler/reason_events.h"

#include <algorithm>
#include <array>

namespace kitle {

std::vector<Scaled> EventSets::places(const Happened& events) const {
  std::vector<Scaled> all;
  if (const auto window = scaled(plan_[events.events].window)) {
    all.push_back(*window);
  }
  if (events.when) all.push_back(*events.when);
  for (size_t i = 0, count = all.size(); i < count; ++i) {
    const auto ago = roughly_ago(all[i]);
    if (ago && all[i].scale != kAge) all.push_back({kAge, *ago});
  }
  return all;
}

bool EventSets::among(const Happened& inner, const Happened& outer) {
  const Node& a = plan_[inner.events];
  const Node& b = plan_[outer.events];
  const bool after =
      !b.after || (a.after == b.after && after_of(a) == after_of(b));
  const bool before =
      !b.before || (a.before == b.before && before_of(a) == before_of(b));
  return a.table == b.table && after && before && lies_in(inner, outer) &&
         filtered_among(where_of(a), where_of(b));
}

// Events are never in the future, so what ends there ends now.
bool EventSets::lies_in(const Happened& inner, const Happened& outer) const {
  const WindowSpec& own = plan_[inner.events].window;
  const WindowSpec& window = plan_[outer.events].window;
  if (window.form != WindowForm::kEver && window != own && !scaled(window)) {
    return false;
  }
  const std::vector<Scaled> mine = places(inner);
  std::vector<Scaled> wanted;
  if (const auto of_window = scaled(window); of_window && window != own) {
    wanted.push_back(*of_window);
  }
  if (outer.when) wanted.push_back(*outer.when);
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
  const auto [found, fresh] = filtered_.try_emplace({inner, outer}, false);
  if (!fresh) return found->second;
  std::vector<Literal> against{{outer, false}};
  if (inner != kNone) against.push_back({inner, true});
  const bool among = ask_(against);
  filtered_[{inner, outer}] = among;
  return among;
}

bool EventSets::empty(const Happened& events) {
  const std::vector<Scaled> all = places(events);
  for (size_t i = 0; i < all.size(); ++i) {
    Line left =
        is_backwards(all[i].scale) ? line_of(0, kHighest) : whole_line();
    for (const Scaled& each : all) {
      if (each.scale == all[i].scale) left = common(left, each.line);
    }
    if (left.empty()) return true;
  }
  const NodeId where = where_of(plan_[events.events]);
  // Of a table's column that no row fits `check` has its own warning.
  if (where == kNone || plan_[where].kind == NodeKind::kAlways) return false;
  const auto [found, fresh] = filtered_.try_emplace({where, kNone}, false);
  if (!fresh) return found->second;
  const std::array<Literal, 1> asked{{{where, true}}};
  const bool empty = ask_(asked);
  filtered_[{where, kNone}] = empty;
  return empty;
}

}  // namespace kitle
