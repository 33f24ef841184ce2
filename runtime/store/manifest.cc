// The manifest's body: bytes and back, and the checks on what it says.
#include "runtime/store/manifest.h"

#include <algorithm>
#include <set>

#include "runtime/store/bytes.h"
#include "runtime/store/file_ref_bytes.h"
#include "runtime/text/nfc.h"

namespace kitle {
namespace {

// Least bytes of things in a list, so that a count can be believed.
constexpr size_t kLeastColumn = 11;
constexpr size_t kLeastEvent = 24;
constexpr size_t kLeastNamed = 4;

void put(ByteWriter& to, const Settings& settings) {
  to.put(settings.name);
  to.put(settings.time_zone);
  to.put(settings.locale);
  to.put(settings.currency);
  to.put(static_cast<int32_t>(settings.currency_digits));
  to.put(static_cast<int32_t>(settings.first_day_of_week));
}

Settings get_settings(ByteReader& from) {
  Settings settings;
  settings.name = from.get_text();
  settings.time_zone = from.get_text();
  settings.locale = from.get_text();
  settings.currency = from.get_text();
  settings.currency_digits = from.get<int32_t>();
  settings.first_day_of_week = from.get<int32_t>();
  if (settings.currency_digits < 0 || settings.currency_digits > 18 ||
      settings.first_day_of_week < 1 || settings.first_day_of_week > 7) {
    from.fail();
  }
  return settings;
}

enum ColumnFlag : uint8_t { kPersonalFlag = 1, kAnyCaseFlag = 2 };

void put(ByteWriter& to, const std::vector<Column>& columns) {
  to.put(static_cast<uint32_t>(columns.size()));
  for (const Column& column : columns) {
    to.put(column.name);
    to.put(column.type);
    to.put(static_cast<uint8_t>((column.personal ? kPersonalFlag : 0) |
                                (column.any_case ? kAnyCaseFlag : 0)));
    to.put(column.id);
  }
}

std::vector<Column> get_columns(ByteReader& from) {
  std::vector<Column> columns(from.get_count(kLeastColumn));
  for (Column& column : columns) {
    column.name = from.get_text();
    const auto type = from.get<uint8_t>();
    const auto flags = from.get<uint8_t>();
    column.type = static_cast<TypeKind>(type);
    column.personal = (flags & kPersonalFlag) != 0;
    column.any_case = (flags & kAnyCaseFlag) != 0;
    column.id = from.get<uint32_t>();
    if (type < static_cast<uint8_t>(TypeKind::kFlag) ||
        type > static_cast<uint8_t>(TypeKind::kCodeList) || flags > 3 ||
        column.name.empty() || column.id == kTimeColumn) {
      from.fail();
    }
  }
  return columns;
}

void put(ByteWriter& to, const EventType& event) {
  to.put(event.name);
  to.put(event.plural);
  to.put(event.id);
  to.put(event.counted_by ? *event.counted_by + 1 : 0);
  put(to, event.columns);
}

EventType get_event(ByteReader& from) {
  EventType event;
  event.name = from.get_text();
  event.plural = from.get_text();
  event.id = from.get<uint32_t>();
  const auto counted_by = from.get<uint32_t>();
  event.columns = get_columns(from);
  if (counted_by > event.columns.size() || event.id == kProfileTable ||
      event.id == kLocalDomains) {
    from.fail();
  }
  if (counted_by > 0) event.counted_by = counted_by - 1;
  return event;
}

void put(ByteWriter& to, const Schema& schema) {
  to.put(schema.profile_name);
  to.put(schema.key_name);
  put(to, schema.attributes);
  to.put(static_cast<uint32_t>(schema.events.size()));
  for (const EventType& event : schema.events) put(to, event);
}

Schema get_schema(ByteReader& from) {
  Schema schema;
  schema.profile_name = from.get_text();
  schema.key_name = from.get_text();
  schema.attributes = get_columns(from);
  schema.events.resize(from.get_count(kLeastEvent));
  for (EventType& event : schema.events) event = get_event(from);
  return schema;
}

void put(ByteWriter& to, const Layout& layout) {
  to.put(layout.table);
  to.put(static_cast<uint32_t>(layout.columns.size()));
  for (const ColumnLayout& column : layout.columns) {
    to.put(column.column);
    to.put(column.physical);
    to.put(column.unit);
  }
}

Layout get_layout(ByteReader& from) {
  Layout layout;
  layout.table = from.get<uint32_t>();
  layout.columns.resize(from.get_count(4 + 1 + 8));
  for (ColumnLayout& column : layout.columns) {
    column.column = from.get<uint32_t>();
    const auto physical = from.get<uint8_t>();
    column.physical = static_cast<Physical>(physical);
    column.unit = from.get<int64_t>();
    if (physical == 0 || physical > static_cast<uint8_t>(Physical::kList) ||
        column.unit < 1) {
      from.fail();
    }
  }
  return layout;
}

void put(ByteWriter& to, const std::map<ColumnName, ColumnRange>& ranges) {
  to.put(static_cast<uint32_t>(ranges.size()));
  for (const auto& [name, range] : ranges) {
    to.put(name.first);
    to.put(name.second);
    to.put(range.min);
    to.put(range.max);
    to.put(range.step);
  }
}

std::map<ColumnName, ColumnRange> get_ranges(ByteReader& from) {
  std::map<ColumnName, ColumnRange> ranges;
  for (uint32_t n = from.get_count(4 + 4 + 8 + 8 + 8); n > 0; --n) {
    ColumnName name;
    name.first = from.get<uint32_t>();
    name.second = from.get<uint32_t>();
    ColumnRange& range = ranges[name];
    range.min = from.get<int64_t>();
    range.max = from.get<int64_t>();
    range.step = from.get<uint64_t>();
  }
  return ranges;
}

void put(ByteWriter& to, const Domain& domain) {
  to.put(domain.name);
  to.put(domain.size);
  to.put(static_cast<uint32_t>(domain.parts.size()));
  for (const TextRef& part : domain.parts) {
    put(to, part.file);
    to.put(part.first);
    to.put(part.count);
  }
}

Domain get_domain(ByteReader& from) {
  Domain domain;
  domain.name = from.get_text();
  domain.size = from.get<uint32_t>();
  domain.parts.resize(from.get_count(24 + 4 + 4));
  uint32_t next = 1;
  for (TextRef& part : domain.parts) {
    part.file = get_file(from);
    part.first = from.get<uint32_t>();
    part.count = from.get<uint32_t>();
    if (part.first != next || part.count > domain.size - (next - 1)) {
      from.fail();
    }
    next += part.count;
  }
  if (next - 1 != domain.size) from.fail();
  return domain;
}

void put(ByteWriter& to, const std::vector<IndexRef>& parts) {
  to.put(static_cast<uint32_t>(parts.size()));
  for (const IndexRef& part : parts) {
    put(to, part.file);
    to.put(part.entries);
  }
}

std::vector<IndexRef> get_index(ByteReader& from) {
  std::vector<IndexRef> parts(from.get_count(24 + 8));
  for (IndexRef& part : parts) {
    part.file = get_file(from);
    part.entries = from.get<uint64_t>();
  }
  return parts;
}

void put(ByteWriter& to, const std::vector<BlockRef>& blocks) {
  to.put(static_cast<uint32_t>(blocks.size()));
  for (const BlockRef& block : blocks) {
    to.put(block.profiles);
    put(to, block.base);
    put(to, block.overlay);
    to.put(block.overlay_profiles);
  }
}

std::vector<BlockRef> get_blocks(ByteReader& from) {
  std::vector<BlockRef> blocks(from.get_count(4 + 24 + 24 + 4));
  for (BlockRef& block : blocks) {
    block.profiles = from.get<uint32_t>();
    block.base = get_file(from);
    block.overlay = get_file(from);
    block.overlay_profiles = from.get<uint32_t>();
  }
  return blocks;
}

// Where a name stands; it is added if new.
uint32_t place_of(std::string_view name, std::vector<std::string>& names) {
  const auto found = std::ranges::find(names, name);
  const auto place = static_cast<uint32_t>(found - names.begin());
  if (found == names.end()) names.emplace_back(name);
  return place;
}

bool distinct(const std::vector<Column>& columns, uint32_t next) {
  std::set<std::string_view> names;
  std::set<uint32_t> ids;
  for (const Column& column : columns) {
    names.insert(column.name);
    ids.insert(column.id);
    if (column.id >= next) return false;
  }
  return names.size() == columns.size() && ids.size() == columns.size();
}

bool schema_fits(const Manifest& manifest) {
  const Schema& schema = manifest.schema;
  if (manifest.next_column.size() != schema.events.size() + 1) return false;
  bool fits = distinct(schema.attributes, manifest.next_column[0]);
  std::set<std::string_view> names;
  std::set<uint32_t> ids;
  for (size_t i = 0; i < schema.events.size(); ++i) {
    const EventType& event = schema.events[i];
    names.insert(event.name);
    ids.insert(event.id);
    fits = fits && event.id < manifest.next_table &&
           distinct(event.columns, manifest.next_column[i + 1]);
  }
  return fits && names.size() == schema.events.size() &&
         ids.size() == schema.events.size();
}

bool blocks_fit(const Manifest& manifest) {
  if (manifest.blocks.size() != blocks_of(manifest.profiles)) return false;
  for (uint32_t i = 0; i < manifest.blocks.size(); ++i) {
    const BlockRef& block = manifest.blocks[i];
    const bool has_overlay = block.overlay.number != 0;
    if (block.profiles != rows_of_block(manifest.profiles, i) ||
        has_overlay != (block.overlay_profiles > 0) ||
        block.overlay_profiles > block.profiles) {
      return false;
    }
  }
  return true;
}

bool files_fit(const Manifest& manifest) {
  std::set<uint64_t> numbers;
  for (const auto& [kind, file] : manifest.files()) {
    if (file.number == 0 || file.number >= manifest.next_file ||
        !numbers.insert(file.number).second) {
      return false;
    }
  }
  return true;
}

}  // namespace

const ColumnLayout* Layout::find(uint32_t column) const {
  const auto found = std::ranges::find(columns, column, &ColumnLayout::column);
  return found == columns.end() ? nullptr : &*found;
}

const Domain* Manifest::find_domain(std::string_view name) const {
  const auto found = std::ranges::find(domains, name, &Domain::name);
  return found == domains.end() ? nullptr : &*found;
}

uint32_t Manifest::intern_layout(const Layout& layout) {
  const auto found = std::ranges::find(layouts, layout);
  if (found == layouts.end()) {
    layouts.push_back(layout);
    return static_cast<uint32_t>(layouts.size() - 1);
  }
  return static_cast<uint32_t>(found - layouts.begin());
}

uint32_t Manifest::intern_local_domain(std::string_view name) {
  return place_of(name, local_domains);
}

uint32_t Manifest::intern_source(std::string_view name) {
  return name.empty() ? 0 : place_of(name, sources) + 1;
}

std::vector<std::pair<FileKind, FileRef>> Manifest::files() const {
  std::vector<std::pair<FileKind, FileRef>> files;
  files.emplace_back(FileKind::kZone, zone);
  files.emplace_back(FileKind::kFold, folds);
  for (const BlockRef& block : blocks) {
    files.emplace_back(FileKind::kBase, block.base);
    if (block.overlay.number != 0) {
      files.emplace_back(FileKind::kOverlay, block.overlay);
    }
  }
  for (const Domain& domain : domains) {
    for (const TextRef& part : domain.parts) {
      files.emplace_back(FileKind::kText, part.file);
    }
  }
  for (const IndexRef& part : keys) {
    files.emplace_back(FileKind::kIndex, part.file);
  }
  for (const IndexRef& part : events) {
    files.emplace_back(FileKind::kIndex, part.file);
  }
  return files;
}

std::string save_manifest(const Manifest& manifest) {
  ByteWriter to;
  to.put(manifest.snapshot);
  to.put(static_cast<uint32_t>(manifest.ancestors.size()));
  for (const uint64_t each : manifest.ancestors) to.put(each);
  to.put(manifest.next_file);
  to.put(manifest.unicode_version);
  put(to, manifest.settings);
  put(to, manifest.zone);
  put(to, manifest.folds);
  put(to, manifest.schema);
  to.put(manifest.next_table);
  for (const uint32_t next : manifest.next_column) to.put(next);
  put(to, manifest.ranges);
  to.put(static_cast<uint32_t>(manifest.layouts.size()));
  for (const Layout& layout : manifest.layouts) put(to, layout);
  to.put(static_cast<uint32_t>(manifest.domains.size()));
  for (const Domain& domain : manifest.domains) put(to, domain);
  to.put(static_cast<uint32_t>(manifest.local_domains.size()));
  for (const std::string& name : manifest.local_domains) to.put(name);
  to.put(static_cast<uint32_t>(manifest.sources.size()));
  for (const std::string& name : manifest.sources) to.put(name);
  to.put(manifest.profiles);
  put(to, manifest.blocks);
  put(to, manifest.keys);
  put(to, manifest.events);
  return to.take();
}

Result<Manifest> load_manifest(std::string_view body, const std::string& path) {
  ByteReader from(body);
  Manifest manifest;
  manifest.snapshot = from.get<uint64_t>();
  manifest.ancestors.resize(from.get_count(8));
  for (uint64_t& each : manifest.ancestors) each = from.get<uint64_t>();
  manifest.next_file = from.get<uint64_t>();
  manifest.unicode_version = from.get_text();
  manifest.settings = get_settings(from);
  manifest.zone = get_file(from);
  manifest.folds = get_file(from);
  manifest.schema = get_schema(from);
  manifest.next_table = from.get<uint32_t>();
  manifest.next_column.resize(manifest.schema.events.size() + 1);
  for (uint32_t& next : manifest.next_column) next = from.get<uint32_t>();
  manifest.ranges = get_ranges(from);
  manifest.layouts.resize(from.get_count(8));
  for (Layout& layout : manifest.layouts) layout = get_layout(from);
  manifest.domains.resize(from.get_count(kLeastNamed));
  for (Domain& domain : manifest.domains) domain = get_domain(from);
  manifest.local_domains.resize(from.get_count(kLeastNamed));
  for (std::string& name : manifest.local_domains) name = from.get_text();
  manifest.sources.resize(from.get_count(kLeastNamed));
  for (std::string& name : manifest.sources) name = from.get_text();
  manifest.profiles = from.get<uint32_t>();
  manifest.blocks = get_blocks(from);
  manifest.keys = get_index(from);
  manifest.events = get_index(from);
  if (!from.at_end() || !is_unicode_version(manifest.unicode_version) ||
      manifest.ancestors.size() > kMostAncestors || !schema_fits(manifest) ||
      !blocks_fit(manifest) || !files_fit(manifest)) {
    return std::unexpected(
        Status(StatusCode::kCorrupt, "read", path,
               "section manifest: what it says does not hold together"));
  }
  return manifest;
}

}  // namespace kitle
