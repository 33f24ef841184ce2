// Between which values those of all blocks lie, and how many events there are.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/eval/bound.h"
#include "runtime/time/bounds.h"

namespace kitle {

// How a column of integers is stored: base + unit * stored.
struct Scale {
  int64_t base = 0;
  int64_t unit = 1;
  friend bool operator==(const Scale&, const Scale&) = default;
};

struct Extents {
  explicit Extents(const Program& program);
  void add(const BoundBlock& bound);
  uint64_t all_events() const;
  // Whether all values lie between these, too.
  bool hold(const Extents& others) const;
  std::vector<Bounds> times;     // by Program::tables
  std::vector<uint64_t> events;  // so many, the same
  std::vector<Scale> scales;     // of their times in some of the blocks
  std::vector<Bounds> slots;     // by Program::slots
};

}  // namespace kitle
