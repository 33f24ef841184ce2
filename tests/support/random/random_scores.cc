// Random scores; see random_maker.h.
#include <fmt/format.h>

#include <algorithm>

#include "tests/support/random/random_maker.h"

namespace kitle::testing {

namespace {

// In rising order.
Words cuts_of(Kind kind, const std::string& currency) {
  if (kind == Kind::kNumber) return {"-1.5", "0", "0.5", "2", "7.25"};
  if (kind == Kind::kDuration) return {"1 hour", "1 day", "3 days", "9 weeks"};
  if (kind == Kind::kInteger) return {"-3", "0", "1", "2", "5", "40"};
  Words cuts;
  for (const char* amount : {"0", "1", "20.50", "300"}) {
    cuts.push_back(std::string(amount) + " " + currency);
  }
  return cuts;
}

}  // namespace

void Maker::score() {
  std::string text = fmt::format("score rfm{}", scores_.size());
  if (dice_.chance(50)) text += " for " + text_of(condition(1));
  text += " {\n";
  const auto dimensions = static_cast<size_t>(dice_.between(1, 3));
  for (size_t i = 0; i < dimensions; ++i) {
    text += fmt::format("  d{}: {}\n", i, dimension());
  }
  rules_.lets += text + "}\n";
  scores_.push_back(dimensions);
}

Kind Maker::ranked_kind() {
  return dice_.pick(std::vector<Kind>{Kind::kInteger, Kind::kInteger,
                                      Kind::kNumber, Kind::kDuration});
}

std::string Maker::dimension() {
  const Kind kind = ranked_kind();
  if (dice_.chance(40)) {
    return fmt::format("{}, {} bands by quantile{}",
                       text_of(bracketed(value(kind, 1))), dice_.between(2, 6),
                       dice_.chance(50) ? ", less is better" : "");
  }
  Words cuts = cuts_of(kind, case_.parsed_settings.currency);
  while (cuts.size() > 1 && dice_.chance(50)) {
    cuts.erase(cuts.begin() + dice_.below(static_cast<int64_t>(cuts.size())));
  }
  std::string text = fmt::format("{}, {} bands by cuts {{{}}}",
                                 text_of(bracketed(value(kind, 1))),
                                 cuts.size() + 1, fmt::join(cuts, ", "));
  if (dice_.chance(50)) text += ", less is better";
  return text;
}

Phrase Maker::top_test() {
  std::string text =
      fmt::format("in top {} percent by {}",
                  dice_.pick(Words{"0.5", "10", "25", "50", "99.9999"}),
                  text_of(bracketed(value(ranked_kind(), 1))));
  if (dice_.chance(50)) text += " for (" + text_of(condition(1)) + ")";
  return Phrase(text);
}

Phrase Maker::score_test(int depth) {
  if (dice_.chance(20)) return top_test();
  if (scores_.empty()) return Phrase();
  const auto at =
      static_cast<size_t>(dice_.below(static_cast<int64_t>(scores_.size())));
  const std::string name = fmt::format("rfm{}", at);
  if (dice_.chance(15)) {
    std::string code;
    for (size_t i = 0; i < scores_[at]; ++i) {
      code += static_cast<char>('1' + dice_.below(2));
    }
    return Phrase(fmt::format("{}.code is \"{}\"", name, code));
  }
  const std::string part =
      dice_.chance(50)
          ? ".score"
          : fmt::format(".d{}", dice_.below(static_cast<int64_t>(scores_[at])));
  if (dice_.chance(15)) return Phrase(name + part + " is missing");
  const Phrase left(name + part + " " + order() + " ");
  if (dice_.chance(70)) return left + std::to_string(dice_.between(1, 7));
  return left + integer_value(depth);
}

}  // namespace kitle::testing
