// Where a text may break: boxes, from what the grammar matched.
#pragma once

#include <cstdint>
#include <vector>

#include "grammar/cst.h"
#include "grammar/format_text.h"

namespace kitle::formatting {

enum class Fold : uint8_t {
  kFill,     // breaks where the line is full
  kChain,    // conditions: all of a run, or none
  kBracket,  // `(...)`, `{...}`: behind and before them; inside as kFill
  kList,     // the same; what is inside begins at one column
  kBody,     // the same; before every item
};

struct Box {
  Fold fold = Fold::kFill;
  uint32_t begin = 0;  // tokens
  uint32_t end = 0;
  std::vector<uint32_t> breaks;  // before which tokens it may break
  std::vector<Box> inside;       // in order, without overlap
};

struct Declaration {
  CstKind kind;
  Box box;
};

// What layout needs to know of the gap before a token beside its comments.
struct Place {
  bool may_break = false;  // some box breaks here, or its bracket closes here
  bool hard = false;       // a line ends here whatever the width
};

struct Boxes {
  std::vector<Declaration> declarations;
  std::vector<Place> places;  // one a token, and the file's end
};

// Also marks blanks and cells in `text`, and puts the comments behind an `and`
// or a `+` before it.
Boxes make_boxes(const Cst& cst, Text& text);

}  // namespace kitle::formatting
