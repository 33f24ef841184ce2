// See random_rules.h. Every maker knows the type that is wanted; where the
// schema has nothing of it, it makes something simpler.
#include "tests/support/random/random_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/support/random/random_maker.h"
#include "tests/support/random/random_stages.h"

namespace kitle::testing {

Rules Maker::make(int64_t wanted) {
  lets();
  for (int64_t i = dice_.below(3); i > 0; --i) persona();
  for (int64_t i = dice_.below(3); i > 0; --i) score();
  int64_t count = dice_.between(2, 8);
  if (wanted > 0) count = wanted;
  const auto condition_of = [this](int depth) { return condition(depth); };
  for (int64_t i = 0; i < count; ++i) {
    if (dice_.chance(20)) {
      rules_.segments.push_back(random_stages(i, dice_, condition_of));
    }
    const int depth = static_cast<int>(dice_.between(1, 4));
    Phrase condition = this->condition(depth);
    rules_.segments.push_back({fmt::format("s{}", i), std::move(condition)});
  }
  return std::move(rules_);
}

const std::vector<Column>& Maker::columns() const {
  return in_event() ? schema_.event(event_).columns : schema_.attributes;
}

std::vector<const Column*> Maker::columns_of(
    const std::function<bool(const Column&)>& wanted) const {
  std::vector<const Column*> found;
  for (const Column& column : columns()) {
    if (wanted(column)) found.push_back(&column);
  }
  return found;
}

std::vector<const Column*> Maker::columns_of(Kind kind) const {
  return columns_of(
      [kind](const Column& column) { return column.type == kind; });
}

std::vector<Maker::Property> Maker::properties_of(
    const std::function<bool(const Column&)>& wanted) const {
  std::vector<Property> found;
  for (uint32_t i = 0; i < schema_.event_count(); ++i) {
    for (const Column& column : schema_.event(i).columns) {
      if (wanted(column)) found.push_back({static_cast<int>(i), &column});
    }
  }
  return found;
}

Phrase Maker::conditional(Phrase phrase) const {
  phrase.condition_of = in_event() ? event_ : Phrase::kPerson;
  return phrase;
}

// `e1 where (...) after ... in last 7 days`; `plain`: may need no bracket.
Phrase Maker::clause(int event, const std::string& property, int depth) {
  const EventType& type = schema_.event(event);
  Phrase clause;
  const bool rows = schema_.counts_orders(event) && dice_.chance(25);
  clause += Phrase((rows ? "rows of " : "") + type.name + property);
  if (depth > 0 && dice_.chance(50)) {
    const int outer = std::exchange(event_, event);
    Phrase where = condition(depth - 1);
    // `where (gift) between ...` compares a value.
    const std::string text = text_of(where);
    const bool flag = text.find(' ') == std::string::npos && text != "everyone";
    if (flag) where = std::move(where) + " is yes";
    clause += optional(Phrase(" where (") + std::move(where) + ")");
    event_ = outer;
  }
  if (depth > 0 && dice_.chance(25)) {
    clause += optional(Phrase(" ") + anchor("after", depth - 1));
  }
  if (depth > 0 && dice_.chance(20)) {
    clause += optional(Phrase(" ") + anchor("before", depth - 1));
  }
  if (dice_.chance(50)) {
    clause += optional(Phrase(" " + writing_.event_window()));
  }
  return clause;
}

int Maker::any_event() {
  return static_cast<int>(dice_.below(int64_t{schema_.event_count()}));
}

Phrase Maker::anchor(const std::string& word, int depth) {
  const Phrase moment = this->moment(depth, true);
  const std::string unit = writing_.unit(false) + "s ";
  switch (dice_.below(5)) {
    case 0:
      return Phrase(
                 fmt::format("within {} {}{} ", writing_.count(), unit, word)) +
             moment;
    case 1:
      return Phrase(fmt::format("more than {} {}{} ", writing_.count(), unit,
                                word)) +
             moment;
    case 2: {
      const int64_t low = dice_.between(0, 3);
      return Phrase(fmt::format("{} to {} {}{} ", low,
                                low + dice_.between(1, 20), unit, word)) +
             moment;
    }
    default:
      return Phrase(word + " ") + moment;
  }
}

// The first or last of an event.
Phrase Maker::end_of_events(int event, int depth) {
  const std::string word = dice_.chance(50) ? "first " : "last ";
  if (dice_.chance(50)) return Phrase(word + schema_.event(event).name);
  return Phrase(word + "(") + clause(event, "", depth) + ")";
}

// A time or a date: of the person, of an event, or written.
Phrase Maker::moment(int depth, bool for_anchor) {
  const std::vector<const Column*> own = columns_of([](const Column& column) {
    return column.type == Kind::kTime || column.type == Kind::kDate;
  });
  const int64_t kind = dice_.below(10);
  if (for_anchor && kind < 2) {
    return Phrase(
        writing_.written(dice_.chance(50) ? Kind::kDate : Kind::kTime));
  }
  if (!own.empty() && kind < 6) return Phrase(dice_.pick(own)->name);
  if (!in_event()) return end_of_events(any_event(), depth);
  return Phrase("time");
}

void Maker::lets() {
  rules_.lets = fmt::format(
      "let some_texts = {{{}, {}}}\nlet some_count = {}\nlet often = at "
      "least 2 {}\n",
      writing_.text(), writing_.text(), dice_.between(0, 5),
      schema_.event(any_event()).name);
  // One file, by either of its keys.
  for (const char* key : {"word text", "size integer"}) {
    rules_.lets += fmt::format(
        "table by_{0} from \"rows.csv\" key {0} {{ {1}, {2}_label text, "
        "{2}_tag code, {2}_worth money, {2}_rank integer, {2}_since date, "
        "{2}_ok flag }}\n",
        std::string(key, 4), key, key[0]);
  }
}

Phrase Maker::let_test() {
  const auto own = columns_of(
      [](const Column& column) { return is_text_like(column.type); });
  if (!own.empty() && dice_.chance(50)) {
    return Phrase(dice_.pick(own)->name + " in some_texts");
  }
  if (dice_.chance(50)) return Phrase("often");
  return Phrase("(count of ") + clause(any_event(), "", 0) + ") > some_count";
}

Rules random_rules(const RandomCase& from, Dice& dice, int64_t segments) {
  return Maker(from, dice).make(segments);
}

std::string text_of(const Rules& rules) {
  std::string text = rules.lets;
  for (const Rule& rule : rules.segments) {
    const char* kind = rule.stages.empty() ? "segment" : "stages";
    text += fmt::format("{} {} {{ {} }}\n", kind, rule.name,
                        text_of(rule.condition));
  }
  return text;
}

}  // namespace kitle::testing
