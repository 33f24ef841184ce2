// Kernel of how many events there were lately: whether there were at least n is
// told by the n-th from the end.
#include "runtime/eval/kernels_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/kernels_last.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <algorithm>

#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/kernels_vector-inl.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

// Bits of the rows with at least n events of which the n-th from the end has a
// time in the range. Of other rows any time is looked at.
void nth_in_range(const KernelTable& table, uint32_t rows, uint32_t n,
                  const int32_t* HWY_RESTRICT times, const BoundRange& range,
                  uint64_t* HWY_RESTRICT out) {
  const Full<int32_t> d;
  const auto lanes = static_cast<uint32_t>(hn::Lanes(d));
  const auto many = hn::Set(d, static_cast<int32_t>(n));
  const auto first = hn::Set(d, static_cast<int32_t>(table.offsets[0]));
  const auto low = hn::Set(d, static_cast<int32_t>(range.low));
  const auto high = hn::Set(d, static_cast<int32_t>(range.high));
  const auto* offsets = reinterpret_cast<const int32_t*>(table.offsets);
  std::fill_n(out, (size_t{rows} + 63) / 64, uint64_t{0});
  for (uint32_t row = 0; row < rows; row += lanes) {
    const auto begin = hn::LoadU(d, offsets + row);
    const auto end = hn::LoadU(d, offsets + row + 1);
    const auto fewer = hn::Gt(many, hn::Sub(end, begin));
    const auto place = hn::IfThenElse(fewer, first, hn::Sub(end, many));
    const auto time = hn::GatherIndex(d, times, place);
    const auto outside =
        hn::Or(fewer, hn::Or(hn::Gt(low, time), hn::Gt(time, high)));
    const uint64_t lane = (uint64_t{1} << lanes) - 1;
    out[row / 64] |= (~lane_bits(d, outside) & lane) << (row % 64);
  }
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {
namespace {

HWY_EXPORT(nth_in_range);

// holds(place of the n-th event from the end), where there is one.
template <class Test>
void test_places_of_nth(const KernelTable& table, uint32_t rows, uint32_t n,
                        uint64_t* out, Test holds) {
  std::fill_n(out, (size_t{rows} + 63) / 64, uint64_t{0});
  for (uint32_t row = 0; row < rows; ++row) {
    const uint32_t end = table.offsets[row + 1];
    if (end - table.offsets[row] < n) continue;
    out[row / 64] |= uint64_t{holds(end - n)} << (row % 64);
  }
}

KITLE_KERNEL(nth_last) {
  const KernelTable& table = context.view->tables[what.table];
  const ColumnView& time = column(context, what.slot);
  const Places places = places_of(context, what.table);
  const uint32_t rows = context.view->rows;
  uint64_t* out = bits(context, what.dst);
  const auto n = static_cast<uint32_t>(what.imm);
  const BoundRange& range = bound.range;
  if (range.form == BoundRange::Form::kPresent) {
    return test_places_of_nth(table, rows, n, out,
                              [](uint32_t) { return true; });
  }
  if (range.form == BoundRange::Form::kNever || !has_integers(time)) {
    return test_places_of_nth(table, rows, n, out,
                              [](uint32_t) { return false; });
  }
  if (time.physical == Physical::kI32) {
    return HWY_DYNAMIC_DISPATCH(nth_in_range)(
        table, rows, n, stored<int32_t>(time, places), range, out);
  }
  with_integer_type(time.physical, [&](auto* type) {
    using T = std::remove_cvref_t<decltype(*type)>;
    const T* times = stored<T>(time, places);
    test_places_of_nth(table, rows, n, out, [&](uint32_t place) {
      const auto at = static_cast<int64_t>(times[place]);
      return range.low <= at && at <= range.high;
    });
  });
}

}  // namespace

void add_last_kernels(KernelTableByOp& table) {
  table[static_cast<size_t>(Op::kNthLast)] = nth_last;
}

}  // namespace kitle
#endif  // HWY_ONCE
