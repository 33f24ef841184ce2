// Invariants of whole arrays, by vectors of the CPU at hand.
#include "runtime/store/verify_arrays.h"

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>

#include "runtime/vector_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/store/verify_arrays.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
using Full = hn::ScalableTag<T>;

// Calls use(lane) for each.
template <class D, class V, class Use>
HWY_INLINE void each_lane(D d, V vector, Use use) {
  using T = hn::TFromD<D>;
  HWY_ALIGN std::array<T, HWY_MAX_BYTES / sizeof(T)> lanes;
  hn::Store(vector, d, lanes.data());
  for (size_t i = 0; i < hn::Lanes(d); ++i) use(lanes[i]);
}

template <class T>
size_t widen_all(const T* HWY_RESTRICT values, size_t count, Extremes<T>& all) {
  const Full<T> d;
  auto low = hn::Set(d, all.low);
  auto high = hn::Set(d, all.high);
  size_t i = 0;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) {
    const auto value = hn::LoadU(d, values + i);
    low = hn::Min(low, value);
    high = hn::Max(high, value);
  }
  each_lane(d, low, [&](T each) { all.low = std::min(all.low, each); });
  each_lane(d, high, [&](T each) { all.high = std::max(all.high, each); });
  return i;
}

template <class T>
size_t widen_present(const T* HWY_RESTRICT values, size_t count,
                     const uint64_t* HWY_RESTRICT valid, Extremes<T>& all) {
  const Full<T> d;
  const auto highest = hn::Set(d, all.low);
  const auto lowest = hn::Set(d, all.high);
  auto low = highest;
  auto high = lowest;
  auto elsewhere = hn::Zero(d);
  size_t i = 0;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) {
    const uint64_t bits = valid[i / 64] >> (i % 64);
    const auto present =
        hn::LoadMaskBits(d, reinterpret_cast<const uint8_t*>(&bits));
    const auto value = hn::LoadU(d, values + i);
    low = hn::Min(low, hn::IfThenElse(present, value, highest));
    high = hn::Max(high, hn::IfThenElse(present, value, lowest));
    elsewhere = hn::Or(elsewhere, hn::IfThenZeroElse(present, value));
  }
  each_lane(d, low, [&](T each) { all.low = std::min(all.low, each); });
  each_lane(d, high, [&](T each) { all.high = std::max(all.high, each); });
  each_lane(d, elsewhere, [&](T each) { all.zero_elsewhere &= each == 0; });
  return i;
}

template <class T>
size_t find_largest(const T* HWY_RESTRICT codes, size_t count, T& most) {
  const Full<T> d;
  auto high = hn::Zero(d);
  size_t i = 0;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) {
    high = hn::Max(high, hn::LoadU(d, codes + i));
  }
  each_lane(d, high, [&](T each) { most = std::max(most, each); });
  return i;
}

template <class T>
size_t count_falls(const T* HWY_RESTRICT values, size_t count, size_t& falls) {
  const Full<T> d;
  size_t i = 1;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) {
    const auto before = hn::LoadU(d, values + i - 1);
    falls += hn::CountTrue(d, hn::Lt(hn::LoadU(d, values + i), before));
  }
  return i;
}

size_t find_longest(const uint32_t* HWY_RESTRICT offsets, size_t count,
                    uint32_t& most) {
  const Full<uint32_t> d;
  auto high = hn::Zero(d);
  size_t i = 1;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) {
    const auto before = hn::LoadU(d, offsets + i - 1);
    high = hn::Max(high, hn::Sub(hn::LoadU(d, offsets + i), before));
  }
  each_lane(d, high, [&](uint32_t each) { most = std::max(most, each); });
  return i;
}

template <class T>
using Index = std::conditional_t<sizeof(T) == 4, int32_t, int64_t>;

// Offsets of so many profiles as places of times.
template <class D>
HWY_INLINE auto places(D d, const uint32_t* from) {
  if constexpr (sizeof(hn::TFromD<D>) == 4) {
    return hn::LoadU(d, reinterpret_cast<const int32_t*>(from));
  } else {
    const hn::Rebind<uint32_t, D> narrow;
    return hn::BitCast(
        d, hn::PromoteTo(hn::RebindToUnsigned<D>(), hn::LoadU(narrow, from)));
  }
}

template <class T>
size_t count_starts_that_fall(const T* HWY_RESTRICT times,
                              const ProfileEvents& of, size_t& falls) {
  const Full<Index<T>> d;
  const auto one = hn::Set(d, Index<T>{1});
  const auto last = hn::Set(d, static_cast<Index<T>>(of.events - 1));
  size_t row = 1;
  for (; row + hn::Lanes(d) <= of.profiles; row += hn::Lanes(d)) {
    const auto begin = places(d, of.offsets + row);
    const auto end = places(d, of.offsets + row + 1);
    const auto at = hn::Min(hn::Max(begin, one), last);
    const auto time = hn::GatherIndex(d, times, at);
    const auto before = hn::GatherIndex(d, times, hn::Sub(at, one));
    const auto begins = hn::And(hn::Lt(begin, end), hn::Eq(at, begin));
    falls += hn::CountTrue(d, hn::And(begins, hn::Lt(time, before)));
  }
  return row;
}

template <class T>
size_t compare_edges(const T* HWY_RESTRICT times, const ProfileEvents& of,
                     const EdgeTimes<T>& edges, bool& fit) {
  const Full<Index<T>> d;
  const auto one = hn::Set(d, Index<T>{1});
  const auto last = hn::Set(d, static_cast<Index<T>>(of.events - 1));
  const auto none = hn::Zero(d);
  auto good = hn::MaskFromVec(hn::Set(d, Index<T>{-1}));
  size_t row = 0;
  for (; row + hn::Lanes(d) <= of.profiles; row += hn::Lanes(d)) {
    const auto begin = places(d, of.offsets + row);
    const auto end = places(d, of.offsets + row + 1);
    const auto has = hn::Lt(begin, end);
    // Offsets in a mapping may change under us, so they are clamped.
    const auto first =
        hn::GatherIndex(d, times, hn::Min(hn::Max(begin, none), last));
    const auto final = hn::GatherIndex(
        d, times, hn::Min(hn::Max(hn::Sub(end, one), none), last));
    const auto same = hn::And(hn::Eq(first, hn::LoadU(d, edges.first + row)),
                              hn::Eq(final, hn::LoadU(d, edges.last + row)));
    const uint64_t bits = edges.valid == nullptr
                              ? ~uint64_t{0}
                              : edges.valid[row / 64] >> (row % 64);
    const auto present =
        hn::LoadMaskBits(d, reinterpret_cast<const uint8_t*>(&bits));
    // Either is not there, or both are, and are the same.
    const auto fits = hn::Or(hn::And(hn::And(has, present), same),
                             hn::Not(hn::Or(has, present)));
    good = hn::And(good, fits);
  }
  fit = fit && hn::AllTrue(d, good);
  return row;
}

template <class T>
void find_array(ArrayFunctions<T>& functions) {
  functions.widen_all = widen_all<T>;
  functions.widen_present = widen_present<T>;
  functions.find_largest = find_largest<T>;
  functions.count_falls = count_falls<T>;
}

template <class T>
void find_times(TimeFunctions<T>& functions) {
  functions.count_starts_that_fall = count_starts_that_fall<T>;
  functions.compare_edges = compare_edges<T>;
}

void find_functions(VerifyFunctions& all) {
  find_array(all.u8);
  find_array(all.u16);
  find_array(all.u32);
  find_array(all.i16);
  find_array(all.i32);
  find_array(all.i64);
  find_times(all.times32);
  find_times(all.times64);
  all.find_longest = find_longest;
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {

HWY_EXPORT(find_functions);

VerifyFunctions verify_functions() {
  VerifyFunctions all;
  HWY_DYNAMIC_DISPATCH(find_functions)(all);
  return all;
}

}  // namespace kitle
#endif
