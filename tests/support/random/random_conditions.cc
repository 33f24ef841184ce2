// Conditions of random rules. See random_maker.h.
#include <fmt/format.h>

#include <algorithm>

#include "tests/support/random/random_maker.h"
#include "tests/support/random/random_stages.h"

namespace kitle::testing {

Phrase Maker::condition(int depth) {
  Phrase made;
  // Some makers need what the schema has not.
  while (text_of(made).empty()) {
    made = depth > 0 && dice_.chance(45) ? logic(depth - 1) : test(depth);
  }
  return conditional(std::move(made));
}

Phrase Maker::logic(int depth) {
  if (dice_.chance(20)) {
    return Phrase("not (") + condition(depth) + ")";
  }
  const std::string word = dice_.chance(50) ? " and " : " or ";
  Phrase made = Phrase("(") + condition(depth);
  for (int64_t i = dice_.between(1, 2); i > 0; --i) {
    made += Phrase(word) + condition(depth);
  }
  made += ")";
  return made;
}

Phrase Maker::test(int depth) {
  if (dice_.chance(5)) return weekday_test(depth);
  switch (dice_.below(in_event() ? 8 : 20)) {
    case 0:
    case 1:
      return text_test();
    case 2:
    case 3:
      return comparison(depth);
    case 4:
      return flag_test(depth);
    case 5:
      return dice_.chance(25) ? birthday_test(depth) : window_test(depth);
    case 6:
      return presence(depth);
    case 7:
      if (dice_.chance(30)) return element_test();
      return dice_.chance(50) ? list_test(depth) : equal_columns();
    case 8:
    case 9:
    case 10:
      return quantified(depth);
    case 11:
      return group(depth);
    case 12:
      return segment_test();
    case 13:
      return let_test();
    case 14:
      return moment_text_test(depth);
    case 15:
      return persona_test(depth);
    case 16:
    case 17:
      return sequence(depth);
    case 18:
      return score_test(depth);
    default:
      return comparison(depth);
  }
}

Phrase Maker::weekday_test(int depth) {
  Phrase tested("weekday");
  if (!in_event()) tested = tested + " of " + end_of_events(any_event(), depth);
  static const Words kTests = {" is monday",     " is not tuesday",
                               " is wednesday",  " in {thursday, friday}",
                               " in {saturday}", " not in {monday, sunday}"};
  return std::move(tested) + dice_.pick(kTests);
}

// An attribute of the person, in a `where`.
Phrase Maker::attribute_test() {
  const int outer = std::exchange(event_, -1);
  const auto texts = columns_of([](const Column& column) {
    return is_text_like(column.type) || is_list(column.type);
  });
  Phrase made;
  if (!texts.empty()) {
    const Column& column = *dice_.pick(texts);
    made = tested_text(Phrase(schema_.profile_name + "." + column.name),
                       column.type);
  }
  event_ = outer;
  return made;
}

Phrase Maker::text_test() {
  if (in_event() && dice_.chance(20)) return attribute_test();
  const auto own = columns_of([](const Column& column) {
    return is_text_like(column.type) || is_list(column.type);
  });
  if (own.empty()) return Phrase();
  const Column& column = *dice_.pick(own);
  return tested_text(Phrase(column.name), column.type);
}

Phrase Maker::frequent_text_test(int depth) {
  if (dice_.chance(30)) {
    const Kind kind = dice_.chance(50) ? Kind::kText : Kind::kCode;
    Phrase tested = measured_column("most frequent ", kind, depth);
    if (text_of(tested).empty()) return tested;
    return tested_text(std::move(tested), kind);
  }
  const auto properties = properties_of(
      [](const Column& column) { return is_text_like(column.type); });
  if (properties.empty()) return Phrase();
  const Property& property = dice_.pick(properties);
  Phrase tested = Phrase("most frequent " + property.column->name + " of ") +
                  clause(property.event, "", depth);
  return tested_text(std::move(tested), property.column->type);
}

Phrase Maker::moment_text_test(int depth) {
  if (dice_.chance(30)) return frequent_text_test(depth);
  const auto properties = properties_of([](const Column& column) {
    return is_text_like(column.type) || is_list(column.type);
  });
  if (properties.empty()) return Phrase();
  const Property& property = dice_.pick(properties);
  return tested_text(Phrase(property.column->name + " of ") +
                         end_of_events(property.event, depth),
                     property.column->type);
}

Phrase Maker::tested_text(Phrase tested, Kind kind) {
  return std::move(tested) + (" " + writing_.text_test(kind));
}

Phrase Maker::equal_columns() {
  const Kind kind = dice_.chance(50) ? Kind::kText : Kind::kCode;
  const Phrase left = simple_value(kind, 0);
  const Phrase right = simple_value(kind, 0);
  if (text_of(left).empty() || text_of(right).empty()) return Phrase();
  return left + (dice_.chance(70) ? " is " : " is not ") + right;
}

Phrase Maker::comparison(int depth) {
  static const std::vector<Kind> kKinds = {Kind::kInteger, Kind::kNumber,
                                           Kind::kMoney,   Kind::kDate,
                                           Kind::kTime,    Kind::kDuration};
  const Kind kind = dice_.pick(kKinds);
  const bool fractions = kind == Kind::kMoney || kind == Kind::kDuration;
  const auto side = [&] {
    return fractions && dice_.chance(50) ? fraction(kind, depth)
                                         : value(kind, depth);
  };
  Phrase left = side();
  if (text_of(left).empty()) return Phrase();
  if (dice_.chance(12)) return between(std::move(left), kind);
  if (dice_.chance(12)) return among(std::move(left), kind);
  static const Words kOps = {" < ", " <= ", " > ", " >= ", " is ", " is not "};
  const bool numeric = kind == Kind::kInteger || kind == Kind::kNumber;
  Kind other = kind;
  if (numeric && dice_.chance(30)) {
    other = kind == Kind::kInteger ? Kind::kNumber : Kind::kInteger;
  }
  Phrase right = Phrase(writing_.written(other));
  if (dice_.chance(40)) {
    Phrase made = fractions ? side() : value(other, depth);
    if (!text_of(made).empty()) right = std::move(made);
  }
  return std::move(left) + dice_.pick(kOps) + std::move(right);
}

Phrase Maker::between(Phrase left, Kind kind) {
  std::string low = writing_.written(kind);
  std::string high = writing_.written(kind);
  const std::string& currency = case_.parsed_settings.currency;
  if (low > high) std::swap(low, high);
  if (high.starts_with('-')) high.erase(0, 1);
  if (kind == Kind::kInteger || kind == Kind::kNumber) low = "-9";
  if (kind == Kind::kMoney) low = "-9 " + currency;
  if (kind == Kind::kDuration) low = "0 seconds";
  return std::move(left) + (" between " + low + " and " + high);
}

Phrase Maker::among(Phrase left, Kind kind) {
  std::string list = writing_.written(kind);
  for (int64_t i = dice_.below(4); i > 0; --i)
    list += ", " + writing_.written(kind);
  return std::move(left) + (dice_.chance(70) ? " in {" : " not in {") + list +
         "}";
}

Phrase Maker::flag_test(int depth) {
  Phrase flag = simple_value(Kind::kFlag, depth);
  if (text_of(flag).empty()) return Phrase();
  static const Words kWays = {"", " is yes", " is no", " is not yes",
                              " is not no"};
  return std::move(flag) + dice_.pick(kWays);
}

Phrase Maker::window_test(int depth) {
  const bool time = dice_.chance(60);
  const auto own = columns_of(time ? Kind::kTime : Kind::kDate);
  if (in_event() && time && dice_.chance(50)) {
    // `time since D` is a duration.
    const std::string window = writing_.value_window(Of::kTime);
    const bool since = window.starts_with("since ");
    return Phrase("time " + (since ? "until " + window.substr(6) : window));
  }
  if (!own.empty() && dice_.chance(60)) {
    return Phrase(dice_.pick(own)->name + " " +
                  writing_.value_window(time ? Of::kTime : Of::kDate));
  }
  if (in_event()) return Phrase();
  return end_of_events(any_event(), depth) +
         (" " + writing_.value_window(Of::kEvents));
}

// Windows of less than a year, which take in a birthday often.
Phrase Maker::birthday_test(int depth) {
  const auto own = columns_of(Kind::kDate);
  Phrase date;
  if (!own.empty() && dice_.chance(70)) {
    date = Phrase(dice_.pick(own)->name);
  } else if (in_event()) {
    date = Phrase("day");
  } else {
    date = bracketed(Phrase("day of ") + end_of_events(any_event(), depth));
  }
  const int64_t low = dice_.between(0, 40);
  const Words kWindows = {
      fmt::format("in last {} days", dice_.between(1, 364)),
      fmt::format("in next {} days", dice_.between(1, 364)),
      fmt::format("in last {} months", dice_.between(1, 11)),
      fmt::format("in next {} weeks", dice_.between(1, 52)),
      fmt::format("{} to {} days ago", low, low + dice_.between(1, 300)),
      fmt::format("{} days ago", low + 1),
      "today",
      "yesterday",
      "in this week",
      "in this month",
      "in last quarter",
      "in February 2028",
      "between 2026-12-20 and 2027-01-10"};
  return Phrase("birthday of ") + std::move(date) +
         (" " + dice_.pick(kWindows));
}

Phrase Maker::presence(int depth) {
  static const std::vector<Kind> kKinds = {
      Kind::kFlag, Kind::kInteger, Kind::kNumber, Kind::kMoney,   Kind::kText,
      Kind::kCode, Kind::kDate,    Kind::kTime,   Kind::kDuration};
  Phrase tested = value(dice_.pick(kKinds), depth);
  if (text_of(tested).empty()) return Phrase();
  return std::move(tested) + (dice_.chance(50) ? " is missing" : " is present");
}

Phrase Maker::list_test(int depth) {
  const auto own =
      columns_of([](const Column& column) { return is_list(column.type); });
  if (own.empty()) return presence(depth);
  const std::string& name = dice_.pick(own)->name;
  return dice_.chance(30) ? Phrase(name + " is missing")
                          : Phrase(name + " contains " + writing_.text());
}

// A text in a list of the event or of its person.
Phrase Maker::element_test() {
  const bool of_person = in_event() && dice_.chance(60);
  const int outer = event_;
  if (of_person) event_ = -1;
  const auto lists =
      columns_of([](const Column& column) { return is_list(column.type); });
  event_ = outer;
  if (lists.empty()) return Phrase();
  const Column& list = *dice_.pick(lists);
  const Kind kind = list.type == Kind::kTextList ? Kind::kText : Kind::kCode;
  in_key_ = true;  // a column of a table is no such text
  const Phrase text = simple_value(kind, 0);
  in_key_ = false;
  if (text_of(text).empty()) return Phrase();
  return text + (dice_.chance(70) ? " in " : " not in ") +
         ((of_person ? schema_.profile_name + "." : "") + list.name);
}

Phrase Maker::quantified(int depth) {
  const int64_t n = dice_.between(0, 4);
  const Words kWords = {"any ",
                        "any ",
                        "no ",
                        fmt::format("exactly {} ", n),
                        fmt::format("at least {} ", n),
                        fmt::format("at most {} ", n),
                        fmt::format("more than {} ", n),
                        fmt::format("fewer than {} ", n),
                        fmt::format("between {} and {} ", n, n + 2)};
  const std::string& words = dice_.pick(kWords);
  const int event = any_event();
  if (words == "any " || words == "no " || dice_.chance(50)) {
    return Phrase(words) + each_period(clause(event, "", depth));
  }
  if (dice_.chance(20)) return different_in_column(words + "different ", depth);
  const auto& columns = schema_.event(event).columns;
  if (columns.empty() || dice_.chance(40)) {
    return Phrase(words + "days with ") + each_period(clause(event, "", depth));
  }
  const Column& column = dice_.pick(columns);
  if (is_list(column.type)) return Phrase();
  return Phrase(words + "different " + column.name + " of ") +
         each_period(clause(event, "", depth));
}

// Sometimes in each of some periods, where the clause has no window.
Phrase Maker::each_period(Phrase clause) {
  const std::string text = text_of(clause);
  if (!dice_.chance(15) || text.find(' ') != std::string::npos) return clause;
  return std::move(clause) +
         fmt::format(
             " in each of last {} {}s", dice_.between(1, 4),
             dice_.pick(Words{"day", "week", "month", "quarter", "year"}));
}

Phrase Maker::group(int depth) {
  const std::string window = writing_.group_window();
  Phrase inner =
      conditional(Phrase("any ") + Phrase(schema_.event(any_event()).name));
  return Phrase(window + " (") + std::move(inner) +
         optional(Phrase(dice_.chance(50) ? " and " : " or ") +
                  condition(depth > 0 ? depth - 1 : 0)) +
         ")";
}

Phrase Maker::segment_test() {
  if (rules_.segments.empty()) return Phrase();
  const Rule& rule = dice_.pick(rules_.segments);
  if (!rule.stages.empty()) return stage_test(rule, dice_);
  return Phrase((dice_.chance(70) ? "in " : "not in ") + rule.name);
}

}  // namespace kitle::testing
