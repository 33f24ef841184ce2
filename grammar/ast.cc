// Names of the tree's enumerators, as people write them.
#include "grammar/ast.h"

#include <array>

#include "grammar/ast_text.h"

namespace kitle {

const char* unit_name(TimeUnit unit) {
  constexpr std::array kNames = {"second", "minute", "hour",    "day",
                                 "week",   "month",  "quarter", "year"};
  return kNames[static_cast<size_t>(unit)];
}

const char* op_text(CompareOp op) {
  constexpr std::array kTexts = {
      "is", "is not",   "is exactly",  "<",         "<=",     ">",
      ">=", "contains", "starts with", "ends with", "matches"};
  return kTexts[static_cast<size_t>(op)];
}

const char* guard_word(GuardKind kind) {
  switch (kind) {
    case GuardKind::kExcludes:
      return "excludes";
    case GuardKind::kImplies:
      return "implies";
    case GuardKind::kEquals:
      return "equals";
    case GuardKind::kSize:
      return "size";
  }
  return "";
}

const char* rounding_text(Rounding rounding) {
  constexpr std::array kTexts = {"rounded", "rounded down", "rounded up"};
  return kTexts[static_cast<size_t>(rounding)];
}

const char* counted_text(Counted counted) {
  constexpr std::array kTexts = {"", "different", "days with"};
  return kTexts[static_cast<size_t>(counted)];
}

const char* kind_name(ExprKind kind) {
  constexpr std::array kNames = {
      "number",     "money",    "text",       "date",        "time",
      "duration",   "flag",     "name",       "arithmetic",  "negate",
      "percent of", "age of",   "length of",  "birthday of", "total",
      "measure",    "moment",   "moment of",  "column of",   "days since",
      "time since", "call",     "expanded",   "argument",    "rounded",
      "list",       "table",    "and",        "or",          "not",
      "bracket",    "compare",  "between",    "in list",     "contains",
      "in segment", "in top",   "is missing", "is present",  "in window",
      "quantified", "sequence", "group",      "everyone"};
  static_assert(kNames.size() == static_cast<size_t>(ExprKind::kEveryone) + 1);
  return kNames[static_cast<size_t>(kind)];
}

std::string type_text(const TypeName& type) {
  return (type.list ? "list of " : "") + type.name.text;
}

std::string parameter_text(const ParameterDecl& parameter) {
  switch (parameter.kind) {
    case ParameterKind::kValue:
      return type_text(parameter.type);
    case ParameterKind::kEvent:
      return "event";
    case ParameterKind::kProperty:
      return "property of " + parameter.of.text + " " +
             type_text(parameter.type);
    case ParameterKind::kAttribute:
      return "attribute " + type_text(parameter.type);
  }
  return "";
}

std::string print(const GuardDecl& guard) {
  const std::string unit = guard.percent ? " percent" : "";
  if (guard.kind == GuardKind::kSize) {
    const std::string low = guard.low.empty() ? "0" : guard.low;
    const std::string high = guard.high.empty() ? "everyone" : guard.high;
    return "expect size of " + guard.first.text + " between " + low + " and " +
           high + unit;
  }
  return "expect " + guard.first.text + " " + guard_word(guard.kind) + " " +
         guard.second.text;
}

std::string text_of(const SessionsDecl& sessions) {
  std::string text = "sessions " + sessions.name.text;
  if (sessions.plural) text += " plural " + sessions.plural->text;
  return text + " of " + sessions.of.text + " gap " +
         printing::amount_text(sessions.gap);
}

std::string text_of(const GroupDecl& group) {
  std::string text = "events " + group.name.text;
  if (group.plural) text += " plural " + group.plural->text;
  for (const Name& each : group.members) {
    text += (&each == &group.members.front() ? " = " : ", ") + each.text;
  }
  return text;
}

}  // namespace kitle
