// Kernels from profiles to a table's events: each event gets its person's
// value.
#include <algorithm>
#include <cstring>

#include "runtime/eval/kernels_parts.h"

namespace kitle {
namespace {

const uint32_t* offsets_of(const KernelContext& context,
                           const Instruction& what) {
  return context.view->tables[domain_of(context, what.dst)].offsets;
}

template <class T>
void spread(const KernelContext& context, const Instruction& what) {
  const uint32_t* offsets = offsets_of(context, what);
  const T* from = values<T>(context, what.a);
  T* out = values<T>(context, what.dst);
  for (size_t row = 0; row < context.view->rows; ++row) {
    std::fill(out + offsets[row], out + offsets[row + 1], from[row]);
  }
}

KITLE_KERNEL(spread_integer) { spread<int64_t>(context, what); }
KITLE_KERNEL(spread_wide) { spread<Int128>(context, what); }
KITLE_KERNEL(spread_number) { spread<double>(context, what); }

KITLE_KERNEL(spread_bits) {
  const uint32_t* offsets = offsets_of(context, what);
  const uint64_t* from = bits(context, what.a);
  uint64_t* out = bits(context, what.dst);
  std::memset(out, 0, places_of_result(context, what).words() * 8);
  for (size_t row = 0; row < context.view->rows; ++row) {
    if (test_bit(from, row)) set_range(out, offsets[row], offsets[row + 1]);
  }
}

}  // namespace

void add_spread_kernels(KernelTableByOp& table) {
  const auto at = [&](Op op) -> Kernel& {
    return table[static_cast<size_t>(op)];
  };
  at(Op::kSpreadBits) = spread_bits;
  at(Op::kSpreadI) = spread_integer;
  at(Op::kSpreadW) = spread_wide;
  at(Op::kSpreadF) = spread_number;
}

}  // namespace kitle
