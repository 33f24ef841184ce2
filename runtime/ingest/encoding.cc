#include "runtime/ingest/encoding.h"

#include <algorithm>
#include <array>

namespace kitle {
namespace {

constexpr uint16_t kNone = 0xffff;

// 0x80 to 0x9f of windows-1254; the rest is Latin-1 but for the six letters
// below.
constexpr std::array<uint16_t, 32> kWindows1254Low = {
    0x20ac, kNone,  0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, kNone,  kNone,  kNone,
    kNone,  0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, kNone,  kNone,  0x0178};

uint16_t code_point(uint8_t byte, Encoding encoding) {
  if (encoding == Encoding::kLatin1 || byte < 0x80) return byte;
  switch (byte) {
    case 0xd0:
      return 0x011e;  // Ğ
    case 0xdd:
      return 0x0130;  // İ
    case 0xde:
      return 0x015e;  // Ş
    case 0xf0:
      return 0x011f;  // ğ
    case 0xfd:
      return 0x0131;  // ı
    case 0xfe:
      return 0x015f;  // ş
    default:
      return byte < 0xa0 ? kWindows1254Low[byte - 0x80] : byte;
  }
}

char* put(uint16_t point, char* to) {
  if (point < 0x80) {
    *to++ = static_cast<char>(point);
  } else if (point < 0x800) {
    *to++ = static_cast<char>(0xc0 | point >> 6);
    *to++ = static_cast<char>(0x80 | (point & 0x3f));
  } else {
    *to++ = static_cast<char>(0xe0 | point >> 12);
    *to++ = static_cast<char>(0x80 | (point >> 6 & 0x3f));
    *to++ = static_cast<char>(0x80 | (point & 0x3f));
  }
  return to;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return static_cast<uint8_t>(c) < 0x80; });
}

}  // namespace

Encoding encoding_of(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (lower == "utf-8" || lower == "utf8") return Encoding::kUtf8;
  if (lower == "latin-1" || lower == "iso-8859-1") return Encoding::kLatin1;
  if (lower == "windows-1254") return Encoding::kWindows1254;
  return Encoding::kUnknown;
}

std::string_view to_utf8(std::string_view text, Encoding encoding,
                         Arena& arena) {
  if (encoding == Encoding::kUtf8 || is_ascii(text)) return text;
  char* const begin = arena.allocate(text.size() * 3);
  char* to = begin;
  for (const char c : text) {
    const uint16_t point = code_point(static_cast<uint8_t>(c), encoding);
    if (point == kNone) return {};
    to = put(point, to);
  }
  arena.shrink_last(text.size() * 3 - static_cast<size_t>(to - begin));
  return {begin, static_cast<size_t>(to - begin)};
}

}  // namespace kitle
