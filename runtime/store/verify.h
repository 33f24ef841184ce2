// Invariants of stored arrays. Nothing here trusts a value: offsets are only
// followed once they were found monotone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace kitle {

// From 0 to `end`, never falling. REQUIRES: not empty.
bool offsets_rise(std::span<const uint32_t> offsets, uint32_t end);
// Largest difference of neighbours. REQUIRES: offsets_rise.
uint32_t longest(std::span<const uint32_t> offsets);
// Each greater than the one before.
bool strictly_rises(std::span<const uint32_t> values);

// Smallest and largest of the present values; low > high if there is none.
// `zero_elsewhere`: whether missing ones are stored as 0.
template <class T>
struct Extremes {
  T low;
  T high;
  bool zero_elsewhere;
};
// `valid` may be null (all present). T: uint8_t ... int64_t.
template <class T>
Extremes<T> extremes(std::span<const T> values, const uint64_t* valid);

template <class T>  // uint8_t, uint16_t, uint32_t
uint32_t largest(std::span<const T> codes);
bool has_zero(std::span<const uint32_t> codes);

// Whether values never fall within a profile. REQUIRES: offsets_rise to the
// size of `times`.
template <class T>  // int16_t, int32_t, int64_t
bool sorted_within(std::span<const T> times, std::span<const uint32_t> offsets);

// Of each profile its first and last time; missing where it has no events.
template <class T>
struct EdgeTimes {
  const T* first = nullptr;
  const T* last = nullptr;
  const uint64_t* valid = nullptr;
};
// Whether they are those of the events. REQUIRES: as above.
template <class T>  // int16_t, int32_t, int64_t
bool edges_fit(std::span<const T> times, std::span<const uint32_t> offsets,
               const EdgeTimes<T>& edges);

// Whose events are where: those of profile i from offsets[i] to offsets[i + 1].
struct ProfileEvents {
  const uint32_t* offsets = nullptr;
  size_t profiles = 0;
  size_t events = 0;
};

// Whether the present numbers are finite and not -0, and missing ones are 0.
bool numbers_fit(std::span<const double> numbers, const uint64_t* valid);

// Whether no bit at or behind `bits` is set. REQUIRES: words hold the bits.
bool ends_clear(std::span<const uint64_t> words, uint64_t bits);
bool all_set(std::span<const uint64_t> words, uint64_t bits);
inline bool bit(const uint64_t* words, uint64_t index) {
  return ((words[index / 64] >> (index % 64)) & 1) != 0;
}
constexpr uint64_t words_of(uint64_t bits) { return (bits + 63) / 64; }

// Whether texts [offsets[i], offsets[i + 1]) are UTF-8. REQUIRES: offsets_rise
// to the size of `bytes`.
bool texts_are_utf8(std::span<const uint32_t> offsets, std::string_view bytes);

}  // namespace kitle
