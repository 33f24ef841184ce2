// Some people of a bound block as a block of their own: their columns copied
// together, stored as they were, so that what was bound for the whole block
// holds for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/eval/bound.h"
#include "runtime/eval/interpreter.h"

namespace kitle {

// Memory that is taken piece by piece, and freed at once.
class GatherMemory {
 public:
  // Aligned to 64 bytes, not initialised; 128 bytes behind it may be read.
  std::byte* take(size_t bytes);
  // What was taken may be taken again.
  void clear();

 private:
  struct Free {
    void operator()(std::byte* memory) const;
  };
  struct Slab {
    std::unique_ptr<std::byte, Free> memory;
    size_t bytes = 0;
  };
  std::vector<Slab> slabs_;
  size_t slab_ = 0;  // where the next piece may be
  size_t used_ = 0;  // of it
};

// Not thread-safe: one a thread.
class GatheredBlock {
 public:
  // The rows of the block, increasing, with what `code` reads of them. Valid
  // until the next call, as long as `bound` is.
  const BoundBlock& make(const Prepared& code, const BoundBlock& bound,
                         std::span<const uint32_t> rows);

 private:
  // Events of one person that stand together.
  struct Run {
    uint32_t begin = 0;
    uint32_t count = 0;
  };
  struct Table {
    bool wanted = false;
    std::vector<Run> runs;
    uint32_t events = 0;
  };

  void want(const Prepared& code);
  void gather_table(uint32_t number);
  void gather_slot(uint32_t number);
  void gather_derived();
  void gather_members(const BoundDerived& derived,
                      BoundDerived::Column& column);
  ColumnView of_people(const ColumnView& column);
  ColumnView of_events(const ColumnView& column, uint32_t number);
  // Of a column with `rows` values those of the runs, `count` in all.
  ColumnView gathered(const ColumnView& column, uint32_t rows,
                      std::span<const Run> runs, uint32_t count);
  void gather_list(const ColumnView& from, uint32_t rows,
                   std::span<const Run> runs, uint32_t count, ColumnView& to);
  const uint64_t* bits(const uint64_t* from, std::span<const Run> runs,
                       uint32_t count);

  GatherMemory memory_;
  const BoundBlock* from_ = nullptr;
  BoundBlock made_;
  std::vector<Run> people_;
  std::vector<Table> tables_;
};

}  // namespace kitle
