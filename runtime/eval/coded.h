// An index of a chunk's events by the code of one column: what a register of
// Op::kByCode holds. Where many rules each ask for events of a few codes
// (`any product_view where category is "12" in last 7 days`), each looks at
// those events alone instead of at all of the table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace kitle {

// Views of the register's memory, 16 bytes for each place of the table. Events
// of the chunk's profiles only, by code, equal codes in the order of places.
struct CodedEvents {
  const int64_t* times = nullptr;  // as the time column stores them
  const uint32_t* rows = nullptr;  // of the chunk: whose event it is
  // By event its code; or, where `is_directory`, by code where the events of
  // this and smaller ones end.
  const uint32_t* codes = nullptr;
  size_t count = 0;
  size_t largest = 0;  // code
  bool is_directory = false;

  // `places`: of the table; `codes`: the largest code of the column. Where the
  // directory has room it takes the place of the codes.
  static CodedEvents in(const void* memory, size_t places, size_t count,
                        size_t codes) {
    CodedEvents view;
    view.times = static_cast<const int64_t*>(memory);
    view.rows = reinterpret_cast<const uint32_t*>(view.times + places);
    view.codes = view.rows + places;
    view.count = count;
    view.largest = codes;
    view.is_directory = codes < places;
    return view;
  }

  struct Range {
    size_t begin = 0;
    size_t end = 0;
  };
  // Those with a code of low..high, 0 < low; not before `from`, where smaller
  // codes end.
  Range of(uint32_t low, uint32_t high, size_t from) const {
    if (low > largest) return {from, from};
    if (is_directory) {
      return {codes[low - 1], codes[std::min(size_t{high}, largest)]};
    }
    const uint32_t* const end = codes + count;
    const uint32_t* const begin = std::lower_bound(codes + from, end, low);
    return {static_cast<size_t>(begin - codes),
            static_cast<size_t>(std::upper_bound(begin, end, high) - codes)};
  }
};

}  // namespace kitle
