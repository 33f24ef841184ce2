// When the answers of people may change although nothing happens. Time only
// enters a program through its windows, which events and dates enter and leave,
// and through a few operations. So between two instants only those people are
// due who have an event, or a date, in one of some spans: what a window takes
// at one of the instants and not at the other. For all others each operation
// has equal operands at both, and so equal results.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/eval/bound.h"
#include "runtime/eval/marked.h"
#include "runtime/eval/program.h"
#include "runtime/eval/time_uses.h"
#include "runtime/time/bounds.h"

namespace kitle {

// What a range of the program takes at an instant.
Bounds bounds_at(const RangeParam& param, const Clock& clock);

// Between which values those of all blocks lie.
struct Extents {
  explicit Extents(const Program& program);
  void add(const BoundBlock& bound);
  std::vector<Bounds> times;  // by Program::tables
  std::vector<Bounds> slots;  // by Program::slots
};

// Who is due in which of some steps of time. Immutable, thread-safe.
class DueSteps {
 public:
  // In none of them, as far as time alone goes.
  static constexpr uint8_t kNever = UINT8_MAX;

  // Of answers at `start`: step 0 takes them to any instant up to ends[0], step
  // 1 from there up to ends[1], and so on; a step in which everyone is due is
  // the last one. `extents`: of all blocks that are asked for.
  // REQUIRES: `ends` increase behind `start`; fewer than kNever.
  DueSteps(const Program& program, const TimeUses& uses, const Extents& extents,
           Clock start, std::span<const int64_t> ends);

  // So many of the steps are known: up to one in which everyone is due.
  uint32_t count() const { return count_; }
  // Whether everyone is in the last of them.
  bool everyone() const { return everyone_; }

  // The tables of whose events find() looks at something.
  std::vector<uint32_t> tables(const Program& program) const;

  // Makes each of `steps`, which are of the block's rows, at most the first one
  // in which that person is due.
  void find(const BoundBlock& bound, std::span<uint8_t> steps) const;

 private:
  // Values in order, each with the first step in which who has it is due, by
  // pieces of their range.
  class Pieces {
   public:
    struct Span {
      Bounds values;
      uint8_t step = 0;
    };
    Pieces(std::vector<Span> spans, const Bounds& extent);
    bool empty() const { return marks_.empty(); }
    // A bit for each value that someone is due who has it.
    void find(std::span<const int64_t> values, uint64_t* out) const;
    // REQUIRES: someone is.
    uint8_t step_of(int64_t value) const {
      const uint64_t piece = marked_.piece_of(value);
      return steps_[starts_[piece / 64] + piece % 64];
    }
    // Whether a value from `low` to `high` may be due.
    bool meets(int64_t low, int64_t high) const {
      return low <= high && low <= high_ && high >= marked_.low;
    }

   private:
    // Calls use(piece, step) for all of each.
    template <class Use>
    void for_pieces(std::span<const Span> spans, Use use) const;

    MarkedPieces marked_;
    int64_t high_ = 0;
    std::vector<uint64_t> marks_;   // by piece: whether someone is due
    std::vector<uint32_t> starts_;  // by word of marks, if there is any
    std::vector<uint8_t> steps_;    // by pieces of these words
  };
  struct Owners;
  class Finder;

  static void find_in(const Pieces& pieces, const ColumnView& column,
                      const Owners& owners, std::span<uint8_t> steps);

  uint32_t count_ = 0;
  bool everyone_ = false;
  std::vector<Pieces> times_;  // by Program::tables, none of derived ones
  std::vector<Pieces> slots_;  // by Program::slots: of profiles, and of events
};

}  // namespace kitle
