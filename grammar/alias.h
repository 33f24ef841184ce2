// What people write for a word of the language, in small letters; the right
// word, or "" if nothing is known. For suggestions only.
#pragma once

#include <string_view>

namespace kitle {

// Behind a condition: `with` is `where`, `during` is `in`.
std::string_view alias_of_connector(std::string_view word);
// Before an event: `never` is `no`.
std::string_view alias_of_quantifier(std::string_view word);
// Before `of`: `total` is `sum of`.
std::string_view alias_of_measure(std::string_view word);
// Where a name stands: `true` is `yes`.
std::string_view alias_of_name(std::string_view word);

// A measure that has an `of`: `sum`.
bool is_measure_word(std::string_view word);

}  // namespace kitle
