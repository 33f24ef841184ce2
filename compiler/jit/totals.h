// From events to profiles: running totals over all events of a chunk's table,
// whatever the profiles' boundaries, and a profile's total as the difference
// of two.
//
// Counts of a mask: for each 32 places a pair, their bits and how many bits
// come before. As C, eight pairs a turn:
//
//   for (k = 0; k < end / 32 + 1; k++) {
//     pair[k] = {mask[k], sum};
//     sum += popcount(mask[k]);
//   }
//   below(x) = pair[x / 32].sum
//            + popcount(pair[x / 32].bits & ((1 << x % 32) - 1));
//
// Sums: running[x] = the sum of what is in the mask below place x.
//
//   for (i = 0; i < rows; i += 16)
//     total[i..] = below(offsets[i + 1..]) - below(offsets[i..]);
//
// where the second is the first of the turn and lane before.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

#include "compiler/jit/frame.h"
#include "compiler/jit/regions.h"

namespace kitle {

class Lanes;

// The arrays of running totals of a region, in KernelScratch::work.
class Totals {
 public:
  // Emits the loops that fill them.
  Totals(Frame& frame, const Region& region);

  llvm::Value* counts(uint32_t mask) const { return counts_.at(mask); }
  llvm::Value* sums(const Instruction& what) const {
    return sums_.at({what.a, what.slot, what.v});
  }

 private:
  void add_counts(uint32_t mask, uint32_t table);
  void add_sums(const Instruction& what);
  llvm::Value* take(llvm::Value* bytes);

  Frame& frame_;
  llvm::Value* free_;
  std::map<uint32_t, llvm::Value*> counts_;  // by mask
  std::map<std::tuple<uint32_t, uint32_t, uint32_t>, llvm::Value*> sums_;
};

// Totals of the profiles of one turn of a loop.
class Rows {
 public:
  Rows(Frame& frame, Loop& loop, const Totals& totals, unsigned lanes)
      : frame_(frame), loop_(loop), totals_(totals), lanes_(lanes) {}

  // `begin` and `end`: positions of the instruction's spans as <lanes x i32>,
  // or null.
  llvm::Value* count(const Instruction& what, llvm::Value* begin,
                     llvm::Value* end);  // <lanes x i32>
  llvm::Value* sum(const Instruction& what, llvm::Value* begin,
                   llvm::Value* end);  // <lanes x i64>
  // The places where the profiles' events begin and end.
  llvm::Value* begins(uint32_t table);
  llvm::Value* ends(uint32_t table);

 private:
  llvm::Value* offsets(uint32_t table);
  llvm::Value* places(uint32_t table, llvm::Value* from);
  llvm::Value* below(uint32_t mask, llvm::Value* places);
  llvm::Value* sum_below(const Instruction& what, llvm::Value* places);
  llvm::Value* first_below(uint32_t mask, uint32_t table);
  // The totals one lane before those given; before lane 0, the last one of
  // the turn before, and in the first turn `initial`.
  llvm::Value* shifted(llvm::Value* totals, llvm::Value* initial);
  llvm::Value* first_place(uint32_t table);

  Frame& frame_;
  Loop& loop_;
  const Totals& totals_;
  unsigned lanes_;
  std::map<uint32_t, llvm::Value*> begins_, ends_;  // by table
  std::map<uint32_t, llvm::Value*> counts_;         // by mask: whole histories
};

}  // namespace kitle
