#include "runtime/ingest/merge_block.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "runtime/ingest/known_versions.h"
#include "runtime/ingest/merge_attributes.h"
#include "runtime/ingest/pieces.h"
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
    job_.rows.resize(tables_.tables.size());
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

  static uint32_t row_of(uint32_t profile) {
    return profile & (kBlockRows - 1);
  }

  // Reads the new rows of a table, by profile.
  SortedRows& read(size_t table) {
    const PieceReader pieces(tables_.tables[table].layout, job_.pieces[table]);
    SortedRows& sorted = job_.rows[table];
    if (count(pieces, sorted.offsets)) {
      pieces.read(sorted.rows);
      return sorted;
    }
    next_.assign(sorted.offsets.begin(), sorted.offsets.end());
    job_.places.clear();
    job_.places.reserve(pieces.rows());
    pieces.for_each_profile([this](uint32_t profile) {
      job_.places.push_back(next_[row_of(profile)]++);
    });
    pieces.read(job_.places, sorted.rows);
    return sorted;
  }

  // Where the rows of each profile begin. Whether they are sorted already, as
  // those of files often are.
  bool count(const PieceReader& pieces, std::vector<uint32_t>& offsets) const {
    offsets.assign(rows_ + size_t{1}, 0);
    bool is_sorted = true;
    uint32_t last = 0;
    uint32_t rows = 0;  // of the last one that stand together
    pieces.for_each_profile([&](uint32_t profile) {
      const uint32_t row = row_of(profile);
      if (row != last) {
        offsets[last] += std::exchange(rows, 0);
        is_sorted = is_sorted && row > last;
        last = row;
      }
      ++rows;
    });
    offsets[last] += rows;
    std::exclusive_scan(offsets.begin(), offsets.end(), offsets.begin(), 0U);
    return is_sorted;
  }

  bool is_new() const {
    return std::ranges::all_of(
        job_.content.tables,
        [](const TableContent& table) { return table.times.empty(); });
  }

  // Events with an id replace that of the store, whatever its type.
  void collect_removed() {
    if (is_new()) return;
    const RowLayout& layout = tables_.leavers;
    TableRows leavers;
    PieceReader(layout, job_.leavers).read(leavers);
    for (uint32_t i = 0; i < leavers.size(); ++i) {
      removed_.emplace_back(row_of(leavers.profiles[i]),
                            key_of(layout, leavers, i));
    }
    stale_.resize(schema_.events.size());
    for (size_t i = 0; i < schema_.events.size(); ++i) {
      if (tables_.tables[i].layout.has_ids()) collect_removed(i);
    }
    std::ranges::sort(removed_);
  }

  void collect_removed(size_t table) {
    const RowLayout& layout = tables_.tables[table].layout;
    const TableRows& rows = read(table).rows;
    stale_[table].assign(rows.size(), 0);
    for (uint32_t i = 0; i < rows.size(); ++i) {
      if (!rows.has_id(layout, i)) continue;
      const uint32_t row = row_of(rows.profiles[i]);
      const EventKey key = key_of(layout, rows, i);
      const int64_t version = rows.version(layout, i);
      if (version == kNoVersion || version >= versions_.of(row, key)) {
        removed_.emplace_back(row, key);
        continue;
      }
      stale_[table][i] = 1;
      job_.fates.add_older(rows, i);
    }
  }

  EventKey key_of(const RowLayout& layout, const TableRows& rows,
                  uint32_t row) const {
    return {rows.id(layout, row), sources_[rows.file_of(row)]};
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

  void merge_table(size_t table) {
    const bool is_read =
        !stale_.empty() && tables_.tables[table].layout.has_ids();
    const SortedRows& sorted = is_read ? job_.rows[table] : read(table);
    AddedEvents added{sorted.rows, sources_};
    if (is_read) added.stale = std::move(stale_[table]);
    job_.fates.any_joined =
        job_.fates.any_joined || !sorted.rows.joined.empty();
    TableContent& content = job_.content.tables[table];
    const auto before = static_cast<int64_t>(content.times.size());
    EventMerge merge(tables_.tables[table], schema_.events[table],
                     std::move(content), added, job_.content.pools, texts_,
                     job_.fates);
    for (uint32_t row = 0; row < rows_; ++row) {
      if (merge.add_profile(sorted.offsets[row], sorted.offsets[row + 1],
                            removed_of(row))) {
        touched_[row] = 1;
      }
    }
    content = merge.take();
    job_.new_events += static_cast<int64_t>(content.times.size()) - before;
  }

  void attributes() {
    merge_attributes(tables_.tables[tables_.profile()],
                     read(tables_.profile()).rows, texts_, job_.content,
                     touched_, job_.fates);
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
  // By table, its rows that are older versions than the store's.
  std::vector<std::vector<uint8_t>> stale_;
  std::vector<EventKey> removed_keys_;
  std::vector<uint32_t> next_;
};

}  // namespace

void merge_block(const Schema& schema, const TargetTables& tables,
                 const StoreTexts& texts, std::span<const uint32_t> sources,
                 BlockJob& job) {
  BlockMerge(schema, tables, texts, sources, job).merge();
}

}  // namespace kitle
