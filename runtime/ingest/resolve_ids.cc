#include "runtime/ingest/resolve_ids.h"

#include <algorithm>
#include <cstring>

#include "runtime/ingest/known_versions.h"
#include "runtime/store/view.h"

namespace kitle {

std::string IdResolver::key_of(uint32_t profile) {
  auto key = writer_.key_of(profile);
  if (key) return std::move(*key);
  if (status_.ok()) status_ = key.error();
  return {};
}

int64_t IdResolver::version_of(const Event& event) const {
  return tables_.tables[event.table].layout.version(event.record);
}

EventKey IdResolver::key_of(const Event& event) const {
  return {tables_.tables[event.table].layout.id(event.record),
          sources_[event.head.file]};
}

bool IdResolver::same_key(const Event& a, const Event& b) const {
  return a.hash == b.hash && key_of(a) == key_of(b);
}

// By id, then version, then by Meaning 13: time, type, properties. Where all
// that is equal the customer's key decides, so that the order of files never
// does.
bool IdResolver::less(const Event& a, const Event& b) {
  if (a.hash != b.hash) return a.hash < b.hash;
  if (!same_key(a, b)) return key_of(a) < key_of(b);
  const int64_t ours = version_of(a);
  const int64_t theirs = version_of(b);
  if (ours != theirs) return ours < theirs;
  if (a.head.time != b.head.time) return a.head.time < b.head.time;
  if (a.table != b.table) return a.table < b.table;
  static const std::vector<LogicalColumn> kNoColumns;
  TextPools no_pools;
  const ValueOrder values(tables_.tables[a.table], kNoColumns, no_pools,
                          texts_);
  const int order = values.compare({a.record, 0}, {b.record, 0});
  if (order != 0) return order < 0;
  return a.head.profile != b.head.profile &&
         key_of(a.head.profile) < key_of(b.head.profile);
}

Status IdResolver::resolve(const Staging& from, uint32_t partition) {
  std::vector<Event> events;
  for (size_t table = 0; table < tables_.profile(); ++table) {
    for (const auto& piece : from.pieces(partition, table)) {
      for_each_record(piece, [&](const char* record) {
        const RecordLayout& layout = tables_.tables[table].layout;
        events.push_back(
            {layout.id_hash(record), head_of(record), table, record});
      });
    }
  }
  std::ranges::sort(
      events, [this](const Event& a, const Event& b) { return less(a, b); });
  if (!status_.ok()) return status_;
  std::vector<Event> winners;
  for (size_t i = 0; i < events.size();) {
    size_t end = i + 1;
    while (end < events.size() && same_key(events[end], events[i])) ++end;
    count_beaten(std::span(events).subspan(i, end - i - 1), events[end - 1]);
    winners.push_back(events[end - 1]);
    i = end;
  }
  Status found = find_holders(winners);
  if (!found.ok()) return found;
  for (const Event& event : winners) move(event);
  return {};
}

void IdResolver::count_beaten(std::span<const Event> beaten,
                              const Event& winner) {
  const int64_t newest = version_of(winner);
  for (const Event& event : beaten) {
    const int64_t version = version_of(event);
    if (version != kNoVersion && version < newest) {
      fates_.add_older(event.head);
    } else {
      fates_.add_known(event.head);
    }
  }
}

// Which of them another customer has, and in which version. What changes its
// customer may be in any block, so each is loaded once a partition.
Status IdResolver::find_holders(std::vector<Event>& events) {
  if (writer_.old_profiles() == 0) return {};
  std::vector<Event*> versioned;
  for (Event& event : events) {
    const auto holder = writer_.find_event(event.hash);
    if (!holder) return holder.error();
    event.holder = *holder;
    const bool moves = *holder && **holder != event.head.profile;
    if (moves && version_of(event) != kNoVersion) versioned.push_back(&event);
  }
  const auto block_of = [](const Event* event) {
    return *event->holder >> kBlockBits;
  };
  std::ranges::sort(versioned, {}, block_of);
  for (auto at = versioned.begin(); at != versioned.end();) {
    const auto end = std::ranges::upper_bound(at, versioned.end(),
                                              block_of(*at), {}, block_of);
    const auto content = writer_.load(block_of(*at));
    if (!content) return content.error();
    KnownVersions versions(content->tables);
    for (; at != end; ++at) {
      Event& event = **at;
      event.stored =
          versions.of(*event.holder & (kBlockRows - 1), key_of(event));
    }
  }
  return {};
}

// Takes the event from another customer who has it; whether it may be moved.
bool IdResolver::leave(const Event& event) {
  const int64_t version = version_of(event);
  if (version != kNoVersion && version < event.stored) {
    fates_.add_older(event.head);
    return false;
  }
  const EventKey key = key_of(event);
  RecordHead head = event.head;
  head.profile = *event.holder;
  head.bytes = leaver_bytes(key);
  write_leaver(head, key,
               to_.add(*event.holder >> kBlockBits, leavers_, head.bytes));
  return true;
}

void IdResolver::move(const Event& event) {
  const RecordHead& head = event.head;
  const bool moves = event.holder && *event.holder != head.profile;
  if (moves && !leave(event)) return;
  if (!event.holder || moves) writer_.put_event(event.hash, head.profile);
  std::memcpy(to_.add(head.profile >> kBlockBits, event.table, head.bytes),
              event.record, head.bytes);
}

}  // namespace kitle
