// Where matching goes on after a mistake: plain scanning of the text behind
// it, used by the recovery of rules.h.
#pragma once

#include <cstdint>
#include <string_view>

namespace kitle {

// What was open where a rule gave up, counted from where it is caught.
struct Opened {
  uint32_t round = 0;       // brackets opened since
  uint32_t curly = 0;       // braces opened since
  bool in_bracket = false;  // a `)` ends what is caught
  bool lines = false;       // a newline ends what is caught
};

// To the next line that begins a clause or with `and`, or to what ends the
// clauses. Goes forward unless `may_stay`.
uint32_t skip_to_clause(std::string_view text, uint32_t at, Opened opened,
                        bool may_stay);
// To the end of the item: a newline, a comma or a closing brace.
uint32_t skip_to_item_end(std::string_view text, uint32_t at, Opened opened,
                          bool may_stay);
// Behind a `}` at a line's start, or to a declaration.
uint32_t skip_to_declaration(std::string_view text, uint32_t at, bool may_stay);
// Behind a declaration that is not understood: its braces, or its line.
uint32_t skip_over_declaration(std::string_view text, uint32_t at);

}  // namespace kitle
