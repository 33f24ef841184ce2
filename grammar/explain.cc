// What to say where the grammar gave up: from what it wanted there and from
// the text that stands there instead.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "grammar/alias.h"
#include "grammar/broken.h"
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
constexpr std::array<Later, 3> kLaterDeclarations = {
    {{"report", "reports"}, {"model", "models"}, {"audience", "audiences"}}};

class Explainer {
 public:
  explicit Explainer(const BrokenPlace& place) : place_(place) {}

  // As long as there are things to expect: one switch.
  void explain() {
    switch (place_.expected()) {
      case Expected::kDeclaration:
        return declaration();
      case Expected::kName:
        return reserved() ? void() : place_.simple(Id::kExpectedName);
      case Expected::kCloseBrace:
        return in_open_text() ? void() : place_.simple(Id::kUnclosedBrace);
      case Expected::kCloseBracket:
        return place_.simple(Id::kUnclosedBracket);
      case Expected::kLetSign:
        return let_sign();
      case Expected::kType:
        return type();
      case Expected::kSourceItem:
        return reserved() ? void() : place_.simple(Id::kExpectedSourceLine);
      case Expected::kSourceValue:
        return source_value();
      case Expected::kCondition:
        return condition();
      case Expected::kConnector:
        return explain_behind(place_);
      case Expected::kNumber:
        return number();
      case Expected::kUnit:
        return unit();
      case Expected::kWindow:
        return window();
      case Expected::kMoment:
        return moment();
      case Expected::kAfterBefore:
        return side();
      case Expected::kAgo:
        return ago();
      case Expected::kAnd:
        return joining_and();
      case Expected::kStage:
      case Expected::kStageWhen:
      case Expected::kOtherwise:
        return explain_stage(place_);
      case Expected::kTestLine:
      case Expected::kInstant:
        return explain_test(place_);
      case Expected::kPersonaLine:
      case Expected::kLookBack:
      case Expected::kPointsWord:
      case Expected::kPointsFor:
      case Expected::kADay:
      case Expected::kEvery:
      case Expected::kMemberWhen:
      case Expected::kDimension:
      case Expected::kBands:
      case Expected::kBetter:
      case Expected::kGuard:
      case Expected::kTopBy:
        return explain_persona(place_);
      case Expected::kPrivate:
        return never_private();
      case Expected::kLaterClause:
        return later_clause();
      case Expected::kLibraryName:
      case Expected::kParams:
      case Expected::kTableHead:
      case Expected::kOpenBrace:
      case Expected::kGap:
      case Expected::kColumnMeasured:
      case Expected::kLess:
      case Expected::kEvent:
      case Expected::kValue:
      case Expected::kString:
      case Expected::kOf:
      case Expected::kComma:
      case Expected::kGroupBracket:
      case Expected::kSequenceAlone:
      case Expected::kFirstStep:
      case Expected::kStepEvent:
      case Expected::kListBefore:
      case Expected::kListBraces:
      case Expected::kItemEnd:
        return rarer();
    }
  }

 private:
  static Id of_reuse(Expected expected) {
    if (expected == Expected::kLibraryName) return Id::kExpectedLibrary;
    if (expected == Expected::kParams) return Id::kExpectedParameters;
    const bool head = expected == Expected::kTableHead;
    return head ? Id::kExpectedTableHead : Id::kColumnMeasured;
  }

  void rarer() {
    const Expected expected = place_.expected();
    if (expected == Expected::kListBraces) {
      list_braces();
    } else if (expected == Expected::kOpenBrace) {
      place_.simple(Id::kExpectedBrace);
    } else if (expected == Expected::kGap) {
      place_.simple(Id::kExpectedGap);
    } else if (expected == Expected::kItemEnd) {
      place_.simple(Id::kExpectedLineEnd);
    } else if (expected == Expected::kEvent) {
      place_.simple(Id::kExpectedEvent);
    } else if (expected == Expected::kValue) {
      place_.simple(Id::kExpectedValue);
    } else if (expected == Expected::kString) {
      place_.simple(Id::kExpectedText);
    } else if (expected == Expected::kOf) {
      place_.simple(Id::kExpectedOf);
    } else if (expected == Expected::kGroupBracket) {
      explain_lone_window(place_);
    } else if (expected == Expected::kComma) {
      place_.simple(Id::kExpectedComma);
    } else if (expected == Expected::kLess) {
      place_.add(Id::kNestedTooDeep, place_.here(),
                 {fmt::to_string(kMaxNesting)});
    } else if (expected == Expected::kSequenceAlone) {
      place_.add(Id::kSequenceAlone, place_.rest_of_clause());
    } else if (expected == Expected::kFirstStep) {
      place_.add(Id::kFirstStepNegated, place_.here());
    } else if (expected == Expected::kStepEvent) {
      place_.add(Id::kStepEvent, place_.here(), {"a number of them"});
    } else if (expected == Expected::kListBefore) {
      place_.add(Id::kListWithoutValue, place_.rest_of_clause());
    } else {
      place_.simple(of_reuse(expected));
    }
  }

  void window() {
    place_.near(Id::kExpectedWindow,
                {"week", "month", "quarter", "year", "day"});
  }

  void unit() {
    const std::string_view before =
        place_.text().substr(place_.word_before(place_.at()));
    if (before.empty() || before.front() < '0' || before.front() > '9') {
      return place_.near(Id::kExpectedUnit,
                         {"week", "month", "quarter", "year"});
    }
    place_.near(Id::kExpectedUnit, {"seconds", "minutes", "hours", "days",
                                    "weeks", "months", "quarters", "years"});
  }

  bool reserved() {
    if (!is_reserved(place_.word())) return false;
    place_.add(Id::kReservedWord, place_.here(), {std::string(place_.word())})
        .with_mend(
            place_.here(), fmt::format("`{}`", place_.word()),
            fmt::format("write it in backquotes: `` `{}` ``", place_.word()));
    return true;
  }

  void declaration() {
    if (place_.closing()) return;
    place_.near(Id::kExpectedDeclaration,
                {"profile", "event", "source", "segment", "stages", "persona",
                 "score", "let", "test", "fixture", "expect"});
  }

  // `private event call { }`
  void never_private() {
    const auto next =
        static_cast<uint32_t>(skip_spaces(place_.text(), place_.here().end));
    place_
        .add(Id::kNeverPrivate, place_.here(),
             {std::string(word_at(place_.text(), next))})
        .with_mend(place_.span(place_.at(), next), "", "remove `private`");
  }

  void let_sign() {
    Diagnostic& made =
        place_.add(Id::kExpectedLetSign, place_.here(), {place_.found()});
    const bool other = place_.folded() == "is" ||
                       place_.text().substr(place_.at(), 2) == ":=" ||
                       place_.next() == ':';
    if (other) made.with_mend(place_.here(), "=", "write `=`");
  }

  void type() {
    const uint32_t name = place_.word_before(place_.at());
    place_.add(Id::kExpectedType, place_.here(),
               {std::string(word_at(place_.text(), name))});
  }

  void source_value() {
    uint32_t name = place_.word_before(place_.at());
    const bool joint = word_at(place_.text(), name) == "from";
    if (joint && place_.word_before(name) != name)
      name = place_.word_before(name);
    place_.add(Id::kExpectedSourceValue, place_.here(),
               {std::string(word_at(place_.text(), name))});
  }

  void condition() {
    if (place_.expected() == Expected::kCondition &&
        place_.sign_before() == '=') {
      return empty_let();
    }
    if (place_.next() == '}' && place_.sign_before() == '{') {
      place_.add(Id::kEmptyCondition, place_.here());
      return;
    }
    if (closing_misplaced() || surplus_connector() || bare_count()) return;
    place_.simple(Id::kExpectedCondition);
  }

  // `any purchase and and any call`.
  bool surplus_connector() {
    const std::string word = place_.folded();
    if (word != "and" && word != "or") return false;
    const uint32_t end =
        static_cast<uint32_t>(skip_blanks(place_.text(), place_.here().end));
    place_.add(Id::kExpectedCondition, place_.here(), {place_.found()})
        .with_mend(place_.span(place_.at(), end), "",
                   fmt::format("remove `{}`", word));
    return true;
  }

  // `>= 3 purchases`.
  bool bare_count() {
    const std::string_view rest = place_.text().substr(place_.at(), 2);
    if (rest.empty() || (rest[0] != '<' && rest[0] != '>')) return false;
    const bool equal = rest.ends_with('=');
    const bool less = rest[0] == '<';
    const std::string words = equal ? (less ? "at most" : "at least")
                                    : (less ? "fewer than" : "more than");
    const uint32_t end = place_.at() + (equal ? 2u : 1u);
    place_
        .add(Id::kExpectedCondition, place_.span(place_.at(), end),
             {fmt::format("`{}`",
                          place_.text().substr(place_.at(), equal ? 2 : 1))})
        .with_mend(place_.span(place_.at(), end), words,
                   fmt::format("events are counted by words: `{}`", words));
    return true;
  }

  void empty_let() {
    const uint32_t sign =
        static_cast<uint32_t>(place_.text().rfind('=', place_.at() - 1));
    place_.add(Id::kEmptyLet, place_.span(sign, sign + 1),
               {std::string(word_at(place_.text(), place_.word_before(sign)))});
  }

  // `between 7 to 14 days ago`, `between 2 to 4 purchases`.
  void joining_and() {
    Diagnostic& made =
        place_.add(Id::kExpectedAnd, place_.here(), {place_.found()});
    if (place_.folded() != "to") return;
    uint32_t between = place_.word_before(place_.word_before(place_.at()));
    const Span rest = place_.rest_of_clause();
    const std::string_view span =
        place_.text().substr(place_.at(), rest.end - rest.begin);
    const bool ago = span.find(" ago") != std::string_view::npos &&
                     word_at(place_.text(), between) == "between";
    if (ago) {
      made.with_mend(place_.span(between, between + 8), "", "remove `between`");
    } else {
      made.with_mend(place_.here(), "and", "write `and`");
    }
  }

  // `any purchase 7 days`.
  void ago() {
    const bool ended = place_.next() == '}' || place_.next() == ')' ||
                       place_.at_end_of_line() || !place_.folded().empty();
    if (!ended || place_.folded().starts_with("a")) {
      return place_.near(Id::kExpectedAgo, {"ago", "after", "before"});
    }
    const uint32_t unit = place_.word_before(place_.at());
    const uint32_t number = place_.word_before(unit);
    const uint32_t end =
        static_cast<uint32_t>(unit + word_length(place_.text(), unit));
    const std::string written(place_.text().substr(number, end - number));
    place_.add(Id::kExpectedAgo, place_.here(), {place_.found()})
        .with_mend(
            place_.span(number, number), "in last ",
            fmt::format("for the time up to now write `in last {}`", written))
        .with_mend(place_.span(end, end), " ago",
                   fmt::format("for that day write `{} ago`", written));
  }

  // A `)` or `]` where nothing is open.
  bool closing_misplaced() { return place_.next() == ']' && place_.closing(); }

  void number() {
    const uint32_t before = place_.word_before(place_.at());
    const bool within =
        fold_keyword(word_at(place_.text(), before)) == "within";
    if (within && (place_.folded() == "last" || place_.folded() == "the")) {
      place_
          .add(Id::kWindowWords, place_.span(before, place_.here().end),
               {"in last 7 days"})
          .with_mend(place_.span(before, before + 6), "in", "write `in`");
      return;
    }
    place_.simple(Id::kExpectedCount);
  }

  // The brace that is missing stands in a text whose end is missing.
  bool in_open_text() const {
    uint32_t end = place_.at();
    while (end > 0 &&
           (place_.text()[end - 1] == ' ' || place_.text()[end - 1] == '\n'))
      --end;
    const size_t before = place_.text().substr(0, end).rfind('\n');
    const size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const std::string_view line = place_.text().substr(begin, end - begin);
    const size_t quote = open_quote(line);
    return quote < line.size() &&
           line.find('}', quote) != std::string_view::npos;
  }

  // Where the text begins that is not closed on the line; its end if all are.
  static size_t open_quote(std::string_view line) {
    size_t open = line.size();
    for (size_t i = 0; i < line.size(); ++i) {
      const bool inside = open < line.size();
      if (inside && line[i] == '\\') {
        ++i;
      } else if (line[i] == '"') {
        open = inside ? line.size() : i;
      } else if (!inside && line[i] == '#') {
        break;
      }
    }
    return open;
  }

  // `city in ("Ankara", "Bursa")`, `city in "Ankara"`.
  void list_braces() {
    Diagnostic& made =
        place_.add(Id::kListNotInBraces, place_.here(), {place_.found()});
    const char close = place_.next() == '('   ? ')'
                       : place_.next() == '[' ? ']'
                                              : '\0';
    size_t end = place_.at();
    while (close != '\0' && end < place_.text().size() &&
           place_.text()[end] != '\n' && place_.text()[end] != close) {
      end = skip_token(place_.text(), end);
    }
    if (close == '\0' || end >= place_.text().size() ||
        place_.text()[end] != close)
      return;
    const Span whole = place_.span(place_.at(), static_cast<uint32_t>(end) + 1);
    const std::string right = fmt::format(
        "{{{}}}", place_.text().substr(place_.at() + 1, end - place_.at() - 1));
    made.with_mend(whole, right, fmt::format("write `{}`", right));
  }

  void moment() {
    const uint32_t before = place_.word_before(place_.at());
    const std::string side(word_at(place_.text(), before));
    const std::string here_word = place_.folded();
    if (here_word == "any" || here_word == "no") {
      const Span span = place_.rest_of_clause();
      place_
          .add(Id::kAnchorQuantifier, span,
               {side, std::string(place_.input().sources.text(span))})
          .with_mend(place_.here(), "last", "write `last` or `first`");
      return;
    }
    place_.simple(Id::kExpectedMoment);
  }

  void side() {
    Diagnostic& made =
        place_.add(Id::kExpectedSide, place_.here(), {place_.found()});
    uint32_t at = place_.at();
    for (int words = 0; words < 3 && at > 0; ++words)
      at = place_.word_before(at);
    if (fold_keyword(word_at(place_.text(), at)) != "within") return;
    if (place_.folded() == "of" || place_.folded() == "from") {
      made.with_mend(place_.here(), "after", "write `after`");
      return;
    }
    made.with_mend(place_.span(at, at + 6), "in last",
                   "for the time up to now write `in last`");
  }

  // `count(purchase)`, `max(purchase.amount)`.
  bool called_measure() {
    const std::string word = place_.folded();
    const std::string_view text = place_.text();
    const size_t open = place_.at() + place_.word().size();
    if (open >= text.size() || text[open] != '(') return false;
    std::string right(alias_of_measure(word));
    if (is_measure_word(word)) right = word + " of";
    if (word == "smallest" || word == "largest") right = word;
    const size_t close = text.find_first_of(")\n", open);
    const bool closed = close != std::string_view::npos && text[close] == ')';
    if (right.empty() || !closed) return false;
    right += fmt::format(" {}", text.substr(open + 1, close - open - 1));
    const Span whole =
        place_.span(place_.at(), static_cast<uint32_t>(close) + 1);
    place_
        .add(Id::kWrittenOtherwise, whole,
             {std::string(place_.input().sources.text(whole)), right})
        .with_mend(whole, right, fmt::format("write `{}`", right));
    return true;
  }

  void later_clause() {
    const std::string here_word = place_.folded();
    const size_t behind = place_.at() + place_.word().size();
    const std::string second = fold_keyword(
        word_at(place_.text(), skip_spaces(place_.text(), behind)));
    const std::string_view measure = alias_of_measure(here_word);
    if (second == "of" && !measure.empty()) {
      const Span both = place_.span(
          place_.at(),
          static_cast<uint32_t>(skip_spaces(place_.text(), behind)) + 2);
      place_
          .add(Id::kWrittenOtherwise, both,
               {std::string(place_.input().sources.text(both)),
                std::string(measure)})
          .with_mend(both, std::string(measure),
                     fmt::format("write `{}`", measure));
      return;
    }
    if (!called_measure()) place_.simple(Id::kExpectedCondition);
  }

  const BrokenPlace& place_;
};

}  // namespace

void explain(const BuildInput& input, const CstNode& broken) {
  Explainer(BrokenPlace(input, broken)).explain();
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
