// Sets of values on a line, with exact ends: what a value may still be
// (compiler/reason_state.h). Ends are fractions, so that an average of money
// and money stand on one line.
#pragma once

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 warns falsely of what a small_vector copies.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstringop-overread"
#include <boost/container/small_vector.hpp>
#pragma GCC diagnostic pop
#else
#include <boost/container/small_vector.hpp>
#endif
#include <compare>
#include <optional>
#include <vector>

#include "compiler/intervals.h"
#include "runtime/wide.h"

namespace kitle {

// top / bottom, or just beside it: what is below x ends at {x, 1, -1}. kLowest
// and kHighest are the line's ends. REQUIRES: bottom > 0.
struct LinePoint {
  Int128 top = 0;
  Int128 bottom = 1;
  int side = 0;  // -1, 0, 1

  static LinePoint at(Int128 value) { return {value, 1, 0}; }
  // Exactly what a double is; nothing where that needs more digits than fit.
  static std::optional<LinePoint> of(double number);
  LinePoint below() const { return {top, bottom, side - 1}; }
  LinePoint above() const { return {top, bottom, side + 1}; }
  bool is_lowest() const { return top == kLowest; }
  bool is_highest() const { return top == kHighest; }
};
// Exact, whatever the sizes.
std::strong_ordering operator<=>(const LinePoint& a, const LinePoint& b);
bool operator==(const LinePoint& a, const LinePoint& b);

// Both ends are in it.
struct Stretch {
  LinePoint low = LinePoint::at(kLowest);
  LinePoint high = LinePoint::at(kHighest);
  friend bool operator==(const Stretch&, const Stretch&) = default;
};

// Sorted, and apart from each other.
using Line = boost::container::small_vector<Stretch, 1>;
Line line_of(const LinePoint& low, const LinePoint& high);  // may be empty
Line line_of(Int128 low, Int128 high);
Line whole_line();
// Of stretches in any order, which may overlap.
Line joined(std::vector<Stretch> stretches);
Line common(const Line& a, const Line& b);
// `whole`: only integers are on the line, so that nothing lies between 4 and 5.
Line without(const Line& from, const Line& what, bool whole);
bool is_within(const Line& inner, const Line& outer, bool whole);
// What of it integers can be.
Line of_integers(const Line& line);

}  // namespace kitle
