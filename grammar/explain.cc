// What to say where the grammar gave up: from what it wanted there and from
// the text that stands there instead.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "grammar/build_expr.h"
#include "grammar/parse.h"
#include "grammar/scan.h"

namespace kitle {
namespace {

using Id = DiagnosticId;

struct Later {
  std::string_view word;
  std::string_view name;
};
constexpr std::array<Later, 12> kLaterDeclarations = {
    {{"persona", "personas"},
     {"score", "scores"},
     {"stages", "stages"},
     {"report", "reports"},
     {"model", "models"},
     {"audience", "audiences"},
     {"test", "tests"},
     {"template", "templates"},
     {"use", "library files"},
     {"sessions", "sessions"},
     {"events", "groups of events"},
     {"table", "tables"}}};

constexpr std::array<Later, 12> kLaterClauses = {
    {{"then", "a sequence with `then`"},
     {"with", "`with same`"},
     {"all", "`all within`"},
     {"as", "a name for an event (`as`)"},
     {"each", "`in each of`"},
     {"top", "`in top`"},
     {"different", "`different` (see `distinct count of`)"},
     {"days", "`days with`"},
     {"most", "`most frequent`"},
     {"share", "`share of`"},
     {"birthday", "`birthday of`"},
     {"table", "a table"}}};

class Explainer {
 public:
  Explainer(const BuildInput& input, const Node& broken)
      : input_(input),
        text_(input.text),
        at_(broken.begin),
        expected_(static_cast<Expected>(broken.detail)) {}

  void explain() {
    switch (expected_) {
      case Expected::kDeclaration:
        return declaration();
      case Expected::kName:
        return reserved() ? void() : simple(Id::kExpectedName);
      case Expected::kOpenBrace:
        return simple(Id::kExpectedBrace);
      case Expected::kCloseBrace:
        return simple(Id::kUnclosedBrace);
      case Expected::kCloseBracket:
        return simple(Id::kUnclosedBracket);
      case Expected::kLetSign:
        return let_sign();
      case Expected::kType:
        return type();
      case Expected::kItemEnd:
        return simple(Id::kExpectedLineEnd);
      case Expected::kSourceItem:
        return reserved() ? void() : simple(Id::kExpectedSourceLine);
      case Expected::kSourceValue:
        return source_value();
      case Expected::kString:
        return simple(Id::kExpectedText);
      case Expected::kCondition:
        return condition();
      case Expected::kConnector:
        return connector();
      case Expected::kValue:
        return value();
      case Expected::kEvent:
        return reserved() ? void() : simple(Id::kExpectedEvent);
      case Expected::kNumber:
        return number();
      case Expected::kUnit:
        return near(Id::kExpectedUnit,
                    {"seconds", "minutes", "hours", "days", "weeks", "months",
                     "quarters", "years", "day", "week", "month"});
      case Expected::kWindow:
        return near(Id::kExpectedWindow,
                    {"week", "month", "quarter", "year", "day"});
      case Expected::kMoment:
        return moment();
      case Expected::kAfterBefore:
        return side();
      case Expected::kAgo:
        return near(Id::kExpectedAgo, {"ago", "after", "before"});
      case Expected::kAnd:
        return simple(Id::kExpectedAnd);
      case Expected::kOf:
        return simple(Id::kExpectedOf);
      case Expected::kComma:
        return simple(Id::kExpectedComma);
      case Expected::kLess:
        add(Id::kNestedTooDeep, here(), {fmt::to_string(kMaxNesting)});
        return;
      case Expected::kLaterClause:
        return later_clause();
      case Expected::kGroupBracket:
        return window_alone();
      case Expected::kListBefore:
        add(Id::kListWithoutValue, rest_of_clause());
        return;
    }
  }

 private:
  // ---- what stands here ----

  std::string_view word() const { return word_at(text_, at_); }
  std::string folded() const { return fold_keyword(word()); }
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  Span here() const {
    const size_t end = at_end_of_line() ? at_ : skip_token(text_, at_);
    return {input_.file, at_, static_cast<uint32_t>(end)};
  }
  bool at_end_of_line() const {
    return at_ >= text_.size() || next() == '\n' || next() == '\r';
  }

  std::string found() const {
    if (at_ >= text_.size()) return "the end of the file";
    if (at_end_of_line()) return "the end of the line";
    constexpr uint32_t kLongest = 40;
    const Span span = here();
    if (next() == '"' || span.end - span.begin > kLongest) return "a text";
    return fmt::format("`{}`", input_.sources.text(span));
  }

  // To where this clause of the line ends.
  Span rest_of_clause() const {
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
      if (text.find('{') == text.npos) --end;
      while (end > at_ && text_[end - 1] == ' ') --end;
    }
    return {input_.file, at_, static_cast<uint32_t>(end)};
  }

  // Where the word before this place begins.
  uint32_t word_before(uint32_t at) const {
    while (at > 0 && (text_[at - 1] == ' ' || text_[at - 1] == '\n')) --at;
    while (at > 0 && is_ascii_name_letter(text_[at - 1])) --at;
    return at;
  }
  char sign_before() const {
    uint32_t at = at_;
    while (at > 0 && (text_[at - 1] == ' ' || text_[at - 1] == '\n')) --at;
    return at == 0 ? '\0' : text_[at - 1];
  }
  bool begins_window(uint32_t at) const {
    const uint32_t length =
        static_cast<uint32_t>(keyword_length(text_, at, "in"));
    if (length == 0) return false;
    const std::string next =
        fold_keyword(word_at(text_, skip_spaces(text_, at + length)));
    const bool digit = !next.empty() && next[0] >= '0' && next[0] <= '9';
    return next == "last" || next == "next" || next == "this" || digit ||
           month_number(next) != 0;
  }

  // ---- reports ----

  Diagnostic& add(Id id, Span span, std::vector<std::string> args = {}) {
    return input_.diagnostics.add(id, span, std::move(args));
  }
  void simple(Id id) { add(id, here(), {found()}); }

  // With the nearest of `words`, where the text is near one.
  void near(Id id, const std::vector<std::string>& words) {
    Diagnostic& made = add(id, here(), {found()});
    const std::string meant = word().empty() ? "" : nearest(word(), words);
    if (meant.empty()) return;
    made.with_mend(here(), meant, fmt::format("did you mean `{}`?", meant));
  }

  bool reserved() {
    if (!is_reserved(word())) return false;
    add(Id::kReservedWord, here(), {std::string(word())})
        .with_mend(here(), fmt::format("`{}`", word()),
                   fmt::format("write it in backquotes: `` `{}` ``", word()));
    return true;
  }

  bool closing() {
    if (next() != ')' && next() != '}' && next() != ']') return false;
    add(Id::kNothingToClose, here(), {std::string(1, next())});
    return true;
  }

  void declaration() {
    if (closing()) return;
    near(Id::kExpectedDeclaration,
         {"profile", "event", "source", "segment", "let"});
  }

  void let_sign() {
    Diagnostic& made = add(Id::kExpectedLetSign, here(), {found()});
    const bool other =
        folded() == "is" || text_.substr(at_, 2) == ":=" || next() == ':';
    if (other) made.with_mend(here(), "=", "write `=`");
  }

  void type() {
    const uint32_t name = word_before(at_);
    add(Id::kExpectedType, here(), {std::string(word_at(text_, name))});
  }

  void source_value() {
    const uint32_t name = word_before(at_);
    add(Id::kExpectedSourceValue, here(), {std::string(word_at(text_, name))});
  }

  void condition() {
    if (next() == '}' && sign_before() == '{') {
      add(Id::kEmptyCondition, here());
      return;
    }
    if (closing_misplaced()) return;
    simple(Id::kExpectedCondition);
  }

  // A `)` or `]` where nothing is open.
  bool closing_misplaced() { return next() == ']' && closing(); }

  void value() {
    if (folded() == "null" || folded() == "none")
      return simple(Id::kExpectedValue);
    simple(Id::kExpectedValue);
  }

  void number() {
    const uint32_t before = word_before(at_);
    const bool within = fold_keyword(word_at(text_, before)) == "within";
    if (within && (folded() == "last" || folded() == "the")) {
      add(Id::kWindowWords, {input_.file, before, here().end},
          {"in last 7 days"})
          .with_mend({input_.file, before, before + 6}, "in", "write `in`");
      return;
    }
    simple(Id::kExpectedCount);
  }

  void connector() {
    if (closing()) return;
    const std::string here_word = folded();
    if (here_word == "not") return misplaced_not();
    if (begins_window(at_) || here_word == "today" ||
        here_word == "yesterday") {
      if (sign_before() == ')') return window_behind_bracket();
      return window_alone();
    }
    near(Id::kExpectedConnector,
         {"and", "or", "where", "after", "before", "in", "since", "until",
          "between", "within", "ever", "is", "not", "contains", "ago"});
  }

  void misplaced_not() {
    const uint32_t behind =
        static_cast<uint32_t>(skip_spaces(text_, at_ + word().size()));
    if (begins_window(behind)) {
      add(Id::kWindowNegated, here());
      return;
    }
    add(Id::kNotBeforeOperator, here());
  }

  void window_behind_bracket() {
    add(Id::kWindowBehindBracket, rest_of_clause());
  }

  void window_alone() {
    // The place is behind the window where a bracket was wanted.
    Span span = rest_of_clause();
    if (expected_ == Expected::kGroupBracket) span = clause_before();
    add(Id::kWindowAlone, span, {std::string(input_.sources.text(span))});
  }

  // From the last `in`, `since`, ... of the line to here.
  Span clause_before() const {
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

  void moment() {
    const uint32_t before = word_before(at_);
    const std::string side(word_at(text_, before));
    const std::string here_word = folded();
    if (here_word == "any" || here_word == "no") {
      const Span span = rest_of_clause();
      add(Id::kAnchorQuantifier, span,
          {side, std::string(input_.sources.text(span))})
          .with_mend(here(), "last", "write `last` or `first`");
      return;
    }
    simple(Id::kExpectedMoment);
  }

  void side() {
    Diagnostic& made = add(Id::kExpectedSide, here(), {found()});
    uint32_t at = at_;
    for (int words = 0; words < 3 && at > 0; ++words) at = word_before(at);
    if (fold_keyword(word_at(text_, at)) != "within") return;
    made.with_mend({input_.file, at, at + 6}, "in last",
                   "for the time up to now write `in last`");
  }

  void later_clause() {
    std::string name = "this";
    if (next() == '(' || word().empty()) {
      name = "this";
    } else {
      name = fmt::format("`{}`", word());
      const size_t behind = at_ + word().size();
      if (behind < text_.size() && text_[behind] == '(')
        name += " as a template";
      if (fold_keyword(word_at(text_, skip_spaces(text_, behind))) == "of") {
        name += " of another thing (a table)";
      }
    }
    for (const Later& each : kLaterClauses) {
      if (each.word == folded()) name = each.name;
    }
    if (folded() == "in") {
      const std::string second =
          fold_keyword(word_at(text_, skip_spaces(text_, at_ + 2)));
      name = second == "top" ? "`in top`" : "`in each of`";
    }
    add(Id::kClauseOfOther, rest_of_clause(), {name});
  }

  const BuildInput& input_;
  std::string_view text_;
  uint32_t at_;
  Expected expected_;
};

}  // namespace

void explain(const BuildInput& input, const Node& broken) {
  Explainer(input, broken).explain();
}

void report_later(const BuildInput& input, const Node& node) {
  const std::string_view word = word_at(input.text, node.begin);
  for (const Later& each : kLaterDeclarations) {
    if (each.word != word) continue;
    const uint32_t end = node.begin + static_cast<uint32_t>(word.size());
    input.diagnostics.add(Id::kDeclarationOfOther,
                          {input.file, node.begin, end},
                          {std::string(each.name)});
  }
}

}  // namespace kitle
