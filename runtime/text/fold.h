// Text as the language compares it: NFC, and case folding by the
// repository's locale (in Turkish and Azerbaijani I/ı and İ/i are two
// letters).
#pragma once

#include <string>
#include <string_view>

#include "runtime/text/nfc.h"

namespace kitle {

enum class Folding : uint8_t {
  kExact,    // exactly
  kAscii,    // A-Z only
  kDefault,  // Unicode full case folding
  kTurkic,   // the same with I -> ı, İ -> i
};

// The folding of `text` in a locale such as "tr" or "en-US".
Folding folding_of_locale(std::string_view locale);

// NFC; text that is not UTF-8 comes back unchanged.
std::string to_nfc(std::string_view text);
bool is_nfc(std::string_view text);

// NFC(fold(text)); with kExact the text itself, as NFC.
std::string fold(std::string_view text, Folding folding);

}  // namespace kitle
