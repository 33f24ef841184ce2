// See intervals.h.
#include "compiler/intervals.h"

#include <algorithm>

#include "runtime/eval/program.h"

namespace kitle {
namespace {

constexpr Outcome kBeyond{{}, true};

}  // namespace

Outcome add(const Interval& a, const Interval& b) {
  Interval sum;
  if (__builtin_add_overflow(a.low, b.low, &sum.low) ||
      __builtin_add_overflow(a.high, b.high, &sum.high)) {
    return kBeyond;
  }
  return {sum};
}

Outcome subtract(const Interval& a, const Interval& b) {
  Interval difference;
  if (__builtin_sub_overflow(a.low, b.high, &difference.low) ||
      __builtin_sub_overflow(a.high, b.low, &difference.high)) {
    return kBeyond;
  }
  return {difference};
}

Outcome multiply(const Interval& a, const Interval& b) {
  Int128 corners[4];
  const bool beyond = __builtin_mul_overflow(a.low, b.low, &corners[0]) ||
                      __builtin_mul_overflow(a.low, b.high, &corners[1]) ||
                      __builtin_mul_overflow(a.high, b.low, &corners[2]) ||
                      __builtin_mul_overflow(a.high, b.high, &corners[3]);
  if (beyond) return kBeyond;
  return {
      {*std::ranges::min_element(corners), *std::ranges::max_element(corners)}};
}

Outcome negate(const Interval& a) { return subtract(Interval::of(0), a); }

Interval Assumptions::stored(TypeKind type) const {
  switch (type) {
    case TypeKind::kFlag:
      return {0, 1};
    case TypeKind::kDate:
      return {INT32_MIN, INT32_MAX};
    case TypeKind::kTime:
      return kInstantRange;
    case TypeKind::kText:
    case TypeKind::kCode:
    case TypeKind::kTextList:
    case TypeKind::kCodeList:
      return {0, UINT32_MAX};
    case TypeKind::kInteger:
    case TypeKind::kMoney:
    case TypeKind::kDuration:
    case TypeKind::kNumber:
      break;
  }
  if (fast) return {-kFastSum, kFastSum};
  return {INT64_MIN, INT64_MAX};
}

Interval Assumptions::count() const {
  return {0, fast ? kFastEvents : int64_t{UINT32_MAX}};
}

Interval Assumptions::sum() const {
  if (fast) return {-kFastSum, kFastSum};
  const Int128 most = Int128{UINT32_MAX};
  return {INT64_MIN * most, INT64_MAX * most};
}

}  // namespace kitle
