// Kernels from registers to registers: bits, 64-bit integers, doubles.
#include "runtime/vector_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/kernels_values.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <algorithm>
#include <cstring>
#include <limits>

#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/kernels_vector-inl.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

// ---- each place on its own: out[i] = value(a[i], b[i]) ----

template <class T, class Value>
HWY_INLINE void map(const KernelContext& context, const Instruction& what,
                    Value value) {
  const size_t count = places_of_result(context, what).count;
  const T* HWY_RESTRICT a = values<T>(context, what.a);
  auto* HWY_RESTRICT out = values<decltype(value(a[0]))>(context, what.dst);
  for (size_t i = 0; i < count; ++i) out[i] = value(a[i]);
}

template <class T, class Value>
HWY_INLINE void map2(const KernelContext& context, const Instruction& what,
                     Value value) {
  const size_t count = places_of_result(context, what).count;
  const T* HWY_RESTRICT a = values<T>(context, what.a);
  const T* HWY_RESTRICT b = values<T>(context, what.b);
  T* HWY_RESTRICT out = values<T>(context, what.dst);
  for (size_t i = 0; i < count; ++i) out[i] = value(a[i], b[i]);
}

template <class Value>
HWY_INLINE void map_words(const KernelContext& context, const Instruction& what,
                          Value value) {
  const size_t words = places_of_result(context, what).words();
  const uint64_t* HWY_RESTRICT a = bits(context, what.a);
  const uint64_t* HWY_RESTRICT b =
      bits(context, what.b == kNone ? what.a : what.b);
  uint64_t* HWY_RESTRICT out = bits(context, what.dst);
  for (size_t k = 0; k < words; ++k) out[k] = value(a[k], b[k]);
}

KITLE_KERNEL(all_bits) {
  std::memset(bits(context, what.dst), what.imm != 0 ? 0xff : 0,
              places_of_result(context, what).words() * 8);
}
KITLE_KERNEL(and_bits) {
  map_words(context, what, [](uint64_t a, uint64_t b) { return a & b; });
}
KITLE_KERNEL(or_bits) {
  map_words(context, what, [](uint64_t a, uint64_t b) { return a | b; });
}
KITLE_KERNEL(and_not_bits) {
  map_words(context, what, [](uint64_t a, uint64_t b) { return a & ~b; });
}
KITLE_KERNEL(not_bits) {
  map_words(context, what, [](uint64_t a, uint64_t) { return ~a; });
}

KITLE_KERNEL(add) { map2<int64_t>(context, what, wrap_add); }
KITLE_KERNEL(subtract) { map2<int64_t>(context, what, wrap_sub); }
KITLE_KERNEL(multiply) { map2<int64_t>(context, what, wrap_mul); }
KITLE_KERNEL(lesser) {
  map2<int64_t>(context, what,
                [](int64_t a, int64_t b) { return b < a ? b : a; });
}
KITLE_KERNEL(greater) {
  map2<int64_t>(context, what,
                [](int64_t a, int64_t b) { return a < b ? b : a; });
}
KITLE_KERNEL(negate) {
  map<int64_t>(context, what, [](int64_t a) { return wrap_sub(0, a); });
}
// By a divisor of at least 2^13 the quotient of doubles is right to half a
// unit: it is below 2^50, and each of two roundings is to 53 bits. Cut towards
// 0 it is at most one below the floor and two above; the remainder tells.
void floor_divide_by_large(const KernelContext& context,
                           const Instruction& what, int64_t divisor) {
  const auto by = static_cast<double>(divisor);
  map<int64_t>(context, what, [divisor, by](int64_t a) {
    const auto near = static_cast<int64_t>(static_cast<double>(a) / by);
    const int64_t rest = wrap_sub(a, wrap_mul(near, divisor));
    return near + (rest >= divisor ? 1 : 0) - (rest < 0 ? 1 : 0) -
           (rest < -divisor ? 1 : 0);
  });
}

KITLE_KERNEL(floor_divide) {
  const auto divisor = static_cast<int64_t>(context.params->ints[what.param]);
  if (divisor >= 1 << 13) return floor_divide_by_large(context, what, divisor);
  map<int64_t>(context, what, [divisor](int64_t a) {
    return a / divisor - (a % divisor < 0 ? 1 : 0);
  });
}
KITLE_KERNEL(add_number) {
  map2<double>(context, what, [](double a, double b) { return a + b; });
}
KITLE_KERNEL(subtract_number) {
  map2<double>(context, what, [](double a, double b) { return a - b; });
}
KITLE_KERNEL(multiply_number) {
  map2<double>(context, what, [](double a, double b) { return a * b; });
}
KITLE_KERNEL(divide_number) {
  map2<double>(context, what,
               [](double a, double b) { return b == 0 ? 0.0 : a / b; });
}
KITLE_KERNEL(negate_number) {
  map<double>(context, what, [](double a) { return -a; });
}
KITLE_KERNEL(to_number) {
  map<int64_t>(context, what, [](int64_t a) { return static_cast<double>(a); });
}

template <class T>
void fill(const KernelContext& context, const Instruction& what, T value) {
  std::fill_n(values<T>(context, what.dst),
              places_of_result(context, what).count, value);
}
KITLE_KERNEL(constant) {
  fill(context, what, static_cast<int64_t>(context.params->ints[what.param]));
}
KITLE_KERNEL(constant_wide) {
  fill(context, what, context.params->ints[what.param]);
}
KITLE_KERNEL(constant_number) {
  fill(context, what, context.params->numbers[what.param]);
}

// ---- comparisons into bits ----

template <class T, TestMeaning meaning, class Test>
HWY_INLINE void compare(const KernelContext& context, const Instruction& what,
                        Test test) {
  const Full<T> d;
  const T* HWY_RESTRICT a = values<T>(context, what.a);
  const T* HWY_RESTRICT b = values<T>(context, what.b);
  test_places<meaning>(
      d, places_of_result(context, what).count, bits(context, what.dst),
      [&](size_t i) { return test(hn::LoadU(d, a + i), hn::LoadU(d, b + i)); });
}

KITLE_KERNEL(equal) {
  compare<int64_t, kInside>(context, what,
                            [](auto a, auto b) { return hn::Eq(a, b); });
}
KITLE_KERNEL(less) {
  compare<int64_t, kInside>(context, what,
                            [](auto a, auto b) { return hn::Lt(a, b); });
}
KITLE_KERNEL(less_equal) {
  compare<int64_t, kOutside>(context, what,
                             [](auto a, auto b) { return hn::Gt(a, b); });
}
KITLE_KERNEL(equal_number) {
  compare<double, kInside>(context, what,
                           [](auto a, auto b) { return hn::Eq(a, b); });
}
KITLE_KERNEL(less_number) {
  compare<double, kInside>(context, what,
                           [](auto a, auto b) { return hn::Lt(a, b); });
}
KITLE_KERNEL(less_equal_number) {
  compare<double, kInside>(context, what,
                           [](auto a, auto b) { return hn::Le(a, b); });
}

KITLE_KERNEL(finite) {
  const Full<double> d;
  const double* HWY_RESTRICT a = values<double>(context, what.a);
  const auto infinity = hn::Set(d, std::numeric_limits<double>::infinity());
  test_places<kInside>(
      d, places_of_result(context, what).count, bits(context, what.dst),
      [&](size_t i) { return hn::Lt(hn::Abs(hn::LoadU(d, a + i)), infinity); });
}

KITLE_KERNEL(range) {
  const Full<int64_t> d;
  const Bounds& bounds = context.params->ranges[what.param];
  const int64_t* HWY_RESTRICT a = values<int64_t>(context, what.a);
  const auto low = hn::Set(d, bounds.low);
  const auto high = hn::Set(d, bounds.high);
  test_places<kOutside>(d, places_of_result(context, what).count,
                        bits(context, what.dst), [&](size_t i) {
                          const auto value = hn::LoadU(d, a + i);
                          return hn::Or(hn::Lt(value, low),
                                        hn::Gt(value, high));
                        });
}

KITLE_KERNEL(set) {
  const Places places = places_of_result(context, what);
  const int64_t* HWY_RESTRICT a = values<int64_t>(context, what.a);
  uint64_t* HWY_RESTRICT out = bits(context, what.dst);
  const uint64_t* words = bound.set->words;
  const uint64_t last = bound.set->bits - 1;
  std::memset(out, 0, places.words() * 8);
  for (size_t i = 0; i < places.count; ++i) {
    const uint64_t code = std::min(static_cast<uint64_t>(a[i]), last);
    out[i / 64] |= (words[code / 64] >> (code % 64) & 1) << (i % 64);
  }
}

void add_value_kernels(KernelTableByOp& table) {
  const auto at = [&](Op op) -> Kernel& {
    return table[static_cast<size_t>(op)];
  };
  at(Op::kAllBits) = all_bits;
  at(Op::kParamI) = constant;
  at(Op::kParamW) = constant_wide;
  at(Op::kParamF) = constant_number;
  at(Op::kAnd) = and_bits;
  at(Op::kOr) = or_bits;
  at(Op::kAndNot) = and_not_bits;
  at(Op::kNot) = not_bits;
  at(Op::kAddI) = add;
  at(Op::kSubI) = subtract;
  at(Op::kMulI) = multiply;
  at(Op::kNegI) = negate;
  at(Op::kFloorDivI) = floor_divide;
  at(Op::kRangeI) = range;
  at(Op::kSetI) = set;
  at(Op::kEqI) = equal;
  at(Op::kLtI) = less;
  at(Op::kLeI) = less_equal;
  at(Op::kLesserI) = lesser;
  at(Op::kGreaterI) = greater;
  at(Op::kAddF) = add_number;
  at(Op::kSubF) = subtract_number;
  at(Op::kMulF) = multiply_number;
  at(Op::kDivF) = divide_number;
  at(Op::kNegF) = negate_number;
  at(Op::kEqF) = equal_number;
  at(Op::kLtF) = less_number;
  at(Op::kLeF) = less_equal_number;
  at(Op::kFinite) = finite;
  at(Op::kIToF) = to_number;
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {

HWY_EXPORT(add_value_kernels);

void add_vector_value_kernels(KernelTableByOp& table) {
  HWY_DYNAMIC_DISPATCH(add_value_kernels)(table);
}

}  // namespace kitle
#endif
