// What the atoms of conditions say of values and events, each for itself: the
// prover's knowledge of the language (reason.h). What several of them say
// together is in reason_state.h.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/plan.h"
#include "compiler/reason_line.h"
#include "compiler/reason_table.h"

namespace kitle {

// A condition of the plan, or its opposite.
struct Literal {
  NodeId condition = kNone;
  bool holds = true;
  friend bool operator==(const Literal&, const Literal&) = default;
};

// What a value is measured by: itself, or, where it is a time or a date, how
// long ago, which day, and so on. Every value that is there has one place on
// each of them.
using Scale = uint32_t;
inline constexpr Scale kItself = 0;
inline constexpr Scale kAge = 1;     // microseconds before now
inline constexpr Scale kMonths = 2;  // whole calendar steps before now
inline constexpr Scale kDaysAgo = 3;
inline constexpr Scale kDay = 4;
inline constexpr Scale kInstant = 5;
inline constexpr Scale kPeriods = 16;  // before this one; and the unit
// Whether what is later is less.
constexpr bool is_backwards(Scale scale) {
  return scale != kItself && scale != kDay && scale != kInstant;
}

struct Scaled {
  Scale scale = kItself;
  Line line;
  friend bool operator==(const Scaled&, const Scaled&) = default;
};
using ScaledLines = boost::container::small_vector<Scaled, 1>;
// Where a window lies; nothing where it is everything, or cannot be said.
std::optional<Scaled> scaled(const WindowSpec& window);
// In microseconds before now at most, whatever calendar steps and days are.
std::optional<Line> roughly_ago(const Scaled& of);

// Events: those of a node, maybe only where they lie in `when`, too.
struct EventSet {
  NodeId events = kNone;
  std::optional<Scaled> when{};
};
using SetId = uint32_t;  // see ReasonFacts::set()

struct Happened {
  SetId set = kNone;
  int64_t times = 1;  // at least so many, at different times
  friend bool operator==(const Happened&, const Happened&) = default;
};

struct Fact {
  enum class Kind : uint8_t {
    kIn,         // the value is there, and in the line
    kWithin,     // the value is missing, or in the line
    kNotIn,      // the value is missing, or not in the line
    kText,       // `literal` tests the text `value`
    kSome,       // there is such an event
    kNoEvent,    // there is none
    kCondition,  // `literal`
  };
  Kind kind = Kind::kIn;
  NodeId value = kNone;
  Scale scale = kItself;
  Line line{};
  Happened events{};
  Literal literal{};
};
using Facts = std::vector<Fact>;

class ReasonFacts {
 public:
  // Both must outlive it.
  ReasonFacts(const Plan& plan, const Schema& schema)
      : plan_(plan), schema_(schema) {}

  const Facts& of(const Literal& literal);
  // What follows from the value being there, and from its being missing.
  const Facts& of_presence(NodeId value);
  const Facts& of_absence(NodeId value);

  const EventSet& set(SetId id) const { return sets_[id]; }
  SetId set_of(NodeId events);

  // Every place that it can have.
  Line possible(NodeId value, Scale scale) const;
  bool is_whole_line(NodeId value, Scale scale) const;
  bool never_missing(NodeId value) const;
  // The events that a feature is of, or kNone.
  NodeId events_of(NodeId value) const;
  bool is_time_of_event(NodeId value) const;
  // Null where it is no column's.
  const Column* column_of(NodeId value) const;

 private:
  // Two values that are compared: -1, 0 or 1, where both are there.
  struct Pair {
    NodeId left = kNone;
    NodeId right = kNone;
  };

  Facts made(const Literal& literal);
  Facts presence(NodeId value);
  Facts absence(NodeId value);
  SetId set_of(NodeId events, Scaled when);
  Happened happened(NodeId events) { return {set_of(events)}; }
  void test(NodeId value, Line line, bool holds, Facts& facts) const;
  void window(const Node& atom, bool holds, Facts& facts);
  void window_of_moment(const Node& atom, const Scaled& where, bool holds,
                        Facts& facts);
  void texts(NodeId id, const Node& atom, bool holds, Facts& facts) const;
  void sequence(const Node& atom, Facts& facts);
  void compare(const Node& atom, bool holds, Facts& facts);
  void compare_pair(const Node& atom, bool holds, Facts& facts);
  std::optional<LinePoint> written(const Node& constant,
                                   const Node& beside) const;
  void age(NodeId value, const Line& line, Facts& facts) const;
  Line elapsed(const Node& value, const Line& line) const;
  NodeId pair(NodeId left, NodeId right);
  bool is_pair(NodeId value) const { return value >= plan_.size(); }
  Line bounds(NodeId value) const;
  Line measure_bounds(const Node& node) const;
  Line property_bounds(const Node& node) const;
  Line points_bounds(const Node& node) const;
  Line sum_bounds(const Node& node) const;
  bool is_share(const Node& node) const;

  const Plan& plan_;
  const Schema& schema_;
  ReasonTable<Facts> held_;  // of the condition, and of its opposite
  ReasonTable<Facts> failed_;
  ReasonTable<Facts> there_;  // of the value
  ReasonTable<Facts> missing_;
  ReasonTable<SetId> set_of_;  // of the node
  std::deque<EventSet> sets_;
  std::vector<Pair> pairs_;
  std::unordered_map<uint64_t, NodeId> pair_ids_;
};

}  // namespace kitle
