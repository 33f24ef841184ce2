// Arguments of templates (compiler/arguments.h). Values are checked where they
// stand, by the checker.
#include "compiler/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kitle {

namespace {

constexpr std::array<std::string_view, 9> kTypes = {
    "flag", "integer", "number", "money",   "text",
    "code", "date",    "time",   "duration"};

// Properties that every event has by itself, and their types.
std::string_view type_of_time(std::string_view name) {
  if (name == "time") return "time";
  if (name == "day") return "date";
  return name == "hour" ? "integer" : "";
}

const ColumnDecl* find_column(const std::vector<ColumnDecl>& columns,
                              std::string_view name) {
  const auto found = std::ranges::find_if(
      columns, [&](const ColumnDecl& each) { return each.name.text == name; });
  return found == columns.end() ? nullptr : &*found;
}

bool same_column(const ColumnDecl& left, const ColumnDecl& right) {
  return left.name.text == right.name.text &&
         type_text(left.type) == type_text(right.type) &&
         left.type.any_case == right.type.any_case &&
         left.type.personal == right.type.personal;
}

// What was handed on from the template around.
const Expr& inner(const Expr& written) {
  const Expr* tree = &written;
  while (tree->kind == ExprKind::kArgument ||
         tree->kind == ExprKind::kBracket) {
    tree = tree->args[0].get();
  }
  return *tree;
}

}  // namespace

void ArgumentMatcher::check_parameters(
    const std::vector<ParameterDecl>& parameters) {
  for (size_t i = 0; i < parameters.size(); ++i) {
    const ParameterDecl& each = parameters[i];
    const auto before = std::ranges::find_if(
        parameters.begin(), parameters.begin() + static_cast<ptrdiff_t>(i),
        [&](const ParameterDecl& other) {
          return other.name.text == each.name.text;
        });
    if (&*before != &each) {
      diagnostics_
          .add(DiagnosticId::kDuplicateName, each.name.span, {each.name.text})
          .with_place(before->name.span, "a parameter of this name");
    }
    if (each.kind == ParameterKind::kProperty) check_of(each, parameters);
    const std::string& type = each.type.name.text;
    const bool known = each.kind == ParameterKind::kEvent ||
                       std::ranges::find(kTypes, type) != kTypes.end();
    if (known) continue;
    const std::vector<std::string> types(kTypes.begin(), kTypes.end());
    const std::string near = nearest(type, types);
    Diagnostic& made = diagnostics_.add(DiagnosticId::kUnknownType,
                                        each.type.name.span, {type});
    if (near.empty()) continue;
    made.with_mend(each.type.name.span, near, fmt::format("write `{}`", near));
  }
}

// `property of purchase`: an event, or a parameter that is one.
void ArgumentMatcher::check_of(const ParameterDecl& parameter,
                               const std::vector<ParameterDecl>& all) {
  const std::string& of = parameter.of.text;
  const bool given = std::ranges::any_of(all, [&](const ParameterDecl& each) {
    return each.kind == ParameterKind::kEvent && each.name.text == of;
  });
  if (given || find_event(of) != nullptr) return;
  diagnostics_.add(DiagnosticId::kUnknownEvent, parameter.of.span, {of});
}

void ArgumentMatcher::warn_unused(const std::vector<ParameterDecl>& parameters,
                                  const std::string& name,
                                  std::unordered_set<std::string> used) {
  for (const ParameterDecl& each : parameters) used.insert(each.of.text);
  for (const ParameterDecl& each : parameters) {
    const std::string& own = each.name.text;
    if (used.contains(own) || used.contains(own + "s")) continue;
    diagnostics_.add(DiagnosticId::kUnusedParameter, each.name.span,
                     {own, name});
  }
}

void ArgumentMatcher::report_count(const std::string& name,
                                   const std::vector<ParameterDecl>& parameters,
                                   Span call, size_t given) {
  std::string wanted;
  for (const ParameterDecl& each : parameters) {
    wanted += wanted.empty() ? "" : ", ";
    wanted += each.name.text + " " + parameter_text(each);
  }
  diagnostics_.add(
      DiagnosticId::kArgumentCount, call,
      {name, std::to_string(parameters.size()), std::to_string(given), wanted});
}

std::optional<Arguments> ArgumentMatcher::match(
    const std::string& name, const std::vector<ParameterDecl>& parameters,
    const std::vector<const Expr*>& given, Span call) {
  Arguments arguments;
  bool sound = given.size() <= parameters.size();
  bool missing = !sound;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const Expr* written = i < given.size() ? given[i] : nullptr;
    if (written == nullptr) written = parameters[i].value.get();
    missing = missing || written == nullptr;
    if (missing) break;
    Argument argument;
    sound = match(parameters[i], *written, arguments, argument) && sound;
    arguments[parameters[i].name.text] = argument;
  }
  if (missing) {
    const auto count = std::ranges::count_if(
        given, [](const Expr* each) { return each != nullptr; });
    report_count(name, parameters, call, static_cast<size_t>(count));
  }
  return sound && !missing ? std::optional(std::move(arguments)) : std::nullopt;
}

bool ArgumentMatcher::match(const ParameterDecl& parameter, const Expr& written,
                            const Arguments& before, Argument& argument) {
  argument.parameter = &parameter;
  switch (parameter.kind) {
    case ParameterKind::kValue:
      argument.value = &written;
      return true;
    case ParameterKind::kEvent:
      return event(parameter, written, argument);
    case ParameterKind::kProperty:
      return property(parameter, written, before, argument);
    case ParameterKind::kAttribute:
      return attribute(parameter, written, argument);
  }
  return false;
}

bool ArgumentMatcher::wrong(const ParameterDecl& parameter, const Expr& written,
                            const std::string& wanted) {
  diagnostics_
      .add(DiagnosticId::kArgumentKind, written.span,
           {parameter.name.text, parameter_text(parameter)})
      .with_label(wanted)
      .with_place(parameter.name.span, "this parameter");
  return false;
}

const ArgumentMatcher::Event* ArgumentMatcher::find_event(
    const std::string& name) {
  const auto is_called = [&](const auto& each) {
    return each.name.text == name || plural_of(each) == name;
  };
  const auto event = std::ranges::find_if(syntax_.events, is_called);
  const auto group = std::ranges::find_if(syntax_.groups, is_called);
  const bool known = event != syntax_.events.end();
  if (!known && group == syntax_.groups.end()) return find_sessions(name);
  const std::string& own = known ? event->name.text : group->name.text;
  const auto [place, fresh] = events_.try_emplace(own);
  Event& made = place->second;
  if (!fresh) return &made;
  made.name = own;
  if (!known) {
    find_common(*group, made);
    return &made;
  }
  for (const ColumnDecl& each : event->columns) made.columns.push_back(&each);
  return &made;
}

const ArgumentMatcher::Event* ArgumentMatcher::find_sessions(
    const std::string& name) {
  const auto found =
      std::ranges::find_if(syntax_.sessions, [&](const SessionsDecl& each) {
        return each.name.text == name || plural_of(each) == name;
      });
  if (found == syntax_.sessions.end()) return nullptr;
  const auto [place, fresh] = events_.try_emplace(found->name.text);
  Event& made = place->second;
  if (!fresh) return &made;
  const Span span = found->name.span;
  made.name = found->name.text;
  made.own = {{{"length", span}, {.name = {"duration", span}}},
              {{"count", span}, {.name = {"integer", span}}}};
  for (const ColumnDecl& each : made.own) made.columns.push_back(&each);
  return &made;
}

// What all members have under one name with one type. A circle of groups, which
// is a mistake, has nothing.
void ArgumentMatcher::find_common(const GroupDecl& group, Event& made) {
  std::vector<const ColumnDecl*> common;
  for (size_t i = 0; i < group.members.size(); ++i) {
    const Event* member = find_event(group.members[i].text);
    if (member == nullptr) return;
    if (i == 0) common = member->columns;
    std::erase_if(common, [&](const ColumnDecl* column) {
      return std::ranges::none_of(member->columns, [&](const ColumnDecl* each) {
        return same_column(*each, *column);
      });
    });
  }
  made.columns = std::move(common);
}

bool ArgumentMatcher::event(const ParameterDecl& parameter, const Expr& written,
                            Argument& argument) {
  const Expr& name = inner(written);
  const Event* found =
      name.kind == ExprKind::kName ? find_event(name.name.text) : nullptr;
  if (found != nullptr) {
    argument.event = found->name;
    return true;
  }
  if (name.kind != ExprKind::kName) {
    return wrong(parameter, written, "an event's name is expected");
  }
  std::vector<std::string> known;
  for (const EventDecl& each : syntax_.events) known.push_back(each.name.text);
  for (const GroupDecl& each : syntax_.groups) known.push_back(each.name.text);
  for (const SessionsDecl& each : syntax_.sessions) {
    known.push_back(each.name.text);
  }
  const std::string near = nearest(name.name.text, known);
  Diagnostic& made = diagnostics_.add(DiagnosticId::kUnknownEvent, name.span,
                                      {name.name.text});
  made.with_place(parameter.name.span, "this parameter");
  if (near.empty()) return false;
  made.with_mend(name.span, near, fmt::format("write `{}`", near));
  return false;
}

bool ArgumentMatcher::property(const ParameterDecl& parameter,
                               const Expr& written, const Arguments& before,
                               Argument& argument) {
  const Expr& path = inner(written);
  const size_t dot = path.name.text.find('.');
  if (path.kind != ExprKind::kName || dot == std::string::npos) {
    return wrong(parameter, written,
                 "an event's property is expected: `purchase.amount`");
  }
  const auto given = before.find(parameter.of.text);
  const bool of_given = given != before.end() && !given->second.event.empty();
  const Event* wanted =
      find_event(of_given ? given->second.event : parameter.of.text);
  const Event* event = find_event(path.name.text.substr(0, dot));
  if (wanted == nullptr) return false;  // that is reported
  if (event != wanted) {
    return wrong(parameter, written,
                 fmt::format("a property of `{}` is expected", wanted->name));
  }
  argument.event = event->name;
  argument.column = path.name.text.substr(dot + 1);
  if (!type_of_time(argument.column).empty()) {
    const bool fits =
        type_of_time(argument.column) == type_text(parameter.type);
    return fits || wrong(parameter, written,
                         std::string(type_of_time(argument.column)));
  }
  std::vector<std::string> names;
  for (const ColumnDecl* each : event->columns) {
    names.push_back(each->name.text);
    if (names.back() != argument.column) continue;
    return same_type(parameter, *each, written.span);
  }
  const std::string near = nearest(argument.column, names);
  Diagnostic& made = diagnostics_.add(DiagnosticId::kUnknownProperty, path.span,
                                      {argument.column, event->name});
  if (near.empty()) return false;
  const std::string mend = event->name + "." + near;
  made.with_mend(path.span, mend, fmt::format("write `{}`", mend));
  return false;
}

bool ArgumentMatcher::attribute(const ParameterDecl& parameter,
                                const Expr& written, Argument& argument) {
  const Expr& name = inner(written);
  if (syntax_.profiles.empty()) return false;  // that is reported
  const ProfileDecl& profile = syntax_.profiles.front();
  std::string text = name.name.text;
  const std::string prefix = profile.name.text + ".";
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  const ColumnDecl* column = name.kind == ExprKind::kName
                                 ? find_column(profile.columns, text)
                                 : nullptr;
  if (column == nullptr) {
    return wrong(
        parameter, written,
        fmt::format("an attribute of `{}` is expected", profile.name.text));
  }
  argument.column = text;
  return same_type(parameter, *column, written.span);
}

bool ArgumentMatcher::same_type(const ParameterDecl& parameter,
                                const ColumnDecl& column, Span place) {
  const std::string wanted = type_text(parameter.type);
  const std::string found = type_text(column.type);
  if (wanted == found) return true;
  diagnostics_
      .add(DiagnosticId::kArgumentType, place,
           {column.name.text, found, parameter.name.text, wanted})
      .with_place(parameter.name.span, "this parameter")
      .with_place(column.name.span, "declared here");
  return false;
}

}  // namespace kitle
