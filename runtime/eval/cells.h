// A column of integers, or of doubles as such, one value at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "runtime/eval/kernels_access.h"

namespace kitle {

class Cells {
 public:
  Cells(const ColumnView& column, const Places& places)
      : column_(column), first_(places.first) {}

  bool present(size_t i) const {
    if (column_.physical == Physical::kAbsent) return false;
    if (column_.dictionary != nullptr) return bits_of(i) != 0;
    return column_.valid == nullptr || test_bit(column_.valid, first_ + i);
  }
  int64_t value(size_t i) const {
    const auto stored = static_cast<int64_t>(bits_of(i));
    return wrap_add(column_.base, wrap_mul(column_.unit, stored));
  }
  // Equal exactly for equal values of the column.
  uint64_t bits_of(size_t i) const {
    if (column_.physical == Physical::kF64) return at<uint64_t>(i);
    uint64_t found = 0;
    if (!has_integers(column_)) return found;
    with_integer_type(column_.physical, [&](auto* type) {
      using T = std::remove_cvref_t<decltype(*type)>;
      found = static_cast<uint64_t>(static_cast<int64_t>(at<T>(i)));
    });
    return found;
  }

 private:
  template <class T>
  T at(size_t i) const {
    return static_cast<const T*>(column_.data)[first_ + i];
  }

  const ColumnView& column_;
  size_t first_;
};

}  // namespace kitle
