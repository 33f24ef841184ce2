// Rows of values of 32 bits, looked up by vectors (AnswersByValue::Narrow).
// Included once for each target.
#if defined(KITLE_KERNELS_NARROW_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef KITLE_KERNELS_NARROW_INL_H
#undef KITLE_KERNELS_NARROW_INL_H
#else
#define KITLE_KERNELS_NARROW_INL_H
#endif

#include "runtime/eval/answers.h"
#include "runtime/eval/kernels_vector-inl.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

class NarrowRows {
 public:
  using Wide = Full<uint64_t>;
  using Values = hn::Rebind<int32_t, Wide>;

  explicit NarrowRows(const AnswersByValue::Narrow& narrow)
      : buckets_(narrow.buckets.data()),
        least_(hn::Set(Values(), narrow.least)),
        most_(hn::Set(Values(), narrow.most)),
        stride_(hn::Set(Values(), static_cast<int32_t>(narrow.stride))),
        shift_(static_cast<int>(narrow.shift)) {}

  // Where they begin.
  HWY_INLINE hn::Vec<Values> find(hn::Vec<Values> value) const {
    const Values d;
    const hn::Rebind<uint32_t, Wide> unsigned_d;
    const hn::Rebind<int64_t, Wide> index;
    const auto near = hn::Min(hn::Max(value, least_), most_);
    const auto number = hn::ShiftRightSame(hn::Sub(near, least_), shift_);
    const auto bucket =
        hn::GatherIndex(Wide(), buckets_, hn::PromoteTo(index, number));
    const auto before =
        hn::BitCast(d, hn::TruncateTo(unsigned_d, hn::ShiftRight<32>(bucket)));
    const auto offset = hn::BitCast(d, hn::TruncateTo(unsigned_d, bucket));
    return hn::Add(offset, hn::IfThenElseZero(hn::Gt(value, before), stride_));
  }

 private:
  const uint64_t* buckets_;
  hn::Vec<Values> least_;
  hn::Vec<Values> most_;
  hn::Vec<Values> stride_;
  int shift_;
};

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggled for each target
