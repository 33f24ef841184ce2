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

const EventType* Schema::find_event(std::string_view name) const {
  return find_name(events, name);
}

const Column* Schema::find_attribute(std::string_view name) const {
  return find_name(attributes, name);
}

}  // namespace kitle
