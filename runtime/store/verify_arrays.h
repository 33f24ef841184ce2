// The parts of verify.h that are made for each CPU. Each looks at whole vectors
// from the first value on and returns how many values these have, at most
// `count`; the others are its caller's.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/store/verify.h"

namespace kitle {

template <class T>
struct ArrayFunctions {
  // Widens `all`; of the present values, whose bits are in `valid`.
  size_t (*widen_all)(const T* values, size_t count, Extremes<T>& all);
  size_t (*widen_present)(const T* values, size_t count, const uint64_t* valid,
                          Extremes<T>& all);
  size_t (*find_largest)(const T* values, size_t count, T& most);
  // Adds the values behind the first that are less than the one before them.
  size_t (*count_falls)(const T* values, size_t count, size_t& falls);
};

// Of times with the profiles' offsets, which rise. REQUIRES: some events, at
// most INT32_MAX. Returned are profiles.
template <class T>
struct TimeFunctions {
  // Adds the profiles behind the first that begin with less than the time
  // before. REQUIRES: at least two events.
  size_t (*count_starts_that_fall)(const T* times, const ProfileEvents& of,
                                   size_t& falls);
  // False in `fit` where edges_fit() is.
  size_t (*compare_edges)(const T* times, const ProfileEvents& of,
                          const EdgeTimes<T>& edges, bool& fit);
};

struct VerifyFunctions {
  ArrayFunctions<uint8_t> u8;
  ArrayFunctions<uint16_t> u16;
  ArrayFunctions<uint32_t> u32;
  ArrayFunctions<int16_t> i16;
  ArrayFunctions<int32_t> i32;
  ArrayFunctions<int64_t> i64;
  TimeFunctions<int32_t> times32;
  TimeFunctions<int64_t> times64;
  size_t (*find_longest)(const uint32_t* offsets, size_t count, uint32_t& most);
};
VerifyFunctions verify_functions();

}  // namespace kitle
