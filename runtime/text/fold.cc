#include "runtime/text/fold.h"

#include <utility>

namespace kitle {
namespace {

std::string ascii_lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

TextForms::TextForms(Nfc nfc, const FoldView& folds)
    : nfc_(std::move(nfc)), folds_(folds) {}

std::string TextForms::folded(std::string_view nfc, Folding folding) const {
  switch (folding) {
    case Folding::kExact:
      return std::string(nfc);
    case Folding::kAscii:
      return ascii_lower(std::string(nfc));
    case Folding::kLocale:
      break;
  }
  std::string made = folds_.fold(nfc);
  return nfc_.holds(made) ? made : nfc_.of(made);
}

std::string TextForms::form(std::string_view text, Folding folding) const {
  return nfc_.holds(text) ? folded(text, folding)
                          : folded(nfc_.of(text), folding);
}

}  // namespace kitle
