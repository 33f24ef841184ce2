// Random personas; see random_maker.h.
#include <fmt/format.h>

#include "tests/support/random/random_maker.h"

namespace kitle::testing {

void Maker::persona() {
  std::string text =
      fmt::format("persona p{} {{\n  look back {}\n", personas_, look_back());
  for (int64_t i = dice_.between(1, 4); i > 0; --i) {
    text += "  " + points() + "\n";
  }
  if (dice_.chance(40)) {
    text += fmt::format("  at most {} points a day\n", some_points());
  }
  if (dice_.chance(25)) {
    text += fmt::format("  at most {} points in all\n", some_points());
  }
  if (dice_.chance(40)) {
    text += fmt::format(
        "  halving every {}\n",
        dice_.pick(Words{"1 day", "2 days", "1 week", "30 days", "365 days"}));
  }
  text +=
      fmt::format("  member when points {} {}\n}}\n", order(), some_points());
  rules_.lets += text;
  ++personas_;
}

std::string Maker::look_back() {
  if (dice_.chance(30)) return "ever";
  const int64_t count = writing_.count();
  return Writing::amount_text(count == 0 ? 1 : count, writing_.unit(true));
}

std::string Maker::order() {
  return dice_.pick(Words{"<", "<=", ">", ">=", "is"});
}

std::string Maker::some_points() {
  return dice_.pick(Words{"1", "2", "3", "0.5", "2.25", "7", "20"});
}

std::string Maker::points() {
  const std::string given = (dice_.chance(20) ? "-" : "") + some_points();
  const int event = any_event();
  const auto of_event = [&](const auto& wanted) {
    std::vector<const Column*> found;
    for (const Column& column : schema_.event(event).columns) {
      if (wanted(column)) found.push_back(&column);
    }
    return found;
  };
  const auto amounts = of_event([](const Column& column) {
    return is_quantity(column.type) && column.type != Kind::kNumber;
  });
  const auto scalars =
      of_event([](const Column& column) { return !is_list(column.type); });
  const int64_t kind = dice_.below(10);
  if (kind < 2) {
    return fmt::format("{} points when {}", given, text_of(condition(1)));
  }
  if (kind < 4 && !amounts.empty()) return multiples(given, event, amounts);
  if (kind < 6 && !scalars.empty()) {
    return fmt::format("{} points for each different {} of {}", given,
                       dice_.pick(scalars)->name,
                       text_of(clause(event, "", 1)));
  }
  return fmt::format("{} points for {}", given, text_of(clause(event, "", 1)));
}

std::string Maker::multiples(const std::string& given, int event,
                             const std::vector<const Column*>& amounts) {
  const Column& column = *dice_.pick(amounts);
  std::string per = std::to_string(dice_.between(1, 5));
  if (column.type == Kind::kMoney) {
    per += " " + case_.parsed_settings.currency;
  }
  if (column.type == Kind::kDuration) per += " hours";
  return fmt::format("{} points per {} of {}", given, per,
                     text_of(clause(event, "." + column.name, 1)));
}

Phrase Maker::persona_test(int depth) {
  if (personas_ == 0) return Phrase();
  const std::string name = fmt::format("p{}", dice_.below(personas_));
  if (dice_.chance(30)) return Phrase("in " + name);
  const Phrase left(name + ".points " + order() + " ");
  if (dice_.chance(70)) return left + Phrase(some_points());
  if (dice_.chance(50)) return left + integer_value(depth);
  return left + Phrase(fmt::format("p{}.points", dice_.below(personas_)));
}

}  // namespace kitle::testing
