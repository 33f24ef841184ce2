// What files and sections are called, in folders and in messages.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/store/manifest.h"

namespace kitle {
namespace {

const EventType* find_event(const Manifest& manifest, uint32_t id) {
  const auto& events = manifest.schema.events;
  const auto found = std::ranges::find(events, id, &EventType::id);
  return found == events.end() ? nullptr : &*found;
}

std::string column_name(const std::vector<Column>& columns, uint32_t id) {
  const auto found = std::ranges::find(columns, id, &Column::id);
  return found == columns.end() ? fmt::format("column {}", id) : found->name;
}

std::string domain_name(const std::vector<std::string>& names, uint32_t id) {
  return id < names.size() ? names[id] : fmt::format("domain {}", id);
}

bool is_by_column(SectionKind kind) {
  return kind == SectionKind::kValues || kind == SectionKind::kValid ||
         kind == SectionKind::kListOffsets || kind == SectionKind::kListCodes ||
         kind == SectionKind::kStamps || kind == SectionKind::kStampsValid;
}

std::string place_name(const Manifest& manifest, SectionKind kind,
                       const SectionEntry& section) {
  if (section.table == kLocalDomains) {
    return domain_name(manifest.local_domains, section.column);
  }
  if (section.table == kProfileTable) {
    const Schema& schema = manifest.schema;
    return is_by_column(kind) ? column_name(schema.attributes, section.column)
                              : schema.profile_name;
  }
  const EventType* event = find_event(manifest, section.table);
  if (event == nullptr) return fmt::format("table {}", section.table);
  if (!is_by_column(kind)) return event->name;
  return event->name + "." +
         (section.column == kTimeColumn
              ? "time"
              : column_name(event->columns, section.column));
}

}  // namespace

const char* file_kind_name(FileKind kind) {
  switch (kind) {
    case FileKind::kManifest:
      return "manifest";
    case FileKind::kBase:
      return "base";
    case FileKind::kOverlay:
      return "overlay";
    case FileKind::kText:
      return "text";
    case FileKind::kIndex:
      return "index";
    case FileKind::kZone:
      return "zone";
    case FileKind::kFold:
      return "fold";
  }
  return "file";
}

std::string file_name(FileKind kind, uint64_t number) {
  return fmt::format("{}-{}", file_kind_name(kind), number);
}

const char* section_kind_name(SectionKind kind) {
  switch (kind) {
    case SectionKind::kValues:
      return "values";
    case SectionKind::kValid:
      return "validity";
    case SectionKind::kListOffsets:
      return "list offsets";
    case SectionKind::kListCodes:
      return "list codes";
    case SectionKind::kOffsets:
      return "offsets";
    case SectionKind::kOrderStarts:
      return "order starts";
    case SectionKind::kFirstTimes:
      return "first times";
    case SectionKind::kLastTimes:
      return "last times";
    case SectionKind::kHasEvents:
      return "who has events";
    case SectionKind::kLive:
      return "live bits";
    case SectionKind::kRows:
      return "rows";
    case SectionKind::kRowSnapshots:
      return "snapshots of rows";
    case SectionKind::kKeys:
      return "keys";
    case SectionKind::kTextOffsets:
      return "text offsets";
    case SectionKind::kTextBytes:
      return "text bytes";
    case SectionKind::kSources:
      return "sources";
    case SectionKind::kEventIds:
      return "event ids";
    case SectionKind::kStamps:
      return "stamps";
    case SectionKind::kStampsValid:
      return "validity of stamps";
    case SectionKind::kOwnTimes:
      return "own times";
    case SectionKind::kVersions:
      return "versions";
    case SectionKind::kSlots:
      return "text index";
    case SectionKind::kBuckets:
      return "index buckets";
    case SectionKind::kHashes:
      return "index hashes";
    case SectionKind::kOrdinals:
      return "index ordinals";
    case SectionKind::kZoneBytes:
      return "zone";
    case SectionKind::kFoldPoints:
      return "fold points";
    case SectionKind::kManifestBody:
      return "manifest";
  }
  return "unknown section";
}

std::string section_name(const Manifest* manifest, const FileHeader& header,
                         const SectionEntry& section) {
  const auto kind = static_cast<SectionKind>(section.kind);
  const auto file = static_cast<FileKind>(header.kind);
  std::string name = section_kind_name(kind);
  if (manifest == nullptr) return name;
  if (file == FileKind::kText) {
    return name + " of " +
           (section.column < manifest->domains.size()
                ? manifest->domains[section.column].name
                : fmt::format("domain {}", section.column));
  }
  if (file != FileKind::kBase && file != FileKind::kOverlay) return name;
  return name + " of " + place_name(*manifest, kind, section);
}

}  // namespace kitle
