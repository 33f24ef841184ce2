// Verifying the sections of a block and pointing a view at them: tables. The
// columns are in view_columns.cc.
#include "runtime/store/view_builder.h"

#include <algorithm>
#include <cstddef>

#include "runtime/store/layout.h"
#include "runtime/store/verify.h"

namespace kitle {
namespace {

// What columns without data point at: enough for eight bytes a profile, and for
// vector loads past the end.
constexpr size_t kZeroBytes = (kBlockRows + 1) * 8 + 2 * kPadding;
alignas(kAlignment) const std::byte kZeros[kZeroBytes] = {};

template <class T>
const T* zeros() {
  return reinterpret_cast<const T*>(kZeros);
}

bool is_extra(SectionKind kind, uint32_t table) {
  const bool event = table != kProfileTable && table != kLocalDomains;
  switch (kind) {
    case SectionKind::kSources:
    case SectionKind::kEventIds:
    case SectionKind::kOwnTimes:
    case SectionKind::kVersions:
    case SectionKind::kTextOffsets:
    case SectionKind::kTextBytes:
      return event;
    case SectionKind::kStamps:
    case SectionKind::kStampsValid:
      return table == kProfileTable;
    case SectionKind::kValues:
    case SectionKind::kValid:
    case SectionKind::kListOffsets:
    case SectionKind::kListCodes:
    case SectionKind::kOffsets:
    case SectionKind::kOrderStarts:
    case SectionKind::kFirstTimes:
    case SectionKind::kLastTimes:
    case SectionKind::kHasEvents:
    case SectionKind::kLive:
    case SectionKind::kRows:
    case SectionKind::kRowSnapshots:
    case SectionKind::kKeys:
    case SectionKind::kSlots:
    case SectionKind::kBuckets:
    case SectionKind::kHashes:
    case SectionKind::kOrdinals:
    case SectionKind::kZoneBytes:
    case SectionKind::kFoldPoints:
    case SectionKind::kManifestBody:
      return false;
  }
  return false;
}

template <class T>
bool edges_fit_as(const TableView& view, std::span<const uint32_t> offsets) {
  return edges_fit(
      std::span(static_cast<const T*>(view.time.data), view.events), offsets,
      {static_cast<const T*>(view.first_time.data),
       static_cast<const T*>(view.last_time.data), view.first_time.valid});
}

// Whether first and last times are those of the profile's events.
bool edges_fit(const TableView& view, uint32_t profiles) {
  const std::span offsets(view.offsets, profiles + size_t{1});
  if (view.time.physical == Physical::kI16) {
    return edges_fit_as<int16_t>(view, offsets);
  }
  return view.time.physical == Physical::kI32
             ? edges_fit_as<int32_t>(view, offsets)
             : edges_fit_as<int64_t>(view, offsets);
}

bool times_sorted(const TableView& view, std::span<const uint32_t> offsets) {
  const void* data = view.time.data;
  const size_t events = view.events;
  if (view.time.physical == Physical::kI16) {
    return sorted_within(std::span(static_cast<const int16_t*>(data), events),
                         offsets);
  }
  if (view.time.physical == Physical::kI32) {
    return sorted_within(std::span(static_cast<const int32_t*>(data), events),
                         offsets);
  }
  return sorted_within(std::span(static_cast<const int64_t*>(data), events),
                       offsets);
}

int64_t stored(const ColumnView& column, uint32_t row) {
  switch (column.physical) {
    case Physical::kI16:
      return static_cast<const int16_t*>(column.data)[row];
    case Physical::kI32:
      return static_cast<const int32_t*>(column.data)[row];
    case Physical::kI64:
      return static_cast<const int64_t*>(column.data)[row];
    case Physical::kU8:
      return static_cast<const uint8_t*>(column.data)[row];
    case Physical::kU16:
      return static_cast<const uint16_t*>(column.data)[row];
    case Physical::kU32:
      return static_cast<const uint32_t*>(column.data)[row];
    case Physical::kAbsent:
    case Physical::kF64:
    case Physical::kList:
      return 0;
  }
  return 0;
}

// Whether a row that begins no order has the time and the order's key of the
// row before it.
bool continues(const TableView& view, const ColumnView* key, uint32_t row) {
  return row > 0 && stored(view.time, row) == stored(view.time, row - 1) &&
         (key == nullptr || stored(*key, row) == stored(*key, row - 1));
}

}  // namespace

ViewBuilder::ViewBuilder(const BlockFile& block)
    : block_(block),
      file_(*block.file_),
      manifest_(*block.manifest_),
      view_(block.view_),
      used_(file_.sections().size()) {}

Status ViewBuilder::build() {
  const TableEntry* entry = entry_of(kProfileTable);
  if (entry == nullptr || entry->rows != block_.profiles_) {
    return file_.corrupt("section header: has not the manifest's profiles");
  }
  view_.number = block_.place_.block;
  view_.profiles = entry->rows;
  Status status = local_texts();
  if (status.ok()) status = profiles(*entry);
  if (status.ok() && block_.place_.overlay) status = rows_of_overlay();
  view_.tables.resize(manifest_.schema.events.size());
  for (size_t i = 0; status.ok() && i < view_.tables.size(); ++i) {
    status = table(manifest_.schema.events[i], view_.tables[i]);
  }
  return status.ok() ? nothing_left() : status;
}

const TableEntry* ViewBuilder::entry_of(uint32_t table) const {
  const auto tables = file_.tables();
  const auto found = std::ranges::find(tables, table, &TableEntry::table);
  return found == tables.end() ? nullptr : &*found;
}

Result<const Layout*> ViewBuilder::layout_of(const TableEntry& entry) const {
  if (entry.layout < manifest_.layouts.size()) {
    const Layout& layout = manifest_.layouts[entry.layout];
    if (layout.table == entry.table) return &layout;
  }
  return std::unexpected(
      file_.corrupt("section header: names an unknown layout"));
}

void ViewBuilder::use(const SectionEntry& section) {
  used_[&section - file_.sections().data()] = true;
  view_.bytes += section.length;
}

Result<const SectionEntry*> ViewBuilder::take(SectionKind kind, uint32_t table,
                                              uint32_t column,
                                              uint64_t length) {
  const SectionEntry* section = file_.find(kind, table, column);
  if (section == nullptr) return section;
  if (section->length != length) {
    return std::unexpected(file_.corrupt(*section, "has a wrong length"));
  }
  Status status = file_.check(*section);
  if (!status.ok()) return std::unexpected(status);
  use(*section);
  return section;
}

Result<const SectionEntry*> ViewBuilder::need(SectionKind kind, uint32_t table,
                                              uint32_t column,
                                              uint64_t length) {
  auto section = take(kind, table, column, length);
  if (section && *section == nullptr) {
    SectionEntry wanted{};
    wanted.kind = static_cast<uint32_t>(kind);
    wanted.table = table;
    wanted.column = column;
    return std::unexpected(file_.corrupt(wanted, "is missing"));
  }
  return section;
}

Status ViewBuilder::local_texts() {
  const auto domains = static_cast<uint32_t>(manifest_.local_domains.size());
  block_.local_.resize(domains);
  for (uint32_t domain = 0; domain < domains; ++domain) {
    const SectionEntry* offsets =
        file_.find(SectionKind::kTextOffsets, kLocalDomains, domain);
    if (offsets == nullptr) continue;
    auto texts = read_texts(file_, kLocalDomains, domain);
    if (!texts) return texts.error();
    block_.local_[domain] = std::make_unique<LocalDictionary>(*texts);
    use(*offsets);
    use(*file_.find(SectionKind::kTextBytes, kLocalDomains, domain));
  }
  return {};
}

Status ViewBuilder::profiles(const TableEntry& entry) {
  auto layout = layout_of(entry);
  if (!layout) return layout.error();
  view_.key = block_.keys_.column;
  use(*file_.find(SectionKind::kKeys, 0, 0));
  use(*file_.find(SectionKind::kTextOffsets, 0, 0));
  use(*file_.find(SectionKind::kTextBytes, 0, 0));

  const uint64_t words = words_of(view_.profiles);
  auto live = need(SectionKind::kLive, 0, 0, words * 8);
  if (!live) return live.error();
  view_.live = reinterpret_cast<const uint64_t*>(file_.data(**live));
  if (!ends_clear({view_.live, words}, view_.profiles)) {
    return file_.corrupt(**live, "has bits behind the last profile");
  }
  const auto& attributes = manifest_.schema.attributes;
  view_.attributes.resize(attributes.size());
  Status status;
  for (size_t i = 0; status.ok() && i < attributes.size(); ++i) {
    status =
        column(attributes[i], {kProfileTable, attributes[i].id, view_.profiles},
               **layout, view_.attributes[i]);
  }
  return status;
}

Status ViewBuilder::rows_of_overlay() {
  auto section =
      need(SectionKind::kRows, 0, 0, view_.profiles * sizeof(uint32_t));
  if (!section) return section.error();
  const auto rows = file_.values<uint32_t>(**section);
  block_.rows_.assign(rows.begin(), rows.end());
  view_.rows = block_.rows_;
  const uint32_t base_rows = manifest_.blocks[view_.number].profiles;
  if (!strictly_rises(view_.rows) || view_.rows.back() >= base_rows) {
    return file_.corrupt(**section, "do not rise below the block's profiles");
  }
  section =
      need(SectionKind::kRowSnapshots, 0, 0, view_.profiles * sizeof(uint64_t));
  if (!section) return section.error();
  view_.row_snapshots = file_.values<uint64_t>(**section);
  for (const uint64_t each : view_.row_snapshots) {
    if (each == 0 || each > manifest_.snapshot) {
      return file_.corrupt(**section, "are of no snapshot up to this one");
    }
  }
  return {};
}

Status ViewBuilder::table(const EventType& event, TableView& view) {
  const TableEntry* entry = entry_of(event.id);
  if (entry != nullptr && entry->rows > 0) {
    return filled_table(event, *entry, view);
  }
  if (entry != nullptr && !layout_of(*entry)) return layout_of(*entry).error();
  empty_table(event, entry, view);
  for (size_t i = 0; i < event.columns.size(); ++i) {
    Status status = dictionary(event.columns[i], view.columns[i]);
    if (!status.ok()) return status;
  }
  return {};
}

// Looks as it would with events, so that code made for the layout fits.
void ViewBuilder::empty_table(const EventType& event, const TableEntry* entry,
                              TableView& view) {
  const Layout* layout = entry == nullptr ? nullptr : *layout_of(*entry);
  const auto lay = [layout](uint32_t id, TypeKind type, ColumnView& column) {
    const ColumnLayout* known = layout == nullptr ? nullptr : layout->find(id);
    column.type = type;
    if (known == nullptr || !can_lie_as(type, known->physical)) return;
    column.physical = known->physical;
    column.unit = known->unit;
    column.data = kZeros;
    if (known->physical == Physical::kList) column.offsets = zeros<uint32_t>();
  };
  view.offsets = zeros<uint32_t>();
  view.time.physical = Physical::kI64;
  view.time.data = kZeros;
  lay(kTimeColumn, TypeKind::kTime, view.time);
  view.first_time = view.last_time = view.time;
  view.first_time.valid = view.last_time.valid = zeros<uint64_t>();
  if (event.counted_by) view.order_starts = zeros<uint64_t>();
  view.columns.resize(event.columns.size());
  for (size_t i = 0; i < event.columns.size(); ++i) {
    lay(event.columns[i].id, event.columns[i].type, view.columns[i]);
  }
}

Status ViewBuilder::filled_table(const EventType& event,
                                 const TableEntry& entry, TableView& view) {
  auto layout = layout_of(entry);
  if (!layout) return layout.error();
  view.events = entry.rows;
  Status status = offsets(event, entry, view);
  if (status.ok()) status = times(event, **layout, view);
  if (status.ok()) status = edge_times(event, view);
  view.columns.resize(event.columns.size());
  for (size_t i = 0; status.ok() && i < view.columns.size(); ++i) {
    status =
        column(event.columns[i], {event.id, event.columns[i].id, view.events},
               **layout, view.columns[i]);
  }
  if (status.ok() && event.counted_by) status = orders(event, view);
  return status;
}

Status ViewBuilder::offsets(const EventType& event, const TableEntry& entry,
                            TableView& view) {
  auto section = need(SectionKind::kOffsets, event.id, 0,
                      (view_.profiles + uint64_t{1}) * sizeof(uint32_t));
  if (!section) return section.error();
  const auto offsets = file_.values<uint32_t>(**section);
  if (!offsets_rise(offsets, view.events)) {
    return file_.corrupt(**section, "do not rise from 0 to the events");
  }
  view.offsets = offsets.data();
  view.max_per_profile = longest(offsets);
  if (view.max_per_profile != entry.max_per_profile) {
    return file_.corrupt(**section, "have another longest history");
  }
  return {};
}

Status ViewBuilder::times(const EventType& event, const Layout& layout,
                          TableView& view) {
  const Column time{.name = "time", .type = TypeKind::kTime, .id = kTimeColumn};
  Status status =
      column(time, {event.id, kTimeColumn, view.events}, layout, view.time);
  if (!status.ok()) return status;
  const SectionEntry* section =
      file_.find(SectionKind::kValues, event.id, kTimeColumn);
  const bool laid = view.time.physical != Physical::kAbsent;
  if (section == nullptr || !laid || view.time.valid != nullptr) {
    return file_.corrupt("section times of " + event.name +
                         ": some are missing");
  }
  const std::span offsets(view.offsets, view_.profiles + 1);
  if (!times_sorted(view, offsets)) {
    return file_.corrupt(*section, "are not in order within a profile");
  }
  return {};
}

Status ViewBuilder::edge_times(const EventType& event, TableView& view) {
  view.first_time = view.last_time = view.time;
  const Place place{event.id, 0, view_.profiles};
  const uint64_t length =
      uint64_t{view_.profiles} * width_of(view.time.physical);
  const uint64_t* valid = nullptr;
  Status status = validity(SectionKind::kHasEvents, place, valid);
  if (!status.ok()) return status;
  for (const SectionKind kind :
       {SectionKind::kFirstTimes, SectionKind::kLastTimes}) {
    auto section = need(kind, event.id, 0, length);
    if (!section) return section.error();
    ColumnView& edge =
        kind == SectionKind::kFirstTimes ? view.first_time : view.last_time;
    edge.valid = valid;
    status = integers(**section, place, edge);
    if (!status.ok()) return status;
    if (edge.base != view.time.base) {
      return file_.corrupt(**section, "have another base than the times");
    }
  }
  if (!edges_fit(view, view_.profiles)) {
    return file_.corrupt("section first times of " + event.name +
                         ": are not those of the events");
  }
  return {};
}

Status ViewBuilder::orders(const EventType& event, TableView& view) {
  const uint64_t words = words_of(view.events);
  auto section = need(SectionKind::kOrderStarts, event.id, 0, words * 8);
  if (!section) return section.error();
  const auto starts = file_.values<uint64_t>(**section);
  if (!ends_clear(starts, view.events)) {
    return file_.corrupt(**section, "has bits behind the last event");
  }
  view.order_starts = starts.data();
  view.every_row_is_an_order = all_set(starts, view.events);
  if (view.every_row_is_an_order) return {};
  const ColumnView& counted = view.columns[*event.counted_by];
  const bool simple = counted.physical != Physical::kAbsent &&
                      counted.physical != Physical::kList &&
                      counted.physical != Physical::kF64;
  bool fits = true;
  for (uint32_t row = 0; row < view.events; ++row) {
    fits = fits && (bit(starts.data(), row) ||
                    continues(view, simple ? &counted : nullptr, row));
  }
  for (uint32_t row = 0; row < view_.profiles; ++row) {
    const uint32_t first = view.offsets[row];
    const bool has = first < view.offsets[row + 1];
    fits = fits && (!has || bit(starts.data(), first));
  }
  if (!fits) return file_.corrupt(**section, "do not fit times and keys");
  return {};
}

// Every section is of a column that the manifest knows.
Status ViewBuilder::nothing_left() const {
  const auto sections = file_.sections();
  for (size_t i = 0; i < sections.size(); ++i) {
    const auto kind = static_cast<SectionKind>(sections[i].kind);
    if (!used_[i] && !is_extra(kind, sections[i].table)) {
      return file_.corrupt(sections[i], "belongs to nothing");
    }
  }
  return {};
}

}  // namespace kitle
