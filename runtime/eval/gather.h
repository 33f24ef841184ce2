// People of any blocks as one block: what a program reads of them, copied
// together, so that it is bound once and runs over all of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/eval/gather_column.h"
#include "runtime/store/view.h"

namespace kitle {

// What is read of a store's blocks, by its schema.
struct ViewReads {
  struct Table {
    bool events = false;      // whose they are, and when
    bool first_time = false;  // of each profile
    bool last_time = false;
    std::vector<bool> columns;
  };
  std::vector<bool> attributes;
  std::vector<Table> tables;
};

// Rows of one view, increasing.
struct PeoplePart {
  const BlockView* view = nullptr;
  std::span<const uint32_t> rows;
};

// Not thread-safe: one a thread.
class GatheredView {
 public:
  // The people of the parts, in their order, as they will lie, without data:
  // forms, bounds, counts. Valid until the next call, as are the parts.
  // REQUIRES: views of one snapshot, at least one; at most kBlockRows rows, and
  // less than 2^32 events of these in each table.
  const BlockView& outline(std::span<const PeoplePart> parts);
  // The same with the data of what is read of them.
  const BlockView& fill(const ViewReads& reads);

 private:
  // Rows of one part, and its events of one table.
  struct Part {
    const BlockView* view = nullptr;
    std::vector<RowRun> people;
    std::vector<RowRun> events;
    uint32_t event_count = 0;
  };

  void outline_table(size_t number);
  void fill_table(size_t number, const ViewReads::Table& reads);
  // Finds the events of the parts' people: where each one's begin.
  const uint32_t* fill_offsets(size_t number);
  void fill_order_starts(size_t number);
  // A column of profiles, or of events; `of` tells it in a view.
  template <class Of>
  ColumnView layout(Of&& of);
  template <class Of>
  void fill_people(Of&& of, ColumnView& column);
  template <class Of>
  void fill_events(Of&& of, ColumnView& column);

  GatherMemory memory_;
  GatheredTexts texts_;
  std::vector<Part> parts_;
  std::vector<ColumnView> columns_;
  std::vector<ColumnPart> column_parts_;
  BlockView made_;
};

}  // namespace kitle
