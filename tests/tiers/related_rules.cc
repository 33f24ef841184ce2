// See related_rules.h.
#include "tests/tiers/related_rules.h"

#include <fmt/format.h>

namespace kitle::testing {

namespace {

constexpr int kSegments = 28;

}  // namespace

std::string RelatedRules::text() {
  std::string text = declarations();
  for (int i = 0; i < kSegments; ++i) {
    text += fmt::format("segment r{} {{ {} }}\n", i, condition(2));
  }
  return text;
}

// A score and a persona with few values each.
std::string RelatedRules::declarations() {
  return fmt::format(
      "score rs{0} {{\n"
      "  d0: days since last {1}, 4 bands by cuts {{7, 14, 21}}, less is "
      "better\n"
      "  d1: count of {2}, 3 bands by cuts {{1, 3}}\n}}\n"
      "persona rp {{\n  look back {3}\n  1 point for {2}\n"
      "  2 points when {4}\n  at most {5} points in all\n"
      "  member when points > 1\n}}\n",
      dice_.chance(50) ? " for any " + event().name : "", event().name,
      event().name, dice_.chance(50) ? "ever" : "28 days", atom(),
      dice_.between(2, 4));
}

std::string RelatedRules::condition(int depth) {
  const int64_t kind = depth == 0 ? 0 : dice_.below(5);
  if (kind == 1) return fmt::format("not ({})", condition(depth - 1));
  if (kind == 2) return linked();
  return kind == 0 ? atom() : junction(depth);
}

std::string RelatedRules::junction(int depth) {
  return fmt::format("(({}) {} ({}))", condition(depth - 1),
                     dice_.chance(60) ? "and" : "or", condition(depth - 1));
}

std::string RelatedRules::atom() {
  switch (dice_.below(7)) {
    case 0:
    case 1:
      return of_events();
    case 2:
      return of_moments();
    case 3:
      return of_measures();
    case 4:
      return sequence();
    default:
      return of_attribute();
  }
}

// Two of one thing.
std::string RelatedRules::linked() {
  if (dice_.chance(30)) {
    return fmt::format("({} and {})", of_score(), of_score());
  }
  const auto draw = [&] {
    return dice_.chance(50)   ? of_events()
           : dice_.chance(50) ? of_moments()
                              : of_measures();
  };
  if (dice_.chance(60)) return fmt::format("({} and {})", draw(), draw());
  return fmt::format("({} {} {})", of_attribute(),
                     dice_.chance(70) ? "and" : "or", of_attribute());
}

// ---- events ----

const EventType& RelatedRules::event() {
  return schema_
      .events[static_cast<size_t>(dice_.below(2)) % schema_.events.size()];
}

std::string RelatedRules::events() {
  const EventType& of = event();
  return of.name + filter(of) + window();
}

std::string RelatedRules::filter(const EventType& event) {
  if (dice_.chance(50)) return "";
  if (dice_.chance(60)) return fmt::format(" where ({})", property(event));
  return fmt::format(" where ({} {} {})", property(event),
                     dice_.chance(60) ? "and" : "or", property(event));
}

std::string RelatedRules::property(const EventType& event) {
  if (dice_.chance(20) || event.columns.empty()) {
    return dice_.chance(50)
               ? fmt::format("hour {} {}", dice_.pick(signs_),
                             dice_.between(-1, 24))
               : fmt::format("weekday is {}",
                             dice_.chance(50) ? "monday" : "friday");
  }
  // The first ones, so that rules meet.
  const size_t few = std::min<size_t>(event.columns.size(), 3);
  const Column& column =
      event
          .columns[static_cast<size_t>(dice_.below(static_cast<int64_t>(few)))];
  return of_column(column, column.name);
}

std::string RelatedRules::of_events() {
  const int64_t n = dice_.below(4);
  switch (dice_.below(6)) {
    case 0:
    case 1:
      return "any " + events();
    case 2:
      return "no " + events();
    case 3:
      return fmt::format("at least {} {}", n, events());
    case 4:
      return fmt::format("at most {} {}", n, events());
    default:
      return fmt::format("exactly {} {}", n, events());
  }
}

std::string RelatedRules::of_moments() {
  const std::string which = dice_.chance(50) ? "last" : "first";
  const std::string& name = event().name;
  switch (dice_.below(5)) {
    case 0:
      return fmt::format("days since {} {} {} {}", which, name,
                         dice_.pick(signs_), 7 * dice_.between(-1, 4));
    case 1:
      return fmt::format("{} {} is {}", which, name,
                         dice_.chance(50) ? "present" : "missing");
    case 2:
      return fmt::format("time since {} {} {} {} days", which, name,
                         dice_.pick(signs_), 7 * dice_.between(1, 4));
    default:
      return fmt::format("{} {}{}", which, name, moment_window());
  }
}

std::string RelatedRules::quantity(const EventType& event, TypeKind type) {
  for (const Column& each : event.columns) {
    if (each.type == type) return each.name;
  }
  return "";
}

RelatedRules::Words RelatedRules::amounts(TypeKind type) const {
  if (type == TypeKind::kNumber) return {"-0.5", "0", "0.1", "0.3", "2.5"};
  if (type == TypeKind::kDuration) return {"1 hour", "1 day", "3 days"};
  if (type == TypeKind::kMoney) {
    return {"-1 " + currency_, "0 " + currency_, "5 " + currency_,
            "20 " + currency_};
  }
  return {"-1", "0", "1", "3", "5"};
}

std::string RelatedRules::of_measures() {
  if (dice_.chance(20)) return of_table_column();
  const EventType& of = event();
  const std::string where = filter(of);
  if (dice_.chance(15)) {
    return fmt::format("median gap between {}{} {} {} days", of.name,
                       where + window(), dice_.pick(signs_),
                       dice_.between(0, 3));
  }
  if (dice_.chance(15)) {
    return fmt::format("share of {} where ({}) {} {}", of.name, property(of),
                       dice_.pick(signs_),
                       dice_.pick(Words{"-0.5", "0", "0.5", "1", "1.5"}));
  }
  if (dice_.chance(15)) {
    return fmt::format("count of {} + count of {} {} {}", event().name,
                       event().name, dice_.pick(signs_), dice_.between(-1, 3));
  }
  if (dice_.chance(15)) {
    return fmt::format("days with {}{} {} {}", of.name, where + window(),
                       dice_.pick(signs_), dice_.between(0, 3));
  }
  const TypeKind type =
      dice_.pick(std::vector<TypeKind>{TypeKind::kMoney, TypeKind::kInteger,
                                       TypeKind::kNumber, TypeKind::kDuration});
  const std::string column = quantity(of, type);
  if (column.empty() || (type == TypeKind::kMoney && currency_.empty())) {
    return fmt::format("count of {}{} {} {}", of.name, where + window(),
                       dice_.pick(signs_), dice_.between(-1, 3));
  }
  return fmt::format("{} {}.{} {} {}",
                     dice_.pick(Words{"sum of", "average of", "smallest",
                                      "largest", "average of"}),
                     of.name, column + where + window(), dice_.pick(signs_),
                     dice_.pick(amounts(type)));
}

// Of the table by text: two columns, one of texts. "" where there is no key.
std::string RelatedRules::of_table_column() {
  const EventType& of = event();
  const std::string key = quantity(of, TypeKind::kText);
  if (key.empty()) return "any " + events();
  const std::string behind =
      fmt::format("of {} of {}{}{}", key, of.name, filter(of), window());
  if (dice_.chance(30)) {
    return fmt::format("{} {} different w_{} {}",
                       dice_.pick(Words{"at least", "at most", "exactly"}),
                       dice_.between(0, 3), dice_.pick(Words{"label", "rank"}),
                       behind);
  }
  if (dice_.chance(30)) {
    return fmt::format("most frequent w_label {} {}", behind,
                       dice_.pick(Words{"is \"web\"", "is missing",
                                        "contains \"i\"", "is not \"a\""}));
  }
  return fmt::format("{} w_rank {} {} {}",
                     dice_.pick(Words{"sum of", "average of", "smallest",
                                      "largest", "most frequent"}),
                     behind, dice_.pick(signs_), dice_.between(-2, 3));
}

std::string RelatedRules::of_score() {
  switch (dice_.below(5)) {
    case 0:
      return fmt::format("rs.score {} {}", dice_.pick(signs_),
                         dice_.between(1, 8));
    case 1:
      return fmt::format("rs.d0 {} {}", dice_.pick(signs_),
                         dice_.between(0, 5));
    case 2:
      return fmt::format("rs.d1 {} {}", dice_.pick(signs_),
                         dice_.between(0, 4));
    case 3:
      return fmt::format("rs.{} is {}", dice_.pick(Words{"d0", "d1", "score"}),
                         dice_.chance(50) ? "missing" : "present");
    default:
      return fmt::format("rp.points {} {}", dice_.pick(signs_),
                         dice_.between(-1, 5));
  }
}

std::string RelatedRules::sequence() {
  const std::string end =
      dice_.chance(30) ? " then no " + event().name : std::string();
  const std::string& first = event().name;
  const std::string& second = event().name;
  if (end.empty() || dice_.chance(60)) {
    return fmt::format("any {} then {}{}", first, second, end);
  }
  return fmt::format("any {}{}", first, end);
}

// ---- attributes ----

std::string RelatedRules::of_attribute() {
  if (schema_.attributes.empty()) return "everyone";
  const Column& column = dice_.pick(schema_.attributes);
  return of_column(column, column.name);
}

std::string RelatedRules::of_column(const Column& column,
                                    const std::string& name) {
  if (dice_.chance(15)) {
    return name + (dice_.chance(50) ? " is missing" : " is present");
  }
  switch (column.type) {
    case TypeKind::kInteger:
    case TypeKind::kNumber:
    case TypeKind::kDuration:
      return of_number(name, amounts(column.type));
    case TypeKind::kMoney:
      if (currency_.empty()) return name + " is present";
      return of_number(name, amounts(column.type));
    case TypeKind::kText:
    case TypeKind::kCode:
      return of_text(name);
    case TypeKind::kTextList:
    case TypeKind::kCodeList:
      return fmt::format("{} contains \"{}\"", name, dice_.pick(texts_));
    case TypeKind::kDate:
    case TypeKind::kTime:
      return of_date(name, column.type == TypeKind::kDate);
    case TypeKind::kFlag:
      return name + dice_.pick(Words{" is yes", " is no", " is not yes"});
  }
  return name + " is present";
}

std::string RelatedRules::of_number(const std::string& name,
                                    const Words& values) {
  if (dice_.chance(20)) {
    return fmt::format("({0} {1} {2} and {0} {3} {4})", name,
                       dice_.pick(signs_), dice_.pick(values),
                       dice_.pick(signs_), dice_.pick(values));
  }
  return fmt::format("{} {} {}", name, dice_.pick(signs_), dice_.pick(values));
}

std::string RelatedRules::of_text(const std::string& name) {
  const std::string text = fmt::format("\"{}\"", dice_.pick(texts_));
  switch (dice_.below(5)) {
    case 0:
      return fmt::format("{} in {{{}, \"{}\"}}", name, text,
                         dice_.pick(texts_));
    case 1:
      return fmt::format("{} {} {}", name,
                         dice_.pick(Words{"contains", "starts with",
                                          "ends with", "is exactly"}),
                         text);
    case 2:
      return fmt::format("not ({} {} {})", name,
                         dice_.pick(Words{"contains", "starts with",
                                          "ends with", "is exactly", "is"}),
                         text);
    case 3:
      return fmt::format("length of {} {} {}", name, dice_.pick(signs_),
                         dice_.below(7));
    default:
      return fmt::format("{} is {}{}", name, dice_.chance(40) ? "not " : "",
                         text);
  }
}

std::string RelatedRules::of_date(const std::string& name, bool date) {
  switch (dice_.below(date ? 6 : 4)) {
    case 0:
      return fmt::format("days since {} {} {}", name, dice_.pick(signs_),
                         dice_.between(-1, 20));
    case 1:
      return fmt::format("days until {} {} {}", name, dice_.pick(signs_),
                         dice_.between(-1, 20));
    case 2:
      return fmt::format("{} in next {} days", name, dice_.between(1, 20));
    case 4:
    case 5:
      return fmt::format("age of {} {} {}", name, dice_.pick(signs_),
                         dice_.between(-1, 3));
    default:
      return name + moment_window();
  }
}

// ---- windows ----

std::string RelatedRules::window() {
  return dice_.chance(40) ? std::string(" ever") : moment_window();
}

std::string RelatedRules::moment_window() {
  const int64_t n = dice_.between(1, 4);
  switch (dice_.below(10)) {
    case 0:
      return fmt::format(" in last {} days", 7 * n);
    case 1:
      return fmt::format(" in last {} weeks", n);
    case 2:
      return fmt::format(" in last {} months", n);
    case 3:
      return fmt::format(" {} to {} days ago", 7 * n, 7 * n + 14);
    case 4:
      return fmt::format(" {} to {} months ago", n, n + 2);
    case 5:
      return fmt::format(" {} days ago", n);
    case 6:
      return dice_.chance(50) ? " in this month" : " in last month";
    case 7:
      return dice_.chance(50) ? " in last year" : " in last 1 quarter";
    case 8:
      return fmt::format(" in {}", dice_.between(2023, 2026));
    default:
      return dice_.chance(50) ? " today" : " yesterday";
  }
}

}  // namespace kitle::testing
