#include "runtime/eval/marked.h"

#include <algorithm>
#include <cstring>

#include "runtime/eval/bit_words.h"
#include "runtime/vector_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/marked.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include "runtime/eval/kernels_vector-inl.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

void find_marked(const int64_t* HWY_RESTRICT values, size_t count,
                 const MarkedPieces& pieces, uint64_t* HWY_RESTRICT out) {
  const Full<uint64_t> d;
  const Full<int64_t> signed_d;
  const auto low = hn::Set(d, static_cast<uint64_t>(pieces.low));
  const auto last = hn::Set(d, pieces.pieces);
  const auto one = hn::Set(d, uint64_t{1});
  const auto in_word = hn::Set(d, uint64_t{63});
  const auto* from = reinterpret_cast<const uint64_t*>(values);
  test_places<kInside>(d, count, out, [&](size_t i) HWY_ATTR {
    const auto distance = hn::Sub(hn::LoadU(d, from + i), low);
    const auto piece =
        hn::Min(hn::ShiftRightSame(distance, pieces.shift), last);
    const auto word = hn::GatherIndex(
        d, pieces.marks, hn::BitCast(signed_d, hn::ShiftRight<6>(piece)));
    const auto bit = hn::Shl(one, hn::And(piece, in_word));
    return hn::TestBit(word, bit);
  });
}

void find_narrow(const int32_t* HWY_RESTRICT values, size_t count,
                 const MarkedPieces& pieces, uint64_t* HWY_RESTRICT out) {
  const Full<uint32_t> d;
  const Full<int32_t> signed_d;
  const auto low = hn::Set(d, static_cast<uint32_t>(pieces.low));
  const auto last = hn::Set(d, static_cast<uint32_t>(pieces.pieces));
  const auto one = hn::Set(d, 1U);
  const auto in_word = hn::Set(d, 31U);
  const auto* from = reinterpret_cast<const uint32_t*>(values);
  const auto* words = reinterpret_cast<const uint32_t*>(pieces.marks);
  test_places<kInside>(d, count, out, [&](size_t i) HWY_ATTR {
    const auto distance = hn::Sub(hn::LoadU(d, from + i), low);
    const auto piece =
        hn::Min(hn::ShiftRightSame(distance, pieces.shift), last);
    const auto word = hn::GatherIndex(
        d, words, hn::BitCast(signed_d, hn::ShiftRight<5>(piece)));
    const auto bit = hn::Shl(one, hn::And(piece, in_word));
    return hn::TestBit(word, bit);
  });
}

// So many places, from the first on; the bits of the others are 0 unless it is
// none.
size_t find_places(const uint16_t* HWY_RESTRICT places, size_t count,
                   const void* marks, uint64_t* HWY_RESTRICT out) {
// These look up aligned words only.
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128
  (void)places, (void)count, (void)marks, (void)out;
  return 0;
#else
  const Full<uint32_t> d;
  const Full<int32_t> signed_d;
  const hn::Rebind<uint16_t, decltype(d)> narrow_d;
  const size_t lanes = hn::Lanes(d);
  const auto one = hn::Set(d, 1U);
  const auto in_word = hn::Set(d, 31U);
  const auto* words = static_cast<const uint32_t*>(marks);
  const auto bits_at = [&](size_t i) HWY_ATTR {
    const auto place = hn::PromoteTo(d, hn::LoadU(narrow_d, places + i));
    const auto word = hn::GatherIndex(
        d, words, hn::BitCast(signed_d, hn::ShiftRight<5>(place)));
    const auto bit = hn::Shl(one, hn::And(place, in_word));
    return lane_bits(d, hn::TestBit(word, bit));
  };
  size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    uint64_t found = 0;
    for (size_t j = 0; j < 64; j += lanes) found |= bits_at(i + j) << j;
    out[i / 64] = found;
  }
  uint64_t found = 0;
  const size_t begin = i;
  for (; i + lanes <= count; i += lanes) found |= bits_at(i) << (i - begin);
  if (begin < count) out[begin / 64] = found;
  return i;
#endif
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {

namespace {

void clear_behind(size_t count, uint64_t* out) {
  const auto behind = static_cast<uint32_t>(count % 64);
  if (behind != 0) out[count / 64] &= low_bits(behind);
}

}  // namespace

HWY_EXPORT(find_marked);
HWY_EXPORT(find_narrow);
HWY_EXPORT(find_places);

void find_marked(std::span<const int64_t> values, const MarkedPieces& pieces,
                 uint64_t* out) {
  HWY_DYNAMIC_DISPATCH(find_marked)(values.data(), values.size(), pieces, out);
  clear_behind(values.size(), out);
}

void find_marked(std::span<const int32_t> values, const MarkedPieces& pieces,
                 uint64_t* out) {
  HWY_DYNAMIC_DISPATCH(find_narrow)(values.data(), values.size(), pieces, out);
  clear_behind(values.size(), out);
}

void find_marked(std::span<const uint16_t> places, const void* marks,
                 uint64_t* out) {
  const size_t count = places.size();
  size_t i =
      HWY_DYNAMIC_DISPATCH(find_places)(places.data(), count, marks, out);
  if (i == 0) std::fill_n(out, (count + 63) / 64, uint64_t{0});
  for (; i < count; ++i) {
    uint8_t byte;
    std::memcpy(&byte, static_cast<const char*>(marks) + places[i] / 8, 1);
    out[i / 64] |= uint64_t{byte >> (places[i] % 8) & 1U} << (i % 64);
  }
}

}  // namespace kitle
#endif
