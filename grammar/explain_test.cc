// What to say where a line of a test, or the instant in it, was wanted.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "grammar/broken.h"
#include "grammar/scan.h"
#include "grammar/test_slips.h"

namespace kitle {
namespace {

using Id = DiagnosticId;

// What other tools' tests say for `expect`.
constexpr std::array<std::string_view, 6> kForExpect = {
    "assert", "expects", "should", "check", "verify", "must"};

void explain_line(const BrokenPlace& place) {
  const std::string_view word = place.word();
  if (is_reserved(word)) {
    place.add(Id::kReservedWord, place.here(), {std::string(word)})
        .with_mend(place.here(), fmt::format("`{}`", word),
                   fmt::format("write it in backquotes: `` `{}` ``", word));
    return;
  }
  place.simple(Id::kExpectedTestLine);
}

// `assert in vip` reads as an event without an instant.
bool means_line(const BrokenPlace& place) {
  const uint32_t line = place.word_before(place.at());
  const std::string word(word_at(place.text(), line));
  const std::string meant = line_meant(fold_keyword(word));
  if (meant.empty() || word == "now") return false;
  const auto end = static_cast<uint32_t>(line + word.size());
  place
      .add(Id::kExpectedTestLine, place.span(line, end),
           {fmt::format("`{}`", word)})
      .with_mend(place.span(line, end), meant,
                 fmt::format("write `{}`", meant));
  return true;
}

// The end of `3 days` where `ago` is missing; 0 if it is no such thing.
uint32_t amount_end(std::string_view text, uint32_t at) {
  const size_t digits = word_length(text, at);
  const bool number = digits > 0 && text[at] >= '0' && text[at] <= '9';
  const size_t unit = skip_spaces(text, at + digits);
  const std::string_view word = word_at(text, unit);
  if (!number || !is_unit_word(word)) return 0;
  return static_cast<uint32_t>(unit + word.size());
}

void explain_instant(const BrokenPlace& place) {
  if (means_line(place)) return;
  Diagnostic& made =
      place.add(Id::kExpectedInstant, place.here(), {place.found()});
  const uint32_t end = amount_end(place.text(), place.at());
  if (end == 0) return;
  made.with_mend(place.span(end, end), " ago", "write `ago` behind it");
}

}  // namespace

std::string line_meant(const std::string& word) {
  const bool other = std::ranges::find(kForExpect, word) != kForExpect.end();
  if (other) return "expect";
  return nearest(word, {"expect", "given", "later", "now", "cases"});
}

void explain_test(const BrokenPlace& place) {
  if (place.expected() == Expected::kInstant) return explain_instant(place);
  explain_line(place);
}

}  // namespace kitle
