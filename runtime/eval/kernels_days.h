// The local days of a table's events, person by person.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/eval/abi.h"

namespace kitle {

// Which events: those of a mask (null: all), of each person from a place on
// (null: all) and before another.
struct RowEvents {
  uint32_t table = kNone;
  const uint64_t* mask = nullptr;
  const int64_t* begins = nullptr;
  const int64_t* ends = nullptr;
};

// Days of row i: days[begins[i]] .. days[ends[i] - 1], in the order of the
// events; one day may be read before the first of all. 0 stands for first_day.
struct RowDays {
  int32_t* days = nullptr;
  size_t count = 0;
  const uint32_t* begins = nullptr;
  const uint32_t* ends = nullptr;
  int64_t first_day = 0;
  // Of one person no day is before that of an earlier event.
  bool in_order = true;
};

// `work`: row_days_bytes of the table's places and the chunk's rows.
RowDays load_row_days(const KernelContext& context, const RowEvents& of,
                      std::byte* work);
uint64_t row_days_bytes(uint64_t places, uint64_t rows);
// What kDays needs.
uint64_t days_work_bytes(uint64_t places, uint64_t rows);

}  // namespace kitle
