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

// A new event in its block.
struct NewEvent {
  int64_t time = 0;
  const char* record = nullptr;
  uint32_t source = 0;  // its number in the store
  uint32_t file = 0;    // number in this ingest
};

// What became of rows of files, to be counted: by the file of a row that gives
// one record, by its number where it gives several.
struct RowFates {
  bool any_joined = false;  // of the records at hand; else nothing is `joined`
  std::vector<uint32_t> known;       // files: the record brought nothing new
  std::vector<uint32_t> older;       // files: as it was older than the store's
  std::vector<uint32_t> joined_new;  // rows: a record was new
  std::vector<uint32_t> joined_older;  // rows: a record was older

  void add_known(const RecordHead& head) {
    if (head.row == 0) known.push_back(head.file);
  }
  void add_older(const RecordHead& head) {
    add_known(head);
    if (head.row == 0) older.push_back(head.file);
    if (head.row != 0) joined_older.push_back(head.row);
  }
  void add_new(const RecordHead& head) {
    if (head.row != 0) joined_new.push_back(head.row);
  }
};

// One table of one block, profile by profile. Not thread-safe.
class EventMerge {
 public:
  EventMerge(const TargetTable& table, const EventType& type, TableContent old,
             TextPools& pools, const StoreTexts& texts, RowFates& fates);
  EventMerge(const EventMerge&) = delete;
  EventMerge& operator=(const EventMerge&) = delete;

  // Room for so many new events, before the first profile.
  void reserve(size_t added);
  // Adds the next profile: its events of the store, less those with a
  // `removed` key (sorted), and the new ones, where the store had events with
  // their keys removed. Whether it differs from the store's.
  bool add_profile(std::span<const NewEvent> added,
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

  bool is_plain(std::span<const NewEvent> added) const;
  void emit_plain(std::span<const NewEvent> added);
  void keep_old(uint32_t begin, uint32_t end,
                std::span<const EventKey> removed);
  void add_new(const NewEvent& event);
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
  void known(const char* record);
  void emit();
  void emit_id(const RowRef& row);
  void copy_old(uint32_t begin, uint32_t end);
  void flush_old();
  int64_t own_time(uint32_t row) const {
    return old_.own_times.empty() ? old_.times[row] : old_.own_times[row];
  }
  int64_t version_of(const RowRef& row) const;

  const TargetTable& table_;
  const EventType& type_;
  TableContent old_;
  bool ids_;       // any event may have one
  bool versions_;  // any event may have one
  RowFates& fates_;
  ValueOrder values_;
  TableContent merged_;
  uint32_t profile_ = 0;
  std::vector<Event> events_;  // of the profile at hand
  std::vector<std::pair<uint64_t, uint32_t>> scratch_;
  std::vector<std::pair<EventKey, uint32_t>> old_keys_;  // of events with ids
  uint32_t copy_begin_ = 0;  // old rows not copied yet
  uint32_t copy_end_ = 0;
};

}  // namespace kitle
