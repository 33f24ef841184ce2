// See random_rules.h. Every maker knows the type that is wanted; where the
// schema has nothing of it, it makes something simpler.
#include "tests/tiers/random_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "tests/tiers/random_writing.h"

namespace kitle::testing {
namespace {

using Kind = TypeKind;
using Of = Writing::Of;
using Words = std::vector<std::string>;

bool is_quantity(Kind kind) {
  return kind == Kind::kInteger || kind == Kind::kNumber ||
         kind == Kind::kMoney || kind == Kind::kDuration;
}

Phrase bracketed(Phrase phrase) {
  return Phrase("(") + std::move(phrase) + Phrase(")");
}

class Maker {
 public:
  Maker(const RandomCase& from, Dice& dice)
      : case_(from.made),
        schema_(from.made.schema),
        dice_(dice),
        writing_(from, dice) {}

  Rules make() {
    lets();
    const int64_t count = dice_.between(2, 8);
    for (int64_t i = 0; i < count; ++i) {
      const int depth = static_cast<int>(dice_.between(1, 4));
      Phrase condition = this->condition(depth);
      rules_.segments.push_back({fmt::format("s{}", i), std::move(condition)});
    }
    return std::move(rules_);
  }

 private:
  // ---- what there is ----

  bool in_event() const { return event_ >= 0; }
  const std::vector<Column>& columns() const {
    return in_event() ? schema_.events[event_].columns : schema_.attributes;
  }
  std::vector<const Column*> columns_of(
      const std::function<bool(const Column&)>& wanted) const {
    std::vector<const Column*> found;
    for (const Column& column : columns()) {
      if (wanted(column)) found.push_back(&column);
    }
    return found;
  }
  std::vector<const Column*> columns_of(Kind kind) const {
    return columns_of(
        [kind](const Column& column) { return column.type == kind; });
  }
  // A property of any event, with the event.
  struct Property {
    int event = 0;
    const Column* column = nullptr;
  };
  std::vector<Property> properties_of(
      const std::function<bool(const Column&)>& wanted) const {
    std::vector<Property> found;
    for (size_t i = 0; i < schema_.events.size(); ++i) {
      for (const Column& column : schema_.events[i].columns) {
        if (wanted(column)) found.push_back({static_cast<int>(i), &column});
      }
    }
    return found;
  }

  Phrase conditional(Phrase phrase) const {
    phrase.condition_of = in_event() ? event_ : Phrase::kPerson;
    return phrase;
  }

  // ---- events ----

  // `e1 where (...) after ... in last 7 days`; `plain`: may need no bracket.
  Phrase clause(int event, const std::string& property, int depth) {
    const EventType& type = schema_.events[event];
    Phrase clause;
    const bool rows = type.counted_by && dice_.chance(25);
    clause += Phrase((rows ? "rows of " : "") + type.name + property);
    if (depth > 0 && dice_.chance(50)) {
      const int outer = std::exchange(event_, event);
      clause += optional(Phrase(" where (") + condition(depth - 1) + ")");
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
  int any_event() {
    return static_cast<int>(
        dice_.below(static_cast<int64_t>(schema_.events.size())));
  }

  Phrase anchor(const std::string& word, int depth) {
    const Phrase moment = this->moment(depth, true);
    const std::string unit = writing_.unit(false) + "s ";
    switch (dice_.below(5)) {
      case 0:
        return Phrase(fmt::format("within {} {}{} ", writing_.count(), unit,
                                  word)) +
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
  Phrase end_of_events(int event, int depth) {
    const std::string word = dice_.chance(50) ? "first " : "last ";
    if (dice_.chance(50)) return Phrase(word + schema_.events[event].name);
    return Phrase(word + "(") + clause(event, "", depth) + ")";
  }

  // A time or a date: of the person, of an event, or written.
  Phrase moment(int depth, bool for_anchor) {
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

  // ---- values ----

  // Something of this type that is not written alone.
  Phrase value(Kind kind, int depth) {
    if (depth > 0 && is_quantity(kind) && dice_.chance(35)) {
      return calculated(kind, depth - 1);
    }
    return simple_value(kind, depth);
  }

  Phrase simple_value(Kind kind, int depth) {
    const std::vector<const Column*> own = columns_of(kind);
    if (in_event()) return event_value(kind, own);
    if (!own.empty() && dice_.chance(35)) return Phrase(dice_.pick(own)->name);
    const auto properties = properties_of(
        [kind](const Column& column) { return column.type == kind; });
    if (!properties.empty() && dice_.chance(40)) {
      const Property& property = dice_.pick(properties);
      return bracketed(Phrase(property.column->name + " of ") +
                       end_of_events(property.event, depth));
    }
    if (!properties.empty() && dice_.chance(70)) {
      return measure(kind, dice_.pick(properties), depth);
    }
    return counted_value(kind, own, depth);
  }

  Phrase event_value(Kind kind, const std::vector<const Column*>& own) {
    const bool orders = schema_.events[event_].counted_by.has_value();
    if (kind == Kind::kTime && (own.empty() || dice_.chance(50))) {
      return Phrase("time");
    }
    if (!own.empty()) {
      const std::string& name = dice_.pick(own)->name;
      const bool total = orders && is_quantity(kind) && dice_.chance(30);
      return Phrase((total ? "total " : "") + name);
    }
    if (kind == Kind::kInteger) return Phrase("(days since time)");
    if (kind == Kind::kDuration) return Phrase("(time since time)");
    if (kind == Kind::kNumber) return Phrase("((days since time) / 7)");
    return Phrase();
  }

  // What needs no property of the type.
  Phrase counted_value(Kind kind, const std::vector<const Column*>& own,
                       int depth) {
    switch (kind) {
      case Kind::kInteger:
        return integer_value(depth);
      case Kind::kNumber:
        return bracketed(integer_value(depth) + " / " +
                         std::to_string(dice_.between(1, 7)));
      case Kind::kTime:
        return end_of_events(any_event(), depth);
      case Kind::kDuration:
        return bracketed(Phrase("time since ") +
                         end_of_events(any_event(), depth));
      case Kind::kFlag:
      case Kind::kMoney:
      case Kind::kText:
      case Kind::kCode:
      case Kind::kDate:
      case Kind::kTextList:
      case Kind::kCodeList:
        return own.empty() ? Phrase() : Phrase(dice_.pick(own)->name);
    }
    return Phrase();
  }

  Phrase integer_value(int depth) {
    const auto dates = columns_of(Kind::kDate);
    const auto any = properties_of([](const Column& column) {
      return column.type != Kind::kTextList && column.type != Kind::kCodeList;
    });
    const int64_t kind = dice_.below(8);
    if (!dates.empty() && kind < 2) {
      return Phrase("(age of " + dice_.pick(dates)->name + ")");
    }
    if (kind < 4) {
      return bracketed(
          Phrase(dice_.chance(75) ? "days since " : "days until ") +
          moment(depth, false));
    }
    if (!any.empty() && kind < 6) {
      const Property& property = dice_.pick(any);
      return bracketed(
          Phrase("distinct count of ") +
          clause(property.event, "." + property.column->name, depth));
    }
    return bracketed(Phrase("count of ") + clause(any_event(), "", depth));
  }

  Phrase measure(Kind kind, const Property& property, int depth) {
    Words words = {"smallest ", "largest "};
    if (is_quantity(kind)) words.insert(words.end(), 2, "sum of ");
    const bool ordered =
        is_quantity(kind) || kind == Kind::kTime || kind == Kind::kDate;
    if (!ordered) {
      return bracketed(Phrase(property.column->name + " of ") +
                       end_of_events(property.event, depth));
    }
    // An average of integers is a number; of money or durations a fraction.
    if (kind == Kind::kNumber) words.push_back("average of ");
    return bracketed(
        Phrase(dice_.pick(words)) +
        clause(property.event, "." + property.column->name, depth));
  }

  Phrase calculated(Kind kind, int depth) {
    const bool number = kind == Kind::kNumber;
    Phrase left = value(kind, depth);
    if (text_of(left).empty()) return left;
    switch (dice_.below(6)) {
      case 0:
        return Phrase("(-") + std::move(left) + ")";
      case 5: {  // often too big
        const Phrase factor =
            kind == Kind::kNumber ? left : value(Kind::kInteger, 0);
        if (text_of(factor).empty()) return left;
        return bracketed(std::move(left) + " * " + factor + " * " + factor);
      }
      case 1:
      case 2: {
        const std::string op = dice_.chance(50) ? " + " : " - ";
        const Kind other = number && dice_.chance(30) ? Kind::kInteger : kind;
        return bracketed(std::move(left) + op + operand(other, depth));
      }
      case 3:
        return bracketed(
            std::move(left) + " * " +
            operand(number && dice_.chance(50) ? Kind::kNumber : Kind::kInteger,
                    depth));
      default:
        if (!number) return left;
        return bracketed(
            std::move(left) + " / " +
            operand(dice_.chance(50) ? Kind::kNumber : Kind::kInteger, depth));
    }
  }

  // Written, or any value; never empty.
  Phrase operand(Kind kind, int depth) {
    if (dice_.chance(60)) return bracketed(Phrase(writing_.written(kind)));
    Phrase made = value(kind, depth);
    return text_of(made).empty() ? Phrase(writing_.written(kind)) : made;
  }

  // A money or duration as a fraction.
  Phrase fraction(Kind kind, int depth) {
    const auto properties = properties_of(
        [kind](const Column& column) { return column.type == kind; });
    if (!in_event() && !properties.empty() && dice_.chance(50)) {
      const Property& property = dice_.pick(properties);
      return bracketed(
          Phrase("average of ") +
          clause(property.event, "." + property.column->name, depth));
    }
    if (!in_event() && kind == Kind::kDuration && dice_.chance(40)) {
      return bracketed(Phrase("median gap between ") +
                       clause(any_event(), "", depth));
    }
    Phrase plain = value(kind, depth);
    if (text_of(plain).empty()) return plain;
    switch (dice_.below(4)) {
      case 0:
        return Phrase("(" + decimal_of_percent() + " percent of ") +
               std::move(plain) + ")";
      case 1:
        return bracketed(std::move(plain) + " / " +
                         operand(Kind::kInteger, depth));
      case 2:
        return bracketed(std::move(plain) + " * " + Phrase(writing_.decimal()));
      default:
        return plain;
    }
  }
  std::string decimal_of_percent() {
    return dice_.pick(Words{"50", "12.5", "100", "0.1", "33.25", "250"});
  }

  // ---- conditions ----

  Phrase condition(int depth) {
    Phrase made;
    // Some makers need what the schema has not.
    while (text_of(made).empty()) {
      made = depth > 0 && dice_.chance(45) ? logic(depth - 1) : test(depth);
    }
    return conditional(std::move(made));
  }

  Phrase logic(int depth) {
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

  Phrase test(int depth) {
    switch (dice_.below(in_event() ? 8 : 16)) {
      case 0:
      case 1:
        return text_test();
      case 2:
      case 3:
        return comparison(depth);
      case 4:
        return flag_test(depth);
      case 5:
        return window_test(depth);
      case 6:
        return presence(depth);
      case 7:
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
      default:
        return comparison(depth);
    }
  }

  Phrase text_test() {
    const auto own = columns_of([](const Column& column) {
      return is_text_like(column.type) || is_list(column.type);
    });
    if (own.empty()) return Phrase();
    const Column& column = *dice_.pick(own);
    return tested_text(Phrase(column.name), column.type);
  }

  Phrase moment_text_test(int depth) {
    const auto properties = properties_of([](const Column& column) {
      return is_text_like(column.type) || is_list(column.type);
    });
    if (properties.empty()) return Phrase();
    const Property& property = dice_.pick(properties);
    return tested_text(Phrase(property.column->name + " of ") +
                           end_of_events(property.event, depth),
                       property.column->type);
  }

  Phrase tested_text(Phrase tested, Kind kind) {
    return std::move(tested) + (" " + writing_.text_test(kind));
  }

  Phrase equal_columns() {
    const Kind kind = dice_.chance(50) ? Kind::kText : Kind::kCode;
    const Phrase left = simple_value(kind, 0);
    const Phrase right = simple_value(kind, 0);
    if (text_of(left).empty() || text_of(right).empty()) return Phrase();
    return left + (dice_.chance(70) ? " is " : " is not ") + right;
  }

  Phrase comparison(int depth) {
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
    static const Words kOps = {" < ",  " <= ", " > ",
                               " >= ", " is ", " is not "};
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

  Phrase between(Phrase left, Kind kind) {
    std::string low = writing_.written(kind);
    std::string high = writing_.written(kind);
    const std::string& currency = case_.parsed_settings.currency;
    if (low > high) std::swap(low, high);
    if (kind == Kind::kInteger || kind == Kind::kNumber) low = "-9";
    if (kind == Kind::kMoney) low = "-9 " + currency;
    if (kind == Kind::kDuration) low = "0 seconds";
    return std::move(left) + (" between " + low + " and " + high);
  }

  Phrase among(Phrase left, Kind kind) {
    std::string list = writing_.written(kind);
    for (int64_t i = dice_.below(4); i > 0; --i)
      list += ", " + writing_.written(kind);
    return std::move(left) + (dice_.chance(70) ? " in {" : " not in {") + list +
           "}";
  }

  Phrase flag_test(int depth) {
    Phrase flag = simple_value(Kind::kFlag, depth);
    if (text_of(flag).empty()) return Phrase();
    static const Words kWays = {"", " is yes", " is no", " is not yes",
                                " is not no"};
    return std::move(flag) + dice_.pick(kWays);
  }

  Phrase window_test(int depth) {
    const bool time = dice_.chance(60);
    const auto own = columns_of(time ? Kind::kTime : Kind::kDate);
    if (in_event() && time && dice_.chance(50)) {
      return Phrase("time " + writing_.value_window(Of::kTime));
    }
    if (!own.empty() && dice_.chance(60)) {
      return Phrase(dice_.pick(own)->name + " " +
                    writing_.value_window(time ? Of::kTime : Of::kDate));
    }
    if (in_event()) return Phrase();
    return end_of_events(any_event(), depth) +
           (" " + writing_.value_window(Of::kEvents));
  }

  Phrase presence(int depth) {
    static const std::vector<Kind> kKinds = {
        Kind::kFlag, Kind::kInteger, Kind::kNumber, Kind::kMoney,   Kind::kText,
        Kind::kCode, Kind::kDate,    Kind::kTime,   Kind::kDuration};
    Phrase tested = value(dice_.pick(kKinds), depth);
    if (text_of(tested).empty()) return Phrase();
    return std::move(tested) +
           (dice_.chance(50) ? " is missing" : " is present");
  }

  Phrase list_test(int depth) {
    const auto own =
        columns_of([](const Column& column) { return is_list(column.type); });
    if (own.empty()) return presence(depth);
    const std::string& name = dice_.pick(own)->name;
    return dice_.chance(30) ? Phrase(name + " is missing")
                            : Phrase(name + " contains " + writing_.text());
  }

  Phrase quantified(int depth) {
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
    return Phrase(dice_.pick(kWords)) + clause(any_event(), "", depth);
  }

  Phrase group(int depth) {
    const std::string window = writing_.group_window();
    Phrase inner =
        conditional(Phrase("any ") + Phrase(schema_.events[any_event()].name));
    return Phrase(window + " (") + std::move(inner) +
           optional(Phrase(dice_.chance(50) ? " and " : " or ") +
                    condition(depth > 0 ? depth - 1 : 0)) +
           ")";
  }

  Phrase segment_test() {
    if (rules_.segments.empty()) return Phrase();
    return Phrase((dice_.chance(70) ? "in " : "not in ") +
                  dice_.pick(rules_.segments).name);
  }

  // ---- lets ----

  void lets() {
    rules_.lets = fmt::format(
        "let some_texts = {{{}, {}}}\nlet some_count = {}\nlet often = at "
        "least 2 {}\n",
        writing_.text(), writing_.text(), dice_.between(0, 5),
        schema_.events[any_event()].name);
  }

  Phrase let_test() {
    const auto own = columns_of(
        [](const Column& column) { return is_text_like(column.type); });
    if (!own.empty() && dice_.chance(50)) {
      return Phrase(dice_.pick(own)->name + " in some_texts");
    }
    if (dice_.chance(50)) return Phrase("often");
    return Phrase("(count of ") + clause(any_event(), "", 0) + ") > some_count";
  }

  const Case& case_;
  const Schema& schema_;
  Dice& dice_;
  Writing writing_;
  Rules rules_;
  int event_ = -1;  // inside of its `where`
};

}  // namespace

Rules random_rules(const RandomCase& from, Dice& dice) {
  return Maker(from, dice).make();
}

std::string text_of(const Rules& rules) {
  std::string text = rules.lets;
  for (const Rule& rule : rules.segments) {
    text += fmt::format("segment {} {{ {} }}\n", rule.name,
                        text_of(rule.condition));
  }
  return text;
}

}  // namespace kitle::testing
