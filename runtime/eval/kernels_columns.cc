// Kernels that read columns: ranges, sets of codes, presence, values.
#include "runtime/vector_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/kernels_columns.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <algorithm>
#include <cstring>
#include <limits>

#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/kernels_vector-inl.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

void fill_bits(uint64_t* out, const Places& places, bool value) {
  std::memset(out, value ? 0xff : 0, places.words() * 8);
}

void and_valid(const ColumnView& from, const Places& places, uint64_t* out) {
  if (from.valid == nullptr) return;
  const BitWords valid(from.valid, places.first);
  for (size_t k = 0; k < places.words(); ++k) out[k] &= valid.word(k);
}

// ---- ranges ----

void column_range_bits(const ColumnView& from, const Places& places,
                       int64_t low, int64_t high, uint64_t* out) {
  with_integer_type(from.physical, [&](auto* type) {
    using T = std::remove_cvref_t<decltype(*type)>;
    range_bits(stored<T>(from, places), places.count, static_cast<T>(low),
               static_cast<T>(high), out);
  });
}

void present_bits(const ColumnView& from, const Places& places, uint64_t* out) {
  if (from.physical == Physical::kAbsent) return fill_bits(out, places, false);
  if (is_text_like(from.type)) {
    return column_range_bits(from, places, 1,
                             from.physical == Physical::kU8    ? UINT8_MAX
                             : from.physical == Physical::kU16 ? UINT16_MAX
                                                               : UINT32_MAX,
                             out);
  }
  fill_bits(out, places, true);
  and_valid(from, places, out);
}

void bound_range_bits(const ColumnView& from, const Places& places,
                      const BoundRange& range, uint64_t* out) {
  switch (range.form) {
    case BoundRange::Form::kNever:
      return fill_bits(out, places, false);
    case BoundRange::Form::kPresent:
      return present_bits(from, places, out);
    case BoundRange::Form::kCompare:
      break;
  }
  column_range_bits(from, places, range.low, range.high, out);
  and_valid(from, places, out);
}

KITLE_KERNEL(in_range) {
  bound_range_bits(column(context, what.slot), places_of_result(context, what),
                   bound.range, bits(context, what.dst));
}

KITLE_KERNEL(present) {
  present_bits(column(context, what.slot), places_of_result(context, what),
               bits(context, what.dst));
}

// ---- sets of codes ----

// Bits of codes looked up in memory, eight or sixteen at a time.
template <class T>
void set_bits_gathered(const T* HWY_RESTRICT data, size_t count,
                       const BoundSet& set, uint64_t* HWY_RESTRICT out) {
  const Full<uint32_t> d;
  const hn::Rebind<T, decltype(d)> narrow;
  const hn::Rebind<int32_t, decltype(d)> index;
  const auto* words = reinterpret_cast<const uint32_t*>(set.words);
  const auto last = hn::Set(d, set.bits - 1);
  test_places<kInside>(d, count, out, [&](size_t i) {
    auto codes = hn::Undefined(d);
    if constexpr (sizeof(T) == 4) {
      codes = hn::LoadU(d, data + i);
    } else {
      codes = hn::PromoteTo(d, hn::LoadU(narrow, data + i));
    }
    codes = hn::Min(codes, last);
    const auto at = hn::BitCast(index, hn::ShiftRight<5>(codes));
    const auto word = hn::GatherIndex(d, words, at);
    const auto bit = hn::And(codes, hn::Set(d, 31u));
    return hn::TestBit(word, hn::Shl(hn::Set(d, 1u), bit));
  });
}

#if HWY_TARGET <= HWY_AVX3
// A set of up to 2,048 codes lies in at most four registers, where 32 codes
// are looked up at once as words of 16 bits.
constexpr uint32_t kRegisterBits = 512;

HWY_INLINE __m512i load_codes(const uint8_t* data) {
  return _mm512_cvtepu8_epi16(
      _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data)));
}
HWY_INLINE __m512i load_codes(const uint16_t* data) {
  return _mm512_loadu_si512(data);
}

template <int registers, class T>
void set_bits_in_registers(const T* HWY_RESTRICT data, size_t count,
                           const uint64_t* words, uint64_t* HWY_RESTRICT out) {
  __m512i part[registers];
  for (int r = 0; r < registers; ++r) {
    part[r] = _mm512_loadu_si512(words + r * (kRegisterBits / 64));
  }
  const __m512i one = _mm512_set1_epi16(1);
  const __m512i low = _mm512_set1_epi16(15);
  const auto test = [&](const T* at) HWY_ATTR {
    const __m512i codes = load_codes(at);
    const __m512i index = _mm512_srli_epi16(codes, 4);
    const __m512i bit = _mm512_sllv_epi16(one, _mm512_and_si512(codes, low));
    const __m512i of = _mm512_srli_epi16(codes, 9);
    __mmask32 found = 0;
    for (int r = 0; r < registers; ++r) {
      found |= _mm512_mask_test_epi16_mask(
          _mm512_cmpeq_epi16_mask(of, _mm512_set1_epi16(r)),
          _mm512_permutexvar_epi16(index, part[r]), bit);
    }
    return static_cast<uint64_t>(found);
  };
  for (size_t i = 0; i < count; i += 64) {
    const uint64_t first = test(data + i);
    // The second half is not read where it would be a vector too far.
    out[i / 64] = count - i > 32 ? first | test(data + i + 32) << 32 : first;
  }
}

// False: the set is too large.
template <class T>
bool set_bits_in_registers(const T* data, size_t count, const BoundSet& set,
                           uint64_t* out) {
  // Codes of one byte end within the first half of a register.
  const uint32_t bits = sizeof(T) == 1 ? kRegisterBits : set.bits;
  switch (bits / kRegisterBits) {
    case 1:
      set_bits_in_registers<1>(data, count, set.words, out);
      return true;
    case 2:
      set_bits_in_registers<2>(data, count, set.words, out);
      return true;
    case 3:
      set_bits_in_registers<3>(data, count, set.words, out);
      return true;
    case 4:
      set_bits_in_registers<4>(data, count, set.words, out);
      return true;
    default:
      return false;
  }
}
#endif

// A set of two to four codes, by as many comparisons. A code that the column
// is too narrow for stands for the last one that it is not.
template <class T>
void set_bits_compared(const T* HWY_RESTRICT data, size_t count,
                       const BoundSet& set, uint64_t* HWY_RESTRICT out) {
  const Full<T> d;
  T codes[BoundSet::kFew] = {};
  T known = 0;
  for (uint32_t i = 0; i < BoundSet::kFew; ++i) {
    const uint32_t code = set.few[std::min(i, set.count - 1)];
    if (code <= std::numeric_limits<T>::max()) known = static_cast<T>(code);
    codes[i] = known;
  }
  if (codes[0] == 0) return set_bits_gathered(data, count, set, out);
  const auto a = hn::Set(d, codes[0]);
  const auto b = hn::Set(d, codes[1]);
  const auto c = hn::Set(d, codes[2]);
  const auto e = hn::Set(d, codes[3]);
  test_places<kInside>(d, count, out, [&](size_t i) {
    const auto code = hn::LoadU(d, data + i);
    return hn::Or(hn::Or(hn::Eq(code, a), hn::Eq(code, b)),
                  hn::Or(hn::Eq(code, c), hn::Eq(code, e)));
  });
}

template <class T>
void set_bits(const T* HWY_RESTRICT data, size_t count, const BoundSet& set,
              uint64_t* HWY_RESTRICT out) {
  if (set.count <= BoundSet::kFew) {
    return set_bits_compared(data, count, set, out);
  }
#if HWY_TARGET <= HWY_AVX3
  if constexpr (sizeof(T) <= 2) {
    if (set_bits_in_registers(data, count, set, out)) return;
  }
#endif
  set_bits_gathered(data, count, set, out);
}

KITLE_KERNEL(in_set) {
  const Places places = places_of_result(context, what);
  const ColumnView& from = column(context, what.slot);
  uint64_t* out = bits(context, what.dst);
  const BoundSet& set = *bound.set;
  if (from.physical == Physical::kAbsent ||
      set.form == BoundSet::Form::kNever) {
    return fill_bits(out, places, false);
  }
  if (set.form == BoundSet::Form::kRange) {
    return bound_range_bits(from, places, BoundRange::of_codes(set, from), out);
  }
  switch (from.physical) {
    case Physical::kU8:
      return set_bits(stored<uint8_t>(from, places), places.count, set, out);
    case Physical::kU16:
      return set_bits(stored<uint16_t>(from, places), places.count, set, out);
    default:
      return set_bits(stored<uint32_t>(from, places), places.count, set, out);
  }
}

// ---- values ----

template <class T>
HWY_INLINE void load_stored(const T* HWY_RESTRICT data, size_t count,
                            int64_t base, int64_t unit,
                            int64_t* HWY_RESTRICT out) {
  if (base == 0 && unit == 1) {
    for (size_t i = 0; i < count; ++i) out[i] = static_cast<int64_t>(data[i]);
    return;
  }
  for (size_t i = 0; i < count; ++i) {
    out[i] = wrap_add(base, wrap_mul(unit, static_cast<int64_t>(data[i])));
  }
}

void load_integers(const ColumnView& from, const Places& places,
                   int64_t* HWY_RESTRICT out) {
  if (!has_integers(from)) {
    std::fill_n(out, places.count, int64_t{0});
    return;
  }
  with_integer_type(from.physical, [&](auto* type) {
    using T = std::remove_cvref_t<decltype(*type)>;
    load_stored(stored<T>(from, places), places.count, from.base, from.unit,
                out);
  });
  if (from.valid == nullptr || from.base == 0) return;
  const BitWords valid(from.valid, places.first);
  for (size_t i = 0; i < places.count; ++i) out[i] = valid.bit(i) ? out[i] : 0;
}

KITLE_KERNEL(load) {
  load_integers(column(context, what.slot), places_of_result(context, what),
                values<int64_t>(context, what.dst));
}

KITLE_KERNEL(load_number) {
  const Places places = places_of_result(context, what);
  const ColumnView& from = column(context, what.slot);
  double* out = values<double>(context, what.dst);
  if (from.physical != Physical::kF64) {
    std::fill_n(out, places.count, 0.0);
    return;
  }
  std::memcpy(out, stored<double>(from, places), places.count * 8);
}

void add_column_kernels(KernelTableByOp& table) {
  const auto at = [&](Op op) -> Kernel& {
    return table[static_cast<size_t>(op)];
  };
  at(Op::kInRange) = in_range;
  at(Op::kInSet) = in_set;
  at(Op::kPresent) = present;
  at(Op::kLoadI) = load;
  at(Op::kLoadF) = load_number;
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {

HWY_EXPORT(add_column_kernels);
HWY_EXPORT(load_integers);

void add_vector_column_kernels(KernelTableByOp& table) {
  HWY_DYNAMIC_DISPATCH(add_column_kernels)(table);
}

void load_column(const ColumnView& from, const Places& places, int64_t* out) {
  HWY_DYNAMIC_DISPATCH(load_integers)(from, places, out);
}

}  // namespace kitle
#endif
