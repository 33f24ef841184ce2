// Logical values to stored ones, section by section: what evaluation reads
// first, what only ingest reads behind.
#include "runtime/store/block_encoder.h"

#include <algorithm>
#include <map>
#include <string>

#include "runtime/store/dictionary.h"
#include "runtime/store/divisor.h"
#include "runtime/store/layout.h"
#include "runtime/store/packed.h"
#include "runtime/store/verify.h"

namespace kitle {
namespace {

// Codes of a pool as codes of the dictionary that goes into the file: only
// texts that are used, in order of first use.
class TextsInUse {
 public:
  explicit TextsInUse(const TextPool& pool)
      : pool_(pool), codes_(pool.size() + size_t{1}) {}

  uint32_t use(uint32_t code) {
    if (code == 0) return 0;
    if (codes_[code] == 0) {
      texts_.push_back(pool_.text(code));
      codes_[code] = static_cast<uint32_t>(texts_.size());
    }
    return codes_[code];
  }
  std::span<const std::string_view> texts() const { return texts_; }

 private:
  const TextPool& pool_;
  std::vector<uint32_t> codes_;
  std::vector<std::string_view> texts_;
};

template <class Flags>  // a byte or so a row
std::vector<uint64_t> bits_of(const Flags& flags) {
  std::vector<uint64_t> words(words_of(flags.size()));
  for (size_t i = 0; i < flags.size(); ++i) {
    words[i / 64] |= uint64_t{flags[i] != 0} << (i % 64);
  }
  return words;
}

bool is_present(const LogicalColumn& column, size_t row) {
  return column.present.empty() || column.present[row] != 0;
}

// All but numbers, texts and lists.
struct Integers {
  TypeKind type = TypeKind::kTime;
  std::span<const int64_t> values;
  std::span<const uint8_t> present = {};  // as LogicalColumn's
};

Integers integers_of(const LogicalColumn& column) {
  return {column.type, column.ints, column.present};
}

// Least and greatest of the present values.
ColumnRange bounds_of(const Integers& column) {
  if (column.present.empty()) {
    const Extremes<int64_t> ends = extremes(column.values, nullptr);
    return {ends.low, ends.high, 0};
  }
  ColumnRange range;
  for (size_t i = 0; i < column.values.size(); ++i) {
    if (column.present[i] == 0) continue;
    range.min = std::min(range.min, column.values[i]);
    range.max = std::max(range.max, column.values[i]);
  }
  return range;
}

// And their common step, which only matters for times and durations.
ColumnRange range_of(const Integers& column) {
  if (column.type != TypeKind::kTime && column.type != TypeKind::kDuration) {
    return bounds_of(column);
  }
  ColumnRange range;
  range.add(column.values, column.present);
  return range;
}

// The unit divides the distances of all values from the base.
template <class T>
std::vector<T> stored(const Integers& column, const ColumnEncoding& encoding) {
  std::vector<T> values(column.values.size());
  const Divisor unit(static_cast<uint64_t>(encoding.unit));
  for (size_t i = 0; i < values.size(); ++i) {
    if (!column.present.empty() && column.present[i] == 0) continue;
    values[i] =
        static_cast<T>(unit.quotient_of(column.values[i] - encoding.base));
  }
  return values;
}

template <class T>
std::vector<T> narrowed(const std::vector<int64_t>& values) {
  return std::vector<T>(values.begin(), values.end());
}

std::vector<int64_t> widened(const std::vector<uint32_t>& values) {
  return {values.begin(), values.end()};
}

// Modulo 2^64.
std::vector<int64_t> differences(const std::vector<int64_t>& of,
                                 const std::vector<int64_t>& from) {
  std::vector<int64_t> values(of.size());
  for (size_t i = 0; i < of.size(); ++i) {
    values[i] = static_cast<int64_t>(static_cast<uint64_t>(of[i]) -
                                     static_cast<uint64_t>(from[i]));
  }
  return values;
}

// A present value where none is, so that gaps do not make the range wider.
// REQUIRES: a value is present.
std::vector<int64_t> without_gaps(const LogicalColumn& column) {
  std::vector<int64_t> values = column.ints;
  size_t any = 0;
  while (!is_present(column, any)) ++any;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!is_present(column, i)) values[i] = values[any];
  }
  return values;
}

struct Place {
  uint32_t table = 0;
  uint32_t column = 0;
  size_t rows = 0;
};

class Encoder {
 public:
  Encoder(const BlockToEncode& block, NextManifest& manifest,
          const SizeOfDomain& sizes, SectionFileBuilder& file)
      : block_(block), manifest_(manifest), sizes_(sizes), file_(file) {}

  void encode() {
    profiles();
    const auto& events = manifest_.schema().events;
    for (size_t i = 0; i < events.size(); ++i) {
      table(events[i], block_.rows.tables[i]);
    }
    local_texts();
    stamps();
    for (size_t i = 0; i < events.size(); ++i) extras(events[i], i);
  }

 private:
  void profiles();
  void keys();
  void table(const EventType& event, const TableContent& table);
  void edge_times(const EventType& event, const TableContent& table,
                  const ColumnEncoding& encoding);
  void local_texts();
  void stamps();
  void extras(const EventType& event, size_t index);

  void column(const Column& column, const LogicalColumn& values, Place place,
              Layout& layout, bool write);
  // Of all values of the column, with those of this block.
  ColumnEncoding encoding(const Column& column, const LogicalColumn& values,
                          Place place);
  ColumnEncoding encoding(const Integers& values, Place place);
  void integers(SectionKind kind, const Integers& values, Place place,
                const ColumnEncoding& encoding);
  void texts(const Column& column, const LogicalColumn& values, Place place,
             Physical physical);
  void list(const Column& column, const LogicalColumn& values, Place place);
  void numbers(const LogicalColumn& values, Place place);
  void validity(SectionKind kind, const LogicalColumn& values, Place place);
  TextsInUse& local(const std::string& domain);

  const BlockToEncode& block_;
  NextManifest& manifest_;
  const SizeOfDomain& sizes_;
  SectionFileBuilder& file_;
  std::map<std::string, TextsInUse> local_;
};

void Encoder::profiles() {
  const BlockContent& rows = block_.rows;
  const uint32_t profiles = rows.profiles();
  file_.add(SectionKind::kLive, 0, 0, bits_of(rows.live));
  if (!block_.overlay_rows.empty()) {
    file_.add(SectionKind::kRows, 0, 0,
              std::vector<uint32_t>(block_.overlay_rows.begin(),
                                    block_.overlay_rows.end()));
    file_.add(SectionKind::kRowSnapshots, 0, 0,
              std::vector<uint64_t>(block_.row_snapshots.begin(),
                                    block_.row_snapshots.end()));
  }
  keys();
  Layout layout{kProfileTable, {}};
  const auto& attributes = manifest_.schema().attributes;
  for (size_t i = 0; i < attributes.size(); ++i) {
    column(attributes[i], rows.attributes[i],
           {kProfileTable, attributes[i].id, profiles}, layout, true);
  }
  file_.add_table({kProfileTable, manifest_.layout(layout), profiles, 0});
}

// Keys differ, so that they are their own dictionary.
void Encoder::keys() {
  const std::vector<std::string>& keys = block_.rows.keys;
  std::vector<uint16_t> codes(keys.size());
  for (size_t i = 0; i < codes.size(); ++i) {
    codes[i] = static_cast<uint16_t>(i + 1);
  }
  const std::vector<std::string_view> texts(keys.begin(), keys.end());
  file_.add(SectionKind::kKeys, 0, 0, codes);
  add_texts(file_, kProfileTable, 0, texts, false);
}

void Encoder::table(const EventType& event, const TableContent& table) {
  const Integers times{TypeKind::kTime, table.times};
  const Place place{event.id, kTimeColumn, table.events()};
  const ColumnEncoding known = encoding(times, place);
  if (known.physical == Physical::kAbsent) return;

  Layout layout{event.id, {{kTimeColumn, known.physical, known.unit}}};
  const bool write = table.events() > 0;
  if (write) {
    file_.add(SectionKind::kOffsets, event.id, 0, table.offsets);
    integers(SectionKind::kValues, times, place, known);
    edge_times(event, table, known);
    if (event.counted_by) {
      file_.add(SectionKind::kOrderStarts, event.id, 0,
                bits_of(table.order_starts));
    }
  }
  for (size_t i = 0; i < event.columns.size(); ++i) {
    column(event.columns[i], table.columns[i],
           {event.id, event.columns[i].id, table.events()}, layout, write);
  }
  file_.add_table({event.id, manifest_.layout(layout), table.events(),
                   longest(table.offsets)});
}

void Encoder::edge_times(const EventType& event, const TableContent& table,
                         const ColumnEncoding& encoding) {
  LogicalColumn first;
  first.type = TypeKind::kTime;
  LogicalColumn last = first;
  for (size_t row = 0; row + 1 < table.offsets.size(); ++row) {
    const uint32_t begin = table.offsets[row];
    const uint32_t end = table.offsets[row + 1];
    if (begin == end) {
      first.push_missing();
      last.push_missing();
    } else {
      first.push(table.times[begin]);
      last.push(table.times[end - 1]);
    }
  }
  const Place place{event.id, 0, first.rows()};
  integers(SectionKind::kFirstTimes, integers_of(first), place, encoding);
  integers(SectionKind::kLastTimes, integers_of(last), place, encoding);
  validity(SectionKind::kHasEvents, first, place);
}

// Adds the column to the layout, and its sections if `write`.
void Encoder::column(const Column& column, const LogicalColumn& values,
                     Place place, Layout& layout, bool write) {
  const ColumnEncoding known = encoding(column, values, place);
  if (known.physical == Physical::kAbsent) return;
  layout.columns.push_back({place.column, known.physical, known.unit});
  if (!write) return;
  if (is_list(column.type)) return list(column, values, place);
  if (is_text_like(column.type)) {
    return texts(column, values, place, known.physical);
  }
  if (column.type == TypeKind::kNumber) {
    numbers(values, place);
  } else {
    integers(SectionKind::kValues, integers_of(values), place, known);
  }
  validity(SectionKind::kValid, values, place);
}

ColumnEncoding Encoder::encoding(const Column& column,
                                 const LogicalColumn& values, Place place) {
  if (is_list(column.type)) return {.physical = Physical::kList};
  if (column.type == TypeKind::kNumber) return {.physical = Physical::kF64};
  if (column.type == TypeKind::kFlag) return {.physical = Physical::kU8};
  if (is_text_like(column.type)) {
    return {.physical = is_block_wide(column)
                            ? Physical::kU32
                            : physical_of_codes(sizes_(column.name))};
  }
  return encoding(integers_of(values), place);
}

ColumnEncoding Encoder::encoding(const Integers& values, Place place) {
  return encoding_of(values.type, manifest_.widen({place.table, place.column},
                                                  range_of(values)));
}

void Encoder::integers(SectionKind kind, const Integers& values, Place place,
                       const ColumnEncoding& encoding) {
  const auto add = [&]<class T>(std::vector<T> what) {
    what.resize(place.rows);
    SectionEntry& entry = file_.add(kind, place.table, place.column, what);
    const ColumnRange range = bounds_of(values);
    entry.base = encoding.base;
    entry.min = range.empty() ? 0 : range.min;
    entry.max = range.empty() ? -1 : range.max;
  };
  if (encoding.physical == Physical::kU8) {
    add(stored<uint8_t>(values, encoding));
  } else if (encoding.physical == Physical::kI16) {
    add(stored<int16_t>(values, encoding));
  } else if (encoding.physical == Physical::kI32) {
    add(stored<int32_t>(values, encoding));
  } else {
    add(stored<int64_t>(values, encoding));
  }
}

void Encoder::texts(const Column& column, const LogicalColumn& values,
                    Place place, Physical physical) {
  const auto add = [&](auto codes) {
    codes.resize(place.rows);
    file_.add(SectionKind::kValues, place.table, place.column, codes);
  };
  if (is_block_wide(column)) {
    TextsInUse& texts = local(column.name);
    std::vector<uint32_t> codes;
    codes.reserve(values.ints.size());
    for (const int64_t code : values.ints) {
      codes.push_back(texts.use(static_cast<uint32_t>(code)));
    }
    add(std::move(codes));
  } else if (physical == Physical::kU8) {
    add(narrowed<uint8_t>(values.ints));
  } else if (physical == Physical::kU16) {
    add(narrowed<uint16_t>(values.ints));
  } else {
    add(narrowed<uint32_t>(values.ints));
  }
}

void Encoder::list(const Column& column, const LogicalColumn& values,
                   Place place) {
  std::vector<uint32_t> offsets = values.offsets;
  offsets.resize(place.rows + 1);
  std::vector<uint32_t> codes = values.codes;
  if (is_block_wide(column)) {
    TextsInUse& texts = local(column.name);
    for (uint32_t& code : codes) code = texts.use(code);
  }
  file_.add(SectionKind::kListOffsets, place.table, place.column, offsets);
  file_.add(SectionKind::kListCodes, place.table, place.column, codes);
  validity(SectionKind::kValid, values, place);
}

void Encoder::numbers(const LogicalColumn& values, Place place) {
  std::vector<double> stored(place.rows);
  for (size_t i = 0; i < values.numbers.size(); ++i) {
    // -0 becomes 0.
    if (is_present(values, i)) stored[i] = values.numbers[i] + 0.0;
  }
  file_.add(SectionKind::kValues, place.table, place.column, stored);
}

// Bits only where something is missing.
void Encoder::validity(SectionKind kind, const LogicalColumn& values,
                       Place place) {
  std::vector<uint8_t> present = values.present;
  if (values.rows() == 0) present.assign(place.rows, 0);
  if (std::ranges::find(present, uint8_t{0}) == present.end()) return;
  file_.add(kind, place.table, place.column, bits_of(present));
}

TextsInUse& Encoder::local(const std::string& domain) {
  static const TextPool kNone;
  const auto pool = block_.texts.pools.find(domain);
  return local_
      .try_emplace(domain,
                   pool == block_.texts.pools.end() ? kNone : pool->second)
      .first->second;
}

void Encoder::local_texts() {
  for (const auto& [domain, texts] : local_) {
    add_texts(file_, kLocalDomains, manifest_.local_domain(domain),
              texts.texts(), false);
  }
}

void Encoder::stamps() {
  const auto& attributes = manifest_.schema().attributes;
  for (size_t i = 0; i < attributes.size(); ++i) {
    const LogicalColumn& stamps = block_.rows.stamps[i];
    bool any = false;
    for (size_t row = 0; row < stamps.rows(); ++row) {
      any = any || !stamps.missing(row);
    }
    if (!any) continue;
    const Place place{kProfileTable, attributes[i].id, stamps.rows()};
    add_packed(file_, SectionKind::kStamps, place.table, place.column,
               without_gaps(stamps));
    validity(SectionKind::kStampsValid, stamps, place);
  }
}

void Encoder::extras(const EventType& event, size_t index) {
  const TableContent& table = block_.rows.tables[index];
  if (table.events() == 0) return;
  const auto add = [&](SectionKind kind, std::span<const int64_t> values) {
    add_packed(file_, kind, event.id, 0, values);
  };
  const bool one_source =
      std::ranges::adjacent_find(table.sources, std::ranges::not_equal_to()) ==
      table.sources.end();
  add(SectionKind::kSources, one_source
                                 ? std::vector<int64_t>{table.sources.front()}
                                 : widened(table.sources));
  if (!table.own_times.empty() && table.own_times != table.times) {
    add(SectionKind::kOwnTimes, differences(table.own_times, table.times));
  }
  const bool versions = std::ranges::any_of(
      table.versions, [](int64_t v) { return v != kNoVersion; });
  if (versions) add(SectionKind::kVersions, table.versions);
  if (std::ranges::all_of(table.ids, [](uint32_t id) { return id == 0; })) {
    return;
  }
  TextsInUse texts(block_.texts.tables[index].id_texts);
  std::vector<int64_t> ids;
  ids.reserve(table.ids.size());
  for (const uint32_t id : table.ids) ids.push_back(texts.use(id));
  add_texts(file_, event.id, 0, texts.texts(), false);
  // Codes are given in order: as many as events are 1, 2, 3, ...
  if (texts.texts().size() < ids.size()) add(SectionKind::kEventIds, ids);
}

}  // namespace

SectionFileBuilder encode_block(const BlockToEncode& block,
                                NextManifest& manifest,
                                const SizeOfDomain& sizes,
                                uint64_t file_number) {
  const FileKind kind =
      block.overlay_rows.empty() ? FileKind::kBase : FileKind::kOverlay;
  SectionFileBuilder file(kind, file_number, block.block);
  Encoder(block, manifest, sizes, file).encode();
  return file;
}

}  // namespace kitle
