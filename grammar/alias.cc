// Words of other languages, spoken and programmed; see alias.h.
#include "grammar/alias.h"

#include <algorithm>
#include <array>

namespace kitle {
namespace {

struct Alias {
  std::string_view written;
  std::string_view right;
};

constexpr std::array<Alias, 15> kConnectors = {{{"with", "where"},
                                                {"whose", "where"},
                                                {"having", "where"},
                                                {"when", "where"},
                                                {"during", "in"},
                                                {"for", "in"},
                                                {"over", "in"},
                                                {"from", "since"},
                                                {"but", "and"},
                                                {"also", "and"},
                                                {"plus", "and"},
                                                {"equal", "is"},
                                                {"equals", "is"},
                                                {"like", "contains"},
                                                {"includes", "contains"}}};
constexpr std::array<Alias, 10> kQuantifiers = {{{"never", "no"},
                                                 {"without", "no"},
                                                 {"did", "no"},
                                                 {"didn", "no"},
                                                 {"hasn", "no"},
                                                 {"has", "any"},
                                                 {"have", "any"},
                                                 {"had", "any"},
                                                 {"bought", "any"},
                                                 {"some", "any"}}};
constexpr std::array<Alias, 12> kMeasures = {
    {{"number", "count of"},
     {"total", "sum of"},
     {"mean", "average of"},
     {"avg", "average of"},
     {"unique", "distinct count of"},
     {"max", "largest"},
     {"maximum", "largest"},
     {"highest", "largest"},
     {"min", "smallest"},
     {"minimum", "smallest"},
     {"lowest", "smallest"},
     {"median", "median gap between"}}};
constexpr std::array<Alias, 20> kNames = {
    {{"true", "yes"},        {"false", "no"},     {"everybody", "everyone"},
     {"anyone", "everyone"}, {"all", "everyone"}, {"now", "today"},
     {"one", "1"},           {"two", "2"},        {"three", "3"},
     {"four", "4"},          {"five", "5"},       {"six", "6"},
     {"seven", "7"},         {"eight", "8"},      {"nine", "9"},
     {"ten", "10"},          {"eleven", "11"},    {"twelve", "12"},
     {"twenty", "20"},       {"hundred", "100"}}};

template <size_t N>
std::string_view find(const std::array<Alias, N>& aliases,
                      std::string_view written) {
  const auto found = std::find_if(
      aliases.begin(), aliases.end(),
      [written](const Alias& each) { return each.written == written; });
  return found == aliases.end() ? std::string_view() : found->right;
}

}  // namespace

std::string_view alias_of_connector(std::string_view word) {
  return find(kConnectors, word);
}

std::string_view alias_of_quantifier(std::string_view word) {
  return find(kQuantifiers, word);
}

std::string_view alias_of_measure(std::string_view word) {
  return find(kMeasures, word);
}

std::string_view alias_of_name(std::string_view word) {
  return find(kNames, word);
}

bool is_measure_word(std::string_view word) {
  return word == "count" || word == "sum" || word == "average";
}

}  // namespace kitle
