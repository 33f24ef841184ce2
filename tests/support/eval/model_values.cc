#include "tests/support/eval/model_values.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <iterator>
#include <set>
#include <string>

#include "runtime/eval/wide_math.h"
#include "runtime/time/zone.h"

namespace kitle::test {
namespace {

using boost::multiprecision::cpp_int;

// By how far a whole is from the value, times the bottom.
bool is_better(const cpp_int& off, const cpp_int& best, const cpp_int& bottom,
               const cpp_int& whole, int imm) {
  const auto fits = [&](const cpp_int& by) {
    return imm == 1 ? by <= 0 && by > -bottom : by >= 0 && by < bottom;
  };
  if (imm != 0) return fits(off) && !fits(best);
  return abs(off) < abs(best) || (abs(off) == abs(best) && whole % 2 == 0);
}

// The quotient that is cut towards 0, or a neighbour of it.
std::optional<Int128> nearest(const cpp_int& top, const cpp_int& bottom,
                              int imm) {
  const cpp_int cut = top / bottom;
  cpp_int best = cut;
  for (const cpp_int& each : {cpp_int(cut - 1), cpp_int(cut + 1)}) {
    const cpp_int off = each * bottom - top;
    if (is_better(off, best * bottom - top, bottom, each, imm)) best = each;
  }
  const cpp_int limit = cpp_int(1) << 127;
  if (best >= limit || best < -limit) return std::nullopt;
  return static_cast<Int128>(best);
}

}  // namespace

std::optional<Int128> model_rounded(Int128 a, Int128 b, int imm) {
  if (b == 0) return 0;
  const cpp_int top(a);
  const cpp_int bottom(b);
  return b < 0 ? nearest(-top, -bottom, imm) : nearest(top, bottom, imm);
}

std::optional<Int128> model_rounded(double a, int imm) {
  if (!std::isfinite(a)) return std::nullopt;
  int exponent = 0;
  constexpr int kDigits = 53;
  const double part = std::ldexp(std::frexp(a, &exponent), kDigits);
  cpp_int top(static_cast<int64_t>(part));
  cpp_int bottom(1);
  exponent -= kDigits;
  (exponent > 0 ? top : bottom) <<= std::abs(exponent);
  return nearest(top, bottom, imm);
}

bool model_among(const WholesParam& param, Int128 value) {
  return std::ranges::count(param.wholes, value) != 0;
}

std::optional<int64_t> model_look_up(const LookupParam& lookup, Int128 key) {
  for (size_t i = 0; i < lookup.values.size(); ++i) {
    const Int128 own = lookup.texts.empty() ? Int128{lookup.wholes[i]}
                                            : std::stoll(lookup.texts[i]);
    if (own == key) return lookup.values[i];
  }
  return std::nullopt;
}

// In two halves that cannot overflow.
std::optional<Int128> model_sum(const std::vector<Int128>& values) {
  Int128 high = 0;
  UInt128 low = 0;
  for (const Int128 value : values) {
    high += value >> 64;
    low += static_cast<uint64_t>(value);
  }
  high += static_cast<Int128>(low >> 64);
  if (high != static_cast<int64_t>(high)) return std::nullopt;
  return static_cast<Int128>(static_cast<UInt128>(high) << 64 |
                             static_cast<uint64_t>(low));
}

bool model_mixed(Int128 a, double b, int imm) {
  const std::partial_ordering order = compare_exactly(a, b);
  switch (imm) {
    case 0:
      return order == 0;
    case 1:
      return order < 0;
    case 2:
      return order <= 0;
    case 3:
      return order > 0;
    default:
      return order >= 0;
  }
}

// Birthdays passed, counted one by one.
int64_t model_age(int64_t birth, int64_t today) {
  if (birth > today) return 0;
  const int64_t guess = civil_of(today).year - civil_of(birth).year;
  return add_months(birth, guess * 12) > today ? guess - 1 : guess;
}

// Every day of the window is looked at.
bool model_birthday(int64_t birth, const Bounds& window, int64_t today) {
  if (birth > today) return false;
  const CivilDate born = civil_of(birth);
  for (int64_t day = window.low; day <= window.high; ++day) {
    const CivilDate date = civil_of(day);
    const int last = days_in_month(date.year, born.month);
    if (date.month == born.month && date.day == std::min(born.day, last)) {
      return true;
    }
  }
  return false;
}

std::optional<int64_t> model_median_gap2(const std::vector<int64_t>& times) {
  const std::set<int64_t> distinct(times.begin(), times.end());
  std::vector<int64_t> gaps;
  for (auto at = distinct.begin(); at != distinct.end(); ++at) {
    if (at != distinct.begin()) gaps.push_back(*at - *std::prev(at));
  }
  if (gaps.empty()) return std::nullopt;
  std::ranges::sort(gaps);
  return gaps[gaps.size() / 2] + gaps[(gaps.size() - 1) / 2];
}

}  // namespace kitle::test
