#include "runtime/ingest/merge_events.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <utility>

#include "runtime/store/content_rows.h"

namespace kitle {
namespace {

// The identity of copy `number` (from 1) of a content in its file.
Identity identity_of_copy(Identity content, uint32_t number) {
  if (number == 1) return content;
  char bytes[sizeof(content) + sizeof(number)];
  std::memcpy(bytes, &content, sizeof(content));
  std::memcpy(bytes + sizeof(content), &number, sizeof(number));
  const XXH128_hash_t hash = XXH3_128bits(bytes, sizeof(bytes));
  return {hash.low64, hash.high64};
}

}  // namespace

EventMerge::EventMerge(const TargetTable& table, const EventType& type,
                       TableContent old, TextPools& pools,
                       const StoreTexts& texts, RowFates& fates)
    : table_(table),
      type_(type),
      old_(std::move(old)),
      versions_(table.layout.versions() || !old_.versions.empty()),
      fates_(fates),
      values_(table, old_.columns, pools, texts) {
  merged_.offsets.push_back(0);
  for (const Column& column : type.columns) {
    merged_.columns.emplace_back().type = column.type;
  }
  merged_.id_texts = std::move(old_.id_texts);
}

bool EventMerge::add_profile(std::span<NewEvent> added,
                             std::span<const Identity> removed) {
  const bool is_old = profile_ + 1 < old_.offsets.size();
  const uint32_t begin = is_old ? old_.offsets[profile_] : old_.events();
  const uint32_t end = is_old ? old_.offsets[profile_ + 1] : old_.events();
  ++profile_;
  if (added.empty() && (removed.empty() || begin == end)) {
    copy_old(begin, end);
    return false;
  }
  events_.clear();
  drop_copies(added);
  bool changes = false;
  if (begin < end) changes = find_replaced(begin, end);
  changes = changes || !events_.empty();
  const size_t added_events = events_.size();
  for (uint32_t row = begin; row < end; ++row) {
    if (std::ranges::binary_search(removed, old_.identities[row])) continue;
    events_.push_back(
        {own_time(row), own_time(row), {nullptr, row}, old_.identities[row]});
  }
  changes = changes || events_.size() - added_events < end - begin;
  if (!changes) {
    copy_old(begin, end);
    return false;
  }
  sort_events();
  count_fates();
  if (unchanged(begin, end)) {
    copy_old(begin, end);
    return false;
  }
  flush_old();
  emit();
  return true;
}

// Numbers equal rows of a file and keeps what no other file brought already.
// Copies are equal in time too.
void EventMerge::drop_copies(std::span<NewEvent> added) {
  std::ranges::sort(added, {}, &NewEvent::time);
  for (size_t i = 0; i < added.size();) {
    size_t end = i + 1;
    while (end < added.size() && added[end].time == added[i].time) ++end;
    if (end - i == 1) {
      keep(added[i], added[i].identity);
    } else {
      drop_copies_of_one_time(added.subspan(i, end - i));
    }
    i = end;
  }
}

void EventMerge::drop_copies_of_one_time(std::span<NewEvent> added) {
  std::ranges::sort(added, {}, [](const NewEvent& event) {
    return std::pair(event.identity, head_of(event.record).file);
  });
  uint32_t number = 0;  // of the copy in its file
  uint32_t most = 0;    // copies of this content kept
  for (size_t i = 0; i < added.size(); ++i) {
    const bool same = i > 0 && added[i].identity == added[i - 1].identity;
    const bool same_file = same && head_of(added[i].record).file ==
                                       head_of(added[i - 1].record).file;
    number = same_file ? number + 1 : 1;
    if (!same) most = 0;
    if (number <= most) {
      known(added[i].record);
      continue;
    }
    most = number;
    keep(added[i], identity_of_copy(added[i].identity, number));
  }
}

void EventMerge::keep(const NewEvent& event, Identity identity) {
  events_.push_back({event.time, event.time, {event.record, 0}, identity});
}

// Drops new events that the store has; whether any is left. With an id they
// replace the store's, which the caller removes.
bool EventMerge::find_replaced(uint32_t begin, uint32_t end) {
  if (events_.empty()) return false;
  old_identities_.clear();
  for (uint32_t row = begin; row < end; ++row) {
    old_identities_.emplace_back(old_.identities[row], row);
  }
  std::ranges::sort(old_identities_);
  std::erase_if(events_, [this](Event& event) {
    const auto found =
        std::ranges::lower_bound(old_identities_, event.identity, {},
                                 &std::pair<Identity, uint32_t>::first);
    if (found == old_identities_.end() || found->first != event.identity) {
      return false;
    }
    event.replaces = found->second + 1;
    const bool with_id =
        table_.layout.present(event.from.record, table_.layout.extra());
    if (!with_id) known(event.from.record);
    return !with_id;
  });
  return !events_.empty();
}

std::string_view EventMerge::id_of(const RowRef& row) const {
  if (row.record != nullptr) {
    return table_.layout.present(row.record, table_.layout.extra())
               ? table_.layout.bytes(row.record, table_.layout.extra())
               : std::string_view();
  }
  return old_.ids.empty() ? std::string_view()
                          : merged_.id_texts.text(old_.ids[row.row]);
}

int64_t EventMerge::version_of(const RowRef& row) const {
  if (row.record != nullptr) return table_.layout.version(row.record);
  return old_.versions.empty() ? kNoVersion : old_.versions[row.row];
}

// Meaning 13, within one profile and type.
bool EventMerge::before(const Event& a, const Event& b) const {
  if (a.time != b.time) return a.time < b.time;
  const int ids = id_of(a.from).compare(id_of(b.from));
  if (ids != 0) return ids < 0;
  const int values = values_.compare(a.from, b.from);
  return values != 0 ? values < 0 : a.identity < b.identity;
}

void EventMerge::sort_events() {
  if (type_.counted_by) complete_orders();
  std::ranges::sort(
      events_, [this](const Event& a, const Event& b) { return before(a, b); });
  if (type_.counted_by) gather_orders();
}

// Rows of an order take its earliest time. A row without one is its own order.
void EventMerge::complete_orders() {
  const size_t column = *type_.counted_by;
  scratch_.clear();
  uint64_t orders = 0;
  for (uint32_t i = 0; i < events_.size(); ++i) {
    events_[i].order = 0;
    if (values_.missing(events_[i].from, column)) continue;
    scratch_.emplace_back(values_.key(events_[i].from, column), i);
  }
  std::ranges::sort(scratch_);
  for (size_t i = 0; i < scratch_.size();) {
    size_t end = i;
    int64_t time = INT64_MAX;
    for (; end < scratch_.size() && scratch_[end].first == scratch_[i].first;
         ++end) {
      time = std::min(time, events_[scratch_[end].second].time);
    }
    ++orders;
    for (; i < end; ++i) {
      events_[scratch_[i].second].order = orders;
      events_[scratch_[i].second].time = time;
    }
  }
  for (Event& event : events_) {
    if (event.order == 0) event.order = ++orders;
  }
}

// Rows of an order stand together where its first row stands.
void EventMerge::gather_orders() {
  scratch_.assign(events_.size() + 1, {UINT64_MAX, 0});
  for (uint32_t i = 0; i < events_.size(); ++i) {
    auto& first = scratch_[events_[i].order].first;
    first = std::min<uint64_t>(first, i);
  }
  const auto place = [this](const Event& event) {
    return scratch_[event.order].first;
  };
  if (!std::ranges::is_sorted(events_, {}, place)) {
    std::ranges::stable_sort(events_, {}, place);
  }
}

bool EventMerge::same_as_old(const Event& event, uint32_t row) const {
  if (event.time != old_.times[row]) return false;
  const RowRef old{nullptr, row};
  if (event.from.record == nullptr) return event.from.row == row;
  return event.own_time == own_time(row) &&
         event.identity == old_.identities[row] &&
         version_of(event.from) == version_of(old) &&
         id_of(event.from) == id_of(old) &&
         values_.compare(event.from, old) == 0;
}

bool EventMerge::unchanged(uint32_t begin, uint32_t end) const {
  if (events_.size() != end - begin) return false;
  for (uint32_t i = 0; i < events_.size(); ++i) {
    if (!same_as_old(events_[i], begin + i)) return false;
  }
  return true;
}

void EventMerge::known(const char* record) {
  fates_.add_known(head_of(record));
}

void EventMerge::count_fates() {
  for (const Event& event : events_) {
    if (event.from.record == nullptr) continue;
    const bool is_known =
        event.replaces != 0 && same_as_old(event, event.replaces - 1);
    if (is_known) {
      known(event.from.record);
      continue;
    }
    fates_.add_new(head_of(event.from.record));
  }
}

void EventMerge::emit() {
  uint64_t last_order = 0;
  for (const Event& event : events_) {
    merged_.times.push_back(event.time);
    merged_.identities.push_back(event.identity);
    if (versions_) merged_.versions.push_back(version_of(event.from));
    if (type_.counted_by) {
      merged_.own_times.push_back(event.own_time);
      merged_.order_starts.push_back(event.order != last_order ? 1 : 0);
      last_order = event.order;
    }
    for (size_t i = 0; i < merged_.columns.size(); ++i) {
      values_.push(event.from, i, merged_.columns[i]);
    }
    emit_id(event.from);
  }
  merged_.offsets.push_back(merged_.events());
}

void EventMerge::emit_id(const RowRef& row) {
  uint32_t code = 0;
  if (row.record == nullptr) {
    code = old_.ids.empty() ? 0 : old_.ids[row.row];
  } else if (table_.layout.present(row.record, table_.layout.extra())) {
    code = merged_.id_texts.intern(id_of(row));
  }
  if (code == 0 && merged_.ids.empty()) return;
  merged_.ids.resize(merged_.times.size() - 1);
  merged_.ids.push_back(code);
}

// Unchanged profiles are copied in one piece.
void EventMerge::copy_old(uint32_t begin, uint32_t end) {
  if (copy_end_ != begin) {
    flush_old();
    copy_begin_ = begin;
  }
  copy_end_ = end;
  merged_.offsets.push_back(merged_.events() + (copy_end_ - copy_begin_));
}

void EventMerge::flush_old() {
  const uint32_t begin = std::exchange(copy_begin_, copy_end_);
  if (begin == copy_end_) return;
  const auto append = [&](auto& to, const auto& from) {
    to.insert(to.end(), from.begin() + begin, from.begin() + copy_end_);
  };
  const size_t before = merged_.times.size();
  append(merged_.times, old_.times);
  append(merged_.identities, old_.identities);
  if (type_.counted_by) {
    append(merged_.order_starts, old_.order_starts);
    append(merged_.own_times,
           old_.own_times.empty() ? old_.times : old_.own_times);
  }
  if (!old_.versions.empty()) append(merged_.versions, old_.versions);
  if (versions_) merged_.versions.resize(merged_.times.size(), kNoVersion);
  for (size_t i = 0; i < merged_.columns.size(); ++i) {
    append_rows(merged_.columns[i], old_.columns[i], begin, copy_end_);
  }
  if (!old_.ids.empty()) {
    merged_.ids.resize(before);
    append(merged_.ids, old_.ids);
  }
}

TableContent EventMerge::take() {
  flush_old();
  if (merged_.own_times == merged_.times) merged_.own_times.clear();
  if (!merged_.ids.empty()) merged_.ids.resize(merged_.times.size());
  return std::move(merged_);
}

}  // namespace kitle
