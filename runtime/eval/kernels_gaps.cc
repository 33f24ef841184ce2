// The kernel of the median gap between a person's events. Which gap stands in
// the middle is found by parting them again and again, whole vectors at a time,
// as branches on gaps are hardly foreseen.
#include "runtime/vector_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/kernels_gaps.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <algorithm>
#include <utility>

#include "runtime/eval/kernels_rows.h"
#include "runtime/eval/kernels_vector-inl.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

using Gaps = Full<int64_t>;

// Behind the last gap, so that whole vectors can be read.
HWY_INLINE void pad(int64_t* end) {
  hn::StoreU(hn::Set(Gaps(), INT64_MAX), Gaps(), end);
}

int64_t middle_of(int64_t a, int64_t b, int64_t c) {
  return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

// Those below the pivot, or those above it, into `out`.
template <bool below>
HWY_INLINE void put_side(const int64_t* HWY_RESTRICT from, size_t count,
                         int64_t pivot, int64_t* HWY_RESTRICT out) {
  const Gaps d;
  const auto at = hn::Set(d, pivot);
  for (size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto some = hn::LoadU(d, from + i);
    const auto side = below ? hn::Lt(some, at) : hn::Gt(some, at);
    out += hn::CompressStore(some, side, d, out);
  }
}

// How many are below a value, and the largest of them.
struct Below {
  Below(const int64_t* HWY_RESTRICT from, size_t size, int64_t value) {
    const Gaps d;
    const auto limit = hn::Set(d, value);
    auto most = hn::Set(d, INT64_MIN);
    for (size_t i = 0; i < size; i += hn::Lanes(d)) {
      const auto some = hn::LoadU(d, from + i);
      const auto side = hn::Lt(some, limit);
      count += hn::CountTrue(d, side);
      most = hn::IfThenElse(side, hn::Max(most, some), most);
    }
    HWY_ALIGN int64_t all[HWY_MAX_BYTES / sizeof(int64_t)];
    hn::Store(most, d, all);
    largest = *std::max_element(all, all + hn::Lanes(d));
  }
  size_t count = 0;
  int64_t largest = INT64_MIN;
};

size_t count_equal(const int64_t* HWY_RESTRICT from, size_t size,
                   int64_t value) {
  const Gaps d;
  size_t count = 0;
  for (size_t i = 0; i < size; i += hn::Lanes(d)) {
    count +=
        hn::CountTrue(d, hn::Eq(hn::LoadU(d, from + i), hn::Set(d, value)));
  }
  return count;
}

// The one with `rank` smaller or equal ones before it; padded. `a` and `b`:
// room for as many, and a vector more.
int64_t gap_of_rank(const int64_t* from, size_t count, size_t rank, int64_t* a,
                    int64_t* b) {
  // More only where pivots are chosen to be bad.
  constexpr int kMostRounds = 64;
  for (int round = 0; round < kMostRounds; ++round) {
    const int64_t pivot = middle_of(from[0], from[count / 2], from[count - 1]);
    const size_t below = Below(from, count, pivot).count;
    const size_t equal = count_equal(from, count, pivot);
    if (rank >= below && rank < below + equal) return pivot;
    if (rank < below) {
      put_side<true>(from, count, pivot, a);
      count = below;
    } else {
      put_side<false>(from, count, pivot, a);
      count -= below + equal;
      rank -= below + equal;
    }
    pad(a + count);
    from = a;
    std::swap(a, b);
  }
  std::copy_n(from, count, a);
  std::nth_element(a, a + rank, a + count);
  return a[rank];
}

// Twice the median: the sum of the two in the middle, or of the one with
// itself.
int64_t median2(const int64_t* gaps, size_t count, int64_t* a, int64_t* b) {
  const int64_t upper = gap_of_rank(gaps, count, count / 2, a, b);
  if (count % 2 != 0) return upper * 2;
  const Below below(gaps, count, upper);
  return upper + (below.count == count / 2 ? below.largest : upper);
}

KITLE_KERNEL(median_gap2) {
  const Places places = places_of(context, what.table);
  auto* times = reinterpret_cast<int64_t*>(context.scratch->work);
  load_column(*context.view->tables[what.table].time, places, times);
  const EventRows rows(context, what);
  const size_t room = rows.most_events() + 64;
  int64_t* gaps = times + places.count;
  int64_t* a = gaps + room;
  int64_t* b = a + room;
  int64_t* out = values<int64_t>(context, what.dst);
  for (size_t row = 0; row < rows.rows(); ++row) {
    size_t count = 0;
    const int64_t* before = nullptr;
    rows.each(row, [&](size_t i) {
      if (before != nullptr && times[i] != *before) {
        gaps[count++] = times[i] - *before;
      }
      before = times + i;
    });
    pad(gaps + count);
    out[row] = count == 0 ? 0 : median2(gaps, count, a, b);
    set_bit(bits(context, what.dst2), row, count != 0);
  }
}

void add_gap_kernels(KernelTableByOp& table) {
  table[static_cast<size_t>(Op::kMedianGap2)] = median_gap2;
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {

HWY_EXPORT(add_gap_kernels);

void add_vector_gap_kernels(KernelTableByOp& table) {
  HWY_DYNAMIC_DISPATCH(add_gap_kernels)(table);
}

}  // namespace kitle
#endif
