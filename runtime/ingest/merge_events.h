// The events of one type in one block: those of the store and new ones, each
// once, in the order of Meaning 13, orders complete. Entry point: EventMerge.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/ingest/value_order.h"
#include "runtime/schema.h"
#include "runtime/store/content.h"

namespace kitle {

// The new events of a type in a block, sorted by profile.
struct AddedEvents {
  const TableRows& rows;
  std::span<const uint32_t> sources;  // numbers in the store, by file
  std::vector<uint8_t> stale = {};    // 1: left out; may be empty: none is
};

// What became of rows of files, to be counted: by the file of a row that gives
// one record, by its number where it gives several.
struct RowFates {
  bool any_joined = false;      // of the rows at hand; else nothing is `joined`
  std::vector<uint32_t> known;  // files: the row brought nothing new
  std::vector<uint32_t> older;  // files: as it was older than the store's
  std::vector<uint32_t> joined_new;    // numbers: one of the rows was new
  std::vector<uint32_t> joined_older;  // numbers: one was older

  void add_known(const TableRows& rows, uint32_t row) {
    if (rows.joined_of(row) == 0) known.push_back(rows.file_of(row));
  }
  void add_older(const TableRows& rows, uint32_t row) {
    add_known(rows, row);
    const uint32_t joined = rows.joined_of(row);
    if (joined == 0) older.push_back(rows.file_of(row));
    if (joined != 0) joined_older.push_back(joined);
  }
  void add_new(const TableRows& rows, uint32_t row) {
    if (rows.joined_of(row) != 0) joined_new.push_back(rows.joined_of(row));
  }
};

// One table of one block, profile by profile. Not thread-safe.
class EventMerge {
 public:
  // `added` and what follows outlive it.
  EventMerge(const TargetTable& table, const EventType& type, TableContent old,
             const AddedEvents& added, TextPools& pools,
             const StoreTexts& texts, RowFates& fates);
  EventMerge(const EventMerge&) = delete;
  EventMerge& operator=(const EventMerge&) = delete;

  // Adds the next profile: its events of the store, less those with a
  // `removed` key (sorted), and the new ones [begin, end), where the store had
  // events with their keys removed. Whether it differs from the store's.
  bool add_profile(uint32_t begin, uint32_t end,
                   std::span<const EventKey> removed);

  // The merged table, once all profiles were added.
  TableContent take();

 private:
  // An event of the profile at hand.
  struct Event {
    int64_t time = 0;      // of the whole order
    int64_t own_time = 0;  // that the row came with
    RowRef from;
    uint32_t source = 0;
    uint32_t file = 0;      // 1 + that of a new one; 0: of the store
    uint64_t order = 0;     // number of its order among the profile's
    uint32_t replaces = 0;  // old row + 1 whose key it has, or 0
  };

  // Rows one behind the other that go on as they are.
  struct Run {
    bool added = false;  // new ones, else the store's
    uint32_t begin = 0;
    uint32_t end = 0;
  };

  void reserve();
  bool is_plain(uint32_t begin, uint32_t end) const;
  void keep_old(uint32_t begin, uint32_t end,
                std::span<const EventKey> removed);
  void add_new(uint32_t row);
  void drop_copies();
  bool is_rising() const;
  void sort_events();
  void sort_orders();
  void complete_orders();
  void gather_orders();
  int compare(const Event& a, const Event& b) const;
  std::string_view id_of(const RowRef& row) const;
  bool same_as_old(const Event& event, uint32_t row) const;
  bool unchanged(uint32_t begin, uint32_t end) const;
  void count_fates();
  void emit();
  void emit_id(const RowRef& row);
  void copy(const Run& run);
  void flush();
  void flush_added(uint32_t begin, uint32_t end);
  void flush_old(uint32_t begin, uint32_t end);
  int64_t own_time(uint32_t row) const {
    return old_.own_times.empty() ? old_.times[row] : old_.own_times[row];
  }
  int64_t version_of(const RowRef& row) const;

  const TargetTable& table_;
  const EventType& type_;
  TableContent old_;
  const AddedEvents& added_;
  bool ids_;       // any event may have one
  bool versions_;  // any event may have one
  RowFates& fates_;
  ValueOrder values_;
  TableContent merged_;
  uint32_t profile_ = 0;
  std::vector<Event> events_;  // of the profile at hand
  std::vector<std::pair<uint64_t, uint32_t>> scratch_;
  std::vector<std::pair<EventKey, uint32_t>> old_keys_;  // of events with ids
  Run run_;                                              // not copied yet
};

}  // namespace kitle
