// Columns of tables in random rules. See random_maker.h.
#include <fmt/format.h>

#include <algorithm>

#include "tests/support/random/random_maker.h"

namespace kitle::testing {

namespace {

// Of the table by text or by integer; "" where it has none of the type.
std::string column_of(Kind kind, bool text) {
  static const std::vector<std::pair<Kind, std::string>> kColumns = {
      {Kind::kText, "label"},   {Kind::kCode, "tag"},   {Kind::kMoney, "worth"},
      {Kind::kInteger, "rank"}, {Kind::kDate, "since"}, {Kind::kFlag, "ok"}};
  const auto column =
      std::ranges::find(kColumns, kind, &std::pair<Kind, std::string>::first);
  if (column == kColumns.end()) return "";
  return (text ? "w_" : "s_") + column->second;
}

}  // namespace

Phrase Maker::looked_up(Kind kind, int depth) {
  const bool text = dice_.chance(60);
  const std::string column = column_of(kind, text);
  if (column.empty()) return Phrase();
  in_key_ = true;
  Phrase key = simple_value(text ? Kind::kText : Kind::kInteger, depth);
  in_key_ = false;
  if (text_of(key).empty()) return key;
  return bracketed(Phrase(column + " of ") + std::move(key));
}

Phrase Maker::measured_column(const std::string& words, Kind kind, int depth) {
  const auto keys = properties_of([](const Column& column) {
    return column.type == Kind::kText || column.type == Kind::kInteger;
  });
  if (in_event() || keys.empty()) return Phrase();
  const Property& key = dice_.pick(keys);
  const std::string column = column_of(kind, key.column->type == Kind::kText);
  if (column.empty()) return Phrase();
  return Phrase(
             fmt::format("{}{} of {} of ", words, column, key.column->name)) +
         clause(key.event, "", depth);
}

Phrase Maker::measure_of_column(Kind kind, int depth) {
  Words words = {"most frequent "};
  if (kind == Kind::kNumber) {
    return measured_column("average of ", Kind::kInteger, depth);
  }
  const bool sum = kind == Kind::kInteger || kind == Kind::kMoney;
  if (sum || kind == Kind::kDate) words = {"smallest ", "largest ", words[0]};
  if (sum) words.insert(words.end(), 4, "sum of ");
  return measured_column(dice_.pick(words), kind, depth);
}

Phrase Maker::different_in_column(const std::string& words, int depth) {
  static const std::vector<Kind> kKinds = {
      Kind::kText, Kind::kCode, Kind::kMoney, Kind::kDate, Kind::kFlag};
  return measured_column(words, dice_.pick(kKinds), depth);
}

}  // namespace kitle::testing
