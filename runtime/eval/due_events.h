// Which events of a person matter to a use of time (EventsOfUse), told event by
// event.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "runtime/eval/bound.h"
#include "runtime/eval/time_uses.h"

namespace kitle {

// The codes of a column that are in a set.
using SetsOfColumns = std::function<std::shared_ptr<const BoundSet>(
    uint32_t set, const ColumnView& column)>;

// EventsOfUse, its tests by number.
struct DueEvent {
  uint32_t number = 0;  // of all of them
  std::vector<uint32_t> tests;
  int64_t nth = 0;
};

// All that some steps ask for.
struct DueEventsAsked {
  std::vector<std::vector<DueEvent>> by_use;
  uint32_t count = 0;  // of events
  std::vector<EventTest> tests;
};

// One block's events of one table, some of which are looked at. What it is made
// of must live as long.
class DueEvents {
 public:
  // `now`: counts from the end are of events until then.
  DueEvents(const BoundBlock& bound, uint32_t table, int64_t now,
            const DueEventsAsked& asked, const SetsOfColumns& sets);

  // Whether event `at` of those from `begin` to `end` - 1, which are all of one
  // person's, is one of the use's.
  bool has(uint32_t use, uint32_t at, uint32_t begin, uint32_t end);

 private:
  // A test as the block's column needs it.
  struct Test {
    const ColumnView* column = nullptr;  // null: not looked at so far
    std::shared_ptr<const BoundSet> set;
    BoundRange range;
  };

  // Which event it is of a person, of those until now; found once.
  struct Place {
    uint32_t begin = UINT32_MAX;  // the person's
    int64_t at = -1;
  };

  bool is(const DueEvent& event, uint32_t at, uint32_t begin, uint32_t end);
  int64_t place_of(const DueEvent& event, uint32_t begin, uint32_t past);
  bool passes(const DueEvent& event, uint32_t at);
  bool passes(uint32_t test, uint32_t at);
  Test bind(const EventTest& test) const;
  uint32_t end_of_past(uint32_t begin, uint32_t end) const;

  const BoundBlock& bound_;
  const BoundTable& table_;
  const SetsOfColumns& sets_;
  const DueEventsAsked& asked_;
  std::vector<Test> tests_;
  std::vector<Place> places_;  // by number
  int64_t now_;
  bool by_time_;  // the events are in the order of time
};

}  // namespace kitle
