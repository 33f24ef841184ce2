// What lies in the files of a store, byte by byte: docs/store-format.md is the
// prose. Every file but MANIFEST is a section file: header, tables, sections,
// piece checksums, then the sections.
#pragma once

#include <bit>
#include <cstdint>
#include <string>

namespace kitle {

static_assert(std::endian::native == std::endian::little,
              "store files are little-endian and are mapped as they are");

inline constexpr uint32_t kFormatVersion = 3;
inline constexpr char kFileMagic[9] = "KITLEFIL";
inline constexpr char kPointerMagic[9] = "KITLEMAN";

inline constexpr uint64_t kAlignment = 64;  // of sections
inline constexpr uint64_t kPadding = 128;   // zero bytes behind each, or more
inline constexpr uint64_t kPiece = 64 * 1024;  // bytes under one checksum

// The numbers are in files.
enum class FileKind : uint32_t {
  kManifest = 1,
  kBase = 2,     // a block
  kOverlay = 3,  // of a block
  kText = 4,     // a part of a store-wide dictionary
  kIndex = 5,    // hash -> ordinal: customer keys, ids of events
  kZone = 6,     // the pinned TZif bytes
  kFold = 7,     // the pinned fold table
};
const char* file_kind_name(FileKind kind);  // the first part of a file's name

// The numbers are in files.
enum class SectionKind : uint32_t {
  // Blocks; `table` is 0 for profiles, else the event's id; `column` is the
  // column's id, 0 for an event's time.
  kValues = 1,
  kValid = 2,
  kListOffsets = 3,
  kListCodes = 4,
  kOffsets = 5,      // of a table: profiles + 1
  kOrderStarts = 6,  // of a table: one bit an event
  kFirstTimes = 7,   // of a table: by profile
  kLastTimes = 8,
  kHasEvents = 9,  // of a table: one bit a profile; of both above
  kLive = 10,
  kRows = 11,  // overlays: the rows they replace
  kKeys = 12,  // by profile: code of the keys' dictionary
  // Texts by code: `table` is kLocalDomains or 0 (keys, text files) or an event
  // (its ids); `column` is the domain's number among the local ones.
  kTextOffsets = 13,
  kTextBytes = 14,
  kRowSnapshots = 15,  // overlays: of each row, the snapshot that wrote it
  // Blocks, not read by evaluation; packed (packed.h) but for kStampsValid.
  kSources = 20,   // of a table: number of each event's source
  kEventIds = 21,  // of a table: code of its own dictionary
  kStamps = 22,    // of an attribute: microseconds
  kStampsValid = 23,
  kOwnTimes = 24,  // of a table: microseconds behind its order's
  kVersions = 25,  // of a table
  // Text files.
  kSlots = 30,  // open addressing: codes by hash
  // Index files, sorted by hash.
  kBuckets = 40,
  kHashes = 41,
  kOrdinals = 42,
  // Others.
  kZoneBytes = 50,
  kFoldPoints = 51,  // code points that fold; to what: kTextOffsets, kTextBytes
  kManifestBody = 60,
};
const char* section_kind_name(SectionKind kind);  // for messages

inline constexpr uint32_t kProfileTable = 0;
inline constexpr uint32_t kTimeColumn = 0;
inline constexpr uint32_t kLocalDomains = 0xFFFFFFFF;

struct FileHeader {
  char magic[8];
  uint32_t version;
  uint32_t kind;  // FileKind
  uint64_t file_bytes;
  uint64_t header_bytes;  // all before the first section, zero padded
  uint64_t number;        // of the file, unique in its store
  uint64_t subject;       // block; first code; snapshot
  uint32_t tables;
  uint32_t sections;
  uint32_t pieces;
  uint32_t reserved;
};
static_assert(sizeof(FileHeader) == 64);

struct TableEntry {
  uint32_t table;
  uint32_t layout;           // number in the manifest
  uint32_t rows;             // events; of table 0: profiles
  uint32_t max_per_profile;  // of table 0: 0
};
static_assert(sizeof(TableEntry) == 16);

struct SectionEntry {
  uint64_t offset;  // in the file
  uint64_t length;  // without padding
  uint32_t kind;    // SectionKind
  uint32_t table;
  uint32_t column;
  uint32_t first_piece;
  int64_t base;  // columns of kI16 and kI32: logical = base + unit * stored
  int64_t min;   // of the present values, logical
  int64_t max;
  uint64_t unit;  // packed sections; else 0: that of columns is their layout's
};
static_assert(sizeof(SectionEntry) == 64);

// MANIFEST: names the current snapshot.
struct Pointer {
  char magic[8];
  uint32_t version;
  uint32_t reserved;
  uint64_t snapshot;
  uint64_t file_number;
  uint64_t file_bytes;   // of the manifest file
  uint64_t header_hash;  // of the manifest file
  uint64_t reserved2;
  uint64_t hash;  // XXH3-64 of all before
};
static_assert(sizeof(Pointer) == 64);

// How a file names another one.
struct FileRef {
  uint64_t number = 0;  // 0: none
  uint64_t bytes = 0;
  uint64_t header_hash = 0;  // XXH3-64 of its header_bytes
  friend bool operator==(const FileRef&, const FileRef&) = default;
};

// "base-17"
std::string file_name(FileKind kind, uint64_t number);

constexpr uint64_t align_up(uint64_t value) {
  return (value + kAlignment - 1) / kAlignment * kAlignment;
}
// Bytes of a section with its padding.
constexpr uint64_t extent_of(uint64_t length) {
  return align_up(length + kPadding);
}
constexpr uint64_t pieces_of(uint64_t length) {
  return (extent_of(length) + kPiece - 1) / kPiece;
}

}  // namespace kitle
