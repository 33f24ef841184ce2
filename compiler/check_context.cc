// Look-ups and wordings that the parts of the checker share.
#include "compiler/check_context.h"

#include <fmt/format.h>

#include <algorithm>

#include "grammar/alias.h"
#include "grammar/scan.h"

namespace kitle {

namespace {

constexpr size_t kQuotedBytes = 60;  // of a text shown in a message

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace

const char* symbol_kind(Symbol::Kind kind) {
  switch (kind) {
    case Symbol::Kind::kProfile:
      return "the profile";
    case Symbol::Kind::kEvent:
      return "an event";
    case Symbol::Kind::kGroup:
      return "a group of events";
    case Symbol::Kind::kSessions:
      return "a declaration of sessions";
    case Symbol::Kind::kSegment:
      return "a segment";
    case Symbol::Kind::kStages:
      return "a declaration of stages";
    case Symbol::Kind::kPersona:
      return "a persona";
    case Symbol::Kind::kScore:
      return "a score";
    case Symbol::Kind::kLet:
      return "a `let`";
    case Symbol::Kind::kTable:
      return "a table";
    case Symbol::Kind::kTemplate:
      return "a template";
    case Symbol::Kind::kSource:
      return "a source";
    case Symbol::Kind::kFixture:
      return "a fixture";
  }
  return "";
}

std::string CheckContext::quote(Span span) const {
  std::string text;
  for (char byte : sources.text(span)) {
    bool space = byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
    if (!space) text.push_back(byte);
    if (space && !text.empty() && text.back() != ' ') text.push_back(' ');
    if (text.size() > kQuotedBytes) break;
  }
  if (text.size() <= kQuotedBytes) return text;
  while (continues_character(text.back())) text.pop_back();
  text.pop_back();
  return text + "…";
}

bool CheckContext::may_copy(uint64_t nodes, Span span) {
  bool before = copied <= kMaxCopiedNodes;
  copied += before ? nodes : 0;
  if (copied <= kMaxCopiedNodes) return true;
  if (before) {
    report(DiagnosticId::kLetTooBig, span, {std::to_string(kMaxCopiedNodes)});
  }
  return false;
}

const TextForms& CheckContext::forms() {
  if (const TextForms* pinned = seen.forms()) return *pinned;
  if (!own_forms) own_forms = std::make_shared<OwnForms>(settings.locale);
  return own_forms->forms;
}

const Symbol* CheckContext::find(std::string_view name) const {
  auto found = symbols.find(std::string(name));
  return found == symbols.end() ? nullptr : &found->second;
}

bool CheckContext::broken(std::string_view owner, std::string_view name) const {
  return broken_columns.contains(fmt::format("{}.{}", owner, name)) ||
         broken_columns.contains(fmt::format("{}.", owner));
}

bool CheckContext::reported(std::string_view name) const {
  const bool ascii = std::ranges::all_of(name, [](char c) { return c >= 0; });
  return !ascii || later_names.contains(std::string(name));
}

std::optional<uint32_t> CheckContext::find_stages(std::string_view name) const {
  const Symbol* symbol = find(name);
  bool found = symbol != nullptr && symbol->kind == Symbol::Kind::kStages;
  return found ? std::optional(symbol->index) : std::nullopt;
}

std::optional<uint32_t> CheckContext::find_stage(uint32_t stages,
                                                 std::string_view name) const {
  auto found = stages_by_name.find(
      fmt::format("{}.{}", syntax.stages[stages].name.text, name));
  if (found == stages_by_name.end()) return std::nullopt;
  return found->second;
}

std::optional<uint32_t> CheckContext::find_event(std::string_view name) const {
  const Symbol* symbol = find(name);
  if (symbol == nullptr) return std::nullopt;
  if (symbol->kind == Symbol::Kind::kEvent) return symbol->index;
  const auto stored = static_cast<uint32_t>(schema.events.size());
  if (symbol->kind == Symbol::Kind::kGroup) return stored + symbol->index;
  if (symbol->kind != Symbol::Kind::kSessions) return std::nullopt;
  const auto groups = static_cast<uint32_t>(syntax.groups.size());
  return stored + groups + symbol->index;
}

std::optional<uint32_t> find_column(const std::vector<Column>& columns,
                                    std::string_view name) {
  for (uint32_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) return i;
  }
  return std::nullopt;
}

std::vector<std::string> names_of(const std::vector<Column>& columns) {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.name);
  return names;
}

const char* phrase(ValueType type) {
  switch (type) {
    case ValueType::kFlag:
      return "a flag";
    case ValueType::kInteger:
      return "an integer";
    case ValueType::kNumber:
      return "a number";
    case ValueType::kMoney:
      return "money";
    case ValueType::kMoneyFraction:
      return "a fraction of money";
    case ValueType::kText:
      return "a text";
    case ValueType::kCode:
      return "a code";
    case ValueType::kDate:
      return "a date";
    case ValueType::kTime:
      return "a time";
    case ValueType::kDuration:
      return "a duration";
    case ValueType::kDurationFraction:
      return "a fraction of a duration";
    case ValueType::kPoints:
      return "a number of points";
    case ValueType::kTextList:
      return "a list of texts";
    case ValueType::kCodeList:
      return "a list of codes";
    case ValueType::kWeekday:
      return "a day of the week";
  }
  return "";
}

ValueType value_type(TypeKind kind) {
  switch (kind) {
    case TypeKind::kFlag:
      return ValueType::kFlag;
    case TypeKind::kInteger:
      return ValueType::kInteger;
    case TypeKind::kNumber:
      return ValueType::kNumber;
    case TypeKind::kMoney:
      return ValueType::kMoney;
    case TypeKind::kText:
      return ValueType::kText;
    case TypeKind::kCode:
      return ValueType::kCode;
    case TypeKind::kDate:
      return ValueType::kDate;
    case TypeKind::kTime:
      return ValueType::kTime;
    case TypeKind::kDuration:
      return ValueType::kDuration;
    case TypeKind::kTextList:
      return ValueType::kTextList;
    case TypeKind::kCodeList:
      return ValueType::kCodeList;
  }
  return ValueType::kText;
}

void suggest_name(Diagnostic& diagnostic, Span span, std::string_view name,
                  const std::vector<std::string>& known) {
  std::string near(alias_of_name(fold_keyword(name)));
  if (near.empty()) near = nearest(name, known);
  if (near.empty()) return;
  diagnostic.with_label(fmt::format("did you mean `{}`?", near));
  diagnostic.with_mend(span, near, fmt::format("write `{}`", near));
}

}  // namespace kitle
