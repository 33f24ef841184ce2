// Events with an id: of all those of one identity, whatever file, customer or
// type they have, one goes on. Entry point: resolve_ids.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/ingest/merge_events.h"
#include "runtime/ingest/source_plan.h"
#include "runtime/ingest/staging.h"
#include "runtime/ingest/value_order.h"
#include "runtime/status.h"
#include "runtime/store/writer.h"

namespace kitle {

// Partitions of events with ids, by their identity.
inline constexpr uint32_t kIdPartitions = 256;
inline uint32_t id_partition(Identity identity) {
  return static_cast<uint32_t>(identity.high >> 56);
}

// Moves the greatest of each identity by Meaning 13 from `from` (partitions of
// kIdPartitions) to `to` (partitions are blocks). Where the store has the
// event with another customer, a record of only a head goes to that one's
// block, table `gone`. Others are known, in `fates`.
class IdResolver {
 public:
  IdResolver(const TargetTables& tables, const StoreTexts& texts,
             StoreWriter& writer, Staging& to, size_t gone, RowFates& fates)
      : tables_(tables),
        texts_(texts),
        writer_(writer),
        to_(to),
        gone_(gone),
        fates_(fates) {}

  Status resolve(const Staging& from, uint32_t partition);

 private:
  struct Event {
    RecordHead head;
    size_t table = 0;
    const char* record = nullptr;
  };
  std::string key_of(uint32_t profile);
  int64_t version_of(const Event& event) const;
  bool less(const Event& a, const Event& b);
  Result<int64_t> stored_version(uint32_t profile, Identity identity);
  Status move(const Event& event);
  void count_beaten(std::span<const Event> beaten, const Event& winner);

  const TargetTables& tables_;
  const StoreTexts& texts_;
  StoreWriter& writer_;
  Staging& to_;
  size_t gone_;
  RowFates& fates_;
  Status status_;  // of key_of()
  // A block of the store, for the versions in it.
  std::optional<std::pair<uint32_t, std::vector<TableContent>>> loaded_;
};

}  // namespace kitle
