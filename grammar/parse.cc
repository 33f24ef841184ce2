// Text to tree: the door, the grammar, the builder. The one file with PEGTL;
// parse() is the entry.
#include "grammar/parse.h"

#include <algorithm>
#include <array>

#include "grammar/alias.h"
#include "grammar/build.h"
#include "grammar/door.h"
#include "grammar/rules.h"
#include "grammar/skip.h"

namespace kitle {

void matching::State::keep_reports(size_t from) {
  size_t kept = from;
  for (size_t i = from; i < nodes.size(); ++i) {
    if (nodes[i].kind > CstKind::kLastReport) continue;
    nodes[kept] = nodes[i];
    nodes[kept].next = static_cast<uint32_t>(kept) + 1;
    ++kept;
  }
  nodes.resize(kept);
}

namespace rules {

size_t identifier_length(std::string_view text, size_t at) {
  const bool digit = at < text.size() && text[at] >= '0' && text[at] <= '9';
  return digit ? 0 : word_length(text, at);
}

size_t reserved_length(std::string_view text, size_t at) {
  const std::string_view word = word_at(text, at);
  return is_reserved(word) || begins_declaration(text, at) ? word.size() : 0;
}

size_t blank_length(std::string_view text, size_t at) {
  return skip_blanks(text, at) - at;
}

size_t line_end_length(std::string_view text, size_t at) {
  const bool ends = at < text.size() && text[at] == '\n';
  return ends ? skip_blanks(text, at) - at : 0;
}

size_t unit_length(std::string_view text, size_t at) {
  const std::string_view word = word_at(text, at);
  return is_unit_word(word) ? word.size() : 0;
}

size_t month_length(std::string_view text, size_t at) {
  const std::string_view word = word_at(text, at);
  return month_number(word) != 0 ? word.size() : 0;
}

size_t declaration_word_length(std::string_view text, size_t at) {
  const std::string_view word = word_at(text, at);
  return is_declaration_word(word) ? word.size() : 0;
}

size_t declaring_length(std::string_view text, size_t at) {
  return reads_as_declaration(text, at) ? word_at(text, at).size() : 0;
}

size_t later_declaration_length(std::string_view text, size_t at) {
  return skip_over_declaration(text, static_cast<uint32_t>(at)) - at;
}

bool at_chain_end(const State& state, uint32_t at) {
  if (at >= state.text.size()) return true;
  const char c = state.text[at];
  if (c == '}' || c == '{' || (c == ')' && state.round > 0)) return true;
  return (c == '\n' && state.lines) || begins_declaration(state.text, at);
}

bool at_item_end(const State& state, uint32_t at) {
  if (at >= state.text.size()) return true;
  const char c = state.text[at];
  return c == '\n' || c == ',' || c == '}';
}

bool at_body_end(const State& state, uint32_t at) {
  return at >= state.text.size() || state.text[at] == '}' ||
         begins_declaration(state.text, at);
}

bool on_one_line(const State& state, uint32_t at) {
  const std::string_view between =
      state.text.substr(state.token_end, at - state.token_end);
  return between.find('\n') == std::string_view::npos;
}

bool and_is_missing(const State& state, uint32_t at) {
  const bool new_line = at == state.resume || !on_one_line(state, at);
  return new_line && !state.lines && begins_clause(state.text, at);
}

bool lone_value(const State& state, uint32_t) {
  const uint32_t at = state.open + 3;  // kCompare, kSum, kProduct, this
  if (at >= state.nodes.size() || state.nodes[at].next != state.nodes.size()) {
    return false;
  }
  const CstKind kind = state.nodes[at].kind;
  return kind == CstKind::kPath || kind == CstKind::kMoment ||
         kind == CstKind::kMomentOf || kind == CstKind::kColumnOf ||
         kind == CstKind::kBirthdayOf;
}

bool names_column(const State& state, uint32_t at) {
  const std::string word = fold_keyword(word_at(state.text, at));
  return word != "row" && word != "rows" && alias_of_measure(word).empty();
}

bool names_template(const State& state, uint32_t at) {
  const std::string word = fold_keyword(word_at(state.text, at));
  return word != "smallest" && word != "largest" && !is_measure_word(word) &&
         alias_of_measure(word).empty();
}

namespace {

bool is_condition(const State& state, uint32_t bracket) {
  const auto& nodes = state.nodes;
  const uint32_t chain = bracket + 1;
  const uint32_t unit = chain + 1;
  if (unit >= nodes.size() || nodes[bracket].kind != CstKind::kBracket ||
      nodes[chain].kind != CstKind::kChain) {
    return false;
  }
  const bool one = nodes[unit].next == nodes[chain].next;
  if (!one || nodes[unit].kind != CstKind::kCompare) return true;
  const bool has_tail = nodes[unit + 1].next != nodes[unit].next;
  return has_tail || is_condition(state, unit + 3);  // behind kSum, kProduct
}

}  // namespace

bool whole_where(const State& state, uint32_t) {
  const bool in_where =
      state.open > 0 && state.nodes[state.open - 1].kind == CstKind::kWhere;
  const uint32_t at = state.open + 3;  // kCompare, kSum, kProduct, this
  return in_where && at < state.nodes.size() &&
         state.nodes[at].next == state.nodes.size() && is_condition(state, at);
}

bool is_glued(const State& state, uint32_t at) {
  return word_length(state.text, at) != 0;
}

namespace {

Opened opened(const State& state, const Failure& failure) {
  return {failure.round - std::min(failure.round, state.round),
          failure.curly - std::min(failure.curly, state.curly), state.round > 0,
          state.lines};
}

// A failure where the caught rule began, or where the last recovery ended,
// must go forward, or nothing would.
bool may_stay(const State& state, const Failure& failure, uint32_t begin) {
  return failure.offset > begin && failure.offset != state.resume;
}

}  // namespace

uint32_t skip_nothing(const State&, const Failure& f, uint32_t) {
  return f.offset;
}

uint32_t skip_clause(const State& state, const Failure& f, uint32_t begin) {
  return skip_to_clause(state.text, f.offset, opened(state, f),
                        may_stay(state, f, begin));
}

uint32_t skip_item(const State& state, const Failure& f, uint32_t begin) {
  return skip_to_item_end(state.text, f.offset, opened(state, f),
                          may_stay(state, f, begin));
}

uint32_t skip_element(const State& state, const Failure& f, uint32_t begin) {
  return skip_item(state, f, begin);
}

// An item whose parts stand between commas.
uint32_t skip_line(const State& state, const Failure& f, uint32_t begin) {
  uint32_t at = skip_item(state, f, begin);
  while (at < state.text.size() && state.text[at] == ',') {
    at = skip_to_item_end(state.text, at + 1, opened(state, f), true);
  }
  return at;
}

uint32_t skip_declaration(const State& state, const Failure& f,
                          uint32_t begin) {
  return skip_to_declaration(state.text, f.offset, f.offset > begin);
}

}  // namespace rules

Cst match_text(std::string_view text) {
  matching::State state(text);
  tao::pegtl::memory_input<tao::pegtl::tracking_mode::lazy> in(
      text.data(), text.data() + text.size(), "");
  [[maybe_unused]] const bool matched =
      tao::pegtl::parse<rules::file, tao::pegtl::nothing, matching::control>(
          in, state);
  assert(matched);
  return {std::move(state.nodes), state.steps};
}

void parse(const SourceSet& sources, uint32_t file, Syntax& syntax,
           Diagnostics& diagnostics) {
  const Door door = open_door(sources, file, diagnostics);
  for (const Span& comment : door.comments)
    syntax.comments.push_back({comment});
  if (!door.text) return;
  const Cst cst = match_text(*door.text);
  build({sources, file, *door.text, cst, diagnostics}, syntax);
}

}  // namespace kitle
