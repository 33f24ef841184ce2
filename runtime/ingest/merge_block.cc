#include "runtime/ingest/merge_block.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/ingest/known_versions.h"
#include "runtime/ingest/merge_attributes.h"
#include "runtime/store/view.h"

namespace kitle {
namespace {

class BlockMerge {
 public:
  BlockMerge(const Schema& schema, const TargetTables& tables,
             const StoreTexts& texts, std::span<const uint32_t> sources,
             BlockJob& job)
      : schema_(schema),
        tables_(tables),
        texts_(texts),
        sources_(sources),
        job_(job),
        rows_(job.content.profiles()),
        touched_(rows_, 0),
        versions_(job.content.tables) {}

  void merge() {
    job_.touched.clear();
    job_.fates = {};
    job_.new_events = 0;
    const size_t old_rows = job_.content.live.size();
    job_.content.live.resize(rows_, 1);
    std::fill(touched_.begin() + static_cast<ptrdiff_t>(old_rows),
              touched_.end(), 1);
    collect_removed();
    for (size_t i = 0; i < schema_.events.size(); ++i) merge_table(i);
    attributes();
    for (uint32_t row = 0; row < rows_; ++row) {
      if (touched_[row] != 0) job_.touched.push_back(row);
    }
  }

 private:
  using Removed = std::pair<uint32_t, EventKey>;

  static uint32_t row_of(const RecordHead& head) {
    return head.profile & (kBlockRows - 1);
  }

  // Events with an id replace that of the store, whatever its type.
  void collect_removed() {
    if (std::ranges::all_of(job_.content.tables, [](const TableContent& table) {
          return table.times.empty();
        })) {
      return;
    }
    for (const auto& piece : job_.leavers) {
      for_each_record(piece, [this](const char* record) {
        removed_.emplace_back(row_of(head_of(record)), leaver_key(record));
      });
    }
    for (size_t i = 0; i < schema_.events.size(); ++i) {
      for (const auto& piece : job_.pieces[i]) {
        for_each_record(piece, [this, i](const char* record) {
          replace(tables_.tables[i].layout, record);
        });
      }
    }
    std::ranges::sort(removed_);
    std::ranges::sort(stale_);
  }

  void replace(const RecordLayout& layout, const char* record) {
    if (!layout.has_id(record)) return;
    const RecordHead head = head_of(record);
    const EventKey key{layout.id(record), sources_[head.file]};
    const int64_t version = layout.version(record);
    const bool is_stale =
        version != kNoVersion && version < versions_.of(row_of(head), key);
    if (!is_stale) {
      removed_.emplace_back(row_of(head), key);
      return;
    }
    stale_.push_back(record);
    job_.fates.add_older(head);
  }

  bool is_stale(const char* record) const {
    return std::ranges::binary_search(stale_, record);
  }

  // The keys removed from a profile.
  std::span<const EventKey> removed_of(uint32_t row) {
    if (removed_.empty()) return {};
    const auto [begin, end] =
        std::ranges::equal_range(removed_, row, {}, &Removed::first);
    removed_keys_.clear();
    for (auto at = begin; at != end; ++at) removed_keys_.push_back(at->second);
    return removed_keys_;
  }

  // The events of a table by profile.
  void sort_by_profile(size_t table) {
    offsets_.assign(rows_ + 1, 0);
    const auto& pieces = job_.pieces[table];
    for (const auto& piece : pieces) {
      for_each_record(piece, [this](const char* record) {
        if (is_stale(record)) return;
        const RecordHead head = head_of(record);
        ++offsets_[row_of(head) + 1];
        job_.fates.any_joined = job_.fates.any_joined || head.row != 0;
      });
    }
    for (size_t i = 1; i < offsets_.size(); ++i) offsets_[i] += offsets_[i - 1];
    events_.resize(offsets_.back());
    next_.assign(offsets_.begin(), offsets_.end() - 1);
    for (const auto& piece : pieces) {
      for_each_record(piece, [this](const char* record) {
        if (is_stale(record)) return;
        const RecordHead head = head_of(record);
        events_[next_[row_of(head)]++] = {head.time, record,
                                          sources_[head.file], head.file};
      });
    }
  }

  void merge_table(size_t table) {
    sort_by_profile(table);
    TableContent& content = job_.content.tables[table];
    const auto before = static_cast<int64_t>(content.times.size());
    EventMerge merge(tables_.tables[table], schema_.events[table],
                     std::move(content), job_.content.pools, texts_,
                     job_.fates);
    merge.reserve(events_.size());
    for (uint32_t row = 0; row < rows_; ++row) {
      const std::span<NewEvent> added(events_.data() + offsets_[row],
                                      offsets_[row + 1] - offsets_[row]);
      if (merge.add_profile(added, removed_of(row))) touched_[row] = 1;
    }
    content = merge.take();
    job_.new_events += static_cast<int64_t>(content.times.size()) - before;
  }

  void attributes() {
    std::vector<NewAttributes> added;
    for (const auto& piece : job_.pieces[tables_.profile()]) {
      for_each_record(piece, [&](const char* record) {
        added.push_back({row_of(head_of(record)), record});
      });
    }
    merge_attributes(tables_.tables[tables_.profile()], added, texts_,
                     job_.content, touched_, job_.fates);
  }

  const Schema& schema_;
  const TargetTables& tables_;
  const StoreTexts& texts_;
  std::span<const uint32_t> sources_;
  BlockJob& job_;
  uint32_t rows_;
  std::vector<uint8_t> touched_;
  KnownVersions versions_;
  std::vector<Removed> removed_;
  std::vector<const char*> stale_;  // older versions than the store's
  std::vector<EventKey> removed_keys_;
  std::vector<uint32_t> offsets_;
  std::vector<uint32_t> next_;
  std::vector<NewEvent> events_;
};

}  // namespace

void merge_block(const Schema& schema, const TargetTables& tables,
                 const StoreTexts& texts, std::span<const uint32_t> sources,
                 BlockJob& job) {
  BlockMerge(schema, tables, texts, sources, job).merge();
}

}  // namespace kitle
