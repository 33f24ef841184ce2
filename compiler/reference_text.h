// The reference evaluator's texts: folding and matching by ICU and RE2.
#pragma once

#include <string>
#include <string_view>

#include "compiler/typed.h"
#include "runtime/schema.h"

namespace kitle::reference {

// Texts of one locale.
class Texts {
 public:
  explicit Texts(std::string_view locale);

  // `text`, of a column, as it is compared: texts after folding, codes
  // exactly, `code any case` after folding ASCII. Always NFC.
  std::string form(std::string_view text, const Column& column) const;

  // Whether `text`, of the column, passes a test with what was written.
  bool passes(std::string_view text, const Column& column, TextTest test,
              std::string_view written) const;

  // How many code points its NFC has.
  static size_t code_points(std::string_view text);

 private:
  bool turkic_;
};

}  // namespace kitle::reference
