// Between some instants, one step after the other: which values of which
// columns make who has them due.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "runtime/eval/due_events.h"
#include "runtime/eval/due_pieces.h"
#include "runtime/eval/extents.h"
#include "runtime/eval/program.h"
#include "runtime/eval/time_uses.h"
#include "runtime/time/bounds.h"

namespace kitle {

// What a range of the program takes at an instant.
Bounds bounds_at(const RangeParam& param, const Clock& clock);

class DueSpans {
 public:
  // Of answers at `start`. What it is made of must live as long.
  DueSpans(const Program& program, const TimeUses& uses, const Extents& extents,
           const Clock& start);

  // The next step ends there. False: everyone is due in it.
  bool step_to(const Clock& end, uint8_t step);

  // How often those events are looked at, about, whose times are in the spans
  // so far, if times are even: once, and for each two things that are asked
  // again.
  double looks() const { return looks_; }

  // Of a span: whatever events.
  static constexpr uint32_t kAny = UINT32_MAX;
  struct Found {
    // By Program::tables and Program::slots, the spans of all steps.
    std::vector<std::vector<DueSpan>> times;
    std::vector<std::vector<DueSpan>> slots;
    DueEventsAsked events;  // by the use of a span of times
  };
  // Of so many steps.
  Found take(size_t steps);

 private:
  // What one value and one range are asked of.
  struct Use {
    TimedValue value;
    uint32_t range = 0;
    std::vector<const EventsOfUse*> of;
  };

  using TestNumbers = std::map<EventTest, uint32_t>;

  void read(const Clock& clock);
  bool is_everyone(const Clock& end) const;
  bool add_step(uint8_t step);
  bool add_birthdays(const TimedValue& value, const Bounds& days, uint8_t step);
  bool is_day(const TimedValue& value) const;
  Bounds range_of(const Use& use, const std::vector<Bounds>& ranges,
                  int64_t now, int64_t today) const;
  void add_spans(const TimedValue& value, const std::vector<Bounds>& spans,
                 uint8_t step, uint32_t use);
  // Of a table's events those in the span.
  double events_in(uint32_t table, const Bounds& span) const;
  void group_uses();
  // None: each event.
  std::vector<DueEvent> events_of(const Use& use, TestNumbers& numbers);
  void give_to_members();

  const Program& program_;
  const TimeUses& uses_;
  const Extents& extents_;
  double looks_ = 0;
  std::vector<Use> grouped_;
  Found found_;
  // By range: it reached up to now at all instants so far.
  std::vector<bool> until_now_;
  int64_t from_now_ = 0;
  int64_t from_today_ = 0;
  std::vector<Bounds> from_;
  int64_t now_ = 0;
  int64_t today_ = 0;
  std::vector<Bounds> ranges_;
};

}  // namespace kitle
