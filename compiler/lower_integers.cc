// See lower_integers.h.
#include "compiler/lower_integers.h"

#include <cassert>

namespace kitle {
namespace {

struct Ops {
  Op narrow;
  Op wide;
};

bool is_narrow(const Integer& a) {
  return a.is_constant() ? a.range.fits_int64() : !a.wide;
}

Integer combine(const Place& place, const Ops& ops, const Integer& a,
                const Integer& b, const Outcome& outcome, uint32_t present) {
  if (outcome.range.is_constant()) {
    return Integer::constant(outcome.range.low);
  }
  const Interval& range = outcome.range;
  if (range.fits_int64() && is_narrow(a) && is_narrow(b)) {
    const uint32_t left = narrow_register(place, a);
    return {place.operation(ops.narrow, left, narrow_register(place, b)), false,
            range};
  }
  const uint32_t left = wide_register(place, a);
  const auto [reg, beyond] = place.emitter().emit_two(
      {.op = ops.wide, .a = left, .b = wide_register(place, b)},
      place.domain());
  if (outcome.beyond) place.fail(beyond, present);
  return {reg, true, range};
}

bool holds(Comparison comparison, Int128 a, Int128 b) {
  if (comparison == Comparison::kEqual) return a == b;
  return comparison == Comparison::kLess ? a < b : a <= b;
}

// a compared with a constant is a range of a.
uint32_t compare_right(const Place& place, Comparison comparison,
                       const Integer& a, Int128 b) {
  if (comparison == Comparison::kEqual) return within(place, a, b, b);
  if (comparison == Comparison::kLessEqual) return within(place, a, kLowest, b);
  return b == kLowest ? place.never() : within(place, a, kLowest, b - 1);
}

uint32_t compare_left(const Place& place, Comparison comparison, Int128 a,
                      const Integer& b) {
  if (comparison == Comparison::kEqual) return within(place, b, a, a);
  if (comparison == Comparison::kLessEqual)
    return within(place, b, a, kHighest);
  return a == kHighest ? place.never() : within(place, b, a + 1, kHighest);
}

Op comparing(Comparison comparison, bool narrow) {
  if (comparison == Comparison::kEqual) return narrow ? Op::kEqI : Op::kEqW;
  if (comparison == Comparison::kLess) return narrow ? Op::kLtI : Op::kLtW;
  assert(comparison == Comparison::kLessEqual);
  return narrow ? Op::kLeI : Op::kLeW;
}

uint32_t within_wide(const Place& place, const Integer& a, Int128 low,
                     Int128 high) {
  uint32_t result = kNone;
  if (a.range.low < low) {
    result = place.operation(Op::kLeW, place.constant(low, true), a.reg);
  }
  if (a.range.high > high) {
    result = place.both(
        result, place.operation(Op::kLeW, a.reg, place.constant(high, true)));
  }
  return result;
}

}  // namespace

uint32_t narrow_register(const Place& place, const Integer& a) {
  if (a.is_constant()) return place.constant(a.range.low, false);
  assert(!a.wide);
  return a.reg;
}

uint32_t wide_register(const Place& place, const Integer& a) {
  if (a.is_constant()) return place.constant(a.range.low, true);
  return a.wide ? a.reg : place.operation(Op::kWiden, a.reg);
}

Integer add(const Place& place, const Integer& a, const Integer& b,
            uint32_t present) {
  return combine(place, {Op::kAddI, Op::kAddW}, a, b, add(a.range, b.range),
                 present);
}

Integer subtract(const Place& place, const Integer& a, const Integer& b,
                 uint32_t present) {
  return combine(place, {Op::kSubI, Op::kSubW}, a, b,
                 subtract(a.range, b.range), present);
}

Integer multiply(const Place& place, const Integer& a, const Integer& b,
                 uint32_t present) {
  if (a.is(1)) return b;
  if (b.is(1)) return a;
  return combine(place, {Op::kMulI, Op::kMulW}, a, b,
                 multiply(a.range, b.range), present);
}

Integer negate(const Place& place, const Integer& a, uint32_t present) {
  const Outcome outcome = negate(a.range);
  if (outcome.range.is_constant()) {
    return Integer::constant(outcome.range.low);
  }
  if (outcome.range.fits_int64() && is_narrow(a)) {
    return {place.operation(Op::kNegI, a.reg), false, outcome.range};
  }
  const auto [reg, beyond] = place.emitter().emit_two(
      {.op = Op::kNegW, .a = wide_register(place, a)}, place.domain());
  if (outcome.beyond) place.fail(beyond, present);
  return {reg, true, outcome.range};
}

uint32_t compare(const Place& place, Comparison comparison, const Integer& a,
                 const Integer& b) {
  if (a.is_constant() && b.is_constant()) {
    return holds(comparison, a.range.low, b.range.low) ? kNone : place.never();
  }
  if (b.is_constant()) {
    return compare_right(place, comparison, a, b.range.low);
  }
  if (a.is_constant()) return compare_left(place, comparison, a.range.low, b);
  const bool narrow = is_narrow(a) && is_narrow(b);
  const uint32_t left =
      narrow ? narrow_register(place, a) : wide_register(place, a);
  return place.operation(
      comparing(comparison, narrow), left,
      narrow ? narrow_register(place, b) : wide_register(place, b));
}

uint32_t within(const Place& place, const Integer& a, Int128 low, Int128 high) {
  if (low > high || a.range.high < low || a.range.low > high) {
    return place.never();
  }
  if (low <= a.range.low && a.range.high <= high) return kNone;
  if (a.wide) return within_wide(place, a, low, high);
  return place.within(a.reg, low, high);
}

uint32_t nonzero(const Place& place, const Integer& a) {
  if (!a.range.contains(0)) return kNone;
  return place.without(kNone, within(place, a, 0, 0));
}

}  // namespace kitle
