// Tests of whole arrays into bit words, for the vector kernels. Included once
// for each target.
#if defined(KITLE_KERNELS_VECTOR_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef KITLE_KERNELS_VECTOR_INL_H
#undef KITLE_KERNELS_VECTOR_INL_H
#else
#define KITLE_KERNELS_VECTOR_INL_H
#endif

#include <hwy/highway.h>

#include <type_traits>

#include "runtime/eval/kernels_access.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
using Full = hn::ScalableTag<T>;

// One bit a lane, lane 0 the lowest.
template <class D, class Mask>
HWY_INLINE uint64_t lane_bits(D d, Mask mask) {
#if HWY_TARGET <= HWY_AVX3
  (void)d;
  return static_cast<uint64_t>(mask.raw);
#else
  uint64_t word = 0;
  hn::StoreMaskBits(d, mask, reinterpret_cast<uint8_t*>(&word));
  return word;
#endif
}

// test(place) gives the mask of the lanes that start at a place; `count`
// places of one word.
template <class D, class Test>
HWY_INLINE uint64_t test_word(D d, size_t begin, size_t count, Test test) {
  const size_t lanes = hn::Lanes(d);
  uint64_t word = 0;
  for (size_t i = 0; i < count; i += lanes) {
    word |= lane_bits(d, test(begin + i)) << i;
  }
  return word;
}

// Whether a test is true where the bit is to be 1, or where it is to be 0.
enum TestMeaning { kInside, kOutside };

// out: a bit for each place below `count`. Reads lanes of a vector that has
// begun, never a vector more.
template <TestMeaning meaning, class D, class Test>
HWY_INLINE void test_places(D d, size_t count, uint64_t* HWY_RESTRICT out,
                            Test test) {
  const size_t whole = count / 64;
  const uint64_t flip = meaning == kInside ? 0 : ~uint64_t{0};
  for (size_t k = 0; k < whole; ++k) {
    out[k] = flip ^ test_word(d, k * 64, 64, test);
  }
  if (count % 64 != 0) {
    out[whole] = flip ^ test_word(d, whole * 64, count % 64, test);
  }
}

// low <= value and value <= high, by one comparison: value - low as an unsigned
// number is at most high - low. Both sides lose half their range, so that the
// comparison is a signed one, which every CPU has.
template <class T>
HWY_INLINE void range_bits(const T* HWY_RESTRICT data, size_t count, T low,
                           T high, uint64_t* HWY_RESTRICT out) {
  using U = std::make_unsigned_t<T>;
  using S = std::make_signed_t<T>;
  constexpr U kHalf = static_cast<U>(U{1} << (8 * sizeof(T) - 1));
  const Full<S> d;
  const U from = static_cast<U>(static_cast<U>(low) + kHalf);
  const U to = static_cast<U>(static_cast<U>(high) - from);
  const auto start = hn::Set(d, static_cast<S>(from));
  const auto end = hn::Set(d, static_cast<S>(to));
  const S* HWY_RESTRICT raw = reinterpret_cast<const S*>(data);
  test_places<kOutside>(d, count, out, [&](size_t i) {
    return hn::Gt(hn::Sub(hn::LoadU(d, raw + i), start), end);
  });
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggled for each target
