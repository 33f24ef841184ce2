// Code points, words and line starts of rule text; see scan.h.
#include "grammar/scan.h"

#include <algorithm>
#include <array>

namespace kitle {
namespace {

bool is_continuation(char c) {
  return (static_cast<uint8_t>(c) & 0xC0) == 0x80;
}

uint32_t expected_length(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

// The smallest code point that needs so many bytes.
constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};

// Signs and punctuation beyond ASCII; other code points are letters to us.
struct Range {
  char32_t low;
  char32_t high;
};
constexpr std::array<Range, 9> kSigns = {{{0x80, 0xA9},
                                          {0xAB, 0xB4},
                                          {0xB6, 0xB9},
                                          {0xBB, 0xBF},
                                          {0xD7, 0xD7},
                                          {0xF7, 0xF7},
                                          {0x2000, 0x2BFF},
                                          {0x3000, 0x303F},
                                          {0xFE00, 0xFF20}}};

constexpr std::array<std::string_view, 16> kReserved = {
    "after", "and", "any", "before", "between", "ever",     "in",    "is",
    "no",    "not", "or",  "since",  "then",    "everyone", "until", "where"};

constexpr std::array<std::string_view, 19> kDeclarations = {
    "profile", "event",    "source",   "segment",  "let",    "persona", "score",
    "stages",  "report",   "model",    "audience", "test",   "use",     "table",
    "events",  "sessions", "template", "library",  "fixture"};

constexpr std::array<std::string_view, 8> kUnits = {
    "second", "minute", "hour", "day", "week", "month", "quarter", "year"};

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};

template <size_t N>
bool contains(const std::array<std::string_view, N>& words,
              std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool at_line_end(std::string_view text, size_t at) {
  return at >= text.size() || text[at] == '\n';
}

size_t skip_comment(std::string_view text, size_t at) {
  while (!at_line_end(text, at)) ++at;
  return at;
}

size_t skip_string(std::string_view text, size_t at) {
  for (++at; !at_line_end(text, at); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\' && !at_line_end(text, at + 1)) ++at;
  }
  return at;
}

// The word behind the one at `at`, in small letters.
std::string next_word(std::string_view text, size_t at) {
  const size_t behind = skip_spaces(text, at + word_length(text, at));
  return fold_keyword(word_at(text, behind));
}

// What follows a name tells that a declaration begins: `{`, a title, `=`.
bool follows_declared_name(std::string_view text, size_t at) {
  if (at >= text.size()) return false;
  if (text[at] == '{' || text[at] == '"' || text[at] == '=') return true;
  const std::string word = fold_keyword(word_at(text, at));
  return word == "counted" || word == "plural" || word == "for" ||
         word == "deprecated";
}

// `source is "web"`, `event from "kind"`: an attribute or a property of that
// name, and no declaration.
bool follows_value(std::string_view text, size_t at) {
  constexpr std::array<std::string_view, 6> kFollowers = {
      "contains", "starts", "ends", "matches", "today", "from"};
  const std::string word = fold_keyword(word_at(text, at));
  if (is_reserved(word)) return true;
  const size_t behind = skip_spaces(text, at + word_length(text, at));
  const bool opens = behind < text.size() && text[behind] == '{';
  return contains(kFollowers, word) && !opens;
}

bool is_clause_word(const std::string& word) {
  return word == "not" || word == "any" || word == "no" || word == "in" ||
         word == "everyone";
}

// Two words that only a condition begins with.
bool are_clause_words(const std::string& word, const std::string& next) {
  if (word == "at") return next == "least" || next == "most";
  if (word == "more" || word == "fewer") return next == "than";
  if (word == "count" || word == "sum" || word == "average" || word == "age" ||
      word == "share") {
    return next == "of";
  }
  if (word == "most") return next == "frequent";
  if (word == "distinct") return next == "count";
  if (word == "median") return next == "gap";
  if (word == "days")
    return next == "since" || next == "until" || next == "with";
  if (word == "time") return next == "since";
  const bool led = word == "first" || word == "last" || word == "smallest" ||
                   word == "largest" || word == "exactly";
  return led && !next.empty() && !is_reserved(next);
}

bool is_tail_word(const std::string& word) {
  constexpr std::array<std::string_view, 15> kTails = {
      "is",  "in", "between", "contains", "starts", "ends",  "matches", "not",
      "and", "or", "since",   "until",    "before", "after", "today"};
  return contains(kTails, word);
}

size_t skip_path(std::string_view text, size_t at) {
  at += word_length(text, at);
  while (at < text.size() && text[at] == '.') {
    const size_t length = word_length(text, at + 1);
    if (length == 0) break;
    at += 1 + length;
  }
  return at;
}

// A name and an operator, or a name that stands alone.
bool begins_comparison(std::string_view text, size_t at) {
  at = skip_spaces(text, skip_path(text, at));
  if (at_line_end(text, at)) return true;
  const char c = text[at];
  constexpr std::string_view kFollowers = "<>=!+-*/)}#";
  if (kFollowers.find(c) != std::string_view::npos) return true;
  if (c >= '0' && c <= '9') return true;
  return is_tail_word(fold_keyword(word_at(text, at)));
}

}  // namespace

CodePoint decode(std::string_view text, size_t at) {
  if (at >= text.size()) return {};
  const uint8_t lead = static_cast<uint8_t>(text[at]);
  const uint32_t length = expected_length(lead);
  if (length == 1) return {lead, 1};
  if (length == 0 || at + length > text.size()) return {};
  char32_t value = lead & (0x7Fu >> length);
  for (uint32_t i = 1; i < length; ++i) {
    if (!is_continuation(text[at + i])) return {};
    value = value << 6 | (static_cast<uint8_t>(text[at + i]) & 0x3Fu);
  }
  const bool surrogate = value >= 0xD800 && value < 0xE000;
  if (value < kSmallest[length] || surrogate || value > 0x10FFFF) return {};
  return {value, length};
}

std::string shortened(std::string_view text, size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && is_continuation(text[most])) --most;
  return std::string(text.substr(0, most)) + "…";
}

bool is_ascii_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_';
}

bool is_name_letter(char32_t c) {
  if (c < 0x80) return is_ascii_name_letter(static_cast<char>(c));
  return std::none_of(kSigns.begin(), kSigns.end(), [c](const Range& range) {
    return range.low <= c && c <= range.high;
  });
}

size_t word_length(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size()) {
    const CodePoint c = decode(text, end);
    if (c.length == 0 || !is_name_letter(c.value)) break;
    end += c.length;
  }
  return end - at;
}

std::string_view word_at(std::string_view text, size_t at) {
  if (at >= text.size()) return {};
  return text.substr(at, word_length(text, at));
}

size_t keyword_length(std::string_view text, size_t at,
                      std::string_view keyword) {
  size_t end = at;
  for (const char wanted : keyword) {
    if (end >= text.size()) return 0;
    const char c = text[end];
    const bool dotted = wanted == 'i' && c == '\xC4' && end + 1 < text.size() &&
                        (text[end + 1] == '\xB0' || text[end + 1] == '\xB1');
    const bool same = c == wanted || (c >= 'A' && c <= 'Z' && c + 32 == wanted);
    if (!dotted && !same) return 0;
    end += dotted ? 2 : 1;
  }
  return word_length(text, end) == 0 ? end - at : 0;
}

std::string fold_keyword(std::string_view word) {
  std::string folded;
  for (size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    const bool dotted = c == '\xC4' && i + 1 < word.size() &&
                        (word[i + 1] == '\xB0' || word[i + 1] == '\xB1');
    if (dotted) ++i;
    const bool capital = c >= 'A' && c <= 'Z';
    folded += dotted ? 'i' : capital ? static_cast<char>(c + 32) : c;
  }
  return folded;
}

bool is_reserved(std::string_view word) {
  return contains(kReserved, fold_keyword(word));
}

bool is_declaration_word(std::string_view word) {
  return contains(kDeclarations, word);
}

bool is_unit_word(std::string_view word) {
  const std::string folded = fold_keyword(word);
  std::string_view singular = folded;
  if (singular.ends_with('s')) singular.remove_suffix(1);
  return contains(kUnits, singular);
}

int month_number(std::string_view word) {
  const auto month =
      std::find(kMonths.begin(), kMonths.end(), fold_keyword(word));
  return month == kMonths.end() ? 0
                                : static_cast<int>(month - kMonths.begin()) + 1;
}

size_t skip_spaces(std::string_view text, size_t at) {
  while (at < text.size() &&
         (text[at] == ' ' || text[at] == '\t' || text[at] == '\r')) {
    ++at;
  }
  return at;
}

size_t skip_blanks(std::string_view text, size_t at) {
  while (true) {
    at = skip_spaces(text, at);
    if (at >= text.size()) return at;
    if (text[at] == '#') {
      at = skip_comment(text, at);
    } else if (text[at] == '\n') {
      ++at;
    } else {
      return at;
    }
  }
}

size_t skip_blanks_in_item(std::string_view text, size_t at) {
  const size_t here = skip_spaces(text, at);
  if (here < text.size() && text[here] != '\n' && text[here] != '#') {
    return here;
  }
  const size_t next = skip_blanks(text, here);
  const bool goes_on = keyword_length(text, next, "and") != 0 ||
                       keyword_length(text, next, "or") != 0 ||
                       keyword_length(text, next, "then") != 0;
  return goes_on ? next : skip_comment(text, here);
}

size_t skip_token(std::string_view text, size_t at) {
  if (at >= text.size()) return at;
  if (text[at] == '"') return skip_string(text, at);
  const size_t word = word_length(text, at);
  if (word != 0) return at + word;
  return at + std::max(1u, decode(text, at).length);
}

bool is_line_start(std::string_view text, size_t at) {
  while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t')) --at;
  return at == 0 || text[at - 1] == '\n';
}

size_t token_end_before(std::string_view text, size_t at) {
  for (size_t line_end = at; line_end > 0;) {
    const size_t before = text.rfind('\n', line_end - 1);
    const size_t begin = before == std::string_view::npos ? 0 : before + 1;
    size_t end = begin;
    for (size_t here = skip_spaces(text, begin);
         here < line_end && text[here] != '#'; here = skip_spaces(text, end)) {
      end = skip_token(text, here);
    }
    if (end > begin) return end;
    line_end = begin == 0 ? 0 : begin - 1;
  }
  return 0;
}

bool begins_declaration(std::string_view text, size_t at) {
  return is_line_start(text, at) && reads_as_declaration(text, at);
}

bool reads_as_declaration(std::string_view text, size_t at) {
  const std::string_view first = word_at(text, at);
  const size_t kind =
      first == "private" ? skip_spaces(text, at + first.size()) : at;
  const std::string_view word = word_at(text, kind);
  if (!is_declaration_word(word)) return false;
  const size_t name = skip_spaces(text, kind + word.size());
  if (name == kind + word.size() || name >= text.size()) return false;
  const bool quoted = text[name] == '"' || text[name] == '`';
  const bool flush = at == 0 || text[at - 1] == '\n';
  if (flush && text[name] == '{') return true;  // its name is missing
  if (quoted) return true;
  if (word_length(text, name) == 0 || follows_value(text, name)) return false;
  if (flush) return true;
  const size_t behind = name + word_length(text, name);
  return follows_declared_name(text, skip_spaces(text, behind));
}

bool begins_clause(std::string_view text, size_t at) {
  if (at >= text.size()) return false;
  if (text[at] == '(') return true;
  const std::string word = fold_keyword(word_at(text, at));
  if (word.empty() || (word[0] >= '0' && word[0] <= '9')) return false;
  if (is_clause_word(word)) return true;
  if (is_reserved(word)) return false;
  return are_clause_words(word, next_word(text, at)) ||
         begins_comparison(text, at);
}

}  // namespace kitle
