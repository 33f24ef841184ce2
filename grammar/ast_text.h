// Words of the printed syntax tree (ast_print.cc).
#pragma once

#include <string>
#include <string_view>

#include "grammar/ast.h"

namespace kitle::printing {

std::string_view quantifier_text(Quantifier quantifier);
std::string_view measure_text(MeasureKind measure);
std::string_view arithmetic_text(ArithmeticOp op);
std::string amount_text(const Amount& amount);
std::string quoted(std::string_view text);

}  // namespace kitle::printing
