// See reason_line.h.
#include "compiler/reason_line.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kitle {

namespace {

// 2^kMostShift times the 53 bits of a double is an Int128.
constexpr int kMostShift = 73;
constexpr int kMostDigits = 100;  // of the bottom

struct Division {
  Int128 quotient;
  Int128 rest;  // 0 <= rest < bottom
};

Division divide(Int128 top, Int128 bottom) {
  if (bottom == 1) return {top, 0};
  Division found{top / bottom, top % bottom};
  if (found.rest < 0) {
    --found.quotient;
    found.rest += bottom;
  }
  return found;
}

// a / b against c / d by their continued fractions, so that nothing is
// multiplied.
std::strong_ordering compare(Int128 a, Int128 b, Int128 c, Int128 d) {
  while (true) {
    const Division left = divide(a, b);
    const Division right = divide(c, d);
    if (left.quotient != right.quotient) {
      return left.quotient <=> right.quotient;
    }
    if (left.rest == 0 || right.rest == 0) return left.rest <=> right.rest;
    // rest / b < rest / d is d / rest < b / rest.
    a = d;
    c = b;
    b = right.rest;
    d = left.rest;
  }
}

LinePoint next(const LinePoint& at, bool whole) {
  if (at.is_lowest() || at.is_highest()) return at;
  if (whole) return LinePoint::at(at.top + 1);
  return at.above();
}

LinePoint before(const LinePoint& at, bool whole) {
  if (at.is_lowest() || at.is_highest()) return at;
  if (whole) return LinePoint::at(at.top - 1);
  return at.below();
}

void add(Line& line, const LinePoint& low, const LinePoint& high) {
  if (low <= high) line.push_back({low, high});
}

}  // namespace

std::optional<LinePoint> LinePoint::of(double number) {
  int exponent = 0;
  const double fraction = std::frexp(number, &exponent);
  constexpr int kDigits = std::numeric_limits<double>::digits;
  auto top = static_cast<Int128>(std::ldexp(fraction, kDigits));
  exponent -= kDigits;
  if (top == 0) return at(0);
  for (; top % 2 == 0; ++exponent) top /= 2;
  if (exponent > kMostShift || exponent < -kMostDigits) {
    return std::nullopt;
  }
  if (exponent >= 0) return at(top * (Int128{1} << exponent));
  return LinePoint{top, Int128{1} << -exponent, 0};
}

std::strong_ordering operator<=>(const LinePoint& a, const LinePoint& b) {
  const std::strong_ordering found =
      a.bottom == b.bottom ? a.top <=> b.top
                           : compare(a.top, a.bottom, b.top, b.bottom);
  return found != 0 ? found : a.side <=> b.side;
}

bool operator==(const LinePoint& a, const LinePoint& b) { return a <=> b == 0; }

Line line_of(const LinePoint& low, const LinePoint& high) {
  Line line;
  add(line, low, high);
  return line;
}

Line line_of(Int128 low, Int128 high) {
  return line_of(LinePoint::at(low), LinePoint::at(high));
}

Line whole_line() { return {Stretch()}; }

Line joined(std::vector<Stretch> stretches) {
  std::ranges::sort(stretches, {}, &Stretch::low);
  Line line;
  for (const Stretch& each : stretches) {
    if (line.empty() || line.back().high < each.low) {
      line.push_back(each);
    } else {
      line.back().high = std::max(line.back().high, each.high);
    }
  }
  return line;
}

Line common(const Line& a, const Line& b) {
  Line line;
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() && j < b.size()) {
    add(line, std::max(a[i].low, b[j].low), std::min(a[i].high, b[j].high));
    if (a[i].high < b[j].high) {
      ++i;
    } else {
      ++j;
    }
  }
  return line;
}

Line without(const Line& from, const Line& what, bool whole) {
  Line line;
  for (const Stretch& each : from) {
    LinePoint low = each.low;
    bool left = true;
    for (const Stretch& hole : what) {
      if (!left || hole.high < low || each.high < hole.low) continue;
      if (low < hole.low) add(line, low, before(hole.low, whole));
      left = hole.high < each.high;
      low = next(hole.high, whole);
    }
    if (left) add(line, low, each.high);
  }
  return line;
}

bool is_within(const Line& inner, const Line& outer, bool whole) {
  return without(inner, outer, whole).empty();
}

Line of_integers(const Line& line) {
  Line made;
  for (const Stretch& each : line) {
    const Division low = divide(each.low.top, each.low.bottom);
    const Division high = divide(each.high.top, each.high.bottom);
    const bool next = low.rest > 0 || each.low.side > 0;
    const bool before = high.rest == 0 && each.high.side < 0;
    add(made, LinePoint::at(low.quotient + (next ? 1 : 0)),
        LinePoint::at(high.quotient - (before ? 1 : 0)));
  }
  return made;
}

}  // namespace kitle
