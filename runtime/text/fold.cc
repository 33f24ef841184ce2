#include "runtime/text/fold.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/normalizer2.h>
#include <unicode/stringoptions.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <unicode/uversion.h>

#include <algorithm>
#include <cstdint>

namespace kitle {
namespace {

icu::StringPiece piece(std::string_view text) {
  return {text.data(), static_cast<int32_t>(text.size())};
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  });
}

const icu::Normalizer2* nfc() {
  UErrorCode error = U_ZERO_ERROR;
  return icu::Normalizer2::getNFCInstance(error);
}

std::string ascii_lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string fold_ascii_text(std::string_view text, Folding folding) {
  if (folding != Folding::kTurkic) return ascii_lower(std::string(text));
  std::string folded;
  for (const char c : text) {
    if (c == 'I') {
      folded += "\u0131";
    } else {
      folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return folded;
}

std::string fold_unicode(std::string_view text, Folding folding) {
  if (is_ascii(text)) return fold_ascii_text(text, folding);
  std::string folded;
  icu::StringByteSink<std::string> sink(&folded);
  UErrorCode error = U_ZERO_ERROR;
  icu::CaseMap::utf8Fold(folding == Folding::kTurkic
                             ? U_FOLD_CASE_EXCLUDE_SPECIAL_I
                             : U_FOLD_CASE_DEFAULT,
                         piece(text), sink, nullptr, error);
  return to_nfc(U_SUCCESS(error) ? folded : text);
}

}  // namespace

Folding folding_of_locale(std::string_view locale) {
  const std::string_view language =
      locale.substr(0, locale.find_first_of("-_"));
  return language == "tr" || language == "az" ? Folding::kTurkic
                                              : Folding::kDefault;
}

std::string unicode_version() {
  UVersionInfo version;
  u_getUnicodeVersion(version);
  char text[U_MAX_VERSION_STRING_LENGTH];
  u_versionToString(version, text);
  return text;
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

bool is_nfc(std::string_view text) {
  if (is_ascii(text)) return true;
  UErrorCode error = U_ZERO_ERROR;
  return nfc()->isNormalizedUTF8(piece(text), error) != 0;
}

std::string to_nfc(std::string_view text) {
  if (is_nfc(text) || !is_utf8(text)) return std::string(text);
  std::string normal;
  icu::StringByteSink<std::string> sink(&normal);
  UErrorCode error = U_ZERO_ERROR;
  nfc()->normalizeUTF8(0, piece(text), sink, nullptr, error);
  return U_SUCCESS(error) ? normal : std::string(text);
}

std::string fold(std::string_view text, Folding folding) {
  switch (folding) {
    case Folding::kExact:
      return to_nfc(text);
    case Folding::kAscii:
      return ascii_lower(to_nfc(text));
    case Folding::kDefault:
    case Folding::kTurkic:
      return fold_unicode(to_nfc(text), folding);
  }
  return std::string(text);
}

}  // namespace kitle
