// How each kind of syntax is laid out: one row a kind. A kind without a row
// does not compile.
#pragma once

#include <cstdint>

#include "grammar/cst.h"

namespace kitle::formatting {

// What a kind is to the line that it stands in.
enum class Role : uint8_t {
  kInner,      // flows with what is around it
  kPart,       // may begin a line that goes on
  kSign,       // the same; where a line's end ends the item, behind it
  kOperator,   // nothing; where a line's end ends the item, as a sign
  kConnector,  // begins a line of conditions
  kItem,       // has a line of its own in a body
};

// What a kind does with what is in it.
enum class Inner : uint8_t {
  kFlow,      // words with blanks between
  kWord,      // one word, kept as it is
  kChain,     // conditions
  kElements,  // its children are parted by commas
  kTight,     // the same, in braces without blanks
  kGlued,     // no blank behind its first word
};

// The word before which blanks align a column with the lines around.
enum class Cell : uint8_t {
  kNone,
  kSecondWord,  // in a body
  kParts,       // of its children, the last has a column of its own
  kBrace,       // of declarations in one line
  kThirdWord,   // the same
};

struct Shape {
  Role role = Role::kInner;
  Inner inner = Inner::kFlow;
  Cell cell = Cell::kNone;
  bool lines = false;  // the end of a line ends it
};

Shape shape_of(CstKind kind);

inline bool is_word(CstKind kind) {
  return shape_of(kind).inner == Inner::kWord;
}

}  // namespace kitle::formatting
