#include "runtime/ingest/resolve_ids.h"

#include <algorithm>
#include <cstring>

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
  for (size_t i = 0; i < events.size();) {
    size_t end = i + 1;
    while (end < events.size() && same_key(events[end], events[i])) ++end;
    count_beaten(std::span(events).subspan(i, end - i - 1), events[end - 1]);
    Status status = move(events[end - 1]);
    if (!status.ok()) return status;
    i = end;
  }
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

// Few events change their customer, so one block at hand is enough.
Result<int64_t> IdResolver::stored_version(uint32_t profile,
                                           const EventKey& key) {
  const uint32_t block = profile >> kBlockBits;
  if (!loaded_ || loaded_->first != block) {
    auto content = writer_.load(block);
    if (!content) return std::unexpected(content.error());
    loaded_.emplace(block, std::move(content->tables));
  }
  return version_of_event(loaded_->second, profile & (kBlockRows - 1), key);
}

// Takes the event from another customer who has it; whether it may be moved.
Result<bool> IdResolver::leave(const Event& event, uint32_t holder) {
  const EventKey key = key_of(event);
  if (version_of(event) != kNoVersion) {  // else any is as new
    auto stored = stored_version(holder, key);
    if (!stored) return std::unexpected(stored.error());
    if (version_of(event) < *stored) {
      fates_.add_older(event.head);
      return false;
    }
  }
  RecordHead head = event.head;
  head.profile = holder;
  head.bytes = leaver_bytes(key);
  write_leaver(head, key, to_.add(holder >> kBlockBits, leavers_, head.bytes));
  return true;
}

Status IdResolver::move(const Event& event) {
  const RecordHead& head = event.head;
  bool put = true;
  if (writer_.old_profiles() > 0) {
    const auto holder = writer_.find_event(event.hash);
    if (!holder) return holder.error();
    const bool moves = *holder && **holder != head.profile;
    if (moves) {
      auto left = leave(event, **holder);
      if (!left) return left.error();
      if (!*left) return {};
    }
    put = !*holder || moves;
  }
  if (put) writer_.put_event(event.hash, head.profile);
  std::memcpy(to_.add(head.profile >> kBlockBits, event.table, head.bytes),
              event.record, head.bytes);
  return {};
}

}  // namespace kitle
