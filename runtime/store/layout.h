// How logical values become stored ones: the narrowest physical type of a
// store-wide range, the unit, the base.
#pragma once

#include <optional>
#include <string>

#include "runtime/store/manifest.h"

namespace kitle {

struct ColumnEncoding {
  Physical physical = Physical::kAbsent;
  int64_t unit = 1;
  int64_t base = 0;
};

// Of integers, money, dates, times and durations. kAbsent for an empty range.
ColumnEncoding encoding_of(TypeKind type, const ColumnRange& range);
// Of codes of a dictionary with `size` texts. kAbsent if it has none.
Physical physical_of_codes(uint32_t size);

// Whether values lie as base + unit * stored.
constexpr bool is_integral(TypeKind type) {
  switch (type) {
    case TypeKind::kInteger:
    case TypeKind::kMoney:
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kDuration:
      return true;
    case TypeKind::kFlag:
    case TypeKind::kNumber:
    case TypeKind::kText:
    case TypeKind::kCode:
    case TypeKind::kTextList:
    case TypeKind::kCodeList:
      return false;
  }
  return false;
}

constexpr uint32_t width_of(Physical physical) {
  switch (physical) {
    case Physical::kAbsent:
      return 0;
    case Physical::kU8:
      return 1;
    case Physical::kU16:
    case Physical::kI16:
      return 2;
    case Physical::kU32:
    case Physical::kI32:
    case Physical::kList:
      return 4;
    case Physical::kI64:
    case Physical::kF64:
      return 8;
  }
  return 0;
}

// Whether a column of this type can lie so in a block.
bool can_lie_as(TypeKind type, Physical physical);

}  // namespace kitle
