// Words of the printed syntax tree (ast_print.cc).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grammar/ast.h"

namespace kitle::printing {

std::string_view quantifier_text(Quantifier quantifier);
std::string_view measure_text(MeasureKind measure);
std::string_view arithmetic_text(ArithmeticOp op);
std::string amount_text(const Amount& amount);
std::string amounts_text(const std::vector<Amount>& amounts);
std::string instant_text(const Instant& instant);
// "given value fitted on 3 loyal_buyer, newcomer", without a given value.
std::string given_text(const TestLine& line);
// "what event, limit money = ..."
std::string parameters_text(const std::vector<ParameterDecl>& parameters);
std::string quoted(std::string_view text);

}  // namespace kitle::printing
