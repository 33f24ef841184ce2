// When the answers of people may change although nothing happens. Time only
// enters a program through its windows, which events and dates enter and leave,
// and through a few operations. So between two instants only those people are
// due who have an event, or a date, in one of some spans: what a window takes
// at one of the instants and not at the other. For all others each operation
// has equal operands at both, and so equal results. Where an answer only asks
// for the n-th event from the end, or for those that pass some test, others do
// not matter (EventsOfUse).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runtime/eval/bound.h"
#include "runtime/eval/due_events.h"
#include "runtime/eval/due_pieces.h"
#include "runtime/eval/extents.h"
#include "runtime/eval/program.h"
#include "runtime/eval/time_uses.h"
#include "runtime/time/bounds.h"

namespace kitle {

// Who is due in which of some steps of time. Immutable, thread-safe.
class DueSteps {
 public:
  // In none of them, as far as time alone goes.
  static constexpr uint8_t kNever = UINT8_MAX;

  // Of answers at `start`: step 0 takes them to any instant up to ends[0], step
  // 1 from there up to ends[1], and so on. A step in which everyone is due is
  // the last one; behind the first one, a step with which there would be more
  // than `most_looks` is left out, and so are those behind it. `extents`: of
  // all blocks that are asked for. REQUIRES: `ends` increase behind `start`;
  // fewer than kNever.
  DueSteps(std::shared_ptr<const Program> program, const TimeUses& uses,
           const Extents& extents, Clock start, std::span<const int64_t> ends,
           double most_looks);

  // The first step behind `now`, where these are known of answers of the
  // program at that instant, too: it is one of the ends.
  std::optional<uint8_t> first_after(int64_t now, const Program& program,
                                     const Extents& extents) const;

  // So many of the steps are known: up to one in which everyone is due.
  uint32_t count() const { return static_cast<uint32_t>(ends_.size()); }
  // Whether everyone is in the last of them.
  bool everyone() const { return everyone_; }

  // How often find() looks at an event and what its uses ask, about, for all of
  // the events.
  double looks() const { return looks_; }

  // The tables of whose events find() looks at something.
  std::vector<uint32_t> tables() const;

  // From where on steps are asked for: of answers at `now`, from `step` on.
  struct From {
    int64_t now = 0;
    uint8_t step = 0;
  };
  // Makes each of `steps`, which are of the block's rows, at most the first one
  // in which that person is due.
  void find(const BoundBlock& bound, const SetsOfColumns& sets,
            const From& from, std::span<uint8_t> steps) const;

 private:
  // To values that may come without another table of them being needed: any
  // where none makes someone due, and times until the last end.
  void widen_slots(std::span<const std::vector<DueSpan>> spans);
  void find_times(const BoundBlock& bound, uint32_t table,
                  const SetsOfColumns& sets, const From& from,
                  std::span<uint8_t> steps) const;
  void find_slots(const BoundBlock& bound, uint32_t slot, const From& from,
                  std::span<uint8_t> steps) const;

  std::shared_ptr<const Program> program_;
  std::vector<int64_t> ends_;
  Extents extents_;
  bool everyone_ = false;
  double looks_ = 0;
  std::vector<DuePieces> times_;  // by Program::tables, none of derived ones
  std::vector<DuePieces> slots_;  // by Program::slots: of profiles and events
  DueEventsAsked events_;         // of others than times it is each event
};

}  // namespace kitle
