// What to say where a line of `stages` was wanted: NAME when CONDITION.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "grammar/broken.h"
#include "grammar/scan.h"

namespace kitle {
namespace {

using Id = DiagnosticId;

// What people write for `when` and `otherwise`.
constexpr std::array<std::string_view, 5> kForWhen = {"if", "where", "is",
                                                      "while", "whenever"};
constexpr std::array<std::string_view, 6> kForOtherwise = {
    "else", "default", "other", "others", "rest", "everyone"};

template <size_t N>
bool contains(const std::array<std::string_view, N>& words,
              std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class StageExplainer {
 public:
  explicit StageExplainer(const BrokenPlace& place)
      : place_(place), text_(place.text()), at_(place.at()) {}

  void stage() {
    if (place_.next() == '}' && place_.sign_before() == '{') {
      place_.add(Id::kNoStages, place_.here());
      return;
    }
    const std::string_view word = place_.word();
    const std::string behind =
        fold_keyword(word_at(text_, skip_spaces(text_, at_ + word.size())));
    const bool named = behind == "when" || behind == "otherwise";
    if (!named && and_is_missing(at_)) return;
    if (!is_reserved(word)) return place_.simple(Id::kExpectedStage);
    place_.add(Id::kReservedWord, place_.here(), {std::string(word)})
        .with_mend(place_.here(), fmt::format("`{}`", word),
                   fmt::format("write it in backquotes: `` `{}` ``", word));
  }

  void when() {
    const uint32_t line = line_begin();
    if (and_is_missing(line)) return;
    const std::string name(word_at(text_, line));
    const Span here = place_.here();
    Diagnostic& made =
        place_.add(Id::kExpectedWhen, here, {name, place_.found()});
    if (fold_keyword(name) == "otherwise" && !place_.word().empty()) {
      const std::string right = fmt::format("{} otherwise", place_.word());
      made.with_mend(place_.span(line, here.end), right,
                     fmt::format("write `{}`", right));
      return;
    }
    const std::string meant = meant_word();
    if (!meant.empty()) {
      made.with_mend(here, meant, fmt::format("write `{}`", meant));
    } else if (begins_clause(text_, at_)) {
      made.with_mend(place_.span(at_, at_), "when ", "write `when` before it");
    }
  }

  void otherwise() {
    const uint32_t when = place_.word_before(at_);
    place_.add(Id::kWhenOtherwise, place_.span(when, place_.here().end))
        .with_mend(place_.span(when, at_), "", "remove `when`");
  }

 private:
  uint32_t line_begin() const {
    const size_t before = text_.substr(0, at_).find_last_of("\n{");
    const size_t begin = before == std::string_view::npos ? 0 : before + 1;
    return static_cast<uint32_t>(skip_spaces(text_, begin));
  }

  std::string meant_word() const {
    const std::string word = place_.folded();
    if (place_.next() == ':' || place_.next() == '=') return "when";
    if (contains(kForWhen, word)) return "when";
    if (contains(kForOtherwise, word)) return "otherwise";
    return word.empty() ? "" : nearest(word, {"when", "otherwise"});
  }

  // A line that goes on with the condition of the line before.
  bool and_is_missing(uint32_t line) const {
    const size_t before = text_.substr(0, line).find_last_not_of(" \t\r\n");
    const bool first = before == std::string_view::npos || text_[before] == '{';
    if (first || !begins_clause(text_, line)) return false;
    const auto end = static_cast<uint32_t>(skip_token(text_, line));
    place_.add(Id::kMissingAnd, place_.span(line, end))
        .with_mend(place_.span(line, line), "and ", "write `and` before it");
    return true;
  }

  const BrokenPlace& place_;
  std::string_view text_;
  uint32_t at_;
};

}  // namespace

void explain_stage(const BrokenPlace& place) {
  StageExplainer explainer(place);
  switch (place.expected()) {
    case Expected::kStageWhen:
      return explainer.when();
    case Expected::kOtherwise:
      return explainer.otherwise();
    default:
      return explainer.stage();
  }
}

}  // namespace kitle
