// worth_of_ages(): powers of 2^(-1/H) in fixed point. The errors of all steps
// together stay below 2^-100 of the last digit wanted, and nothing lies so near
// to the middle between two integers: tests/eval/halving_test.cc compares with
// exact powers.
#include "runtime/eval/halving.h"

#include <boost/multiprecision/cpp_int.hpp>
#include <map>
#include <mutex>

namespace kitle {
namespace {

using Fixed = boost::multiprecision::cpp_int;

constexpr unsigned kFraction = 192;

Fixed one() { return Fixed(1) << kFraction; }

// ln 2 = sum of 1 / (k 2^k).
Fixed logarithm_of_two() {
  Fixed sum = 0;
  for (unsigned k = 1; k <= kFraction; ++k) {
    sum += one() / (Fixed(k) << k);
  }
  return sum;
}

// 2^(-1/H) = e^-x, x = ln 2 / H; the series alternates, so its two halves are
// summed apart.
Fixed root_of_half(uint32_t halving_days) {
  const Fixed x = logarithm_of_two() / halving_days;
  Fixed even = 0;
  Fixed odd = 0;
  Fixed term = one();
  for (unsigned k = 1; term != 0; ++k) {
    (k % 2 == 1 ? even : odd) += term;
    term = (term * x >> kFraction) / k;
  }
  return even - odd;
}

std::vector<uint64_t> make(uint32_t halving_days) {
  constexpr unsigned kWhole = 32;
  const Fixed root = root_of_half(halving_days);
  const Fixed half = Fixed(1) << (kFraction - kWhole - 1);
  std::vector<uint64_t> worth;
  Fixed power = one();
  // Behind this the nearest integer is 0, at the end by rounding half to even.
  const size_t ages = size_t{kWhole + 1} * halving_days;
  for (size_t n = 0; n < ages; ++n) {
    const Fixed nearest = (power + half) >> (kFraction - kWhole);
    worth.push_back(static_cast<uint64_t>(nearest));
    power = power * root >> kFraction;
  }
  return worth;
}

}  // namespace

std::shared_ptr<const std::vector<uint64_t>> worth_of_ages(
    uint32_t halving_days) {
  if (halving_days == 0) return nullptr;
  static std::mutex mutex;
  static std::map<uint32_t, std::shared_ptr<const std::vector<uint64_t>>> made;
  const std::lock_guard lock(mutex);
  auto& place = made[halving_days];
  if (place == nullptr) {
    place = std::make_shared<const std::vector<uint64_t>>(make(halving_days));
  }
  return place;
}

}  // namespace kitle
