// Normalising by ICU. Characters are never changed once they are in Unicode,
// only added (Unicode's stability policy), so that ICU kept to the characters
// of a version normalises as that version did.
#include "runtime/text/nfc.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>
#include <unicode/uversion.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace kitle {
namespace {

using Version = std::array<uint8_t, U_MAX_VERSION_LENGTH>;

icu::StringPiece piece(std::string_view text) {
  return {text.data(), static_cast<int32_t>(text.size())};
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  });
}

Version version_here() {
  Version version{};
  u_getUnicodeVersion(version.data());
  return version;
}

std::optional<Version> parse_version(std::string_view text) {
  Version version{};
  const char* at = text.data();
  const char* end = at + text.size();
  for (uint8_t& part : version) {
    const auto [stop, error] = std::from_chars(at, end, part);
    if (error != std::errc()) return std::nullopt;
    if (stop == end) return version;
    if (*stop != '.') return std::nullopt;
    at = stop + 1;
  }
  return std::nullopt;
}

const icu::Normalizer2* nfc_here() {
  UErrorCode error = U_ZERO_ERROR;
  return icu::Normalizer2::getNFCInstance(error);
}

icu::UnicodeSet letters_of(const std::string& version) {
  UErrorCode error = U_ZERO_ERROR;
  const std::string pattern = "[:age=" + version + ":]";
  icu::UnicodeSet letters(icu::UnicodeString::fromUTF8(pattern), error);
  letters.freeze();
  return letters;
}

}  // namespace

std::string unicode_version() {
  Version version = version_here();
  char text[U_MAX_VERSION_STRING_LENGTH];
  u_versionToString(version.data(), text);
  return text;
}

bool is_unicode_version(std::string_view text) {
  return parse_version(text).has_value();
}

bool has_unicode(const std::string& version) {
  return parse_version(version) <= version_here();
}

bool is_utf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t at = 0; at < size;) {
    UChar32 point;
    U8_NEXT(bytes, at, size, point);
    if (point < 0) return false;
  }
  return true;
}

struct Nfc::Limited {
  explicit Limited(const std::string& version)
      : letters(letters_of(version)), normalizer(*nfc_here(), letters) {}

  icu::UnicodeSet letters;
  icu::FilteredNormalizer2 normalizer;
};

Nfc::Nfc(const std::string& version) {
  if (parse_version(version) == version_here()) return;
  limited_ = std::make_shared<const Limited>(version);
}

bool Nfc::holds(std::string_view text) const {
  if (is_ascii(text)) return true;
  UErrorCode error = U_ZERO_ERROR;
  const bool held =
      limited_ == nullptr
          ? nfc_here()->isNormalizedUTF8(piece(text), error) != 0
          : limited_->normalizer.isNormalizedUTF8(piece(text), error) != 0;
  return held && U_SUCCESS(error);
}

std::string Nfc::of(std::string_view text) const {
  if (holds(text) || !is_utf8(text)) return std::string(text);
  std::string normal;
  icu::StringByteSink<std::string> sink(&normal);
  UErrorCode error = U_ZERO_ERROR;
  if (limited_ == nullptr) {
    nfc_here()->normalizeUTF8(0, piece(text), sink, nullptr, error);
  } else {
    limited_->normalizer.normalizeUTF8(0, piece(text), sink, nullptr, error);
  }
  return U_SUCCESS(error) ? normal : std::string(text);
}

}  // namespace kitle
