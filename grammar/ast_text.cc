// See ast_text.h.
#include "grammar/ast_text.h"

#include <fmt/format.h>

#include <array>

namespace kitle::printing {

std::string_view quantifier_text(Quantifier quantifier) {
  constexpr std::array<std::string_view, 8> kTexts = {
      "any",     "no",        "exactly",    "at least",
      "at most", "more than", "fewer than", "between"};
  return kTexts[static_cast<size_t>(quantifier)];
}

std::string_view measure_text(MeasureKind measure) {
  constexpr std::array<std::string_view, 10> kTexts = {
      "count of",           "sum of",    "average of",
      "smallest",           "largest",   "distinct count of",
      "median gap between", "days with", "share of",
      "most frequent"};
  return kTexts[static_cast<size_t>(measure)];
}

std::string_view arithmetic_text(ArithmeticOp op) {
  constexpr std::array<std::string_view, 4> kTexts = {"+", "-", "*", "/"};
  return kTexts[static_cast<size_t>(op)];
}

std::string amount_text(const Amount& amount) {
  if (!amount.name.empty()) return amount.name;
  return fmt::format("{} {}{}", amount.count, unit_name(amount.unit),
                     amount.count == 1 ? "" : "s");
}

std::string amounts_text(const std::vector<Amount>& amounts) {
  std::string text;
  for (const Amount& each : amounts) {
    text += (text.empty() ? "" : " ") + amount_text(each);
  }
  return text;
}

std::string instant_text(const Instant& instant) {
  const std::string clock = instant.clock.empty() ? "" : " at " + instant.clock;
  switch (instant.form) {
    case InstantForm::kAgo:
      return amounts_text(instant.amounts) + " ago" + clock;
    case InstantForm::kAhead:
      return "in " + amounts_text(instant.amounts);
    case InstantForm::kToday:
      return "today" + clock;
    case InstantForm::kYesterday:
      return "yesterday" + clock;
    case InstantForm::kWritten:
      return instant.written ? instant.written->text : "(not understood)";
    case InstantForm::kNamed:
      return "at " + instant.name.text;
  }
  return "";
}

std::string given_text(const TestLine& line) {
  std::string text = "given " + line.name.text;
  for (const FittedFixture& each : line.fitted) {
    text += &each == line.fitted.data() ? " fitted on " : ", ";
    text += (each.count.empty() ? "" : each.count + " ") + each.name.text;
  }
  return text;
}

std::string parameters_text(const std::vector<ParameterDecl>& parameters) {
  std::string text;
  for (const ParameterDecl& each : parameters) {
    text += text.empty() ? "" : ", ";
    text += each.name.text + " " + parameter_text(each);
    if (each.value) text += " = ...";
  }
  return text;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += "\\t";
    } else {
      result += c;
    }
  }
  return result + '"';
}

}  // namespace kitle::printing
