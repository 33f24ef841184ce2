// Many rules that ask alike of the events of a case: how many, which is the
// last one, what their sum is, with some texts, in some window.
#pragma once

#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/random/dice.h"
#include "tests/support/random/differential.h"
#include "tests/support/random/random_writing.h"

namespace kitle::testing {

class AlikeRules {
 public:
  AlikeRules(const Case& made, Dice& dice) : made_(made), dice_(dice) {
    for (const EventType& event : made.schema.events) {
      for (const Column& column : event.columns) {
        const bool coded =
            column.type == TypeKind::kText || column.type == TypeKind::kCode;
        if (coded) columns_.push_back({event.name, column.name});
        if (column.type == TypeKind::kInteger) {
          summed_.push_back({event.name, column.name});
        }
      }
    }
  }

  // So many segments.
  std::string text(int rules) {
    std::string text;
    for (int i = 0; i < rules; ++i) {
      text += fmt::format("segment r{} {{ {} }}\n", i, condition());
    }
    return text;
  }

 private:
  using Words = std::vector<std::string>;

  std::string condition() {
    switch (dice_.below(columns_.empty() ? 3 : 7)) {
      case 0:
        return fmt::format("at least {} {} {}", dice_.between(1, 5), event(),
                           window());
      case 1:
        return fmt::format(
            "any {} then {}{} within {} {}", filtered(),
            dice_.chance(40) ? "no " : "", made_.schema.events.back().name,
            dice_.between(1, 40), dice_.pick(Words{"hours", "days", "months"}));
      case 2:
        return moment();
      case 3:
        return fmt::format("count of {} {} {} {}", filtered(), window(),
                           dice_.pick(Words{"<", ">=", "is"}),
                           dice_.between(0, dice_.chance(80) ? 3 : 18));
      case 4:
        return sum();
      default:
        return fmt::format("{} {} {}", dice_.chance(70) ? "any" : "no",
                           filtered(), window());
    }
  }

  std::string moment() {
    const std::string which =
        fmt::format("{} ({}{})", dice_.chance(60) ? "last" : "first",
                    filtered(), dice_.chance(30) ? " " + window() : "");
    if (dice_.chance(50)) {
      const std::string in = window();
      return fmt::format("{} {}", which, in == "ever" ? "is present" : in);
    }
    return fmt::format("days since {} {} {}", which,
                       dice_.pick(Words{"<", ">=", "is"}),
                       dice_.between(0, 60));
  }

  std::string sum() {
    if (summed_.empty()) return fmt::format("any {} {}", event(), window());
    const auto& [event, column] = dice_.pick(summed_);
    return fmt::format("sum of {}.{} {} {} {}", event, column, window(),
                       dice_.pick(Words{"<", ">=", "is"}),
                       dice_.between(-2, 40));
  }

  const std::string& event() {
    const auto& events = made_.schema.events;
    return events[static_cast<size_t>(
                      dice_.below(static_cast<int64_t>(events.size())))]
        .name;
  }

  std::string filtered() {
    if (columns_.empty()) return event();
    // Mostly one column, so that many rules ask for it.
    const auto& [event, column] =
        dice_.chance(80) ? columns_.front() : dice_.pick(columns_);
    return fmt::format("{} where ({})", event, filter(column));
  }

  std::string filter(const std::string& column) {
    const std::string some = fmt::format("{} in {{{}}}", column, texts());
    switch (dice_.below(13)) {
      case 0:
        return fmt::format("not {}", some);
      case 1:
        return fmt::format("{} or {} is missing", some, column);
      case 2:
        return fmt::format("{} and weekday is not monday", some);
      case 3:
        return fmt::format("{} and not {} in {{{}}}", some, column, texts());
      case 4:
        return fmt::format("{} {} time in last {} days", some,
                           dice_.chance(70) ? "or" : "and not",
                           dice_.between(1, 40));
      default:
        return some;
    }
  }

  std::string texts() {
    std::set<std::string> some;
    for (int64_t i = dice_.between(1, 4); i > 0; --i) {
      some.insert(dice_.pick(known_texts()));
    }
    std::string text;
    for (const std::string& each : some) {
      text += (text.empty() ? "" : ", ") + quoted(each);
    }
    return text;
  }

  std::string window() {
    switch (dice_.below(6)) {
      case 0:
        return "ever";
      case 1:
        return fmt::format("{} to {} days ago", dice_.between(0, 5),
                           dice_.between(6, 60));
      case 2:
        return "in this month";
      default:
        return fmt::format("in last {} {}", dice_.between(1, 60),
                           dice_.pick(Words{"hours", "days", "weeks"}));
    }
  }

  const Case& made_;
  Dice& dice_;
  std::vector<std::pair<std::string, std::string>> columns_;
  std::vector<std::pair<std::string, std::string>> summed_;
};

}  // namespace kitle::testing
