// Words that the formatter may write otherwise than the author: an event's
// singular and plural, `1 day` and `2 days`, `March`, `fewer than`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/cst.h"
#include "grammar/format.h"
#include "grammar/format_text.h"

namespace kitle::formatting {

// What a token is to spelling.
enum class WordKind : uint8_t {
  kOther,  // kept as it is
  kEvent,  // an event's name, maybe with a property: `purchase.amount`
  kRows,   // `rows` of `rows of`
  kUnit,   // `days`, `points`
  kMonth,  // `March`
  kFewer,  // `fewer` of `fewer than`
};

struct Word {
  WordKind kind = WordKind::kOther;
  bool many = false;  // in the plural
};

// One a token.
std::vector<Word> words_of(const Cst& cst, const Text& text);
// As it shall be written.
std::string spelled(std::string_view token, Word word, const EventForms& forms);
// Both ways to write a word of this kind are one word.
bool is_same_word(WordKind kind, std::string_view left, std::string_view right,
                  const EventForms& forms);

}  // namespace kitle::formatting
