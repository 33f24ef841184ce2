// A rule text as the formatter sees it: tokens, and the gaps between them with
// comments, line ends and commas.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/cst.h"

namespace kitle::formatting {

struct Token {
  uint32_t begin;
  uint32_t end;
  std::string text;  // as it shall be written
  bool tight_before = false;
  bool tight_behind = false;
};

struct Comment {
  std::string_view text;  // from `#`, without blanks at its end
  bool own_line;
  bool blank_before;
};

// What stands before a token.
struct Gap {
  std::vector<Comment> comments;
  bool line = false;   // a line ends in it
  bool blank = false;  // an empty line is directly before the token
  bool comma = false;
  uint8_t cell = 0;  // the column, from 1, that blanks here align
};

struct Text {
  std::string_view whole;
  std::vector<Token> tokens;
  std::vector<Gap> gaps;  // one more than tokens: the file's end

  // The first token that begins at or behind this place.
  uint32_t token_at(uint32_t offset) const;
};

// REQUIRES: `cst` was matched from `whole` without a report.
Text read_text(std::string_view whole, const Cst& cst);

}  // namespace kitle::formatting
