// Division by one number again and again, where there is no rest: by one
// multiplication. Immutable; thread-safe.
#pragma once

#include <bit>
#include <cstdint>

namespace kitle {

class Divisor {
 public:
  // REQUIRES: `by` is not 0.
  explicit Divisor(uint64_t by)
      : shift_(std::countr_zero(by)), most_(UINT64_MAX / by) {
    const uint64_t odd = by >> shift_;
    inverse_ = odd;  // modulo 2^3, then of twice as many bits each time
    for (int bits = 3; bits < 64; bits *= 2) inverse_ *= 2 - odd * inverse_;
  }

  bool divides(uint64_t value) const { return quotient(value) <= most_; }
  // REQUIRES: divides(value).
  uint64_t quotient(uint64_t value) const {
    return std::rotr(value * inverse_, shift_);
  }
  // REQUIRES: divides its distance from 0.
  int64_t quotient_of(int64_t value) const {
    return static_cast<int64_t>(static_cast<uint64_t>(value >> shift_) *
                                inverse_);
  }

 private:
  int shift_;
  uint64_t most_;
  uint64_t inverse_ = 1;
};

}  // namespace kitle
