// Text as the language compares it, everywhere alike: NFC, and case folding by
// the repository's locale (in Turkish and Azerbaijani I/ı and İ/i are two
// letters). A snapshot gives the forms of its store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/text/fold_table.h"
#include "runtime/text/nfc.h"

namespace kitle {

enum class Folding : uint8_t {
  kExact,   // exactly
  kAscii,   // A-Z only
  kLocale,  // by the table
};

// Immutable, thread-safe.
class TextForms {
 public:
  // What `folds` shows outlives this.
  TextForms(Nfc nfc, const FoldView& folds);

  const Nfc& nfc() const { return nfc_; }
  // NFC(fold(NFC(text))); with kExact the text itself, as NFC.
  std::string form(std::string_view text, Folding folding) const;

 private:
  std::string folded(std::string_view nfc, Folding folding) const;

  Nfc nfc_;
  FoldTable folds_;
};

}  // namespace kitle
