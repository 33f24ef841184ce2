#include "runtime/eval/bit_rows.h"

#include "runtime/vector_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/bit_rows.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <bit>

#include "runtime/eval/kernels_vector-inl.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

#if HWY_TARGET == HWY_AVX3_DL
// Numbers are compressed 32 at a time.
inline uint16_t* put_rows(uint64_t word, uint16_t first, uint16_t* to) {
  const Full<uint16_t> d;
  const auto half = [&](uint32_t bits, uint16_t from) HWY_ATTR {
    const auto rows = hn::Add(hn::Iota(d, 0), hn::Set(d, from));
    const auto mask =
        hn::LoadMaskBits(d, reinterpret_cast<const uint8_t*>(&bits));
    hn::StoreU(hn::Compress(rows, mask), d, to);
    to += std::popcount(bits);
  };
  half(static_cast<uint32_t>(word), first);
  half(static_cast<uint32_t>(word >> 32), static_cast<uint16_t>(first + 32));
  return to;
}
#else
inline uint16_t* put_rows(uint64_t word, uint16_t first, uint16_t* to) {
  for (; word != 0; word &= word - 1) {
    *to++ = static_cast<uint16_t>(first + std::countr_zero(word));
  }
  return to;
}
#endif

uint16_t* all_rows(const uint64_t* words, size_t count, uint16_t* to) {
  for (size_t i = 0; i < count; ++i) {
    if (words[i] == 0) continue;
    to = put_rows(words[i], static_cast<uint16_t>(i * 64), to);
  }
  return to;
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {

HWY_EXPORT(all_rows);

uint16_t* rows_of_bits(std::span<const uint64_t> words, uint16_t* to) {
  return HWY_DYNAMIC_DISPATCH(all_rows)(words.data(), words.size(), to);
}

}  // namespace kitle
#endif  // HWY_ONCE
