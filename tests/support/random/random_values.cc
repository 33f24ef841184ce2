// Values of random rules. See random_maker.h.
#include <fmt/format.h>

#include <algorithm>

#include "tests/support/random/random_maker.h"

namespace kitle::testing {

// Something of this type that is not written alone.
Phrase Maker::value(Kind kind, int depth) {
  if (depth > 0 && is_quantity(kind) && dice_.chance(35)) {
    return calculated(kind, depth - 1);
  }
  if (depth > 0 && is_quantity(kind) && dice_.chance(10)) {
    Phrase made = rounded(kind, depth - 1);
    if (!text_of(made).empty()) return made;
  }
  if (kind == Kind::kInteger && dice_.chance(10)) {
    Phrase made = length(depth);
    if (!text_of(made).empty()) return made;
  }
  return simple_value(kind, depth);
}

Phrase Maker::simple_value(Kind kind, int depth) {
  if (!in_key_ && dice_.chance(12)) {
    Phrase made = dice_.chance(60) ? looked_up(kind, depth)
                                   : measure_of_column(kind, depth);
    if (!text_of(made).empty()) return bracketed(std::move(made));
  }
  if (!in_key_ && dice_.chance(6)) {
    Phrase made = since_written(kind);
    if (!text_of(made).empty()) return made;
  }
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

Phrase Maker::since_written(Kind kind) {
  if (kind == Kind::kDuration) {
    return Phrase("(time since " + writing_.written(Kind::kTime) + ")");
  }
  if (kind != Kind::kInteger) return Phrase();
  const bool date = dice_.chance(50);
  const std::string moment = writing_.written(date ? Kind::kDate : Kind::kTime);
  if (date && dice_.chance(50)) return Phrase("(age of " + moment + ")");
  return Phrase((dice_.chance(75) ? "(days since " : "(days until ") + moment +
                ")");
}

// `customer.limit`, in a `where`.
Phrase Maker::attribute(Kind kind) {
  const int outer = std::exchange(event_, -1);
  const auto own = columns_of(kind);
  event_ = outer;
  if (own.empty()) return Phrase();
  return Phrase(schema_.profile_name + "." + dice_.pick(own)->name);
}

Phrase Maker::event_value(Kind kind, const std::vector<const Column*>& own) {
  if (dice_.chance(20)) {
    Phrase made = attribute(kind);
    if (!text_of(made).empty()) return made;
  }
  const bool orders = schema_.counts_orders(event_);
  if (kind == Kind::kTime && (own.empty() || dice_.chance(50))) {
    return Phrase("time");
  }
  if (kind == Kind::kDate && (own.empty() || dice_.chance(30))) {
    return Phrase("day");
  }
  if (kind == Kind::kInteger && dice_.chance(25)) return Phrase("hour");
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
Phrase Maker::counted_value(Kind kind, const std::vector<const Column*>& own,
                            int depth) {
  switch (kind) {
    case Kind::kInteger:
      return integer_value(depth);
    case Kind::kNumber:
      if (depth > 0 && dice_.chance(40)) return share(depth - 1);
      return bracketed(integer_value(depth) + " / " +
                       std::to_string(dice_.between(1, 7)));
    case Kind::kTime:
      return end_of_events(any_event(), depth);
    case Kind::kDuration:
      return bracketed(Phrase("time since ") +
                       end_of_events(any_event(), depth));
    case Kind::kDate:
      if (own.empty() || dice_.chance(50)) {
        return bracketed(Phrase("day of ") + end_of_events(any_event(), depth));
      }
      return Phrase(dice_.pick(own)->name);
    case Kind::kFlag:
    case Kind::kMoney:
    case Kind::kText:
    case Kind::kCode:
    case Kind::kTextList:
    case Kind::kCodeList:
      return own.empty() ? Phrase() : Phrase(dice_.pick(own)->name);
  }
  return Phrase();
}

// Of an own text or list, or one of an event.
Phrase Maker::length(int depth) {
  const auto counts = [](const Column& column) {
    return is_text_like(column.type) || is_list(column.type);
  };
  const auto own = columns_of(counts);
  if (!own.empty() && (in_event() || dice_.chance(60))) {
    return Phrase("(length of " + dice_.pick(own)->name + ")");
  }
  const auto properties = properties_of(counts);
  if (in_event() || properties.empty()) return Phrase();
  const Property& property = dice_.pick(properties);
  if (!is_list(property.column->type) && dice_.chance(30)) {
    return bracketed(
        Phrase("length of (most frequent " + property.column->name + " of ") +
        clause(property.event, "", depth) + ")");
  }
  return bracketed(Phrase("length of (" + property.column->name + " of ") +
                   end_of_events(property.event, depth) + ")");
}

Phrase Maker::rounded(Kind kind, int depth) {
  static const Words kWords = {" rounded", " rounded down", " rounded up"};
  const std::string& word = dice_.pick(kWords);
  if (kind == Kind::kNumber) return Phrase();
  if (kind == Kind::kInteger) {
    const Phrase number = value(Kind::kNumber, depth);
    if (text_of(number).empty()) return number;
    return bracketed(number + word);
  }
  const Phrase plain = value(kind, depth);
  if (text_of(plain).empty()) return plain;
  const int64_t by = dice_.between(1, 7) * (dice_.chance(20) ? -1 : 1);
  return bracketed(plain + (" / " + std::to_string(by)) + word);
}

Phrase Maker::share(int depth) {
  const int event = any_event();
  Phrase made = Phrase("(share of " + schema_.event(event).name + " where (");
  const int outer = std::exchange(event_, event);
  made += condition(depth);
  event_ = outer;
  made += Phrase(")");
  if (dice_.chance(50)) {
    made += optional(Phrase(" " + writing_.event_window()));
  }
  made += Phrase(")");
  return made;
}

Phrase Maker::integer_value(int depth) {
  const auto dates = columns_of(Kind::kDate);
  const auto any = properties_of([](const Column& column) {
    return column.type != Kind::kTextList && column.type != Kind::kCodeList;
  });
  const int64_t kind = dice_.below(8);
  if (!dates.empty() && kind < 2) {
    return Phrase("(age of " + dice_.pick(dates)->name + ")");
  }
  if (kind == 2) {
    return bracketed(Phrase("hour of ") + end_of_events(any_event(), depth));
  }
  if (kind < 4) {
    return bracketed(Phrase(dice_.chance(75) ? "days since " : "days until ") +
                     moment(depth, false));
  }
  if (kind < 6 && dice_.chance(30)) {
    Phrase made = different_in_column("distinct count of ", depth);
    if (!text_of(made).empty()) return bracketed(std::move(made));
  }
  if (!any.empty() && kind < 6) {
    const Property& property = dice_.pick(any);
    return bracketed(
        Phrase("distinct count of ") +
        clause(property.event, "." + property.column->name, depth));
  }
  if (dice_.chance(30)) {
    return bracketed(Phrase("days with ") + clause(any_event(), "", depth));
  }
  return bracketed(Phrase("count of ") + clause(any_event(), "", depth));
}

Phrase Maker::measure(Kind kind, const Property& property, int depth) {
  if (dice_.chance(15)) {
    return bracketed(Phrase("most frequent " + property.column->name + " of ") +
                     clause(property.event, "", depth));
  }
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
  return bracketed(Phrase(dice_.pick(words)) +
                   clause(property.event, "." + property.column->name, depth));
}

Phrase Maker::calculated(Kind kind, int depth) {
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
Phrase Maker::operand(Kind kind, int depth) {
  if (dice_.chance(60)) return bracketed(Phrase(writing_.written(kind)));
  Phrase made = value(kind, depth);
  return text_of(made).empty() ? Phrase(writing_.written(kind)) : made;
}

// A money or duration as a fraction.
Phrase Maker::fraction(Kind kind, int depth) {
  if (kind == Kind::kMoney && dice_.chance(20)) {
    Phrase made = measured_column("average of ", kind, depth);
    if (!text_of(made).empty()) return bracketed(std::move(made));
  }
  const auto properties = properties_of(
      [kind](const Column& column) { return column.type == kind; });
  if (!in_event() && !properties.empty() && dice_.chance(50)) {
    const Property& property = dice_.pick(properties);
    return bracketed(Phrase("average of ") + clause(property.event,
                                                    "." + property.column->name,
                                                    depth));
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

std::string Maker::decimal_of_percent() {
  return dice_.pick(Words{"50", "12.5", "100", "0.1", "33.25", "250"});
}

}  // namespace kitle::testing
