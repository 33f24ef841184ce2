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

  // How many events each() is about.
  size_t count(size_t row) const {
    const size_t begin = begin_of(row);
    const size_t end = end_of(row);
    if (begin >= end) return 0;
    if (mask_ == nullptr) return end - begin;
    if (begin / 64 == (end - 1) / 64) {
      const uint64_t word = mask_[begin / 64] >> (begin % 64);
      return static_cast<size_t>(std::popcount(word << (64 - (end - begin))));
    }
    size_t count = 0;
    each_word(begin, end, [&](size_t, uint64_t word) {
      count += static_cast<size_t>(std::popcount(word));
    });
    return count;
  }
  // use(place) for each event of the row, in order.
  template <class Use>
  void each(size_t row, Use&& use) const {
    const size_t begin = begin_of(row);
    const size_t end = end_of(row);
    if (mask_ == nullptr) {
      for (size_t i = begin; i < end; ++i) use(i);
      return;
    }
    each_word(begin, end, [&](size_t first, uint64_t word) {
      for (; word != 0; word &= word - 1) {
        use(first + static_cast<size_t>(std::countr_zero(word)));
      }
    });
  }

 private:
  size_t begin_of(size_t row) const {
    return begins_ ? static_cast<size_t>(begins_[row]) : size_t{offsets_[row]};
  }
  size_t end_of(size_t row) const {
    return ends_ ? static_cast<size_t>(ends_[row]) : size_t{offsets_[row + 1]};
  }
  // use(place of bit 0, bits) for the mask's words from begin to end - 1.
  template <class Use>
  void each_word(size_t begin, size_t end, Use use) const {
    for (size_t i = begin; i < end;) {
      const size_t first = i / 64 * 64;
      uint64_t word = mask_[i / 64] >> (i % 64) << (i % 64);
      if (end - first < 64) word &= (uint64_t{1} << (end - first)) - 1;
      use(first, word);
      i = first + 64;
    }
  }

  const uint32_t* offsets_;
  const uint64_t* mask_;
  const int64_t* begins_;
  const int64_t* ends_;
  size_t rows_;
};

}  // namespace kitle
