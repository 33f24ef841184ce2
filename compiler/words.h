// The words in which trees and plans print themselves.
#pragma once

#include <string>
#include <string_view>

#include "compiler/typed.h"

namespace kitle {

const char* weekday_text(Int128 weekday);  // "monday"
// The weekday that a word names; 0 if it is none.
int weekday_named(std::string_view word);
// A property that every event has from its time: "day".
const char* time_property_text(uint32_t index);
const char* unit_text(StepUnit unit);                // "days"
const char* comparison_text(Comparison comparison);  // "<="
const char* test_text(TextTest test);                // "starts with"
const char* measure_text(Measure measure);           // "sum of"
std::string date_text(int64_t days);                 // "2026-03-01"
std::string time_text(int64_t micros);               // in UTC
std::string window_text(const WindowSpec& window);   // "in last 7 days"
std::string int128_text(Int128 value);
// Hundredths: "3.50".
std::string points_text(int64_t hundredths);
std::string quoted(std::string_view text);

// The items between commas; of long lists the first ones, and how many more.
inline constexpr size_t kItemsShown = 50;
template <class Items, class Text>
std::string shortened_list(const Items& items, Text text,
                           size_t shown = kItemsShown) {
  std::string all;
  for (size_t i = 0; i < items.size() && i < shown; ++i) {
    all += (i == 0 ? "" : ", ") + text(items[i]);
  }
  if (items.size() <= shown) return all;
  return all + ", and " + std::to_string(items.size() - shown) + " more";
}

// A date as a date, yes and no, a number in its shortest form; other values
// as the integer they are kept as.
std::string value_text(ValueType type, Int128 integer, double number);

}  // namespace kitle
