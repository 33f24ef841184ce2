// Rows to their partitions of a Staging. Entry point: RowScatter.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/ingest/staging.h"
#include "runtime/ingest/table_rows.h"

namespace kitle {

// Not thread-safe; used again, so that it keeps its memory.
class RowScatter {
 public:
  // Adds the chosen rows, in their order, to the partitions partition_of(row)
  // of `to`, one piece each.
  template <class F>
  void add(Staging& to, size_t table, const RowLayout& layout,
           const TableRows& rows, std::span<const uint32_t> which,
           F partition_of) {
    partitions_.resize(which.size());
    for (size_t i = 0; i < which.size(); ++i) {
      partitions_[i] = partition_of(which[i]);
    }
    add(to, table, layout, rows, which);
  }

 private:
  void add(Staging& to, size_t table, const RowLayout& layout,
           const TableRows& rows, std::span<const uint32_t> which);

  std::vector<uint32_t> partitions_;  // of the chosen rows
  std::vector<uint32_t> ends_;        // by partition from the least on
  std::vector<uint32_t> sorted_;      // rows
};

}  // namespace kitle
