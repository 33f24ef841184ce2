// Rows of many values, looked up by vectors where they can be
// (AnswersByValue::Narrow). Included once for each target.
#if defined(KITLE_KERNELS_NARROW_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef KITLE_KERNELS_NARROW_INL_H
#undef KITLE_KERNELS_NARROW_INL_H
#else
#define KITLE_KERNELS_NARROW_INL_H
#endif

#include <type_traits>

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

// Where the rows of `count` values begin. Reads and writes vectors that have
// begun. `rows` may be the values themselves.
inline void find_narrow_rows(const AnswersByValue::Narrow& narrow,
                             const int32_t* values, size_t count,
                             uint32_t* rows) {
  const NarrowRows of(narrow);
  const NarrowRows::Values d;
  auto* found = reinterpret_cast<int32_t*>(rows);
  for (size_t i = 0; i < count; i += hn::Lanes(d)) {
    hn::StoreU(of.find(hn::LoadU(d, values + i)), d, found + i);
  }
}

// The same of values of 64 bits: those of the nearest that have 32.
inline void find_narrow_rows(const AnswersByValue::Narrow& narrow,
                             const int64_t* values, size_t count,
                             uint32_t* rows) {
  const NarrowRows of(narrow);
  const NarrowRows::Values d;
  const Full<int64_t> wide;
  const hn::Rebind<uint32_t, Full<int64_t>> unsigned_d;
  const auto least = hn::Set(wide, narrow.least);
  const auto most = hn::Set(wide, narrow.most);
  for (size_t i = 0; i < count; i += hn::Lanes(wide)) {
    const auto near =
        hn::Min(hn::Max(hn::LoadU(wide, values + i), least), most);
    const auto value =
        hn::TruncateTo(unsigned_d, hn::BitCast(Full<uint64_t>(), near));
    const auto row = of.find(hn::BitCast(d, value));
    hn::StoreU(hn::BitCast(unsigned_d, row), unsigned_d, rows + i);
  }
}

template <class T>
void find_rows(const AnswersByValue::Lookup& by_value, const T* values,
               size_t count, uint32_t* HWY_RESTRICT rows) {
  constexpr bool signed_values =
      std::is_same_v<T, int32_t> || std::is_same_v<T, int64_t>;
  if constexpr (signed_values) {
    if (by_value.narrow != nullptr) {
      return find_narrow_rows(*by_value.narrow, values, count, rows);
    }
  }
  for (size_t i = 0; i < count; ++i) rows[i] = by_value.of(values[i]);
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggled for each target
