// What a code reads of the store's blocks, by the store's schema.
#include <algorithm>

#include "runtime/eval/bind.h"
#include "runtime/eval/derived.h"

namespace kitle {
namespace {

ViewReads nothing_of(const Schema& schema) {
  ViewReads reads;
  reads.attributes.resize(schema.attributes.size());
  for (const EventType& event : schema.events) {
    reads.tables.emplace_back().columns.resize(event.columns.size());
  }
  return reads;
}

}  // namespace

ViewReads Binding::reads(const Prepared& code,
                         std::span<const uint32_t> events) const {
  ViewReads reads = nothing_of(snapshot_->schema());
  const auto read_events = [&](uint32_t table) {
    if (tables_[table] != kNone) reads.tables[tables_[table]].events = true;
  };
  std::ranges::for_each(code.tables(), read_events);
  std::ranges::for_each(events, read_events);
  const std::vector<bool> made = DerivedTables::wanted(code);
  for (size_t i = 0; i < made.size(); ++i) {
    if (!made[i]) continue;
    std::ranges::for_each(program_->derived[i].members, read_events);
  }
  for (size_t i = 0; i < places_.size(); ++i) {
    const SlotKind kind = program_->slots[i].kind;
    read_column(kind, places_[i], reads);
    for (const SlotPlace& member : places_[i].members) {
      read_column(kind, member, reads);
    }
  }
  return reads;
}

void Binding::read_column(SlotKind kind, const SlotPlace& place,
                          ViewReads& reads) {
  if (kind == SlotKind::kAttribute) {
    if (place.column != kNone) reads.attributes[place.column] = true;
    return;
  }
  if (place.table == kNone) return;
  ViewReads::Table& table = reads.tables[place.table];
  switch (kind) {
    case SlotKind::kProperty:
      if (place.column != kNone) table.columns[place.column] = true;
      break;
    case SlotKind::kFirstTime:
      table.first_time = true;
      break;
    case SlotKind::kLastTime:
      table.last_time = true;
      break;
    case SlotKind::kAttribute:
    case SlotKind::kEventTime:  // with the events
      break;
  }
}

}  // namespace kitle
