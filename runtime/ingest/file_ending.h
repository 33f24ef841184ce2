// What the ending of a file's name says: its format, and how it is packed. Here
// alone, for the compiler that checks a source's patterns and for ingest.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kitle {

enum class FileFormat : uint8_t { kCsv, kJsonLines, kParquet, kArrow };
enum class Compression : uint8_t { kNone, kGzip, kZstd };

struct FileEnding {
  FileFormat format = FileFormat::kCsv;
  Compression compression = Compression::kNone;
};

struct KnownEnding {
  std::string_view ending;
  FileFormat format;
  bool packable;  // also with .gz or .zst behind
};
inline constexpr KnownEnding kFileEndings[] = {
    {".csv", FileFormat::kCsv, true},
    {".ndjson", FileFormat::kJsonLines, true},
    {".jsonl", FileFormat::kJsonLines, true},
    {".parquet", FileFormat::kParquet, false},
    {".arrow", FileFormat::kArrow, false},
    {".feather", FileFormat::kArrow, false}};

// Of a path or a pattern; nothing where the ending says no format.
inline std::optional<FileEnding> file_ending(std::string_view path) {
  FileEnding found;
  if (path.ends_with(".gz")) {
    found.compression = Compression::kGzip;
  } else if (path.ends_with(".zst")) {
    found.compression = Compression::kZstd;
  }
  const bool packed = found.compression != Compression::kNone;
  if (packed) path = path.substr(0, path.rfind('.'));
  for (const KnownEnding& known : kFileEndings) {
    if (!path.ends_with(known.ending) || (packed && !known.packable)) continue;
    found.format = known.format;
    return found;
  }
  return {};
}

}  // namespace kitle
