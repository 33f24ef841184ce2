// The place where the grammar gave up; see broken.h.
#include "grammar/broken.h"

#include <fmt/format.h>

#include "grammar/scan.h"

namespace kitle {

using Id = DiagnosticId;

BrokenPlace::BrokenPlace(const BuildInput& input, const CstNode& broken)
    : input_(input),
      text_(input.text),
      index_(static_cast<uint32_t>(&broken - input.cst.nodes.data())),
      at_(broken.begin),
      expected_(static_cast<Expected>(broken.detail)) {
  const bool here = expected_ == Expected::kCloseBrace ||
                    expected_ == Expected::kCloseBracket ||
                    expected_ == Expected::kPrivate;
  line_ended_ = !here && begins_declaration(text_, at_);
  if (line_ended_) {
    at_ = static_cast<uint32_t>(token_end_before(text_, at_));
  }
}

std::string_view BrokenPlace::word() const { return word_at(text_, at_); }

std::string BrokenPlace::folded() const { return fold_keyword(word()); }

char BrokenPlace::next() const {
  return at_ < text_.size() ? text_[at_] : '\0';
}

Span BrokenPlace::here() const {
  if (at_ >= text_.size()) return end_of_text();
  const size_t end = at_end_of_line() ? at_ : skip_token(text_, at_);
  return {input_.file, at_, static_cast<uint32_t>(end)};
}

Span BrokenPlace::end_of_text() const {
  const size_t last = text_.find_last_not_of(" \t\r\n");
  const uint32_t end =
      last == std::string_view::npos ? 0 : static_cast<uint32_t>(last) + 1;
  return {input_.file, end, end};
}

bool BrokenPlace::at_end_of_line() const {
  return line_ended_ || at_ >= text_.size() || next() == '\n' || next() == '\r';
}

std::string BrokenPlace::found() const {
  if (at_ >= text_.size()) return "the end of the file";
  if (at_end_of_line()) return "the end of the line";
  constexpr uint32_t kLongest = 40;
  const Span span = here();
  if (next() == '"' || span.end - span.begin > kLongest) return "a text";
  return fmt::format("`{}`", input_.sources.text(span));
}

Span BrokenPlace::rest_of_clause() const {
  size_t end = at_;
  size_t token = at_;
  while (token < text_.size()) {
    const char c = text_[token];
    const bool joins = token != at_ && (keyword_length(text_, token, "and") ||
                                        keyword_length(text_, token, "or"));
    if (joins || c == '\n' || c == '#' || c == '(' || c == ')') break;
    end = skip_token(text_, token);
    if (c == '}') break;
    token = skip_spaces(text_, end);
  }
  if (end > at_ && text_[end - 1] == '}' && next() != '{') {
    const std::string_view text = text_.substr(at_, end - at_);
    if (text.find('{') == std::string_view::npos) --end;
    while (end > at_ && text_[end - 1] == ' ') --end;
  }
  return {input_.file, at_, static_cast<uint32_t>(end)};
}

uint32_t BrokenPlace::word_before(uint32_t at) const {
  while (at > 0 && (text_[at - 1] == ' ' || text_[at - 1] == '\n')) --at;
  while (at > 0 && is_ascii_name_letter(text_[at - 1])) --at;
  return at;
}

char BrokenPlace::sign_before() const {
  uint32_t at = at_;
  while (at > 0 && (text_[at - 1] == ' ' || text_[at - 1] == '\n')) --at;
  return at == 0 ? '\0' : text_[at - 1];
}

bool BrokenPlace::begins_window(uint32_t at) const {
  const uint32_t length =
      static_cast<uint32_t>(keyword_length(text_, at, "in"));
  if (length == 0) return false;
  const std::string next =
      fold_keyword(word_at(text_, skip_spaces(text_, at + length)));
  const bool digit = !next.empty() && next[0] >= '0' && next[0] <= '9';
  return next == "last" || next == "next" || next == "this" || digit ||
         month_number(next) != 0;
}

Diagnostic& BrokenPlace::add(Id id, Span span,
                             std::vector<std::string> args) const {
  return input_.diagnostics.add(id, span, std::move(args));
}

void BrokenPlace::simple(Id id) const { add(id, here(), {found()}); }

void BrokenPlace::near(Id id, const std::vector<std::string>& words) const {
  Diagnostic& made = add(id, here(), {found()});
  const std::string meant = word().empty() ? "" : nearest(word(), words);
  if (meant.empty()) return;
  made.with_mend(here(), meant, fmt::format("did you mean `{}`?", meant));
}

bool BrokenPlace::closing() const {
  if (next() != ')' && next() != '}' && next() != ']') return false;
  add(Id::kNothingToClose, here(), {std::string(1, next())});
  return true;
}

const CstNode& BrokenPlace::node(uint32_t index) const {
  return input_.cst.nodes[index];
}

std::optional<uint32_t> BrokenPlace::node_before(CstKind kind) const {
  constexpr uint32_t kFar = 64;  // nodes; a long list is no slip
  for (uint32_t i = index_; i > 0 && index_ - i < kFar; --i) {
    if (node(i - 1).kind == kind && node(i - 1).next == index_) return i - 1;
  }
  return {};
}

std::optional<uint32_t> BrokenPlace::value_before() const {
  const auto compare = node_before(CstKind::kCompare);
  if (!compare) return {};
  for (uint32_t i = *compare; i < *compare + 4; ++i) {
    if (i >= index_ || node(i).next != index_) return {};
  }
  return *compare + 3;  // kCompare, kSum, kProduct, this
}

Span BrokenPlace::clause_before() const {
  uint32_t end = at_;
  while (end > 0 && (text_[end - 1] == ' ' || text_[end - 1] == '\n')) --end;
  uint32_t begin = end;
  while (begin > 0 && text_[begin - 1] != '\n') {
    const uint32_t word = word_before(begin);
    if (word == begin) break;
    begin = word;
    const std::string start = fold_keyword(word_at(text_, begin));
    if (start == "in" || start == "since" || start == "until" ||
        start == "between") {
      break;
    }
  }
  return {input_.file, begin, end};
}

}  // namespace kitle
