#include "runtime/text/fold.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/stringoptions.h>
#include <unicode/stringpiece.h>

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

bool is_nfc(std::string_view text) { return Nfc().holds(text); }

std::string to_nfc(std::string_view text) { return Nfc().of(text); }

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
