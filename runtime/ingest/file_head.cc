#include "runtime/ingest/file_head.h"

#include <fmt/format.h>

#include <cstdint>

namespace kitle {
namespace {

constexpr size_t kLookedAt = 1024;
constexpr uint32_t kByteOrderMark = 0xfeff;
constexpr uint32_t kAscii = 0x80;

struct Wide {
  std::string_view name;  // as iconv calls it
  size_t width;
  bool big_end_first;
};
constexpr Wide kWide[] = {{"UTF-16LE", 2, false},
                          {"UTF-16BE", 2, true},
                          {"UTF-32LE", 4, false},
                          {"UTF-32BE", 4, true}};

// How other files begin; each has a byte that no text has, or nearly none.
struct Magic {
  std::string_view bytes;
  std::string_view what;
};
using std::string_view_literals::operator""sv;
constexpr Magic kMagic[] = {
    {"\x1f\x8b\x08"sv,
     "the file is packed with gzip; its name must end in .gz"},
    {"\x28\xb5\x2f\xfd"sv,
     "the file is packed with zstd; its name must end in .zst"},
    {"PAR1\x15"sv, "this is a Parquet file; its name must end in .parquet"},
    {"ARROW1\0\0"sv, "this is an Arrow file; its name must end in .arrow"},
    {"PK\x03\x04"sv,
     "this is a ZIP archive, as .xlsx workbooks are; save it as CSV in UTF-8"},
};

uint32_t unit_at(std::string_view bytes, const Wide& wide) {
  uint32_t unit = 0;
  for (size_t i = 0; i < wide.width; ++i) {
    const size_t place = wide.big_end_first ? i : wide.width - 1 - i;
    unit = unit << 8 | static_cast<uint8_t>(bytes[place]);
  }
  return unit;
}

// Whether the bytes make sense as `wide`: no unit is 0, and at least half of
// the first line is ASCII, or one unit where a byte order mark comes first. So
// there is a NUL byte, which other text does not have.
bool reads_as(std::string_view head, const Wide& wide) {
  size_t ascii = 0;
  size_t first_line = 0;
  bool ended = false;
  const size_t units = head.size() / wide.width;
  for (size_t i = 0; i < units; ++i) {
    const uint32_t unit = unit_at(head.substr(i * wide.width), wide);
    if (unit == 0) return false;
    first_line += ended ? 0 : 1;
    ascii += !ended && unit < kAscii ? 1 : 0;
    ended = ended || unit == '\n';
  }
  const bool marked = units > 0 && unit_at(head, wide) == kByteOrderMark;
  return ascii > 0 && (marked || ascii * 2 >= first_line);
}

}  // namespace

std::string why_not_text(std::string_view head) {
  head = head.substr(0, kLookedAt);
  for (const Magic& magic : kMagic) {
    if (head.starts_with(magic.bytes)) return std::string(magic.what);
  }
  for (const Wide& wide : kWide) {
    if (!reads_as(head, wide)) continue;
    return fmt::format(
        "the file is {}, and text is read as UTF-8; `iconv -f {} -t UTF-8` "
        "converts it",
        wide.name.substr(0, wide.name.size() - 2), wide.name);
  }
  return {};
}

}  // namespace kitle
