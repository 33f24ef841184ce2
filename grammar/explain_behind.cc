// What to say of a word that does not fit behind a condition, or behind half
// of one.
#include <fmt/format.h>

#include <array>

#include "grammar/alias.h"
#include "grammar/broken.h"
#include "grammar/build_expr.h"
#include "grammar/scan.h"

namespace kitle {
namespace {

using Id = DiagnosticId;

class BehindExplainer {
 public:
  explicit BehindExplainer(const BrokenPlace& place) : place_(place) {}

  void explain() {
    if (place_.closing() || decimal_comma() || other_window()) return;
    if (comma_for_and() || counted_any()) return;
    const std::string here_word = place_.folded();
    const bool window = place_.begins_window(place_.at()) ||
                        here_word == "today" || here_word == "yesterday";
    if (window) {
      if (month_alone()) return;
      if (place_.sign_before() == ')') return window_behind_bracket();
      if (const auto compare = place_.node_before(CstKind::kCompare)) {
        if (window_of_measure(*compare)) return;
      }
      return window_alone();
    }
    if (bare_window() || open_window()) return;
    if (const auto value = place_.value_before()) return half_condition(*value);
    if (here_word == "not") return misplaced_not();
    if (is_reserved(here_word)) return place_.simple(Id::kExpectedConnector);
    const std::string_view right = alias_of_connector(here_word);
    if (!right.empty()) {
      place_.add(Id::kExpectedConnector, place_.here(), {place_.found()})
          .with_mend(place_.here(), std::string(right),
                     fmt::format("write `{}`", right));
      return;
    }
    place_.near(
        Id::kExpectedConnector,
        {"and", "or", "where", "after", "before", "in", "since", "until",
         "between", "within", "ever", "is", "not", "contains", "ago"});
  }

  // `city isn't "A"`, `city begins with "A"`, `city does not contain "A"`,
  // `3 purchases`.
  bool other_words(Span before, const std::string& written) {
    struct Words {
      std::string_view written;
      std::string_view right;
      bool negated = false;
    };
    constexpr std::array<Words, 7> kWords = {
        {{"isn't", "is not"},
         {"isn’t", "is not"},
         {"begins with", "starts with"},
         {"does not contain", "contains", true},
         {"doesn't contain", "contains", true},
         {"finishes with", "ends with"},
         {"containing", "contains"}}};
    const std::string_view rest = place_.text().substr(place_.at());
    for (const Words& each : kWords) {
      if (!rest.starts_with(each.written)) continue;
      const uint32_t end =
          place_.at() + static_cast<uint32_t>(each.written.size());
      const std::string right = fmt::format(
          "{}{} {}", each.negated ? "not " : "", written, each.right);
      place_
          .add(Id::kExpectedComparison, place_.span(place_.at(), end),
               {written, fmt::format("`{}`", each.written)})
          .with_mend(place_.span(before.begin, end), right,
                     fmt::format("write `{}`", right));
      return true;
    }
    const bool count =
        !written.empty() && !place_.word().empty() &&
        written.find_first_not_of("0123456789") == std::string::npos;
    if (!count || is_unit_word(place_.word())) return false;
    Diagnostic& made = place_.add(Id::kExpectedComparison, place_.here(),
                                  {written, place_.found()});
    for (const char* words : {"at least", "exactly"}) {
      made.with_mend(
          place_.span(before.begin, before.begin), fmt::format("{} ", words),
          fmt::format("write `{} {} {}`", words, written, place_.word()));
    }
    return true;
  }

  void half_condition(uint32_t value) {
    const Span before =
        place_.span(place_.node(value).begin, place_.node(value).end);
    const std::string written(place_.input().sources.text(before));
    const std::string word = fold_keyword(written);
    const std::string_view quantifier = alias_of_quantifier(word);
    if (place_.folded() == "not" && quantifier.empty()) return misplaced_not();
    if (is_measure_word(word) && !place_.word().empty()) {
      place_.add(Id::kExpectedOf, place_.here(), {place_.found()})
          .with_mend(place_.span(place_.at(), place_.at()), "of ",
                     "write `of` before it");
      return;
    }
    if (other_words(before, written)) return;
    Diagnostic& made = place_.add(Id::kExpectedComparison, place_.here(),
                                  {written, place_.found()});
    made.with_place(before, "this alone is no condition");
    if (!quantifier.empty()) {
      made.with_mend(before, std::string(quantifier),
                     fmt::format("write `{}`", quantifier));
    } else if (place_.next() == '"') {
      made.with_mend(place_.span(place_.at(), place_.at()), "is ",
                     "write `is` before it");
    } else if (!alias_of_connector(place_.folded()).empty()) {
      const std::string right(alias_of_connector(place_.folded()));
      made.with_mend(place_.here(), right, fmt::format("write `{}`", right));
    }
  }

  // `any purchase, any call`.
  bool comma_for_and() {
    if (place_.next() != ',' && place_.next() != ';') return false;
    const size_t behind = skip_blanks(place_.text(), place_.at() + 1);
    Diagnostic& made =
        place_.add(Id::kExpectedConnector, place_.here(), {place_.found()});
    if (begins_clause(place_.text(), behind)) {
      made.with_mend(place_.here(), " and", "write `and`");
    }
    return true;
  }

  // `any purchase >= 3`.
  bool counted_any() {
    const auto clause = place_.node_before(CstKind::kQuantified);
    const char sign = place_.next();
    if (!clause || (sign != '<' && sign != '>' && sign != '=')) return false;
    const CstNode& quantifier = place_.node(*clause + 1);
    Diagnostic& made =
        place_.add(Id::kExpectedConnector, place_.here(), {place_.found()});
    if (static_cast<Quantifier>(quantifier.detail) == Quantifier::kAny) {
      made.with_mend(place_.span(quantifier.begin, quantifier.end), "count of",
                     "to compare how many, write `count of`");
    } else {
      made.with_label("a property is compared behind `where`");
    }
    return true;
  }

  // Where the words from here to `end` are a window written otherwise.
  void window_is(uint32_t end, const std::string& right) {
    const Span whole = place_.span(place_.at(), end);
    place_.add(Id::kWindowWords, whole, {right})
        .with_mend(whole, right, fmt::format("write `{}`", right));
  }

  // `in past 7 days`, `in 7 days`, `for 30 days`, `on 2026-01-01`,
  // `from 7 to 14 days ago`, `more than 30 days ago`.
  bool other_window() {
    const std::string_view text = place_.text();
    const std::string first = place_.folded();
    const bool over = first == "for" || first == "over" || first == "during";
    if (first == "more") return longer_ago();
    if (first != "in" && first != "on" && first != "from" && !over) {
      return false;
    }
    size_t at = skip_spaces(text, place_.at() + place_.word().size());
    if (first == "on") return on_a_day(at);
    for (const char* word : {"the", "past", "previous", "last"}) {
      const size_t length = keyword_length(text, at, word);
      const bool known = first == "in" && std::string_view(word) == "last";
      if (length != 0 && !known) at = skip_spaces(text, at + length);
    }
    const size_t number = word_length(text, at);
    const size_t unit = skip_spaces(text, at + number);
    const bool digits = at < text.size() && text[at] >= '0' && text[at] <= '9';
    if (first == "from") {
      if (!digits || keyword_length(text, unit, "to") == 0) return false;
      place_.add(Id::kExpectedConnector, place_.here(), {place_.found()})
          .with_mend(place_.span(place_.at(), static_cast<uint32_t>(at)), "",
                     "remove `from`");
      return true;
    }
    if (!digits || !is_unit_word(word_at(text, unit))) return false;
    const size_t end = unit + word_length(text, unit);
    const std::string_view amount = text.substr(at, end - at);
    window_is(static_cast<uint32_t>(end), fmt::format("in last {}", amount));
    return true;
  }

  bool on_a_day(size_t at) {
    constexpr size_t kDate = 10;
    const std::string day(place_.text().substr(at, kDate));
    const bool date = day.size() == kDate && day[4] == '-' && day[7] == '-' &&
                      day[0] >= '0' && day[0] <= '9';
    if (!date) return false;
    window_is(static_cast<uint32_t>(at + kDate),
              fmt::format("between {} and {}", day, day));
    return true;
  }

  // `any purchase more than 30 days ago` could mean the first or the last.
  bool longer_ago() {
    const Span rest = place_.rest_of_clause();
    const std::string written(place_.input().sources.text(rest));
    if (!written.ends_with(" ago")) return false;
    place_.add(Id::kExpectedConnector, place_.here(), {place_.found()})
        .with_label(
            "a longer time is counted: `days since last purchase > 30`, or "
            "has two ends: `30 to 365 days ago`");
    return true;
  }

  // `household > 1,000`, `loyalty > 3,5`.
  bool decimal_comma() {
    const auto digit = [this](size_t at) {
      return at < place_.text().size() && place_.text()[at] >= '0' &&
             place_.text()[at] <= '9';
    };
    if (place_.next() != ',' || place_.at() == 0 || !digit(place_.at() - 1) ||
        !digit(place_.at() + 1)) {
      return false;
    }
    uint32_t begin = place_.at();
    while (begin > 0 && digit(begin - 1)) --begin;
    const uint32_t end = static_cast<uint32_t>(
        place_.at() + 1 + word_length(place_.text(), place_.at() + 1));
    const Span whole = place_.span(begin, end);
    const std::string left(place_.text().substr(begin, place_.at() - begin));
    const std::string right(
        place_.text().substr(place_.at() + 1, end - place_.at() - 1));
    Diagnostic& made =
        place_.add(Id::kThousandsSign, whole,
                   {std::string(place_.input().sources.text(whole))});
    for (const std::string_view sign : {".", "_"}) {
      if (sign == "_" && right.size() != 3) break;
      const std::string text = fmt::format("{}{}{}", left, sign, right);
      made.with_mend(whole, text, fmt::format("write `{}`", text));
    }
    return true;
  }

  // `any purchase in March`.
  bool month_alone() {
    const size_t month =
        skip_spaces(place_.text(), place_.at() + place_.word().size());
    if (month_number(word_at(place_.text(), month)) == 0) return false;
    const uint32_t end =
        static_cast<uint32_t>(skip_token(place_.text(), month));
    const std::string_view behind =
        word_at(place_.text(), skip_spaces(place_.text(), end));
    if (!behind.empty() && behind[0] >= '0' && behind[0] <= '9') return false;
    const uint32_t begin = static_cast<uint32_t>(month);
    const Span span = place_.span(begin, end);
    place_
        .add(Id::kExpectedWindow, span,
             {fmt::format("`{}`", place_.input().sources.text(span))})
        .with_label("of which year?");
    return true;
  }

  // `any purchase in`, and nothing behind it.
  bool open_window() {
    if (place_.folded() != "in") return false;
    const size_t behind =
        skip_blanks(place_.text(), place_.at() + place_.word().size());
    const bool ended = behind >= place_.text().size() ||
                       place_.text()[behind] == '}' ||
                       place_.text()[behind] == ')' ||
                       begins_declaration(place_.text(), behind);
    if (!ended) return false;
    place_.add(Id::kExpectedWindow, place_.here(), {"the end of the line"})
        .with_label("in when?");
    return true;
  }

  // `any purchase last month`: the `in` is missing.
  bool bare_window() {
    const std::string first = place_.folded();
    if (first != "last" && first != "this" && first != "next") return false;
    const size_t second =
        skip_spaces(place_.text(), place_.at() + place_.word().size());
    if (!is_unit_word(word_at(place_.text(), second))) return false;
    const Span span = place_.span(
        place_.at(), static_cast<uint32_t>(skip_token(place_.text(), second)));
    const std::string right =
        fmt::format("in {}", place_.input().sources.text(span));
    place_.add(Id::kWindowWords, span, {right})
        .with_mend(span, right, fmt::format("write `{}`", right));
    return true;
  }

  // `sum of purchase.amount > 500 TRY in last 30 days`.
  bool window_of_measure(uint32_t compare) {
    const uint32_t measure = compare + 3;
    if (measure >= place_.index() ||
        place_.node(measure).kind != CstKind::kMeasure ||
        place_.node(measure).end != place_.node(compare + 1).end) {
      return false;
    }
    const Span window = place_.rest_of_clause();
    const uint32_t end = place_.node(measure).end;
    const std::string_view rest =
        place_.text().substr(end, place_.node(compare).end - end);
    const std::string right =
        fmt::format(" {}{}", place_.input().sources.text(window), rest);
    place_.add(Id::kWindowBehindMeasure, window)
        .with_place(place_.span(place_.node(measure).begin, end), "its measure")
        .with_mend(place_.span(end, window.end), right,
                   fmt::format(
                       "write it behind `{}`",
                       place_.text().substr(place_.node(measure).begin,
                                            end - place_.node(measure).begin)));
    return true;
  }

  void misplaced_not() {
    const uint32_t behind = static_cast<uint32_t>(
        skip_spaces(place_.text(), place_.at() + place_.word().size()));
    if (place_.begins_window(behind)) {
      place_.add(Id::kWindowNegated, place_.here());
      return;
    }
    place_.add(Id::kNotBeforeOperator, place_.here());
  }

  void window_behind_bracket() {
    const Span window = place_.rest_of_clause();
    Diagnostic& made = place_.add(Id::kWindowBehindBracket, window);
    const auto compare = place_.node_before(CstKind::kCompare);
    if (!compare) return;
    const auto text = [&](Span span) {
      return place_.input().sources.text(span);
    };
    const Span bracket =
        place_.span(place_.node(*compare).begin, place_.node(*compare).end);
    made.with_mend(place_.span(bracket.begin, window.end),
                   fmt::format("{} {}", text(window), text(bracket)),
                   "put it before the bracket");
  }

  void window_alone() {
    // The place is behind the window where a bracket was wanted.
    Span span = place_.rest_of_clause();
    if (place_.expected() == Expected::kGroupBracket)
      span = place_.clause_before();
    place_.add(Id::kWindowAlone, span,
               {std::string(place_.input().sources.text(span))});
  }

 private:
  const BrokenPlace& place_;
};

}  // namespace

void explain_behind(const BrokenPlace& place) {
  BehindExplainer(place).explain();
}

void explain_lone_window(const BrokenPlace& place) {
  BehindExplainer(place).window_alone();
}

}  // namespace kitle
