#include "runtime/ingest/resolve_ids.h"

#include <algorithm>
#include <numeric>

#include "runtime/ingest/known_versions.h"
#include "runtime/ingest/pieces.h"
#include "runtime/store/view.h"

namespace kitle {

std::string IdResolver::key_of(uint32_t profile) {
  auto key = writer_.key_of(profile);
  if (key) return std::move(*key);
  if (status_.ok()) status_ = key.error();
  return {};
}

int64_t IdResolver::version_of(const Event& event) const {
  return rows_of(event).version(layout_of(event), event.row);
}

EventKey IdResolver::key_of(const Event& event) const {
  const TableRows& rows = rows_of(event);
  return {rows.id(layout_of(event), event.row),
          sources_[rows.file_of(event.row)]};
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
  const int64_t time = rows_of(a).times[a.row];
  const int64_t other = rows_of(b).times[b.row];
  if (time != other) return time < other;
  if (a.table != b.table) return a.table < b.table;
  static const std::vector<LogicalColumn> kNoColumns;
  TextPools no_pools;
  const ValueOrder values(tables_.tables[a.table], rows_of(a), kNoColumns,
                          no_pools, texts_);
  const int order = values.compare({true, a.row}, {true, b.row});
  if (order != 0) return order < 0;
  return profile_of(a) != profile_of(b) &&
         key_of(profile_of(a)) < key_of(profile_of(b));
}

std::vector<IdResolver::Event> IdResolver::read(const Staging& from,
                                                uint32_t begin, uint32_t end) {
  std::vector<Event> events;
  rows_.resize(tables_.profile());
  for (uint32_t table = 0; table < rows_.size(); ++table) {
    const RowLayout& layout = tables_.tables[table].layout;
    TableRows& rows = rows_[table];
    std::vector<std::span<const char>> pieces;
    for (uint32_t partition = begin; partition < end; ++partition) {
      const auto some = from.pieces(partition, table);
      pieces.insert(pieces.end(), some.begin(), some.end());
    }
    PieceReader(layout, pieces).read(rows);
    for (uint32_t row = 0; row < rows.size(); ++row) {
      events.push_back({rows.id_hash(layout, row), table, row});
    }
  }
  return events;
}

Status IdResolver::resolve(const Staging& from, uint32_t begin, uint32_t end) {
  std::vector<Event> events = read(from, begin, end);
  std::ranges::sort(
      events, [this](const Event& a, const Event& b) { return less(a, b); });
  if (!status_.ok()) return status_;
  std::vector<Event> winners;
  for (size_t i = 0; i < events.size();) {
    size_t last = i;
    while (last + 1 < events.size() && same_key(events[last + 1], events[i])) {
      ++last;
    }
    count_beaten(std::span(events).subspan(i, last - i), events[last]);
    winners.push_back(events[last]);
    i = last + 1;
  }
  Status found = find_holders(winners);
  if (!found.ok()) return found;
  move(winners);
  return {};
}

void IdResolver::count_beaten(std::span<const Event> beaten,
                              const Event& winner) {
  const int64_t newest = version_of(winner);
  for (const Event& event : beaten) {
    const int64_t version = version_of(event);
    if (version != kNoVersion && version < newest) {
      fates_.add_older(rows_of(event), event.row);
    } else {
      fates_.add_known(rows_of(event), event.row);
    }
  }
}

// Which of them another customer has, and in which version. What changes its
// customer may be in any block, so each is loaded for them together.
Status IdResolver::find_holders(std::vector<Event>& events) {
  if (writer_.old_profiles() == 0) return {};
  std::vector<Event*> versioned;
  for (Event& event : events) {
    const auto holder = writer_.find_event(event.hash);
    if (!holder) return holder.error();
    event.holder = *holder;
    const bool moves = *holder && **holder != profile_of(event);
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
  const TableRows& rows = rows_of(event);
  const int64_t version = version_of(event);
  if (version != kNoVersion && version < event.stored) {
    fates_.add_older(rows, event.row);
    return false;
  }
  leaving_.profiles.push_back(*event.holder);
  leaving_.files.push_back(rows.file_of(event.row));
  const RowLayout& layout = tables_.leavers;
  RowColumn* const slots = leaving_.slots.data();
  const Hash128 hash = event.hash;
  slots[layout.id_slot()].bytes.push_back(rows.id(layout_of(event), event.row));
  slots[layout.hash_slot()].values.push_back(static_cast<int64_t>(hash.low));
  slots[layout.hash_slot() + 1].values.push_back(
      static_cast<int64_t>(hash.high));
  return true;
}

// Whether the event goes on to its profile's block.
bool IdResolver::moves(const Event& event) {
  const uint32_t profile = profile_of(event);
  const bool leaves = event.holder && *event.holder != profile;
  if (leaves && !leave(event)) return false;
  if (!event.holder || leaves) writer_.put_event(event.hash, profile);
  return true;
}

void IdResolver::move(const std::vector<Event>& events) {
  leaving_ = {};
  leaving_.slots.resize(tables_.leavers.slots());
  std::vector<std::vector<uint32_t>> which(rows_.size());
  for (const Event& event : events) {
    if (moves(event)) which[event.table].push_back(event.row);
  }
  for (size_t table = 0; table < rows_.size(); ++table) {
    add(table, tables_.tables[table].layout, rows_[table], which[table]);
  }
  std::vector<uint32_t> all(leaving_.size());
  std::iota(all.begin(), all.end(), 0);
  add(leavers_, tables_.leavers, leaving_, all);
}

void IdResolver::add(size_t table, const RowLayout& layout,
                     const TableRows& rows, std::span<const uint32_t> which) {
  scatter_.add(to_, table, layout, rows, which,
               [&](uint32_t row) { return rows.profiles[row] >> kBlockBits; });
}

}  // namespace kitle
