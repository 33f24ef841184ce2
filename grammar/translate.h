// Messages in other languages than the English of diagnostics.def: Turkish is
// in diagnostics_tr.def, the phrases that stand in messages and beside places
// in phrases_tr.def. Words of the language stay as they are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "grammar/diagnostic.h"

namespace kitle {

enum class MessageLanguage : uint8_t { kEnglish, kTurkish };

// The row's title, with its places for arguments; its help. A row that is not
// translated is English.
std::string_view title_in(MessageLanguage language, DiagnosticId id);
std::string_view help_in(MessageLanguage language, DiagnosticId id);
// Null if there is no row in this language.
const DiagnosticInfo* translation_of(MessageLanguage language, DiagnosticId id);

// "did you mean `city`?" in the language; what is in no row stays as it is.
std::string phrase_in(MessageLanguage language, std::string_view phrase);
// Whether it is in a row, or needs none.
bool has_phrase(MessageLanguage language, std::string_view phrase);

// The same diagnostic with all that it says in words. Its title is title_in().
Diagnostic translated(MessageLanguage language, const Diagnostic& diagnostic);
// Its title with the arguments filled in.
std::string title_of(const Diagnostic& diagnostic, MessageLanguage language);

// A title with the arguments of the diagnostic in its places.
std::string title_of(const Diagnostic& diagnostic, std::string_view pattern);

// How to render; see render() of diagnostic.h.
struct RenderStyle {
  DiagnosticFormat format = DiagnosticFormat::kText;
  bool colour = false;
  std::string_view folder = "";
  MessageLanguage language = MessageLanguage::kEnglish;
};
std::string render(const Diagnostics& diagnostics, const SourceSet& sources,
                   const RenderStyle& style);

}  // namespace kitle
