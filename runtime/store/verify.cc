// Invariants of stored arrays.
#include "runtime/store/verify.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <type_traits>

#include "runtime/store/verify_arrays.h"
#include "runtime/text/nfc.h"

namespace kitle {
namespace {

template <class T>
ArrayFunctions<T> array_functions() {
  const VerifyFunctions all = verify_functions();
  if constexpr (std::is_same_v<T, uint8_t>) return all.u8;
  if constexpr (std::is_same_v<T, uint16_t>) return all.u16;
  if constexpr (std::is_same_v<T, uint32_t>) return all.u32;
  if constexpr (std::is_same_v<T, int16_t>) return all.i16;
  if constexpr (std::is_same_v<T, int32_t>) return all.i32;
  if constexpr (std::is_same_v<T, int64_t>) return all.i64;
}

// Of times in 16 bits there is none.
template <class T>
TimeFunctions<T> time_functions() {
  const VerifyFunctions all = verify_functions();
  if constexpr (std::is_same_v<T, int32_t>) return all.times32;
  if constexpr (std::is_same_v<T, int64_t>) return all.times64;
  return {[](const T*, const ProfileEvents&, size_t&) { return size_t{1}; },
          [](const T*, const ProfileEvents&, const EdgeTimes<T>&, bool&) {
            return size_t{0};
          }};
}

// How many values are smaller than the one before them.
template <class T>
size_t count_falls(std::span<const T> values) {
  size_t falls = 0;
  size_t i = 1;
  if (values.size() > 1) {
    i = array_functions<T>().count_falls(values.data(), values.size(), falls);
  }
  for (; i < values.size(); ++i) falls += values[i] < values[i - 1] ? 1 : 0;
  return falls;
}

bool fits_vectors(const ProfileEvents& of) {
  return of.events > 0 && of.events <= INT32_MAX;
}

uint64_t exponent_of(uint64_t bits) { return bits & 0x7FF0000000000000; }

}  // namespace

bool offsets_rise(std::span<const uint32_t> offsets, uint32_t end) {
  return offsets.front() == 0 && offsets.back() == end &&
         count_falls(offsets) == 0;
}

uint32_t longest(std::span<const uint32_t> offsets) {
  uint32_t most = 0;
  size_t i =
      verify_functions().find_longest(offsets.data(), offsets.size(), most);
  for (; i < offsets.size(); ++i) {
    most = std::max(most, offsets[i] - offsets[i - 1]);
  }
  return most;
}

bool strictly_rises(std::span<const uint32_t> values) {
  bool rises = true;
  for (size_t i = 1; i < values.size(); ++i) {
    rises = rises && values[i] > values[i - 1];
  }
  return rises;
}

template <class T>
Extremes<T> extremes(std::span<const T> values, const uint64_t* valid) {
  Extremes<T> all{std::numeric_limits<T>::max(),
                  std::numeric_limits<T>::lowest(), true};
  const auto functions = array_functions<T>();
  const size_t count = values.size();
  size_t i = valid == nullptr
                 ? functions.widen_all(values.data(), count, all)
                 : functions.widen_present(values.data(), count, valid, all);
  for (; i < count; ++i) {
    if (valid == nullptr || bit(valid, i)) {
      all.low = std::min(all.low, values[i]);
      all.high = std::max(all.high, values[i]);
    } else if (values[i] != 0) {
      all.zero_elsewhere = false;
    }
  }
  return all;
}

template Extremes<uint8_t> extremes(std::span<const uint8_t>, const uint64_t*);
template Extremes<int16_t> extremes(std::span<const int16_t>, const uint64_t*);
template Extremes<int32_t> extremes(std::span<const int32_t>, const uint64_t*);
template Extremes<int64_t> extremes(std::span<const int64_t>, const uint64_t*);

template <class T>
uint32_t largest(std::span<const T> codes) {
  T most = 0;
  size_t i =
      array_functions<T>().find_largest(codes.data(), codes.size(), most);
  for (; i < codes.size(); ++i) most = std::max(most, codes[i]);
  return most;
}

template uint32_t largest(std::span<const uint8_t>);
template uint32_t largest(std::span<const uint16_t>);
template uint32_t largest(std::span<const uint32_t>);

bool has_zero(std::span<const uint32_t> codes) {
  return std::ranges::find(codes, 0u) != codes.end();
}

// All falls must be at a profile's first event.
template <class T>
bool sorted_within(std::span<const T> times,
                   std::span<const uint32_t> offsets) {
  const ProfileEvents of{offsets.data(), offsets.size() - 1, times.size()};
  size_t at_starts = 0;
  size_t row = 1;
  if (of.events > 1 && fits_vectors(of)) {
    row =
        time_functions<T>().count_starts_that_fall(times.data(), of, at_starts);
  }
  for (; row < of.profiles; ++row) {
    const uint32_t start = offsets[row];
    const bool begins = start > 0 && start < offsets[row + 1];
    at_starts += begins && times[start] < times[start - 1] ? 1 : 0;
  }
  return count_falls(times) == at_starts;
}

template bool sorted_within(std::span<const int16_t>,
                            std::span<const uint32_t>);
template bool sorted_within(std::span<const int32_t>,
                            std::span<const uint32_t>);
template bool sorted_within(std::span<const int64_t>,
                            std::span<const uint32_t>);

template <class T>
bool edges_fit(std::span<const T> times, std::span<const uint32_t> offsets,
               const EdgeTimes<T>& edges) {
  const ProfileEvents of{offsets.data(), offsets.size() - 1, times.size()};
  bool fit = true;
  size_t row = 0;
  if (fits_vectors(of)) {
    row = time_functions<T>().compare_edges(times.data(), of, edges, fit);
  }
  for (; fit && row < of.profiles; ++row) {
    const uint32_t begin = offsets[row];
    const uint32_t end = offsets[row + 1];
    const bool has = edges.valid == nullptr || bit(edges.valid, row);
    fit = has == (begin < end);
    if (fit && has) {
      fit =
          edges.first[row] == times[begin] && edges.last[row] == times[end - 1];
    }
  }
  return fit;
}

template bool edges_fit(std::span<const int16_t>, std::span<const uint32_t>,
                        const EdgeTimes<int16_t>&);
template bool edges_fit(std::span<const int32_t>, std::span<const uint32_t>,
                        const EdgeTimes<int32_t>&);
template bool edges_fit(std::span<const int64_t>, std::span<const uint32_t>,
                        const EdgeTimes<int64_t>&);

bool numbers_fit(std::span<const double> numbers, const uint64_t* valid) {
  constexpr uint64_t kMinusZero = uint64_t{1} << 63;
  const uint64_t kInfinity = exponent_of(~uint64_t{0});
  bool fit = true;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const auto bits = std::bit_cast<uint64_t>(numbers[i]);
    fit = fit && exponent_of(bits) != kInfinity && bits != kMinusZero;
    fit = fit && (valid == nullptr || bits == 0 || bit(valid, i));
  }
  return fit;
}

bool ends_clear(std::span<const uint64_t> words, uint64_t bits) {
  return bits % 64 == 0 || words[bits / 64] >> (bits % 64) == 0;
}

bool all_set(std::span<const uint64_t> words, uint64_t bits) {
  uint64_t set = 0;
  for (const uint64_t word : words) set += std::popcount(word);
  return set == bits;
}

bool texts_are_utf8(std::span<const uint32_t> offsets, std::string_view bytes) {
  const bool ascii =
      std::ranges::all_of(bytes, [](char c) { return (c & 0x80) == 0; });
  if (ascii) return true;
  for (size_t i = 1; i < offsets.size(); ++i) {
    if (!is_utf8(bytes.substr(offsets[i - 1], offsets[i] - offsets[i - 1]))) {
      return false;
    }
  }
  return true;
}

}  // namespace kitle
