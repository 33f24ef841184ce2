// Tables that no block has: a group of events is made of its members' tables,
// and sessions of the table of their events, when a block is evaluated, and
// forgotten behind it. What is known of their columns without making them (how
// they lie, their least and greatest values, their dictionaries) is bound with
// the block, so that the program, its ranges and its machine code see a table
// like any other.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/eval/bound.h"
#include "runtime/eval/interpreter.h"

namespace kitle {

// The column of a derived table that has the values of these, one a member,
// without its data. REQUIRES: those with texts have one dictionary.
ColumnView joined_column(TypeKind type, std::span<const ColumnView> members);

// Where an event of a derived table comes from.
struct EventSource {
  uint32_t member;
  uint32_t place;  // in the member's table
};

// Makes them. Not thread-safe: one a thread.
class DerivedTables {
 public:
  // `bound` with its derived tables made for `rows` rows from `first_row` on;
  // other rows have no events in them. `bound` itself where `code` reads none.
  // Valid until the next call, as long as `bound` is, which must not be
  // another one at the same place.
  // `times`: the nanoseconds that each of BoundBlock::derived takes are added.
  const BoundBlock& make(const Prepared& code, const BoundBlock& bound,
                         uint32_t first_row, uint32_t rows,
                         std::vector<uint64_t>* times = nullptr);

  // Of Program::derived, whether its events are made: those that are read, and
  // what the sessions among them are made of.
  static std::vector<bool> wanted(const Prepared& code);

 private:
  // Memory of one column.
  struct Values {
    std::vector<std::byte> data;
    std::vector<uint64_t> valid;
    std::vector<uint32_t> offsets;  // of a list
  };
  struct Made {
    std::vector<uint32_t> offsets;
    std::vector<EventSource> sources;
    std::vector<uint64_t> order_starts;
    Values time;
    std::vector<Values> columns;
    std::vector<Values> ends;
    // Of sessions: their times, lengths and counts.
    std::vector<int64_t> times;
    std::vector<int64_t> lengths;
    std::vector<int64_t> counts;
  };
  class Merge;
  class Gather;
  class Split;

  void make_events(const BoundDerived& derived, Made& made);
  void make_ends(const BoundDerived& derived, Made& made);
  void make_sessions(const BoundDerived& derived, Made& made);
  void make_end(const BoundDerived::Column& column, const Made& made,
                Values& values);

  const BoundBlock* of_ = nullptr;  // of copy_, if it has derived tables
  BoundBlock copy_;
  uint32_t first_row_ = 0;
  uint32_t last_row_ = 0;
  std::vector<Made> made_;  // by BoundBlock::derived
};

}  // namespace kitle
