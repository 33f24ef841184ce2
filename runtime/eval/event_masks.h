// What bits of events, and what is counted of them, tell of time: by which
// windows they come and go, and of which events.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "runtime/eval/program.h"
#include "runtime/eval/time_uses.h"

namespace kitle {

// Follows the general code of a program, one instruction after the other.
class EventMasks {
 public:
  explicit EventMasks(const Program& program) : program_(program) {}

  // Appends what answers that the next instruction makes of bits depend on.
  // True: it makes bits by a window itself; what reads these tells.
  bool follow(const Instruction& what, std::vector<TimeUses::Ranged>& to);

  // Of a position in the events of a stored table: which event is there.
  EventsOfUse at(uint32_t position) const;

 private:
  struct Mask {
    // By which it moves, and for which events.
    std::vector<TimeUses::Ranged> windows;
    // Where nothing moves: what else the events passed.
    std::vector<EventTest> tests;
    // Nothing else decides.
    bool exact = true;
    // The one that decides where the last of its events is.
    const TimeUses::Ranged* window() const {
      return exact && windows.size() == 1 ? &windows[0] : nullptr;
    }
  };
  using Masks = std::unordered_map<uint32_t, Mask>;  // by register

  static const Mask* find(const Masks& masks, uint32_t reg);
  bool of_column(const Instruction& what);
  void both(const Instruction& what);
  void mixed(const Instruction& what);
  void fold(const Instruction& what, std::vector<TimeUses::Ranged>& to);
  void compare(const Instruction& what, std::vector<TimeUses::Ranged>& to);
  void end(const Instruction& what, std::vector<TimeUses::Ranged>& to) const;
  // The answer changes with the n-th from the end; 0: with each.
  static void use(const Mask& mask, int64_t nth,
                  std::vector<TimeUses::Ranged>& to);
  bool is_stored(uint32_t table) const;

  const Program& program_;
  Masks masks_;
  Masks counts_;  // of what a register is the number
  std::unordered_map<uint32_t, EventsOfUse> positions_;
};

}  // namespace kitle
