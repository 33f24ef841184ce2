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

// The codes of the slot's column of the block that are in a set.
using SetsOfBlock = std::function<std::shared_ptr<const BoundSet>(
    uint32_t set, uint32_t slot, const BoundBlock& bound)>;

// EventsOfUse, its tests by number.
struct DueEvent {
  std::vector<uint32_t> tests;
  int64_t nth = 0;
};

// One block's events of one table, some of which are looked at. What it is made
// of must live as long.
class DueEvents {
 public:
  // `now`: counts from the end are of events until then. `tests`: all there
  // are.
  DueEvents(const BoundBlock& bound, uint32_t table, int64_t now,
            std::span<const EventTest> tests, const SetsOfBlock& sets);

  // Whether event `at` of those from `begin` to `end` - 1, which are one
  // person's, is one of these.
  bool has(std::span<const DueEvent> events, uint32_t at, uint32_t begin,
           uint32_t end);

 private:
  // A test as the block's column needs it.
  struct Test {
    const ColumnView* column = nullptr;  // null: not looked at so far
    std::shared_ptr<const BoundSet> set;
    BoundRange range;
  };

  bool is(const DueEvent& event, uint32_t at, uint32_t begin, uint32_t end);
  // Of the events from `begin` to `end` - 1 so many pass the tests, and no
  // more.
  bool are(int64_t number, const DueEvent& event, uint32_t begin, uint32_t end);
  bool passes(const DueEvent& event, uint32_t at);
  bool passes(uint32_t test, uint32_t at);
  Test bind(const EventTest& test) const;
  uint32_t end_of_past(uint32_t begin, uint32_t end) const;

  const BoundBlock& bound_;
  const BoundTable& table_;
  const SetsOfBlock& sets_;
  std::span<const EventTest> all_;
  std::vector<Test> tests_;
  int64_t now_;
  bool by_time_;  // the events are in the order of time
};

}  // namespace kitle
