// Which blocks' people a refresh evaluates together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/eval/bind.h"

namespace kitle {

// Who of a block is to be evaluated.
struct BlockDues {
  std::vector<uint32_t> base;     // rows
  std::vector<uint32_t> overlay;  // rows of the overlay
  size_t size() const { return base.size() + overlay.size(); }
};

struct Slice {
  uint32_t begin = 0;
  uint32_t end = 0;
};

// Consecutive blocks, until they have enough people or too many events: at most
// kBlockRows people, and, where they are more than one, less than 2^32 events
// of a table.
class Slices {
 public:
  // `wanted`: so many people are enough.
  explicit Slices(size_t wanted) : wanted_(wanted) {}
  // The next block.
  void add(uint32_t block, const BoundVersions& bound, const BlockDues& dues);
  // All that have someone who is due; `blocks`: behind the last one.
  std::vector<Slice> take(uint32_t blocks);

 private:
  // What blocks have together.
  struct Sum {
    size_t people = 0;
    uint64_t events = 0;   // of these people, were all people alike
    uint64_t largest = 0;  // no table has more events
  };
  static void add_view(const BlockView& view, size_t people, Sum& sum);
  void close(uint32_t block);

  size_t wanted_;
  std::vector<Slice> slices_;
  uint32_t begin_ = 0;
  Sum sum_;
};

}  // namespace kitle
