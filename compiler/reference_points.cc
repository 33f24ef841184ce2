// The reference evaluator: a persona's points (Meaning 20).
#include <boost/multiprecision/cpp_int.hpp>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "compiler/reference_walk.h"

namespace kitle::reference {
namespace {

using Whole = boost::multiprecision::cpp_int;

// The integer nearest to 2^(32 - age / halving), halves to even. The integers
// below x are those k with k^halving < x^halving, so nothing is rounded on the
// way: x >= k - 1/2 exactly if 2^(33 * halving - age) >= (2k - 1)^halving.
Int128 nearest_worth(int64_t age, uint32_t halving) {
  constexpr unsigned kWhole = 32;
  const auto digits = static_cast<int64_t>(kWhole + 1) * halving - age;
  if (digits <= 0) return 0;
  Whole power = 1;
  power <<= static_cast<unsigned>(digits);
  uint64_t worth = 0;
  for (unsigned bit = kWhole + 1; bit-- > 0;) {
    const uint64_t more = worth | uint64_t{1} << bit;
    if (pow(Whole(2 * more - 1), halving) <= power) worth = more;
  }
  return worth;
}

// Kept, since the powers take long and people have their days in common.
Int128 worth_of(int64_t age, uint32_t halving) {
  if (halving == 0) return 1;
  static std::mutex mutex;
  static std::map<std::pair<int64_t, uint32_t>, Int128> known;
  const std::lock_guard lock(mutex);
  const auto [place, fresh] = known.try_emplace({age, halving}, 0);
  if (fresh) place->second = nearest_worth(age, halving);
  return place->second;
}

}  // namespace

// All conditions are looked at, since each may be undecided.
Value Walk::tally(const Typed& tree) {
  const bool present = holds(*tree.args[0]);
  Int128 sum = tree.integer;
  for (size_t i = 1; i < tree.args.size(); ++i) {
    sum += holds(*tree.args[i]) ? 1 : 0;
  }
  return present ? Value(sum) : Value();
}

Value Walk::points(const TypedPersona& persona) {
  DayPoints sums;
  for (const TypedPointsLine& line : persona.lines) add_line(line, sums);
  const Int128 unit = persona.halving == 0 ? 1 : Int128{1} << 32;
  std::vector<std::optional<Int128>> parts;
  for (const auto& [day, of_day] : sums.days) {
    const Int128 kept = std::min(of_day, Int128{persona.most_a_day});
    parts.push_back(
        product(kept, worth_of(calendar_.today() - day, persona.halving)));
  }
  parts.push_back(product(sums.of_person, unit));
  std::optional<Int128> total = 0;
  for (const std::optional<Int128>& part : parts) {
    if (total && part) total = sum(*total, *part);
    const bool fits =
        total && part && -kMostPointsSum <= *total && *total <= kMostPointsSum;
    if (!fits) return fail();
  }
  if (persona.most != kNoLimit) total = std::min(*total, persona.most * unit);
  return Fraction{*total, 100 * unit};
}

Walk::PointsParts Walk::parts_of(const TypedPersona& persona) {
  PointsParts parts;
  if (persona.halving != 0) parts.unit <<= 32;
  const auto add = [&](std::optional<Int128> more) {
    const auto total = more ? sum(parts.total, *more) : std::nullopt;
    parts.holds_sum = parts.holds_sum && total.has_value();
    parts.total = total.value_or(0);
  };
  for (const TypedPointsLine& line : persona.lines) {
    DayPoints& own = parts.lines.emplace_back();
    add_line(line, own);
    add(product(own.of_person, parts.unit));
    for (const auto& [day, points] : own.days) parts.days[day].sum += points;
  }
  for (auto& [day, of_day] : parts.days) {
    of_day.kept = std::min(of_day.sum, Int128{persona.most_a_day});
    of_day.worth = worth_of(calendar_.today() - day, persona.halving);
    add(product(of_day.kept, of_day.worth));
  }
  return parts;
}

void Walk::add_line(const TypedPointsLine& line, DayPoints& sums) {
  using Kind = TypedPointsLine::Kind;
  if (line.kind == Kind::kPerson) {
    if (holds(*line.condition)) sums.of_person += line.points;
    return;
  }
  if (line.kind == Kind::kDifferent) return add_different(line, sums);
  for (const Rows& item : counted(*line.events)) {
    const Int128 times =
        line.kind == Kind::kMultiples ? multiples(line, item) : 1;
    sums.days[calendar_.local_day(item.front()->time)] += times * line.points;
  }
}

void Walk::add_different(const TypedPointsLine& line, DayPoints& sums) {
  std::set<Stored> seen = {Stored()};
  for (const Rows& item : counted(*line.events)) {
    for (const Event* row : item) {
      const bool fresh = seen.insert(row->properties[line.index]).second;
      if (fresh) sums.days[calendar_.local_day(row->time)] += line.points;
    }
  }
}

Int128 Walk::multiples(const TypedPointsLine& line, const Rows& item) {
  Int128 value = 0;
  for (const Event* row : item) {
    const Value one = as_value(row->properties[line.index]);
    if (!is_missing(one)) value += std::get<Int128>(one);
  }
  return value / line.per;
}

}  // namespace kitle::reference
