// What to say where the grammar gave up: from what it wanted there and from
// the text that stands there instead.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "grammar/alias.h"
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

// A clause of another version, and how to say it in this one.
struct LaterClause {
  std::string_view word;
  std::string_view name;
  std::string_view instead = "";
};
constexpr std::array<LaterClause, 12> kLaterClauses = {
    {{"then", "a sequence with `then`", "two clauses and `after` come near"},
     {"with", "`with same`"},
     {"all", "`all within`"},
     {"as", "a name for an event (`as`)"},
     {"each", "`in each of`"},
     {"top", "`in top`"},
     {"different", "`different`", "write `distinct count of EVENT.NAME >= 3`"},
     {"days", "`days with`"},
     {"most", "`most frequent`"},
     {"share", "`share of`", "compare two counts"},
     {"birthday", "`birthday of`"},
     {"table", "a table"}}};

class Explainer {
 public:
  Explainer(const BuildInput& input, const CstNode& broken)
      : input_(input),
        text_(input.text),
        index_(static_cast<uint32_t>(&broken - input.cst.nodes.data())),
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
        return in_open_text() ? void() : simple(Id::kUnclosedBrace);
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
        return simple(Id::kExpectedValue);
      case Expected::kEvent:
        return simple(Id::kExpectedEvent);
      case Expected::kNumber:
        return number();
      case Expected::kUnit:
        return unit();
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
      case Expected::kListBraces:
        return list_braces();
    }
  }

 private:
  // ---- what stands here ----

  std::string_view word() const { return word_at(text_, at_); }
  std::string folded() const { return fold_keyword(word()); }
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  Span here() const {
    if (at_ >= text_.size()) return end_of_text();
    const size_t end = at_end_of_line() ? at_ : skip_token(text_, at_);
    return {input_.file, at_, static_cast<uint32_t>(end)};
  }
  // Not on an empty line behind it.
  Span end_of_text() const {
    const size_t last = text_.find_last_not_of(" \t\r\n");
    const uint32_t end =
        last == std::string_view::npos ? 0 : static_cast<uint32_t>(last) + 1;
    return {input_.file, end, end};
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
      if (text.find('{') == std::string_view::npos) --end;
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

  void unit() {
    const char before = text_[word_before(at_)];
    if (before < '0' || before > '9') {
      return near(Id::kExpectedUnit, {"week", "month", "quarter", "year"});
    }
    near(Id::kExpectedUnit, {"seconds", "minutes", "hours", "days", "weeks",
                             "months", "quarters", "years"});
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
    if (closing() || decimal_comma()) return;
    const std::string here_word = folded();
    const bool window =
        begins_window(at_) || here_word == "today" || here_word == "yesterday";
    if (window) {
      if (month_alone()) return;
      if (sign_before() == ')') return window_behind_bracket();
      if (const auto compare = node_before(CstKind::kCompare)) {
        if (window_of_measure(*compare)) return;
      }
      return window_alone();
    }
    if (bare_window()) return;
    if (const auto value = value_before()) return half_condition(*value);
    if (here_word == "not") return misplaced_not();
    if (is_reserved(here_word)) return simple(Id::kExpectedConnector);
    const std::string_view right = alias_of_connector(here_word);
    if (!right.empty()) {
      add(Id::kExpectedConnector, here(), {found()})
          .with_mend(here(), std::string(right),
                     fmt::format("write `{}`", right));
      return;
    }
    near(Id::kExpectedConnector,
         {"and", "or", "where", "after", "before", "in", "since", "until",
          "between", "within", "ever", "is", "not", "contains", "ago"});
  }

  // ---- what stands before ----

  const CstNode& node(uint32_t index) const { return input_.cst.nodes[index]; }

  // The node of a kind that ends right before the failure.
  std::optional<uint32_t> node_before(CstKind kind) const {
    constexpr uint32_t kFar = 64;  // nodes; a long list is no slip
    for (uint32_t i = index_; i > 0 && index_ - i < kFar; --i) {
      if (node(i - 1).kind == kind && node(i - 1).next == index_) return i - 1;
    }
    return {};
  }

  // The value that stands alone before the failure: half a condition.
  std::optional<uint32_t> value_before() const {
    const auto compare = node_before(CstKind::kCompare);
    if (!compare) return {};
    for (uint32_t i = *compare; i < *compare + 4; ++i) {
      if (i >= index_ || node(i).next != index_) return {};
    }
    return *compare + 3;  // kCompare, kSum, kProduct, this
  }

  void half_condition(uint32_t value) {
    const Span before{input_.file, node(value).begin, node(value).end};
    const std::string written(input_.sources.text(before));
    const std::string word = fold_keyword(written);
    const std::string_view quantifier = alias_of_quantifier(word);
    if (folded() == "not" && quantifier.empty()) return misplaced_not();
    if (is_measure_word(word) && !this->word().empty()) {
      add(Id::kExpectedOf, here(), {found()})
          .with_mend({input_.file, at_, at_}, "of ", "write `of` before it");
      return;
    }
    Diagnostic& made = add(Id::kExpectedComparison, here(), {written, found()});
    made.with_place(before, "this alone is no condition");
    if (!quantifier.empty()) {
      made.with_mend(before, std::string(quantifier),
                     fmt::format("write `{}`", quantifier));
    } else if (next() == '"') {
      made.with_mend({input_.file, at_, at_}, "is ", "write `is` before it");
    } else if (!alias_of_connector(folded()).empty()) {
      const std::string right(alias_of_connector(folded()));
      made.with_mend(here(), right, fmt::format("write `{}`", right));
    }
  }

  // `household > 1,000`, `loyalty > 3,5`.
  bool decimal_comma() {
    const auto digit = [this](size_t at) {
      return at < text_.size() && text_[at] >= '0' && text_[at] <= '9';
    };
    if (next() != ',' || at_ == 0 || !digit(at_ - 1) || !digit(at_ + 1)) {
      return false;
    }
    uint32_t begin = at_;
    while (begin > 0 && digit(begin - 1)) --begin;
    const uint32_t end =
        static_cast<uint32_t>(at_ + 1 + word_length(text_, at_ + 1));
    const Span whole{input_.file, begin, end};
    const std::string left(text_.substr(begin, at_ - begin));
    const std::string right(text_.substr(at_ + 1, end - at_ - 1));
    Diagnostic& made = add(Id::kThousandsSign, whole,
                           {std::string(input_.sources.text(whole))});
    for (const std::string_view sign : {".", "_"}) {
      if (sign == "_" && right.size() != 3) break;
      const std::string text = fmt::format("{}{}{}", left, sign, right);
      made.with_mend(whole, text, fmt::format("write `{}`", text));
    }
    return true;
  }

  // `any purchase in March`.
  bool month_alone() {
    const size_t month = skip_spaces(text_, at_ + word().size());
    if (month_number(word_at(text_, month)) == 0) return false;
    const uint32_t end = static_cast<uint32_t>(skip_token(text_, month));
    const std::string_view behind = word_at(text_, skip_spaces(text_, end));
    if (!behind.empty() && behind[0] >= '0' && behind[0] <= '9') return false;
    const uint32_t begin = static_cast<uint32_t>(month);
    const Span span{input_.file, begin, end};
    add(Id::kExpectedWindow, span,
        {fmt::format("`{}`", input_.sources.text(span))})
        .with_label("of which year?");
    return true;
  }

  // `any purchase last month`: the `in` is missing.
  bool bare_window() {
    const std::string first = folded();
    if (first != "last" && first != "this" && first != "next") return false;
    const size_t second = skip_spaces(text_, at_ + word().size());
    if (!is_unit_word(word_at(text_, second))) return false;
    const Span span{input_.file, at_,
                    static_cast<uint32_t>(skip_token(text_, second))};
    const std::string right = fmt::format("in {}", input_.sources.text(span));
    add(Id::kWindowWords, span, {right})
        .with_mend(span, right, fmt::format("write `{}`", right));
    return true;
  }

  // `sum of purchase.amount > 500 TRY in last 30 days`.
  bool window_of_measure(uint32_t compare) {
    const uint32_t measure = compare + 3;
    if (measure >= index_ || node(measure).kind != CstKind::kMeasure ||
        node(measure).end != node(compare + 1).end) {
      return false;
    }
    const Span window = rest_of_clause();
    const uint32_t end = node(measure).end;
    const std::string_view rest = text_.substr(end, node(compare).end - end);
    const std::string right =
        fmt::format(" {}{}", input_.sources.text(window), rest);
    add(Id::kWindowBehindMeasure, window)
        .with_place({input_.file, node(measure).begin, end}, "its measure")
        .with_mend({input_.file, end, window.end}, right,
                   fmt::format("write it behind `{}`",
                               text_.substr(node(measure).begin,
                                            end - node(measure).begin)));
    return true;
  }

  // The brace that is missing stands in a text whose end is missing.
  bool in_open_text() const {
    uint32_t end = at_;
    while (end > 0 && (text_[end - 1] == ' ' || text_[end - 1] == '\n')) --end;
    const size_t before = text_.substr(0, end).rfind('\n');
    const size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const std::string_view line = text_.substr(begin, end - begin);
    const size_t quote = line.rfind('"');
    return std::count(line.begin(), line.end(), '"') % 2 == 1 &&
           line.find('}', quote) != std::string_view::npos;
  }

  // `city in ("Ankara", "Bursa")`, `city in "Ankara"`.
  void list_braces() {
    Diagnostic& made = add(Id::kListNotInBraces, here(), {found()});
    const char close = next() == '(' ? ')' : next() == '[' ? ']' : '\0';
    size_t end = at_;
    while (close != '\0' && end < text_.size() && text_[end] != '\n' &&
           text_[end] != close) {
      end = skip_token(text_, end);
    }
    if (close == '\0' || end >= text_.size() || text_[end] != close) return;
    const Span whole{input_.file, at_, static_cast<uint32_t>(end) + 1};
    const std::string right =
        fmt::format("{{{}}}", text_.substr(at_ + 1, end - at_ - 1));
    made.with_mend(whole, right, fmt::format("write `{}`", right));
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
    const std::string here_word = folded();
    const size_t behind = at_ + word().size();
    const std::string second =
        fold_keyword(word_at(text_, skip_spaces(text_, behind)));
    const std::string_view measure = alias_of_measure(here_word);
    if (second == "of" && !measure.empty()) {
      const Span both{input_.file, at_,
                      static_cast<uint32_t>(skip_spaces(text_, behind)) + 2};
      add(Id::kWrittenOtherwise, both,
          {std::string(input_.sources.text(both)), std::string(measure)})
          .with_mend(both, std::string(measure),
                     fmt::format("write `{}`", measure));
      return;
    }
    for (const LaterClause& each : kLaterClauses) {
      const bool in = here_word == "in" && each.word == second;
      if (each.word != here_word && !in) continue;
      add(Id::kClauseOfOther, rest_of_clause(), {std::string(each.name)})
          .with_label(std::string(each.instead));
      return;
    }
    if (here_word == "rows" || here_word == "row") {
      return simple(Id::kExpectedCondition);
    }
    std::string name = word().empty() ? "this" : fmt::format("`{}`", word());
    if (behind < text_.size() && text_[behind] == '(') name += " as a template";
    if (second == "of") name += " of another thing (a table)";
    add(Id::kClauseOfOther, rest_of_clause(), {name});
  }

  const BuildInput& input_;
  std::string_view text_;
  uint32_t index_;  // of the failure's node
  uint32_t at_;
  Expected expected_;
};

}  // namespace

void explain(const BuildInput& input, const CstNode& broken) {
  Explainer(input, broken).explain();
}

void report_later(const BuildInput& input, const CstNode& node) {
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
