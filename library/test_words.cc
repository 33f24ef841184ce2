// See test_words.h.
#include "library/test_words.h"

#include <algorithm>

namespace kitle {
namespace {

// Behind the text in quotes that begins here; else behind this character.
size_t piece_end(std::string_view text, size_t at) {
  if (text[at] != '"') return at + 1;
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(text.size(), at + 1);
}

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string words;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '#') {
      at = std::min(text.size(), text.find('\n', at));
    } else if (is_blank(text[at])) {
      if (!words.empty() && words.back() != ' ') words += ' ';
      ++at;
    } else {
      const size_t end = piece_end(text, at);
      words += text.substr(at, end - at);
      at = end;
    }
  }
  if (words.ends_with(' ')) words.pop_back();
  return words;
}

std::string words_of(const SourceSet& sources, const Span& span) {
  return one_line(sources.text(span));
}

size_t line_of(const SourceSet& sources, const Span& span) {
  return sources.position(span.file, span.begin).line;
}

}  // namespace kitle
