// The worth of points by their age, against exact powers.
#include "runtime/eval/halving.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>

namespace kitle::testing {
namespace {

using Whole = boost::multiprecision::cpp_int;

// Whether k is the integer nearest to 2^(32 - n/H): (2k - 1)^H < 2^(33 H - n)
// < (2k + 1)^H.
bool is_nearest(uint64_t k, size_t n, uint32_t halving) {
  const auto digits = static_cast<unsigned>(size_t{33} * halving - n);
  Whole power = 1;
  power <<= digits;
  return pow(Whole(2) * k - 1, halving) < power &&
         power < pow(Whole(2) * k + 1, halving);
}

TEST(Halving, IsNearestForEachAge) {
  for (const uint32_t halving : {1u, 2u, 3u, 7u, 30u}) {
    const auto worth = worth_of_ages(halving);
    ASSERT_EQ(worth->size(), size_t{33} * halving);
    for (size_t n = 0; n < worth->size(); ++n) {
      ASSERT_TRUE(is_nearest((*worth)[n], n, halving)) << n << " " << halving;
    }
  }
}

TEST(Halving, IsNearestForSomeAgesOfSlowOnes) {
  for (const uint32_t halving : {90u, 365u, 1000u, 3650u}) {
    const auto worth = worth_of_ages(halving);
    ASSERT_EQ(worth->size(), size_t{33} * halving);
    for (size_t n = 0; n < worth->size(); n += halving / 2 + 17) {
      ASSERT_TRUE(is_nearest((*worth)[n], n, halving)) << n << " " << halving;
    }
  }
}

TEST(Halving, IsExactAfterWholeHalvings) {
  const auto worth = worth_of_ages(30);
  for (size_t q = 0; q < 33; ++q) {
    EXPECT_EQ((*worth)[q * 30], uint64_t{1} << (32 - q));
  }
}

TEST(Halving, OfNothingIsNothing) {
  EXPECT_EQ(worth_of_ages(0), nullptr);
  EXPECT_EQ(worth_of_ages(30), worth_of_ages(30));  // made once
}

}  // namespace
}  // namespace kitle::testing
