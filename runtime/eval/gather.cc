#include "runtime/eval/gather.h"

#include <algorithm>

namespace kitle {

// ---- outline ----

const BlockView& GatheredView::outline(std::span<const PeoplePart> parts) {
  memory_.clear();
  texts_.clear();
  parts_.resize(parts.size());
  made_ = BlockView();
  for (size_t i = 0; i < parts.size(); ++i) {
    Part& part = parts_[i];
    part.view = parts[i].view;
    part.people.clear();
    for (const uint32_t row : parts[i].rows) part.people.push_back({row, 1});
    made_.profiles += static_cast<uint32_t>(parts[i].rows.size());
  }
  const BlockView& first = *parts_.front().view;
  for (size_t i = 0; i < first.attributes.size(); ++i) {
    made_.attributes.push_back(
        layout([i](const BlockView& view) { return view.attributes[i]; }));
  }
  made_.tables.resize(first.tables.size());
  for (size_t i = 0; i < made_.tables.size(); ++i) outline_table(i);
  return made_;
}

template <class Of>
ColumnView GatheredView::layout(Of&& of) {
  columns_.clear();
  for (const Part& part : parts_) columns_.push_back(of(*part.view));
  return gathered_layout(columns_);
}

// Times of events, and first and last ones, lie alike.
void GatheredView::outline_table(size_t number) {
  TableView& table = made_.tables[number];
  for (const Part& part : parts_) {
    const TableView& from = part.view->tables[number];
    // Those of everyone, until the people's are known: at most so many.
    table.events += from.events;
    table.max_per_profile =
        std::max(table.max_per_profile, from.max_per_profile);
    table.every_row_is_an_order &= from.every_row_is_an_order;
  }
  table.time =
      layout([&](const BlockView& view) { return view.tables[number].time; });
  table.first_time = table.last_time = table.time;
  const size_t columns = parts_.front().view->tables[number].columns.size();
  for (size_t i = 0; i < columns; ++i) {
    table.columns.push_back(layout(
        [&](const BlockView& view) { return view.tables[number].columns[i]; }));
  }
}

// ---- data ----

const BlockView& GatheredView::fill(const ViewReads& reads) {
  uint64_t* const live = take_bits(memory_, made_.profiles);
  uint64_t at = 0;
  for (const Part& part : parts_) {
    gather_bits(part.view->live, part.people, live, at);
    at += part.people.size();
  }
  made_.live = live;
  for (size_t i = 0; i < made_.attributes.size(); ++i) {
    if (!reads.attributes[i]) continue;
    fill_people([i](const BlockView& view) { return view.attributes[i]; },
                made_.attributes[i]);
  }
  for (size_t i = 0; i < made_.tables.size(); ++i) {
    fill_table(i, reads.tables[i]);
  }
  return made_;
}

void GatheredView::fill_table(size_t number, const ViewReads::Table& reads) {
  TableView& table = made_.tables[number];
  if (reads.first_time) {
    fill_people(
        [&](const BlockView& view) { return view.tables[number].first_time; },
        table.first_time);
  }
  if (reads.last_time) {
    fill_people(
        [&](const BlockView& view) { return view.tables[number].last_time; },
        table.last_time);
  }
  if (!reads.events) {
    table.events = 0;
    auto* const none = memory_.take_of<uint32_t>(made_.profiles + size_t{1});
    std::fill_n(none, made_.profiles + size_t{1}, 0);
    table.offsets = none;
    return;
  }
  table.offsets = fill_offsets(number);
  fill_order_starts(number);
  fill_events([&](const BlockView& view) { return view.tables[number].time; },
              table.time);
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (!reads.columns[i]) continue;
    fill_events(
        [&](const BlockView& view) { return view.tables[number].columns[i]; },
        table.columns[i]);
  }
}

// Offsets in a mapping may change under us, so they are clamped, each to the
// one before as well: together there are no more than the table has.
const uint32_t* GatheredView::fill_offsets(size_t number) {
  auto* const offsets = memory_.take_of<uint32_t>(made_.profiles + size_t{1});
  uint32_t* next = offsets;
  uint32_t total = 0;
  for (Part& part : parts_) {
    const TableView& from = part.view->tables[number];
    part.events.clear();
    part.event_count = 0;
    uint32_t end = 0;
    for (const RowRun& person : part.people) {
      constexpr size_t kAhead = 16;
      if (&person + kAhead < part.people.data() + part.people.size()) {
        __builtin_prefetch(from.offsets + (&person)[kAhead].begin);
      }
      const uint32_t begin =
          std::clamp(from.offsets[person.begin], end, from.events);
      end = std::clamp(from.offsets[person.begin + 1], begin, from.events);
      *next++ = total;
      if (begin == end) continue;
      part.events.push_back({begin, end - begin});
      part.event_count += end - begin;
      total += end - begin;
    }
  }
  *next = total;
  made_.tables[number].events = total;
  return offsets;
}

void GatheredView::fill_order_starts(size_t number) {
  TableView& table = made_.tables[number];
  if (table.every_row_is_an_order) return;
  uint64_t* const starts = take_bits(memory_, table.events);
  uint64_t at = 0;
  for (const Part& part : parts_) {
    const TableView& from = part.view->tables[number];
    gather_bits(from.every_row_is_an_order ? nullptr : from.order_starts,
                part.events, starts, at);
    at += part.event_count;
  }
  table.order_starts = starts;
}

template <class Of>
void GatheredView::fill_people(Of&& of, ColumnView& column) {
  column_parts_.clear();
  for (const Part& part : parts_) {
    column_parts_.push_back(
        {.column = of(*part.view),
         .runs = part.people,
         .count = static_cast<uint32_t>(part.people.size())});
  }
  gather_column(column_parts_, memory_, texts_, column);
}

template <class Of>
void GatheredView::fill_events(Of&& of, ColumnView& column) {
  column_parts_.clear();
  for (const Part& part : parts_) {
    column_parts_.push_back({.column = of(*part.view),
                             .runs = part.events,
                             .count = part.event_count});
  }
  gather_column(column_parts_, memory_, texts_, column);
}

}  // namespace kitle
