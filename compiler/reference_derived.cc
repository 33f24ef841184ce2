// The reference evaluator: events that are made of others.
#include <algorithm>

#include "compiler/reference_walk.h"

namespace kitle::reference {

const std::vector<Event>& Walk::history_of(uint32_t event) {
  const DerivedEvents* derived = repository_.schema.derived_event(event);
  if (derived == nullptr) return person_.history[event];
  if (memo_ != nullptr && derived->is_group()) {
    const auto [known, fresh] = memo_->groups.try_emplace(event);
    if (fresh) known->second = events_of_group(*derived);
    return known->second;
  }
  std::optional<std::vector<Event>>& made =
      derived_[event - repository_.schema.events.size()];
  if (!made) {
    made = derived->is_group() ? events_of_group(*derived) : sessions_of(event);
  }
  return *made;
}

// Of what has happened up to now.
std::vector<Event> Walk::sessions_of(uint32_t event) {
  const DerivedEvents& derived = *repository_.schema.derived_event(event);
  std::vector<Event> sessions;
  if (derived.members.empty()) return sessions;
  int64_t before = 0;
  int64_t length = 0;
  int64_t count = 0;
  for (const Event& each : history_of(derived.members.front())) {
    if (each.time > calendar_.now()) break;
    if (sessions.empty() || Int128{each.time} - before > derived.gap) {
      sessions.push_back({.time = each.time, .type = event, .properties = {}});
      count = 0;
    }
    before = each.time;
    length = static_cast<int64_t>(Int128{each.time} - sessions.back().time);
    count += each.starts_order ? 1 : 0;
    sessions.back().properties = {length, count};
  }
  return sessions;
}

// All of the members', then put in order: a stable sort leaves equal times in
// the order of the members, and each member's own.
std::vector<Event> Walk::events_of_group(const DerivedEvents& group) const {
  std::vector<Event> all;
  for (const uint32_t member : group.members) {
    const std::vector<Column>& own = repository_.schema.events[member].columns;
    for (const Event& event : person_.history[member]) {
      Event made{.time = event.time,
                 .type = event.type,
                 .starts_order = event.starts_order,
                 .properties = {}};
      for (const Column& column : group.type.columns) {
        const auto place = std::ranges::find(own, column.name, &Column::name);
        made.properties.push_back(event.properties[place - own.begin()]);
      }
      all.push_back(std::move(made));
    }
  }
  std::ranges::stable_sort(all, {}, &Event::time);
  return all;
}

}  // namespace kitle::reference
