// Look-ups by name in a schema.
#include "runtime/schema.h"

#include <algorithm>

namespace kitle {
namespace {

template <class T>
const T* find_name(const std::vector<T>& list, std::string_view name) {
  const auto found = std::ranges::find(list, name, &T::name);
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

const EventType& Schema::event(uint32_t index) const {
  const DerivedEvents* made = derived_event(index);
  return made == nullptr ? events[index] : made->type;
}

uint32_t Schema::event_count() const {
  return static_cast<uint32_t>(events.size() + derived.size());
}

const DerivedEvents* Schema::derived_event(uint32_t index) const {
  return index < events.size() ? nullptr : &derived[index - events.size()];
}

bool Schema::counts_orders(uint32_t index) const {
  const DerivedEvents* made = derived_event(index);
  if (made == nullptr) return events[index].counted_by.has_value();
  return made->is_group() &&
         std::ranges::any_of(made->members, [this](uint32_t member) {
           return events[member].counted_by.has_value();
         });
}

const EventType* Schema::find_event(std::string_view name) const {
  return find_name(events, name);
}

const Column* Schema::find_attribute(std::string_view name) const {
  return find_name(attributes, name);
}

}  // namespace kitle
