// The walk over the typed tree, for one person. Split over
//   reference_walk.cc        values
//   reference_measures.cc    events, measures and moments
//   reference_conditions.cc  conditions
//   reference_points.cc      a persona's points
//   reference_sequences.cc   sequences
//   reference_chain.cc       which events satisfy one, for explanations
//   reference_derived.cc     groups of events, sessions
// Every part of a condition is evaluated, whatever its neighbours say, so
// that what cannot be computed is always found (Meaning 3).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "compiler/reference_calendar.h"
#include "compiler/reference_people.h"
#include "compiler/reference_text.h"
#include "compiler/reference_values.h"
#include "compiler/typed.h"

namespace kitle::reference {

// Whether a person is in a segment, and whether that could be computed.
struct Answer {
  bool member = false;
  bool undecided = false;
};

class Walk {
 public:
  // All of these must outlive it.
  Walk(const Repository& repository, const Calendar& calendar,
       const Texts& texts, const Person& person);

  Answer answer(uint32_t segment);

  // ---- any part of a condition, for explanations ----
  // What counts as one: an event, or the rows of an order that pass.
  using Rows = std::vector<const Event*>;
  // Of a condition and of a value, for the person; inside a `where` for the
  // row of the last stand_at().
  bool holds(const Typed& tree);
  Value value(const Typed& tree);
  void stand_at(uint32_t event, size_t row);
  // Whether something since the last call of it could not be computed.
  bool take_undecided() { return std::exchange(undecided_, false); }
  // REQUIRES: the event's time <= now.
  bool passes_where(const TypedEvents& events, size_t row);
  // In their order.
  std::vector<Rows> counted(const TypedEvents& events);
  // The instants that anchors leave; nothing where one is missing.
  std::optional<Span> anchors_of(const TypedEvents& events);
  // The person's events of a type, stored or derived, in their order.
  const std::vector<Event>& history_of(uint32_t event);
  // Of an event or an order: quantities are sums, the others the first row's.
  Value of_rows(const Rows& rows, const EventType& type, uint32_t index);
  // What a measure is of, of one of the rows that it counts.
  Value measured(const Typed& measure, const Event& row);

  // A persona's points, hundredths, as they come about (Meaning 20).
  struct DayPoints {
    std::map<int64_t, Int128> days;  // by local day
    Int128 of_person = 0;            // has no day
  };
  struct PointsParts {
    struct Day {
      Int128 sum = 0;    // of all lines
      Int128 kept = 0;   // of it, at most so much a day
      Int128 worth = 0;  // of each, `unit` for all of it
    };
    std::vector<DayPoints> lines;
    std::map<int64_t, Day> days;
    Int128 unit = 1;
    bool holds_sum = true;  // else the sum is too large
    Int128 total = 0;       // hundredths * unit, before all are cut
  };
  PointsParts parts_of(const TypedPersona& persona);

  // What sequences answered, for who asks them again at other instants of the
  // same person: as long as the same events may be chosen, and the same of them
  // have been waited for, the answer is the same. Only of those that stand in
  // `known`, in which no comparison of steps may depend on now, and no step is
  // of sessions, which grow.
  struct SequenceMemo {
    struct Entry {
      std::vector<std::vector<size_t>> key;  // empty: not asked yet
      bool holds = false;
    };
    std::map<const TypedSequence*, Entry> known;
    size_t tried = 0;  // choices of events that all searches have looked at
    // Of groups of events, which are the same at every instant, by event type.
    std::map<uint32_t, std::vector<Event>> groups;
  };
  void remember_in(SequenceMemo* memo) { memo_ = memo; }

  // What keeps an event from standing for a step of a sequence.
  struct Fault {
    enum class Kind : uint8_t {
      kSame,        // `same[index]` of its step is another one, or missing
      kComparison,  // `comparisons[index]` does not hold
      kTooLate,     // by `late`, for its step's `within`
      kAllTooLate,  // by `late`, for `all within`
      kSpoiled,     // `row` is an event of the negated step `step`
      kNotOverYet,  // what the step waits for is over at `until`
    };
    Kind kind;
    uint32_t step;  // whose event is at fault
    uint32_t index = 0;
    Int128 late = 0;
    Int128 until = 0;
    size_t row = 0;
    Value own = {};    // what was found and what was wanted of it
    Value other = {};  // where that is one value each
  };
  // One choice of events for the steps of a sequence: one that satisfies it, or
  // else one that comes furthest. Of several that satisfy it the one with the
  // earliest event of the first step, of these the earliest of the second, and
  // so on, in the order of events.
  struct Chain {
    // Of each step the row in its history; those of negated steps and those
    // that were not reached have none.
    std::vector<std::optional<size_t>> rows;
    // Of the positive steps, how many have an event; and the step behind them
    // that is positive, or steps.size().
    uint32_t reached = 0;
    uint32_t next = 0;
    bool holds = false;
    // Where it does not hold: of the events that `next` may take, later than
    // the last one chosen, that with the fewest faults (kSpoiled counts as
    // two), of those the one that is the least too late, then the earliest
    // choice. None: there is no such event. Where all positive steps have one:
    // what is wrong with the steps behind.
    std::optional<size_t> nearest;
    std::vector<Fault> faults;
  };
  Chain chain(const TypedSequence& sequence);

 private:
  // Conditions.
  bool all_hold(const Typed& tree);
  bool any_holds(const Typed& tree);
  bool compares(const Typed& tree);
  std::optional<std::partial_ordering> order_of(const Typed& left,
                                                const Value& a,
                                                const Typed& right,
                                                const Value& b);
  bool same_text(const Typed& left, const std::string& a, const Typed& right,
                 const std::string& b) const;
  bool passes_text(const Typed& tree);
  bool has_element(const Typed& tree);
  bool is_element(const Typed& tree);
  bool among_integers(const Typed& tree);
  bool in_window(const Typed& tree);
  bool has_birthday(const Typed& tree);
  bool in_segment(uint32_t segment);
  // The column that a text or list comes from.
  const Column& column_of(const Typed& tree) const;

  // Sequences.
  // A row that may be an event of a step, and its order's rows in the step.
  struct Candidate {
    size_t row;
    Rows order;
  };
  using Candidates = std::vector<Candidate>;
  // The candidates chosen for the steps so far, by step; of those that nothing
  // asks for any more UINT32_MAX.
  using Choice = std::vector<uint32_t>;
  bool in_sequence(const TypedSequence& sequence);
  Candidates candidates(const TypedEvents& events);
  bool search(const TypedSequence& sequence,
              const std::vector<Candidates>& all);
  std::vector<std::vector<size_t>> memo_key(const TypedSequence& sequence,
                                            const std::vector<Candidates>& all);
  void find_undecided(const TypedSequence& sequence,
                      const std::vector<Candidates>& all);
  class Search;
  class ChainFinder;

  // Values.
  Value constant(const Typed& tree) const;
  Value arithmetic(const Typed& tree);
  Value integers(const Typed& tree, Int128 a, Int128 b);
  Value numbers(const Typed& tree, double a, double b);
  Value divided(const Typed& tree, Int128 a, Int128 b);
  Value negated(const Value& value);
  Value percent(const Typed& tree);
  Value length(const Value& value) const;
  Value rounded(const Typed& tree);
  std::optional<size_t> row_of(const Typed& tree);
  Value looked_up(const Typed& tree);
  Value part_of_time(const Typed& tree);
  Value age(const Typed& tree);
  Value days_since(const Typed& tree);
  Value time_since(const Typed& tree);

  // Events.
  std::optional<Span> span_of(const TypedEvents& events);
  std::optional<Span> anchored(const TypedAnchor& anchor, bool after);
  Value measure(const Typed& tree);
  Value moment(const Typed& tree);
  Value sum_of_rows(const std::vector<Rows>& items, const Typed& tree);
  Value average(const std::vector<Rows>& items, const Typed& tree);
  Value extreme(const std::vector<Rows>& items, const Typed& tree);
  Value distinct_count(const std::vector<Rows>& items, const Typed& tree);
  Value median_gap(const std::vector<Rows>& items);
  Value most_frequent(const std::vector<Rows>& items, const Typed& tree);
  // The same of all that count; of an order as of_rows() says.
  std::vector<Value> measured(const std::vector<Rows>& items,
                              const Typed& tree);
  std::vector<Value> measured_rows(const std::vector<Rows>& items,
                                   const Typed& tree);
  // Of one row, also what it has from its time.
  Stored property(const Event& row, uint32_t index) const;
  Value order_total(const Typed& tree);
  Value points(const TypedPersona& persona);
  Value tally(const Typed& tree);
  void add_line(const TypedPointsLine& line, DayPoints& sums);
  void add_different(const TypedPointsLine& line, DayPoints& sums);
  Int128 multiples(const TypedPointsLine& line, const Rows& item);
  // Values of one type, added in their order.
  Value added(const std::vector<Value>& values, bool numbers);

  std::vector<Event> events_of_group(const DerivedEvents& group) const;
  std::vector<Event> sessions_of(uint32_t event);

  // A result that cannot be computed.
  Value fail();
  Value checked(double number);
  template <class T>
  Value checked(const std::optional<T>& exact) {
    return exact ? Value(*exact) : fail();
  }

  const Repository& repository_;
  const Calendar& calendar_;
  const Texts& texts_;
  const Person& person_;
  std::vector<std::optional<Answer>> answers_;  // by segment
  // By derived event type, where they were asked for.
  std::vector<std::optional<std::vector<Event>>> derived_;
  bool undecided_ = false;
  SequenceMemo* memo_ = nullptr;
  // Inside a `where`: the event type and its row.
  uint32_t event_type_ = 0;
  size_t row_ = 0;
  // Inside a comparison of steps: the rows of the other step's order.
  const Rows* order_ = nullptr;
};

Value as_value(const Stored& stored);
bool passes(Comparison comparison, std::partial_ordering order);

}  // namespace kitle::reference
