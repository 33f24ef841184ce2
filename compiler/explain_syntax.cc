// See explain_syntax.h.
#include "compiler/explain_syntax.h"

#include <algorithm>

#include "grammar/diagnostic.h"
#include "grammar/parse.h"

namespace kitle {
namespace {

bool is_within(const Span& inner, const Span& outer) {
  return inner.file == outer.file && outer.begin <= inner.begin &&
         inner.end <= outer.end;
}

template <class Decl>
const Decl* around(const std::vector<Decl>& all, const Span& place) {
  const auto found = std::ranges::find_if(
      all, [&](const Decl& each) { return is_within(place, each.span); });
  return found == all.end() ? nullptr : &*found;
}

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_of_name(char c) { return begins_name(c) || (c >= '0' && c <= '9'); }

// Behind the comment or the text in quotes that begins here; `at` if neither
// does.
size_t behind_other(std::string_view text, size_t at) {
  if (text[at] == '#') return std::min(text.find('\n', at), text.size());
  if (text[at] != '"') return at;
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

// Names in a piece of a rule, each once.
std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> names;
  for (size_t at = 0; at < text.size();) {
    const size_t behind = behind_other(text, at);
    size_t end = std::max(behind, at + 1);
    if (behind == at && is_of_name(text[at])) {
      while (end < text.size() && is_of_name(text[end])) ++end;
      const std::string name(text.substr(at, end - at));
      const bool known = std::ranges::find(names, name) != names.end();
      if (begins_name(name.front()) && !known) names.push_back(name);
    }
    at = end;
  }
  return names;
}

bool is_written(ExprKind kind) {
  return kind == ExprKind::kNumber || kind == ExprKind::kMoney ||
         kind == ExprKind::kString || kind == ExprKind::kDate ||
         kind == ExprKind::kDateTime || kind == ExprKind::kDuration;
}

}  // namespace

std::string in_one_line(std::string_view text) {
  std::string line;
  bool quotes = false;
  bool blank = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (!quotes && c == '#') {
      at = std::min(text.find('\n', at), text.size());
      blank = true;
      continue;
    }
    if (!quotes && (c == ' ' || c == '\n' || c == '\t' || c == '\r')) {
      blank = true;
      continue;
    }
    const bool escaped = at > 0 && text[at - 1] == '\\';
    if (c == '"' && !(quotes && escaped)) quotes = !quotes;
    if (blank && !line.empty()) line += ' ';
    blank = false;
    line += c;
  }
  return line;
}

const Syntax& RuleSyntax::file(uint32_t id) {
  const auto [place, fresh] = files_.try_emplace(id);
  if (fresh) {
    Diagnostics ignored;  // the rules were checked before
    parse(sources_, id, place->second, ignored);
  }
  return place->second;
}

const PersonaDecl* RuleSyntax::persona(Span place) {
  const Span original = sources_.original(place);
  return around(file(original.file).personas, original);
}

const ScoreDecl* RuleSyntax::score(Span place) {
  const Span original = sources_.original(place);
  return around(file(original.file).scores, original);
}

// ---- parameters ----

std::string RuleSyntax::given(Span piece) {
  if (!sources_.call_of(piece.file)) return "";
  std::string text;
  for (const std::string& name : names_in(sources_.text(piece))) {
    const auto found = find(name, piece);
    if (!found) continue;
    const std::string value = value_words(found->value);
    if (value == name) continue;
    text += (text.empty() ? "" : ", ") + name + " " + value;
  }
  return text;
}

// A template's own parameters, or those of the library around it.
std::optional<RuleSyntax::Given> RuleSyntax::find(const std::string& name,
                                                  Span piece) {
  Span inside = piece;
  while (const auto place = sources_.call_of(inside.file)) {
    const Call& call = this->call(inside.file, inside);
    const auto found = std::ranges::find(call.given, name, &Given::name);
    const bool asked = inside == piece || call.library;
    if (asked && found != call.given.end()) return *found;
    inside = *place;
  }
  return std::nullopt;
}

std::string RuleSyntax::value_words(Span value) {
  std::string words = in_one_line(sources_.text(value));
  const auto found = find(words, value);
  if (found && !(found->value == value)) return value_words(found->value);
  const std::string written = let_words(words);
  return written.empty() ? words : words + " = " + written;
}

// What a `let` of the repository's own files is, if it is a written value.
std::string RuleSyntax::let_words(const std::string& name) {
  for (uint32_t id = 0; id < sources_.size(); ++id) {
    const bool rules = sources_.file(id).path.ends_with(".kitle");
    if (!rules || sources_.call_of(id)) continue;
    const auto& lets = file(id).lets;
    const auto let = std::ranges::find_if(
        lets, [&](const LetDecl& each) { return each.name.text == name; });
    if (let == lets.end() || !let->value || !file(id).libraries.empty()) {
      continue;
    }
    const bool written = is_written(let->value->kind);
    return written ? in_one_line(sources_.text(let->value->span)) : "";
  }
  return "";
}

const RuleSyntax::Call& RuleSyntax::call(uint32_t copy, Span inside) {
  const auto known = calls_.find(copy);
  if (known != calls_.end()) return known->second;
  return calls_.emplace(copy, made_call(copy, inside)).first->second;
}

RuleSyntax::Call RuleSyntax::made_call(uint32_t copy, Span inside) {
  const Span call = *sources_.call_of(copy);
  const Span written = sources_.original(call);
  Call made;
  const auto& uses = file(written.file).uses;
  const auto use = std::ranges::find(uses, written, &UseDecl::span);
  if (use != uses.end()) {
    made.library = true;
    add_use(*use, copy, made);
    return made;
  }
  const Span original = sources_.original(inside);
  const auto* called = around(file(original.file).templates, original);
  if (called != nullptr) add_arguments(*called, call, copy, made);
  return made;
}

void RuleSyntax::add_use(const UseDecl& use, uint32_t copy, Call& made) {
  const uint32_t library = sources_.original({copy, 0, 0}).file;
  const auto& heads = file(library).libraries;
  if (heads.empty()) return;
  const auto& parameters = heads.front().parameters;
  size_t next = 0;  // of those without a name
  for (const UseArgument& each : use.arguments) {
    if (!each.value) continue;
    if (each.name) {
      made.given.push_back({each.name->text, each.value->span});
    } else if (next < parameters.size()) {
      made.given.push_back({parameters[next++].name.text, each.value->span});
    }
  }
  for (const ParameterDecl& each : parameters) {
    const bool known = std::ranges::find(made.given, each.name.text,
                                         &Given::name) != made.given.end();
    if (known || !each.value) continue;
    made.given.push_back({each.name.text, each.value->span});
  }
}

void RuleSyntax::add_arguments(const TemplateDecl& called, Span call,
                               uint32_t copy, Call& made) {
  const std::vector<Span> arguments = arguments_of(call);
  for (size_t i = 0; i < called.parameters.size(); ++i) {
    const ParameterDecl& parameter = called.parameters[i];
    if (i < arguments.size()) {
      made.given.push_back({parameter.name.text, arguments[i]});
    } else if (parameter.value) {
      const Span value = in_copy(parameter.value->span, copy);
      made.given.push_back({parameter.name.text, value});
    }
  }
}

// What stands between the commas of `name(a, b)`.
std::vector<Span> RuleSyntax::arguments_of(Span call) const {
  const std::string_view text = sources_.text(call);
  std::vector<Span> found;
  size_t begin = text.find('(') + 1;
  size_t depth = 0;
  for (size_t at = begin - 1; at < text.size();) {
    const size_t behind = behind_other(text, at);
    if (behind != at) {
      at = behind;
      continue;
    }
    const char c = text[at];
    const bool closes = c == ')' || c == '}';
    if (c == '(' || c == '{') ++depth;
    if (closes) --depth;
    const bool last = closes && depth == 0;
    if (last || (c == ',' && depth == 1)) {
      found.push_back({call.file, call.begin + static_cast<uint32_t>(begin),
                       call.begin + static_cast<uint32_t>(at)});
      begin = at + 1;
    }
    if (last) break;
    ++at;
  }
  return found;
}

}  // namespace kitle
