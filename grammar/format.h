// One style for every rule text: `kitle fmt`. Words are kept, what stands
// between them is made new. docs/language.md, Formatting, has the rules.
//
//   text -> tokens and gaps   format_text      what is kept
//        -> spelling          format_spelling  `1 purchase`, `2 purchases`
//        -> boxes             format_box       what may break, and where
//        -> lines             format_layout    what does break
//        -> text              format_lines     columns that are aligned
//
// A text is never taken apart into a tree and printed from it: every word and
// comment is carried through, so that syntax without a rule of its own comes
// out with plain spaces, not damaged.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "grammar/ast.h"
#include "grammar/diagnostic.h"
#include "grammar/source.h"

namespace kitle {

// Lines end before this column where they can.
inline constexpr uint32_t kLineWidth = 100;

// The events that are known, by both of their names.
class EventForms {
 public:
  struct Form {
    std::string singular;
    std::string plural;
    friend bool operator==(const Form&, const Form&) = default;
  };

  EventForms() = default;
  explicit EventForms(const Syntax& syntax);
  // Null: no event has this name, or another one has one of its two.
  const Form* find(std::string_view name) const;

 private:
  void add(const std::string& name, const Form& form);
  std::map<std::string, std::optional<Form>, std::less<>> forms_;
};

// The file's text in the one style. Nothing if it has mistakes of syntax,
// which are reported.
std::optional<std::string> format(const SourceSet& sources, uint32_t file,
                                  const EventForms& forms,
                                  Diagnostics& diagnostics);

// format()'s last step, whatever its others did: `formatted` if it says the
// same as the file's text, else nothing, and a report.
std::optional<std::string> if_same(const SourceSet& sources, uint32_t file,
                                   std::string formatted,
                                   const EventForms& forms,
                                   Diagnostics& diagnostics);

// Both texts say the same: equal trees, equal words (an event's singular is
// its plural, `1 days` is `1 day`), equal comments in equal order. False if
// one of them has mistakes of syntax.
bool say_the_same(std::string_view left, std::string_view right,
                  const EventForms& forms);

}  // namespace kitle
