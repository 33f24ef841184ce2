// Tokens and gaps; see format_text.h.
#include "grammar/format_text.h"

#include <algorithm>
#include <array>

#include "grammar/format_shape.h"
#include "grammar/scan.h"

namespace kitle::formatting {
namespace {

class Reader {
 public:
  Reader(std::string_view whole, const Cst& cst) : cst_(cst) {
    text_.whole = whole;
  }

  Text read() {
    gap();
    while (at_ < text_.whole.size()) {
      token();
      gap();
    }
    return std::move(text_);
  }

 private:
  void gap() {
    Gap made;
    made.line = text_.tokens.empty();
    lines_ = 0;
    while (at_ < text_.whole.size() && blank(made)) {
    }
    made.blank = lines_ > 1;
    text_.gaps.push_back(std::move(made));
  }

  // One character of a gap, or a comment; false where a token begins.
  bool blank(Gap& made) {
    const char c = text_.whole[at_];
    if (c == '#') {
      comment(made);
      return true;
    }
    if (c == '\n') {
      made.line = true;
      ++lines_;
    } else if (c == ',') {
      made.comma = true;
    } else if (c != ' ' && c != '\t' && c != '\r') {
      return false;
    }
    ++at_;
    return true;
  }

  void comment(Gap& made) {
    const std::string_view whole = text_.whole;
    const size_t end = std::min(whole.find('\n', at_), whole.size());
    std::string_view text = whole.substr(at_, end - at_);
    text = text.substr(0, text.find_last_not_of(" \t\r") + 1);
    made.comments.push_back({text, made.line, lines_ > 1});
    lines_ = 0;
    at_ = end;
  }

  void token() {
    const size_t end = token_end();
    const std::string_view text = text_.whole.substr(at_, end - at_);
    text_.tokens.push_back({static_cast<uint32_t>(at_),
                            static_cast<uint32_t>(end), std::string(text)});
    text_.tokens.back().tight_before = text == ":";
    at_ = end;
  }

  size_t token_end() {
    while (node_ < cst_.nodes.size() && (cst_.nodes[node_].begin < at_ ||
                                         !is_word(cst_.nodes[node_].kind))) {
      ++node_;
    }
    const bool whole =
        node_ < cst_.nodes.size() && cst_.nodes[node_].begin == at_;
    if (whole) return cst_.nodes[node_].end;
    const std::string_view pair = text_.whole.substr(at_, 2);
    const bool sign = pair == "<=" || pair == ">=";
    return sign ? at_ + 2 : skip_token(text_.whole, at_);
  }

  const Cst& cst_;
  Text text_;
  size_t node_ = 0;
  size_t at_ = 0;
  uint32_t lines_ = 0;  // ends of lines since the last comment
};

}  // namespace

uint32_t Text::token_at(uint32_t offset) const {
  const auto token =
      std::ranges::lower_bound(tokens, offset, {}, &Token::begin);
  return static_cast<uint32_t>(token - tokens.begin());
}

Text read_text(std::string_view whole, const Cst& cst) {
  return Reader(whole, cst).read();
}

}  // namespace kitle::formatting
