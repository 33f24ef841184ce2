// Events with an id: of all those of one identity, whatever file, customer or
// type they have, one goes on. Entry point: resolve_ids.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/ingest/merge_events.h"
#include "runtime/ingest/scatter.h"
#include "runtime/ingest/source_plan.h"
#include "runtime/ingest/staging.h"
#include "runtime/ingest/value_order.h"
#include "runtime/status.h"
#include "runtime/store/writer.h"

namespace kitle {

// Partitions of events with ids, by the hash of the id.
inline constexpr uint32_t kIdPartitions = 256;
inline uint32_t id_partition(const Hash128& hash) {
  return static_cast<uint32_t>(hash.high >> 56);
}

// Moves the greatest of each id by Meaning 13 from `from` (partitions of
// kIdPartitions) to `to` (partitions are blocks). Where the store has the
// event with another customer, a leaver goes to that one's block, table
// `leavers`. Others are known, in `fates`.
class IdResolver {
 public:
  // `sources`: numbers of the files' sources.
  IdResolver(const TargetTables& tables, const StoreTexts& texts,
             std::span<const uint32_t> sources, StoreWriter& writer,
             Staging& to, size_t leavers, RowFates& fates)
      : tables_(tables),
        texts_(texts),
        sources_(sources),
        writer_(writer),
        to_(to),
        leavers_(leavers),
        fates_(fates) {}

  // Partitions `begin` to `end` - 1 together.
  Status resolve(const Staging& from, uint32_t begin, uint32_t end);

 private:
  struct Event {
    Hash128 hash;
    uint32_t table = 0;
    uint32_t row = 0;                     // of rows_[table]
    std::optional<uint32_t> holder = {};  // who has it in the store
    int64_t stored = kNoVersion;          // its version there, if it moves
  };
  const RowLayout& layout_of(const Event& event) const {
    return tables_.tables[event.table].layout;
  }
  const TableRows& rows_of(const Event& event) const {
    return rows_[event.table];
  }
  uint32_t profile_of(const Event& event) const {
    return rows_of(event).profiles[event.row];
  }
  std::vector<Event> read(const Staging& from, uint32_t begin, uint32_t end);
  std::string key_of(uint32_t profile);
  int64_t version_of(const Event& event) const;
  bool less(const Event& a, const Event& b);
  EventKey key_of(const Event& event) const;
  bool same_key(const Event& a, const Event& b) const;
  Status find_holders(std::vector<Event>& events);
  void move(const std::vector<Event>& events);
  bool moves(const Event& event);
  bool leave(const Event& event);
  void add(size_t table, const RowLayout& layout, const TableRows& rows,
           std::span<const uint32_t> which);
  void count_beaten(std::span<const Event> beaten, const Event& winner);

  const TargetTables& tables_;
  const StoreTexts& texts_;
  std::span<const uint32_t> sources_;
  StoreWriter& writer_;
  Staging& to_;
  size_t leavers_;
  RowFates& fates_;
  Status status_;                // of key_of()
  std::vector<TableRows> rows_;  // of the partition, by table
  TableRows leaving_;
  RowScatter scatter_;
};

}  // namespace kitle
