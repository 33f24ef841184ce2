// Integers while lowering: known constants, 64 bits where the interval of the
// result allows it, else 128, and beyond that an error. Used by lower_*.cc.
#pragma once

#include "compiler/intervals.h"
#include "compiler/lower_emit.h"
#include "compiler/typed.h"

namespace kitle {

// An integer in a register, or one known now.
struct Integer {
  uint32_t reg = kNone;  // kNone: the constant range.low
  bool wide = false;     // `reg` has 128 bits
  Interval range = Interval::of(0);

  static Integer constant(Int128 value) {
    return {kNone, false, Interval::of(value)};
  }
  bool is_constant() const { return reg == kNone; }
  bool is(Int128 value) const { return is_constant() && range.low == value; }
};

// As a register of 64 bits (REQUIRES: it is one, or fits) or of 128.
uint32_t narrow_register(const Place& place, const Integer& a);
uint32_t wide_register(const Place& place, const Integer& a);

// The node fails where `present` and the result is beyond 128 bits.
Integer add(const Place& place, const Integer& a, const Integer& b,
            uint32_t present);
Integer subtract(const Place& place, const Integer& a, const Integer& b,
                 uint32_t present);
Integer multiply(const Place& place, const Integer& a, const Integer& b,
                 uint32_t present);
Integer negate(const Place& place, const Integer& a, uint32_t present);

// Bits; kNone where it always holds.
uint32_t compare(const Place& place, Comparison comparison, const Integer& a,
                 const Integer& b);
uint32_t within(const Place& place, const Integer& a, Int128 low, Int128 high);
uint32_t nonzero(const Place& place, const Integer& a);

}  // namespace kitle
