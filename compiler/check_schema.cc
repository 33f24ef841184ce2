// Profile and event declarations -> Schema. Entry point: check_schema().
#include <fmt/format.h>

#include "compiler/check_context.h"

namespace kitle {

namespace {

struct TypeRow {
  const char* name;
  TypeKind kind;
};
constexpr TypeRow kTypes[] = {
    {"flag", TypeKind::kFlag},         {"integer", TypeKind::kInteger},
    {"number", TypeKind::kNumber},     {"money", TypeKind::kMoney},
    {"text", TypeKind::kText},         {"code", TypeKind::kCode},
    {"date", TypeKind::kDate},         {"time", TypeKind::kTime},
    {"duration", TypeKind::kDuration},
};

std::vector<std::string> type_names() {
  std::vector<std::string> names;
  for (const TypeRow& row : kTypes) names.emplace_back(row.name);
  return names;
}

// Names of properties that every event has by itself.
const char* reserved_property(std::string_view name) {
  if (name == "time") return "every event has its time";
  if (name == "day" || name == "weekday" || name == "hour") {
    return "every event has it, from its time";
  }
  return name == "id" ? "it is the event's identity in sources" : nullptr;
}

class SchemaChecker {
 public:
  explicit SchemaChecker(CheckContext& context) : context_(context) {}

  void run() {
    profile();
    for (const EventDecl& event : context_.syntax.events) this->event(event);
    for (const TableDecl& table : context_.syntax.tables) this->table(table);
  }

 private:
  void profile() {
    const auto& profiles = context_.syntax.profiles;
    if (profiles.empty()) {
      missing_profile();
      return;
    }
    for (size_t i = 1; i < profiles.size(); ++i) {
      context_
          .report(DiagnosticId::kSecondProfile, profiles[i].name.span,
                  {profiles[i].name.text})
          .with_place(profiles[0].name.span, "the first one");
    }
    context_.schema.profile_name = profiles[0].name.text;
    attributes(profiles[0]);
  }

  // Rules without a schema are reported once, where the first one stands.
  void missing_profile() {
    const Syntax& syntax = context_.syntax;
    Span place;
    if (!syntax.events.empty())
      place = syntax.events[0].name.span;
    else if (!syntax.segments.empty())
      place = syntax.segments[0].name.span;
    else if (!syntax.stages.empty())
      place = syntax.stages[0].name.span;
    else if (!syntax.sources.empty())
      place = syntax.sources[0].name.span;
    else
      return;
    context_.report(DiagnosticId::kNoProfile, place);
  }

  void attributes(const ProfileDecl& profile) {
    owner_ = profile.name.text;
    places_.clear();
    for (const ColumnDecl& declared : profile.columns) {
      std::optional<Column> column = this->column(declared);
      if (!column) continue;
      if (declared.type.key) {
        key(declared, *column);
      } else {
        context_.schema.attributes.push_back(std::move(*column));
      }
    }
  }

  void key(const ColumnDecl& declared, const Column& column) {
    if (!is_text_like(column.type)) {
      context_.report(DiagnosticId::kKeyType, declared.type.span,
                      {column.name, phrase(value_type(column.type))});
    }
    if (!context_.schema.key_name.empty()) {
      context_
          .report(DiagnosticId::kSecondKey, declared.name.span, {column.name})
          .with_place(context_.key_span, "the first one");
      return;
    }
    context_.schema.key_name = column.name;
    context_.key_span = declared.name.span;
  }

  void event(const EventDecl& declared) {
    owner_ = declared.name.text;
    places_.clear();
    EventType event;
    event.name = declared.name.text;
    event.plural = plural_of(declared);
    for (const ColumnDecl& property : declared.columns) {
      std::optional<Column> column = this->property(property);
      if (column) event.columns.push_back(std::move(*column));
    }
    if (declared.counted_by) counted_by(*declared.counted_by, event);
    context_.schema.events.push_back(std::move(event));
  }

  // Its file is read later.
  void table(const TableDecl& declared) {
    owner_ = declared.name.text;
    places_.clear();
    Lookup& table = context_.tables.emplace_back();
    for (const ColumnDecl& each : declared.columns) {
      if (each.type.key) modifier(each, "key");
      if (each.type.personal) modifier(each, "personal");
      std::optional<Column> column = this->column(each);
      if (column) table.columns.push_back({.column = std::move(*column)});
    }
  }

  std::optional<Column> property(const ColumnDecl& declared) {
    const char* reserved = reserved_property(declared.name.text);
    if (reserved != nullptr) {
      context_.report(DiagnosticId::kReservedName, declared.name.span,
                      {declared.name.text, reserved});
      return std::nullopt;
    }
    if (declared.type.key) modifier(declared, "key");
    return column(declared);
  }

  void counted_by(const Name& name, EventType& event) {
    std::optional<uint32_t> index = find_column(event.columns, name.text);
    if (!index) {
      if (context_.broken(event.name, name.text)) return;
      Diagnostic& diagnostic = context_.report(
          DiagnosticId::kUnknownCountedBy, name.span, {name.text, event.name});
      suggest_name(diagnostic, name.span, name.text, names_of(event.columns));
      return;
    }
    TypeKind type = event.columns[*index].type;
    if (is_text_like(type) || type == TypeKind::kInteger) {
      event.counted_by = index;
      return;
    }
    context_.report(DiagnosticId::kCountedByType, name.span,
                    {name.text, phrase(value_type(type))});
  }

  std::optional<Column> column(const ColumnDecl& declared) {
    const std::string& name = declared.name.text;
    auto [place, fresh] = places_.emplace(name, declared.name.span);
    if (!fresh) {
      context_
          .report(DiagnosticId::kDuplicateColumn, declared.name.span,
                  {name, owner_})
          .with_place(place->second, "the first one");
      return std::nullopt;
    }
    Column column;
    column.name = name;
    column.personal = declared.type.personal;
    column.any_case = declared.type.any_case;
    std::optional<TypeKind> type = this->type(declared);
    if (!type) {
      context_.broken_columns.insert(owner_ + "." + name);
      return std::nullopt;
    }
    column.type = *type;
    return column;
  }

  std::optional<TypeKind> type(const ColumnDecl& declared) {
    const TypeName& written = declared.type;
    for (const TypeRow& row : kTypes) {
      if (written.name.text == row.name) return whole_type(declared, row.kind);
    }
    Diagnostic& diagnostic = context_.report(
        DiagnosticId::kUnknownType, written.name.span, {written.name.text});
    suggest_name(diagnostic, written.name.span, written.name.text,
                 type_names());
    return std::nullopt;
  }

  std::optional<TypeKind> whole_type(const ColumnDecl& declared,
                                     TypeKind kind) {
    const TypeName& written = declared.type;
    if (written.any_case && kind != TypeKind::kCode) {
      modifier(declared, "any case");
    }
    if (kind == TypeKind::kMoney && context_.settings.currency.empty()) {
      context_.report(DiagnosticId::kMoneyColumn, written.span,
                      {declared.name.text});
    }
    if (!written.list) return kind;
    if (kind == TypeKind::kText) return TypeKind::kTextList;
    if (kind == TypeKind::kCode) return TypeKind::kCodeList;
    modifier(declared, "list of");
    return std::nullopt;
  }

  void modifier(const ColumnDecl& declared, const char* word) {
    context_.report(DiagnosticId::kModifier, declared.type.span,
                    {word, context_.quote(declared.type.name.span)});
  }

  CheckContext& context_;
  std::string owner_;
  std::unordered_map<std::string, Span> places_;
};

}  // namespace

void check_schema(CheckContext& context) { SchemaChecker(context).run(); }

}  // namespace kitle
