#include "runtime/eval/extents.h"

#include <algorithm>
#include <numeric>

namespace kitle {

Extents::Extents(const Program& program)
    : times(program.tables.size(), Bounds{INT64_MAX, INT64_MIN}),
      events(program.tables.size()),
      scales(program.tables.size()),
      slots(program.slots.size(), Bounds{INT64_MAX, INT64_MIN}) {}

void Extents::add(const BoundBlock& bound) {
  const auto widen = [](Bounds& bounds, const ColumnView& column) {
    bounds.low = std::min(bounds.low, column.min);
    bounds.high = std::max(bounds.high, column.max);
  };
  for (size_t i = 0; i < bound.tables.size(); ++i) {
    const BoundTable& table = bound.tables[i];
    widen(times[i], table.time);
    events[i] += table.events;
    if (table.events != 0) scales[i] = {table.time.base, table.time.unit};
  }
  for (size_t i = 0; i < bound.slots.size(); ++i) {
    widen(slots[i], bound.slots[i]);
  }
}

uint64_t Extents::all_events() const {
  return std::accumulate(events.begin(), events.end(), uint64_t{0});
}

bool Extents::hold(const Extents& others) const {
  const auto holds = [](const Bounds& own, const Bounds& other) {
    return other.low > other.high ||
           (own.low <= other.low && other.high <= own.high);
  };
  return std::ranges::equal(times, others.times, holds) &&
         std::ranges::equal(slots, others.slots, holds);
}

}  // namespace kitle
