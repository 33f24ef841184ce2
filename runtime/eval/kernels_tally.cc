// Tallies: how many of some conditions hold, from a start.
#include "runtime/vector_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/kernels_tally.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/kernels_vector-inl.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

// out[place] = `from`, and 1 for each of the masks that has the place; whole
// vectors.
void tally(const uint64_t* const* masks, size_t count, size_t places,
           int64_t from, int64_t* HWY_RESTRICT out) {
  const Full<int64_t> d;
  const size_t lanes = hn::Lanes(d);
  const auto one = hn::Set(d, int64_t{1});
  const auto start = hn::Set(d, from);
  for (size_t i = 0; i < places; i += lanes) {
    auto sum = start;
    for (size_t k = 0; k < count; ++k) {
      // Eight bytes may be read.
      const uint64_t some = masks[k][i / 64] >> (i % 64);
      const auto* bits = reinterpret_cast<const uint8_t*>(&some);
      sum = hn::Add(sum, hn::IfThenElseZero(hn::LoadMaskBits(d, bits), one));
    }
    hn::StoreU(sum, d, out + i);
  }
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <array>
#include <span>

namespace kitle {
namespace {

HWY_EXPORT(tally);

KITLE_KERNEL(tally_of_list) {
  // More than bands of a score have are added one by one.
  constexpr size_t kAtOnce = 64;
  const std::span<const uint32_t> list = context.params->lists[what.list];
  const size_t places = places_of_result(context, what).count;
  int64_t* out = values<int64_t>(context, what.dst);
  if (places == 1) {  // one profile is asked for
    out[0] = what.imm;
    for (const uint32_t reg : list) out[0] += bits(context, reg)[0] & 1;
    return;
  }
  std::array<const uint64_t*, kAtOnce> masks = {};
  const size_t first = std::min(list.size(), kAtOnce);
  for (size_t i = 0; i < first; ++i) masks[i] = bits(context, list[i]);
  HWY_DYNAMIC_DISPATCH(tally)(masks.data(), first, places, what.imm, out);
  for (const uint32_t reg : list.subspan(first)) {
    const uint64_t* mask = bits(context, reg);
    for (size_t i = 0; i < places; ++i) out[i] += test_bit(mask, i) ? 1 : 0;
  }
}

}  // namespace

void add_tally_kernels(KernelTableByOp& table) {
  table[static_cast<size_t>(Op::kTally)] = tally_of_list;
}

}  // namespace kitle
#endif  // HWY_ONCE
