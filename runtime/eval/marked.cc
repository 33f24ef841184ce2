#include "runtime/eval/marked.h"

#include "runtime/eval/bit_words.h"
#include "runtime/eval/kernels_target.h"
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

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {

HWY_EXPORT(find_marked);

void find_marked(std::span<const int64_t> values, const MarkedPieces& pieces,
                 uint64_t* out) {
  HWY_DYNAMIC_DISPATCH(find_marked)(values.data(), values.size(), pieces, out);
  const auto behind = static_cast<uint32_t>(values.size() % 64);
  if (behind != 0) out[values.size() / 64] &= low_bits(behind);
}

}  // namespace kitle
#endif
