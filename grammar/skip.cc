// The recovery's scanning; see skip.h.
#include "grammar/skip.h"

#include "grammar/scan.h"

namespace kitle {
namespace {

bool is_connector(std::string_view text, size_t at) {
  return keyword_length(text, at, "and") != 0 ||
         keyword_length(text, at, "or") != 0;
}

bool is_flush_brace(std::string_view text, size_t at) {
  return text[at] == '}' && (at == 0 || text[at - 1] == '\n');
}

// Brackets and braces, as the skipping meets them.
class Depth {
 public:
  explicit Depth(const Opened& opened)
      : round_(opened.round), curly_(opened.curly) {}
  bool none() const { return round_ == 0 && curly_ == 0; }
  // True if `c` closes what was open before the text skipped.
  bool closes_outer(char c, bool in_bracket) const {
    return (c == ')' && round_ == 0 && in_bracket) || (c == '}' && curly_ == 0);
  }
  void pass(char c) {
    round_ += c == '(' ? 1 : 0;
    curly_ += c == '{' ? 1 : 0;
    if (c == ')' && round_ > 0) --round_;
    if (c == '}') --curly_;
  }

 private:
  uint32_t round_;
  uint32_t curly_;
};

bool is_clause_line(std::string_view text, size_t at) {
  return is_line_start(text, at) &&
         (is_connector(text, at) || begins_clause(text, at));
}

bool is_hard_stop(std::string_view text, size_t at) {
  return is_flush_brace(text, at) || begins_declaration(text, at);
}

// Behind the blanks, or at the newline where that ends the item.
size_t skip_between(std::string_view text, size_t at, bool lines) {
  return lines ? skip_blanks_in_item(text, at) : skip_blanks(text, at);
}

}  // namespace

uint32_t skip_to_clause(std::string_view text, uint32_t at, Opened opened,
                        bool may_stay) {
  Depth depth(opened);
  size_t here = at;
  while (true) {
    here = skip_between(text, here, opened.lines && depth.none());
    if (here >= text.size()) break;
    const char c = text[here];
    if (c == '\n' || is_hard_stop(text, here)) break;
    if (depth.closes_outer(c, opened.in_bracket)) break;
    const bool fresh = may_stay || here > at;
    if (fresh && depth.none() && is_clause_line(text, here)) break;
    depth.pass(c);
    here = skip_token(text, here);
  }
  return static_cast<uint32_t>(here);
}

uint32_t skip_to_item_end(std::string_view text, uint32_t at, Opened opened,
                          bool may_stay) {
  Depth depth(opened);
  size_t here = at;
  while (true) {
    here = skip_between(text, here, depth.none());
    if (here >= text.size() || is_hard_stop(text, here)) break;
    const char c = text[here];
    if (c == '\n' || depth.closes_outer(c, false)) break;
    const bool fresh = may_stay || here > at;
    if (fresh && c == ',' && depth.none()) break;
    depth.pass(c);
    here = skip_token(text, here);
  }
  return static_cast<uint32_t>(here);
}

uint32_t skip_to_declaration(std::string_view text, uint32_t at,
                             bool may_stay) {
  size_t here = at;
  while (true) {
    here = skip_blanks(text, here);
    if (here >= text.size()) break;
    const bool fresh = may_stay || here > at;
    if (fresh && begins_declaration(text, here)) break;
    if (is_flush_brace(text, here)) {
      ++here;
      break;
    }
    here = skip_token(text, here);
  }
  return static_cast<uint32_t>(here);
}

uint32_t skip_over_declaration(std::string_view text, uint32_t at) {
  size_t here = skip_token(text, at);
  size_t open = 0;
  while (true) {
    const size_t line_end = skip_blanks_in_item(text, here);
    here = skip_blanks(text, here);
    if (here >= text.size() || begins_declaration(text, here)) break;
    const char c = text[here];
    if (line_end < here && open == 0 && c != '{') break;
    if (open > 0 && is_flush_brace(text, here))
      return static_cast<uint32_t>(here + 1);
    open += c == '{' || c == '(' ? 1 : 0;
    const bool closing = c == '}' || c == ')';
    here = skip_token(text, here);
    if (!closing) continue;
    if (open <= 1 && c == '}') break;
    open -= open > 0 ? 1 : 0;
  }
  return static_cast<uint32_t>(here);
}

}  // namespace kitle
