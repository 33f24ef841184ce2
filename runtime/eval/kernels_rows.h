// For kernels that walk the events of one profile after the other.
#pragma once

#include <bit>

#include "runtime/eval/kernels_parts.h"

namespace kitle {

// The events of a mask (null: all) of each profile, one after the other.
class EventRows {
 public:
  EventRows(const KernelContext& context, const Instruction& what)
      : offsets_(context.view->tables[what.table].offsets),
        mask_(values_or_null<uint64_t>(context, what.a)),
        begins_(values_or_null<int64_t>(context, what.b)),
        ends_(values_or_null<int64_t>(context, what.c)),
        rows_(context.view->rows) {}

  size_t rows() const { return rows_; }

  // How many events a row has, in the mask or not.
  uint32_t events(size_t row) const {
    return offsets_[row + 1] - offsets_[row];
  }
  uint32_t most_events() const {
    uint32_t most = 0;
    for (size_t row = 0; row < rows_; ++row) most = std::max(most, events(row));
    return most;
  }

  // use(place) for each event of the row, in order.
  template <class Use>
  void each(size_t row, Use&& use) const {
    const size_t begin =
        begins_ ? static_cast<size_t>(begins_[row]) : size_t{offsets_[row]};
    const size_t end =
        ends_ ? static_cast<size_t>(ends_[row]) : size_t{offsets_[row + 1]};
    if (mask_ != nullptr) return each_bit(begin, end, use);
    for (size_t i = begin; i < end; ++i) use(i);
  }

 private:
  template <class Use>
  void each_bit(size_t begin, size_t end, Use&& use) const {
    for (size_t i = begin; i < end;) {
      const uint64_t word = mask_[i / 64] >> (i % 64);
      if (word == 0) {
        i = (i / 64 + 1) * 64;
        continue;
      }
      i += static_cast<size_t>(std::countr_zero(word));
      if (i < end) use(i);
      ++i;
    }
  }

  const uint32_t* offsets_;
  const uint64_t* mask_;
  const int64_t* begins_;
  const int64_t* ends_;
  size_t rows_;
};

}  // namespace kitle
