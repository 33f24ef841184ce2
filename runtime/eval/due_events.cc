#include "runtime/eval/due_events.h"

#include <algorithm>

#include "runtime/eval/cells.h"

namespace kitle {
namespace {

bool has(const BoundSet& set, const Cells& codes, uint32_t at) {
  const uint64_t code = codes.bits_of(at);
  return code < set.bits && test_bit(set.words, code);
}

bool has(const BoundRange& range, const Cells& values, uint32_t at) {
  if (range.form == BoundRange::Form::kNever || !values.present(at)) {
    return false;
  }
  const auto value = static_cast<int64_t>(values.bits_of(at));
  return range.form == BoundRange::Form::kPresent ||
         (range.low <= value && value <= range.high);
}

}  // namespace

DueEvents::DueEvents(const BoundBlock& bound, uint32_t table, int64_t now,
                     const DueEventsAsked& asked, const SetsOfColumns& sets)
    : bound_(bound),
      table_(bound.tables[table]),
      sets_(sets),
      asked_(asked),
      tests_(asked.tests.size()),
      places_(asked.count),
      now_(now),
      by_time_(table_.order_starts == nullptr || table_.every_row_is_an_order) {
}

bool DueEvents::has(uint32_t use, uint32_t at, uint32_t begin, uint32_t end) {
  return std::ranges::any_of(asked_.by_use[use], [&](const DueEvent& each) {
    return is(each, at, begin, end);
  });
}

// One that is later than now changes more than its own window.
bool DueEvents::is(const DueEvent& event, uint32_t at, uint32_t begin,
                   uint32_t end) {
  if (!passes(event, at)) return false;
  if (event.nth == 0 || !by_time_) return true;
  const uint32_t past = end_of_past(begin, end);
  if (at >= past) return true;
  Place& known = places_[event.number];
  if (known.begin != begin) known = {begin, place_of(event, begin, past)};
  return at == known.at;
}

// -1: there is none.
int64_t DueEvents::place_of(const DueEvent& event, uint32_t begin,
                            uint32_t past) {
  if (event.nth == EventsOfUse::kFirst) {
    for (uint32_t i = begin; i < past; ++i) {
      if (passes(event, i)) return i;
    }
    return -1;
  }
  int64_t left = event.nth;
  for (uint32_t i = past; i-- > begin;) {
    if (passes(event, i) && --left == 0) return i;
  }
  return -1;
}

bool DueEvents::passes(const DueEvent& event, uint32_t at) {
  return std::ranges::all_of(event.tests,
                             [&](uint32_t test) { return passes(test, at); });
}

bool DueEvents::passes(uint32_t test, uint32_t at) {
  Test& known = tests_[test];
  if (known.column == nullptr) known = bind(asked_.tests[test]);
  const Cells cells(*known.column, {});
  return known.set != nullptr ? kitle::has(*known.set, cells, at)
                              : kitle::has(known.range, cells, at);
}

DueEvents::Test DueEvents::bind(const EventTest& test) const {
  Test made;
  made.column = &bound_.slots[test.slot];
  if (test.set != kNone) {
    made.set = sets_(test.set, *made.column);
  } else {
    made.range = BoundRange::make(bound_.ranges[test.range], *made.column);
  }
  return made;
}

uint32_t DueEvents::end_of_past(uint32_t begin, uint32_t end) const {
  if (table_.time.max <= now_) return end;
  const Cells times(table_.time, {});
  while (end > begin && times.value(end - 1) > now_) --end;
  return end;
}

}  // namespace kitle
