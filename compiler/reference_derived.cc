// The reference evaluator: events that are made of others.
#include <algorithm>

#include "compiler/reference_walk.h"

namespace kitle::reference {

const std::vector<Event>& Walk::history_of(uint32_t event) {
  const DerivedEvents* derived = repository_.schema.derived_event(event);
  if (derived == nullptr) return person_.history[event];
  std::optional<std::vector<Event>>& made =
      derived_[event - repository_.schema.events.size()];
  if (!made) made = events_of_group(*derived);
  return *made;
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
