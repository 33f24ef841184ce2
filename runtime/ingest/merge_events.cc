#include "runtime/ingest/merge_events.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "runtime/store/content_rows.h"

namespace kitle {

EventMerge::EventMerge(const TargetTable& table, const EventType& type,
                       TableContent old, const AddedEvents& added,
                       TextPools& pools, const StoreTexts& texts,
                       RowFates& fates)
    : table_(table),
      type_(type),
      old_(std::move(old)),
      added_(added),
      ids_(table.layout.has_ids() || !old_.ids.empty()),
      versions_(table.layout.has_versions() || !old_.versions.empty()),
      fates_(fates),
      values_(table, added.rows, old_.columns, pools, texts) {
  merged_.offsets.push_back(0);
  for (const Column& column : type.columns) {
    merged_.columns.emplace_back().type = column.type;
  }
  merged_.id_texts = std::move(old_.id_texts);
  reserve();
}

void EventMerge::reserve() {
  const size_t events = old_.times.size() + added_.rows.size();
  merged_.times.reserve(events);
  merged_.sources.reserve(events);
  for (LogicalColumn& column : merged_.columns) {
    const bool number = column.type == TypeKind::kNumber;
    if (number) column.numbers.reserve(events);
    if (!number && !is_list(column.type)) column.ints.reserve(events);
  }
}

bool EventMerge::add_profile(uint32_t begin, uint32_t end,
                             std::span<const EventKey> removed) {
  const bool is_old = profile_ + 1 < old_.offsets.size();
  const Run old{false, is_old ? old_.offsets[profile_] : old_.events(),
                is_old ? old_.offsets[profile_ + 1] : old_.events()};
  const bool none = old.begin == old.end;
  ++profile_;
  if (begin == end && (removed.empty() || none)) {
    copy(old);
    return false;
  }
  if (none && is_plain(begin, end)) {
    copy({true, begin, end});
    return true;
  }
  events_.clear();
  keep_old(old.begin, old.end, removed);
  const size_t kept = events_.size();
  for (uint32_t row = begin; row < end; ++row) add_new(row);
  drop_copies();
  if (kept == old.end - old.begin && events_.size() == kept) {
    copy(old);
    return false;
  }
  if (type_.counted_by) sort_orders();
  count_fates();
  if (unchanged(old.begin, old.end)) {
    copy(old);
    return false;
  }
  flush();
  emit();
  return true;
}

// Whether new events are as good as merged: no two are of one time, so that no
// copies are among them, and they are in order, as those of files often are.
bool EventMerge::is_plain(uint32_t begin, uint32_t end) const {
  const bool simple =
      !type_.counted_by && !ids_ && !versions_ && !fates_.any_joined;
  const std::span<const int64_t> times =
      std::span(added_.rows.times).subspan(begin, end - begin);
  return simple && std::ranges::adjacent_find(
                       times, std::ranges::greater_equal()) == times.end();
}

void EventMerge::keep_old(uint32_t begin, uint32_t end,
                          std::span<const EventKey> removed) {
  old_keys_.clear();
  for (uint32_t row = begin; row < end; ++row) {
    const bool with_id = !old_.ids.empty() && old_.ids[row] != 0;
    if (with_id && !removed.empty()) {
      const EventKey key{id_of({false, row}), old_.sources[row]};
      old_keys_.emplace_back(key, row);
      if (std::ranges::binary_search(removed, key)) continue;
    }
    events_.push_back(
        {own_time(row), own_time(row), {false, row}, old_.sources[row]});
  }
  std::ranges::sort(old_keys_);
}

void EventMerge::add_new(uint32_t row) {
  if (!added_.stale.empty() && added_.stale[row] != 0) return;
  const TableRows& rows = added_.rows;
  const uint32_t file = rows.file_of(row);
  Event& added = events_.emplace_back(Event{rows.times[row],
                                            rows.times[row],
                                            {true, row},
                                            added_.sources[file],
                                            file + 1});
  if (old_keys_.empty() || !rows.has_id(table_.layout, row)) return;
  const EventKey key{rows.id(table_.layout, row), added.source};
  const auto found = std::ranges::lower_bound(
      old_keys_, key, {}, &std::pair<EventKey, uint32_t>::first);
  const bool replaces = found != old_keys_.end() && found->first == key;
  if (replaces) added.replaces = found->second + 1;
}

// Sorts the events by their own times. Of equal ones as many stay as the store
// has or any one file brings: the n-th copy of a file is the store's n-th.
// Events with ids are never equal.
void EventMerge::drop_copies() {
  if (is_rising()) return;
  sort_events();
  uint32_t number = 0;  // of the copy in its file
  uint32_t most = 0;    // copies kept
  size_t kept = 0;
  for (size_t i = 0; i < events_.size(); ++i) {
    const bool same = i > 0 && compare(events_[i - 1], events_[i]) == 0;
    const bool same_file = same && events_[i - 1].file == events_[i].file;
    number = same_file ? number + 1 : 1;
    if (!same) most = 0;
    if (number <= most) {
      fates_.add_known(added_.rows, events_[i].from.row);
      continue;
    }
    most = number;
    if (kept != i) events_[kept] = events_[i];
    ++kept;
  }
  events_.resize(kept);
}

// As files often are.
bool EventMerge::is_rising() const {
  for (size_t i = 1; i < events_.size(); ++i) {
    if (compare(events_[i - 1], events_[i]) >= 0) return false;
  }
  return true;
}

void EventMerge::sort_events() {
  std::ranges::sort(events_, [this](const Event& a, const Event& b) {
    const int order = compare(a, b);
    if (order != 0) return order < 0;
    return std::tie(a.file, a.from.row) < std::tie(b.file, b.from.row);
  });
}

std::string_view EventMerge::id_of(const RowRef& row) const {
  if (row.added) return added_.rows.id(table_.layout, row.row);
  return old_.ids.empty() ? std::string_view()
                          : merged_.id_texts.text(old_.ids[row.row]);
}

int64_t EventMerge::version_of(const RowRef& row) const {
  if (row.added) return added_.rows.version(table_.layout, row.row);
  return old_.versions.empty() ? kNoVersion : old_.versions[row.row];
}

// Meaning 13, within one profile and type; 0 for events that are the same.
int EventMerge::compare(const Event& a, const Event& b) const {
  if (a.time != b.time) return a.time < b.time ? -1 : 1;
  if (ids_) {
    const int ids = id_of(a.from).compare(id_of(b.from));
    if (ids != 0) return ids;
  }
  const int values = values_.compare(a.from, b.from);
  if (values != 0) return values;
  if (a.own_time != b.own_time) return a.own_time < b.own_time ? -1 : 1;
  if (a.source != b.source) return a.source < b.source ? -1 : 1;
  return 0;
}

void EventMerge::sort_orders() {
  complete_orders();
  sort_events();
  gather_orders();
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
  const RowRef old{false, row};
  if (!event.from.added) return event.from.row == row;
  return event.own_time == own_time(row) && event.source == old_.sources[row] &&
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

void EventMerge::count_fates() {
  for (const Event& event : events_) {
    if (!event.from.added) continue;
    if (event.replaces == 0 && !fates_.any_joined) continue;
    const bool is_known =
        event.replaces != 0 && same_as_old(event, event.replaces - 1);
    if (is_known) {
      fates_.add_known(added_.rows, event.from.row);
    } else {
      fates_.add_new(added_.rows, event.from.row);
    }
  }
}

void EventMerge::emit() {
  uint64_t last_order = 0;
  for (const Event& event : events_) {
    merged_.times.push_back(event.time);
    merged_.sources.push_back(event.source);
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
  if (!row.added) {
    code = old_.ids.empty() ? 0 : old_.ids[row.row];
  } else if (added_.rows.has_id(table_.layout, row.row)) {
    code = merged_.id_texts.intern(id_of(row));
  }
  if (code == 0 && merged_.ids.empty()) return;
  merged_.ids.resize(merged_.times.size() - 1);
  merged_.ids.push_back(code);
}

// What goes on as it is, is copied in one piece.
void EventMerge::copy(const Run& run) {
  const bool follows = run.added == run_.added && run.begin == run_.end;
  if (run.begin != run.end && !follows) {
    flush();
    run_ = {run.added, run.begin, run.begin};
  }
  run_.end += run.end - run.begin;
  merged_.offsets.push_back(merged_.events() + (run_.end - run_.begin));
}

void EventMerge::flush() {
  const auto [added, begin, end] =
      std::exchange(run_, {run_.added, run_.end, run_.end});
  if (begin == end) return;
  if (added) {
    flush_added(begin, end);
  } else {
    flush_old(begin, end);
  }
}

void EventMerge::flush_added(uint32_t begin, uint32_t end) {
  const TableRows& rows = added_.rows;
  merged_.times.insert(merged_.times.end(), rows.times.begin() + begin,
                       rows.times.begin() + end);
  size_t next = merged_.sources.size();
  merged_.sources.resize(merged_.times.size());
  for (uint32_t row = begin; row < end; ++row) {
    merged_.sources[next++] = added_.sources[rows.file_of(row)];
  }
  for (size_t i = 0; i < merged_.columns.size(); ++i) {
    values_.append(begin, end, i, merged_.columns[i]);
  }
}

void EventMerge::flush_old(uint32_t begin, uint32_t end) {
  const auto append = [&](auto& to, const auto& from) {
    to.insert(to.end(), from.begin() + begin, from.begin() + end);
  };
  const size_t before = merged_.times.size();
  append(merged_.times, old_.times);
  append(merged_.sources, old_.sources);
  if (type_.counted_by) {
    append(merged_.order_starts, old_.order_starts);
    append(merged_.own_times,
           old_.own_times.empty() ? old_.times : old_.own_times);
  }
  if (!old_.versions.empty()) append(merged_.versions, old_.versions);
  if (versions_) merged_.versions.resize(merged_.times.size(), kNoVersion);
  for (size_t i = 0; i < merged_.columns.size(); ++i) {
    append_rows(merged_.columns[i], old_.columns[i], begin, end);
  }
  if (!old_.ids.empty()) {
    merged_.ids.resize(before);
    append(merged_.ids, old_.ids);
  }
}

TableContent EventMerge::take() {
  flush();
  if (merged_.own_times == merged_.times) merged_.own_times.clear();
  if (!merged_.ids.empty()) merged_.ids.resize(merged_.times.size());
  return std::move(merged_);
}

}  // namespace kitle
