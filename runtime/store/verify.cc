// Invariants of stored arrays.
#include "runtime/store/verify.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "runtime/text/nfc.h"

namespace kitle {
namespace {

// Values are looked at in groups of a word of validity bits, whose loops have a
// fixed length.
constexpr size_t kGroup = 64;

template <class T>
void widen(Extremes<T>& all, const T* group) {
  T low = group[0];
  T high = group[0];
  for (size_t i = 0; i < kGroup; ++i) {
    low = std::min(low, group[i]);
    high = std::max(high, group[i]);
  }
  all.low = std::min(all.low, low);
  all.high = std::max(all.high, high);
}

template <class T>
void widen_some(Extremes<T>& all, std::span<const T> group, uint64_t valid) {
  for (size_t i = 0; i < group.size(); ++i) {
    if (((valid >> i) & 1) != 0) {
      all.low = std::min(all.low, group[i]);
      all.high = std::max(all.high, group[i]);
    } else if (group[i] != 0) {
      all.zero_elsewhere = false;
    }
  }
}

// How many values are smaller than the one before them.
template <class T>
size_t count_falls(std::span<const T> values) {
  size_t falls = 0;
  size_t i = 1;
  for (; i + kGroup <= values.size(); i += kGroup) {
    const T* now = values.data() + i;
    const T* before = now - 1;
    T found = 0;
    for (size_t k = 0; k < kGroup; ++k) {
      found = static_cast<T>(found + (now[k] < before[k] ? 1 : 0));
    }
    falls += static_cast<size_t>(found);
  }
  for (; i < values.size(); ++i) falls += values[i] < values[i - 1] ? 1 : 0;
  return falls;
}

uint64_t exponent_of(uint64_t bits) { return bits & 0x7FF0000000000000; }

}  // namespace

bool offsets_rise(std::span<const uint32_t> offsets, uint32_t end) {
  return offsets.front() == 0 && offsets.back() == end &&
         count_falls(offsets) == 0;
}

uint32_t longest(std::span<const uint32_t> offsets) {
  uint32_t most = 0;
  for (size_t i = 1; i < offsets.size(); ++i) {
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
  constexpr uint64_t kAll = ~uint64_t{0};
  size_t i = 0;
  for (; i + kGroup <= values.size(); i += kGroup) {
    const uint64_t word = valid == nullptr ? kAll : valid[i / kGroup];
    if (word == kAll) {
      widen(all, values.data() + i);
    } else {
      widen_some(all, values.subspan(i, kGroup), word);
    }
  }
  if (i < values.size()) {
    widen_some(all, values.subspan(i),
               valid == nullptr ? kAll : valid[i / kGroup]);
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
  size_t i = 0;
  for (; i + kGroup <= codes.size(); i += kGroup) {
    const T* group = codes.data() + i;
    T here = 0;
    for (size_t k = 0; k < kGroup; ++k) here = std::max(here, group[k]);
    most = std::max(most, here);
  }
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
  size_t at_starts = 0;
  for (size_t i = 1; i + 1 < offsets.size(); ++i) {
    const uint32_t start = offsets[i];
    const bool begins = start > 0 && start < offsets[i + 1];
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
