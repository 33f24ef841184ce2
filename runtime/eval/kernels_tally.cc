// The kernel that counts how many of several conditions hold.
#include <algorithm>

#include "runtime/eval/kernels_parts.h"

namespace kitle {
namespace {

KITLE_KERNEL(tally) {
  const size_t rows = context.view->rows;
  int64_t* out = values<int64_t>(context, what.dst);
  std::fill_n(out, rows, what.imm);
  for (const uint32_t reg : context.params->lists[what.list]) {
    const uint64_t* set = bits(context, reg);
    for (size_t row = 0; row < rows; ++row) {
      out[row] += static_cast<int64_t>(set[row / 64] >> (row % 64) & 1);
    }
  }
}

}  // namespace

void add_tally_kernels(KernelTableByOp& table) {
  table[static_cast<size_t>(Op::kTally)] = tally;
}

}  // namespace kitle
