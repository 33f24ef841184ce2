// Choosing physical types.
#include "runtime/store/layout.h"

#include <cstdint>
#include <limits>

#include "runtime/window.h"

namespace kitle {
namespace {

// Largest first; the unit of a column is the largest that is exact.
constexpr int64_t kTimeUnits[] = {microseconds(StepUnit::kDay),
                                  microseconds(StepUnit::kHour),
                                  microseconds(StepUnit::kMinute),
                                  microseconds(StepUnit::kSecond),
                                  1000,
                                  1};

template <class T>
bool holds(int64_t low, int64_t high) {
  return low >= std::numeric_limits<T>::min() &&
         high <= std::numeric_limits<T>::max();
}

Physical narrowest(int64_t low, int64_t high) {
  if (holds<int16_t>(low, high)) return Physical::kI16;
  return holds<int32_t>(low, high) ? Physical::kI32 : Physical::kI64;
}

// With the base 0 where that is as narrow: then blocks of different commits
// mostly have equal bases.
ColumnEncoding with_unit(const ColumnRange& range, int64_t unit) {
  ColumnEncoding from_zero{Physical::kI64, 1, 0};
  if (range.min % unit == 0) {
    from_zero.physical = narrowest(range.min / unit, range.max / unit);
    from_zero.unit = unit;
  }
  const uint64_t distance =
      static_cast<uint64_t>(range.max) - static_cast<uint64_t>(range.min);
  const uint64_t span = distance / static_cast<uint64_t>(unit);
  if (span > INT32_MAX || distance > INT64_MAX) return from_zero;
  const Physical physical = narrowest(0, static_cast<int64_t>(span));
  if (width_of(physical) >= width_of(from_zero.physical)) return from_zero;
  return {physical, unit, range.min};
}

}  // namespace

ColumnEncoding encoding_of(TypeKind type, const ColumnRange& range) {
  if (range.empty()) return {};
  if (type != TypeKind::kTime && type != TypeKind::kDuration) {
    return {narrowest(range.min, range.max), 1, 0};
  }
  ColumnEncoding best{Physical::kI64, 1, 0};
  for (const int64_t unit : kTimeUnits) {
    if (range.step % static_cast<uint64_t>(unit) != 0) continue;
    const ColumnEncoding encoding = with_unit(range, unit);
    if (width_of(encoding.physical) < width_of(best.physical)) best = encoding;
  }
  return best;
}

Physical physical_of_codes(uint32_t size) {
  if (size == 0) return Physical::kAbsent;
  if (size <= UINT8_MAX) return Physical::kU8;
  return size <= UINT16_MAX ? Physical::kU16 : Physical::kU32;
}

bool can_lie_as(TypeKind type, Physical physical) {
  switch (physical) {
    case Physical::kAbsent:
      return true;
    case Physical::kU8:
      return is_text_like(type) || type == TypeKind::kFlag;
    case Physical::kU16:
    case Physical::kU32:
      return is_text_like(type);
    case Physical::kI16:
    case Physical::kI32:
    case Physical::kI64:
      return is_integral(type);
    case Physical::kF64:
      return type == TypeKind::kNumber;
    case Physical::kList:
      return is_list(type);
  }
  return false;
}

}  // namespace kitle
