// Kernels of 128-bit integers. A result that does not fit is 0, with its bit
// in dst2.
#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/wide_math.h"

namespace kitle {
namespace {

template <class Value>
void map(const KernelContext& context, const Instruction& what, Value value) {
  const size_t count = places_of_result(context, what).count;
  for (size_t i = 0; i < count; ++i) value(i);
}

// out = a op b; `apply` returns whether it overflowed.
template <class Apply>
void checked(const KernelContext& context, const Instruction& what,
             Apply apply) {
  const Int128* a = values<Int128>(context, what.a);
  const Int128* b = values<Int128>(context, what.b);
  Int128* out = values<Int128>(context, what.dst);
  uint64_t* errors = bits(context, what.dst2);
  map(context, what, [=](size_t i) {
    const bool wrong = apply(a[i], b[i], &out[i]);
    if (wrong) out[i] = 0;
    set_bit(errors, i, wrong);
  });
}

KITLE_KERNEL(add_wide) {
  checked(context, what, [](Int128 a, Int128 b, Int128* out) {
    return __builtin_add_overflow(a, b, out);
  });
}
KITLE_KERNEL(subtract_wide) {
  checked(context, what, [](Int128 a, Int128 b, Int128* out) {
    return __builtin_sub_overflow(a, b, out);
  });
}
KITLE_KERNEL(multiply_wide) {
  checked(context, what, [](Int128 a, Int128 b, Int128* out) {
    return __builtin_mul_overflow(a, b, out);
  });
}
KITLE_KERNEL(negate_wide) {
  Instruction twice = what;
  twice.b = what.a;
  checked(context, twice, [](Int128 a, Int128, Int128* out) {
    return __builtin_sub_overflow(Int128{0}, a, out);
  });
}

template <class Test>
void compare(const KernelContext& context, const Instruction& what, Test test) {
  const Int128* a = values<Int128>(context, what.a);
  const Int128* b = values<Int128>(context, what.b);
  uint64_t* out = bits(context, what.dst);
  map(context, what, [=](size_t i) { set_bit(out, i, test(a[i], b[i])); });
}

KITLE_KERNEL(equal_wide) {
  compare(context, what, [](Int128 a, Int128 b) { return a == b; });
}
KITLE_KERNEL(less_wide) {
  compare(context, what, [](Int128 a, Int128 b) { return a < b; });
}
KITLE_KERNEL(less_equal_wide) {
  compare(context, what, [](Int128 a, Int128 b) { return a <= b; });
}

KITLE_KERNEL(widen) {
  const int64_t* a = values<int64_t>(context, what.a);
  Int128* out = values<Int128>(context, what.dst);
  map(context, what, [=](size_t i) { out[i] = a[i]; });
}

KITLE_KERNEL(wide_to_number) {
  const Int128* a = values<Int128>(context, what.a);
  double* out = values<double>(context, what.dst);
  map(context, what, [=](size_t i) { out[i] = to_double(a[i]); });
}

KITLE_KERNEL(quotient) {
  const Int128* a = values<Int128>(context, what.a);
  const Int128* b = values<Int128>(context, what.b);
  double* out = values<double>(context, what.dst);
  map(context, what, [=](size_t i) { out[i] = rounded_quotient(a[i], b[i]); });
}

// Both have an error bit where there is no such integer of 128 bits.
template <class Value>
void round_by(const KernelContext& context, const Instruction& what,
              Value value) {
  Int128* out = values<Int128>(context, what.dst);
  uint64_t* beyond = bits(context, what.dst2);
  map(context, what, [&](size_t i) {
    const std::optional<Int128> whole = value(i);
    out[i] = whole.value_or(0);
    set_bit(beyond, i, !whole);
  });
}

KITLE_KERNEL(round_wide) {
  const Int128* a = values<Int128>(context, what.a);
  const Int128* b = values<Int128>(context, what.b);
  round_by(context, what, [&](size_t i) {
    return rounded_whole(a[i], b[i], static_cast<RoundTo>(what.imm));
  });
}

KITLE_KERNEL(round_number) {
  const double* a = values<double>(context, what.a);
  round_by(context, what, [&](size_t i) {
    return rounded_whole(a[i], static_cast<RoundTo>(what.imm));
  });
}

template <class Test>
void compare_mixed_by(const KernelContext& context, const Instruction& what,
                      Test test) {
  const Int128* a = values<Int128>(context, what.a);
  const double* b = values<double>(context, what.b);
  uint64_t* out = bits(context, what.dst);
  map(context, what,
      [=](size_t i) { set_bit(out, i, test(compare_exactly(a[i], b[i]))); });
}

KITLE_KERNEL(compare_mixed) {
  using Order = std::partial_ordering;
  switch (what.imm) {
    case 0:
      return compare_mixed_by(context, what, [](Order o) { return o == 0; });
    case 1:
      return compare_mixed_by(context, what, [](Order o) { return o < 0; });
    case 2:
      return compare_mixed_by(context, what, [](Order o) { return o <= 0; });
    case 3:
      return compare_mixed_by(context, what, [](Order o) { return o > 0; });
    default:
      return compare_mixed_by(context, what, [](Order o) { return o >= 0; });
  }
}

}  // namespace

void add_wide_kernels(KernelTableByOp& table) {
  const auto at = [&](Op op) -> Kernel& {
    return table[static_cast<size_t>(op)];
  };
  at(Op::kWiden) = widen;
  at(Op::kAddW) = add_wide;
  at(Op::kSubW) = subtract_wide;
  at(Op::kMulW) = multiply_wide;
  at(Op::kNegW) = negate_wide;
  at(Op::kRoundW) = round_wide;
  at(Op::kRoundF) = round_number;
  at(Op::kEqW) = equal_wide;
  at(Op::kLtW) = less_wide;
  at(Op::kLeW) = less_equal_wide;
  at(Op::kWToF) = wide_to_number;
  at(Op::kQuotient) = quotient;
  at(Op::kCmpWF) = compare_mixed;
}

}  // namespace kitle
