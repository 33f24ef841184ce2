// What a snapshot consists of: settings, schema with permanent ids, layouts,
// and every file with its length and header hash. save_manifest and
// load_manifest are the only ones that know its bytes (docs/store-format.md).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/schema.h"
#include "runtime/status.h"
#include "runtime/store/content.h"
#include "runtime/store/format.h"
#include "runtime/store/section_file.h"
#include "runtime/store/view.h"

namespace kitle {

// The physical type and unit of each column of a table; absent ones are not
// listed. Of an event table the first is its time.
struct ColumnLayout {
  uint32_t column = 0;
  Physical physical = Physical::kAbsent;
  int64_t unit = 1;
  friend bool operator==(const ColumnLayout&, const ColumnLayout&) = default;
};
struct Layout {
  uint32_t table = 0;
  std::vector<ColumnLayout> columns;
  const ColumnLayout* find(uint32_t column) const;
  friend bool operator==(const Layout&, const Layout&) = default;
};

// A part of a store-wide dictionary: codes [first, first + count).
struct TextRef {
  FileRef file;
  uint32_t first = 1;
  uint32_t count = 0;
};
struct Domain {
  std::string name;
  uint32_t size = 0;  // the largest code
  std::vector<TextRef> parts;
};

struct IndexRef {
  FileRef file;
  uint64_t entries = 0;
};

struct BlockRef {
  uint32_t profiles = 0;
  FileRef base;
  FileRef overlay;  // number 0: none
  uint32_t overlay_profiles = 0;
};

using ColumnName = std::pair<uint32_t, uint32_t>;  // ids of table and column

struct Manifest {
  uint64_t snapshot = 0;
  // Header hashes of the manifests before it, the newest first, as many as are
  // kept.
  std::vector<uint64_t> ancestors;
  uint64_t next_file = 1;
  std::string unicode_version;  // this machine's, when the store was made
  Settings settings;
  FileRef zone;
  FileRef folds;
  Schema schema;
  uint32_t next_table = 1;            // event ids
  std::vector<uint32_t> next_column;  // by table: profile, then schema.events
  std::map<ColumnName, ColumnRange> ranges;
  std::vector<Layout> layouts;
  std::vector<Domain> domains;             // store-wide
  std::vector<std::string> local_domains;  // block-wide
  std::vector<std::string> sources;        // of events; number 1 is the first
  uint32_t profiles = 0;
  std::vector<BlockRef> blocks;
  std::vector<IndexRef> keys;    // older first
  std::vector<IndexRef> events;  // older first

  const Domain* find_domain(std::string_view name) const;
  // Its number in `layouts`; added if new.
  uint32_t intern_layout(const Layout& layout);
  uint32_t intern_local_domain(std::string_view name);
  // The number of a source of events, from 1; 0 for "". Added if new.
  uint32_t intern_source(std::string_view name);
  // Every file it names.
  std::vector<std::pair<FileKind, FileRef>> files() const;
};

inline constexpr size_t kMostAncestors = 256;

std::string save_manifest(const Manifest& manifest);
// Checks what can be checked without the files. `path` is for the error.
Result<Manifest> load_manifest(std::string_view body, const std::string& path);

// "values of purchase.amount": what a section is, for messages. `manifest` may
// be null.
std::string section_name(const Manifest* manifest, const FileHeader& header,
                         const SectionEntry& section);

// Profiles of a block of a store that has `profiles` of them.
constexpr uint32_t rows_of_block(uint32_t profiles, uint32_t block) {
  const uint32_t first = block << kBlockBits;
  return profiles - first < kBlockRows ? profiles - first : kBlockRows;
}
constexpr uint32_t blocks_of(uint32_t profiles) {
  return static_cast<uint32_t>((uint64_t{profiles} + kBlockRows - 1) >>
                               kBlockBits);
}

}  // namespace kitle
