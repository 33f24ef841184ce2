// Looking at rule text without a grammar: code points, blanks, words, and
// where a declaration or a clause begins. The matcher, its recovery and the
// explanations of errors share these. All take a place in the text and never
// read behind its end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kitle {

struct CodePoint {
  char32_t value = 0;
  uint32_t length = 0;  // bytes; 0: not UTF-8
};
CodePoint decode(std::string_view text, size_t at);

// The text, or its beginning and `…` where it has more than `most` bytes.
std::string shortened(std::string_view text, size_t most);

// May stand in a name: an ASCII letter, digit or `_`; foreign letters too, so
// that a name with one is one word (and reported).
bool is_name_letter(char32_t c);
bool is_ascii_name_letter(char c);
// The length of the word (letters and digits) at `at`.
size_t word_length(std::string_view text, size_t at);
std::string_view word_at(std::string_view text, size_t at);

// The bytes at `at` that spell `keyword`, whatever their case and dots; 0 if
// none, or a name letter follows.
size_t keyword_length(std::string_view text, size_t at,
                      std::string_view keyword);
// A word in small ASCII letters; İ and ı become i.
std::string fold_keyword(std::string_view word);
// Words that are names only in backquotes.
bool is_reserved(std::string_view word);
bool is_declaration_word(std::string_view word);
bool is_unit_word(std::string_view word);
// 1 to 12 of an English month name; 0 if it is none.
int month_number(std::string_view word);

// Behind blanks and comments, over lines.
size_t skip_blanks(std::string_view text, size_t at);
// The same, but stops before the end of the line unless the next line begins
// with `and`, `or` or `then`.
size_t skip_blanks_in_item(std::string_view text, size_t at);
// Behind blanks of this line.
size_t skip_spaces(std::string_view text, size_t at);
// Behind the string, the word or the one character at `at`.
size_t skip_token(std::string_view text, size_t at);
bool is_line_start(std::string_view text, size_t at);
// Behind the last token before `at`, of an earlier line if `at` begins one.
size_t token_end_before(std::string_view text, size_t at);

// A declaration begins here: the recovery of everything above clauses.
bool begins_declaration(std::string_view text, size_t at);
// The same wherever it stands: it would, were it the first of its line.
bool reads_as_declaration(std::string_view text, size_t at);
// A condition that nothing else could be begins here.
bool begins_clause(std::string_view text, size_t at);

}  // namespace kitle
