// What kernels reach for: registers, columns and masks of the chunk at hand.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>

#include "runtime/eval/abi.h"

namespace kitle {

// The places of a domain: `count` of them; place 0 is element `first` of the
// block's columns.
struct Places {
  uint32_t count = 0;
  uint32_t first = 0;
  size_t words() const { return (size_t{count} + 63) / 64; }
};

inline Places places_of(const KernelContext& context, uint32_t domain) {
  const KernelView& view = *context.view;
  if (domain == kProfiles) return {view.rows, view.first_row};
  return {view.tables[domain].end, view.tables[domain].base};
}

inline uint32_t domain_of(const KernelContext& context, uint32_t reg) {
  return context.params->registers[reg].domain;
}

inline Places places_of_result(const KernelContext& context,
                               const Instruction& what) {
  return places_of(context, domain_of(context, what.dst));
}

template <class T>
T* values(const KernelContext& context, uint32_t reg) {
  return static_cast<T*>(context.scratch->registers[reg]);
}

inline uint64_t* bits(const KernelContext& context, uint32_t reg) {
  return values<uint64_t>(context, reg);
}

// A register that an instruction may leave out; null then.
template <class T>
T* values_or_null(const KernelContext& context, uint32_t reg) {
  return reg == kNone ? nullptr : values<T>(context, reg);
}

inline const ColumnView& column(const KernelContext& context, uint32_t slot) {
  return context.view->slots[slot];
}

// The stored values of a column from place 0.
template <class T>
const T* stored(const ColumnView& column, const Places& places) {
  return static_cast<const T*>(column.data) + places.first;
}

// Words of a bitmap of the block from any bit on; two words are read where the
// bit is not the first of one.
class BitWords {
 public:
  BitWords(const uint64_t* words, uint64_t first)
      : words_(words + first / 64), shift_(static_cast<int>(first % 64)) {}
  uint64_t word(size_t i) const {
    if (shift_ == 0) return words_[i];
    return words_[i] >> shift_ | words_[i + 1] << (64 - shift_);
  }
  bool bit(size_t i) const {
    const size_t at = i + static_cast<size_t>(shift_);
    return (words_[at / 64] >> (at % 64) & 1) != 0;
  }

 private:
  const uint64_t* words_;
  int shift_;
};

inline bool test_bit(const uint64_t* words, size_t i) {
  return (words[i / 64] >> (i % 64) & 1) != 0;
}

inline void set_bit(uint64_t* words, size_t i, bool value) {
  uint64_t& word = words[i / 64];
  word = (word & ~(uint64_t{1} << (i % 64))) | uint64_t{value} << (i % 64);
}

// Sets the bits begin .. end - 1.
inline void set_range(uint64_t* words, size_t begin, size_t end) {
  for (size_t i = begin; i < end;) {
    const size_t stop = std::min(end, (i / 64 + 1) * 64);
    const uint64_t many = ~uint64_t{0} >> (64 - (stop - i));
    words[i / 64] |= many << (i % 64);
    i = stop;
  }
}

// Calls `use` with a null pointer to the type that the column stores.
template <class Use>
void with_integer_type(Physical physical, Use&& use) {
  switch (physical) {
    case Physical::kU8:
      return use(static_cast<const uint8_t*>(nullptr));
    case Physical::kU16:
      return use(static_cast<const uint16_t*>(nullptr));
    case Physical::kU32:
      return use(static_cast<const uint32_t*>(nullptr));
    case Physical::kI16:
      return use(static_cast<const int16_t*>(nullptr));
    case Physical::kI32:
      return use(static_cast<const int32_t*>(nullptr));
    case Physical::kI64:
      return use(static_cast<const int64_t*>(nullptr));
    case Physical::kAbsent:
    case Physical::kF64:
    case Physical::kList:
      break;
  }
  assert(false && "a column that stores no integers");
}

inline bool has_integers(const ColumnView& column) {
  return column.physical >= Physical::kU8 && column.physical <= Physical::kI64;
}

// Integer arithmetic of kernels wraps, so that places nobody asks for are
// harmless.
inline int64_t wrap_add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) +
                              static_cast<uint64_t>(b));
}
inline int64_t wrap_sub(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) -
                              static_cast<uint64_t>(b));
}
inline int64_t wrap_mul(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) *
                              static_cast<uint64_t>(b));
}

}  // namespace kitle
