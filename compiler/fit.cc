// Ranks and cuts (compiler/fit.h).
#include "compiler/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>

#include "runtime/eval/run.h"

namespace kitle {

namespace {

using Wide = boost::multiprecision::int256_t;

struct Fraction {
  Int128 top = 0;
  Int128 bottom = 1;
};

bool less(double a, double b) { return a < b; }

// Both bottoms are above 0.
bool less(const Fraction& a, const Fraction& b) {
  Int128 left = 0;
  Int128 right = 0;
  const bool wide = __builtin_mul_overflow(a.top, b.bottom, &left) ||
                    __builtin_mul_overflow(b.top, a.bottom, &right);
  if (!wide) return left < right;
  return Wide(a.top) * Wide(b.bottom) < Wide(b.top) * Wide(a.bottom);
}

Int128 common_divisor(Int128 a, Int128 b) {
  if (a < 0) a = -a;
  while (b != 0) {
    const Int128 rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

std::optional<Cut> cut_of(const Fraction& value) {
  const Int128 divisor = common_divisor(value.top, value.bottom);
  const Int128 bottom = value.bottom / divisor;
  if (bottom > INT64_MAX) return std::nullopt;
  return Cut{.top = value.top / divisor,
             .bottom = static_cast<int64_t>(bottom)};
}
std::optional<Cut> cut_of(double value) { return Cut{.number = value}; }

// Where of the ranked values each group of equal ones begins, and the end.
template <class T>
std::vector<size_t> groups_of(const std::vector<T>& worst_first) {
  std::vector<size_t> begins;
  for (size_t i = 0; i < worst_first.size(); ++i) {
    const bool equal = i > 0 && !less(worst_first[i - 1], worst_first[i]) &&
                       !less(worst_first[i], worst_first[i - 1]);
    if (!equal) begins.push_back(i);
  }
  begins.push_back(worst_first.size());
  return begins;
}

// How many groups are at the cut of this share or worse: those of a middle
// rank of at most share * N.
size_t groups_at(const std::vector<size_t>& begins, const Share& share) {
  const Int128 all = Int128{2} * static_cast<Int128>(begins.back()) * share.top;
  size_t at = 0;
  for (size_t group = 0; group + 1 < begins.size(); ++group) {
    const Int128 twice_rank =
        static_cast<Int128>(begins[group]) + begins[group + 1] + 1;
    if (twice_rank * share.bottom > all) break;
    at = group + 1;
  }
  return at;
}

template <class T>
std::optional<Fit::Dimension> ranked(const TypedFit::Dimension& dimension,
                                     std::vector<T> values) {
  std::ranges::sort(values, [&](const T& a, const T& b) {
    return dimension.less ? less(b, a) : less(a, b);
  });
  const std::vector<size_t> begins = groups_of(values);
  Fit::Dimension made{.name = dimension.name};
  size_t before = 0;
  for (const Share& share : dimension.shares) {
    const size_t groups = groups_at(begins, share);
    made.sizes.push_back(begins[groups] - before);
    before = begins[groups];
    if (groups == 0) {
      made.cuts.emplace_back();
      continue;
    }
    const auto cut = cut_of(values[begins[groups - 1]]);
    if (!cut) return std::nullopt;
    made.cuts.push_back(cut);
  }
  made.sizes.push_back(begins.back() - before);
  return made;
}

// Who is ranked in a dimension: those of the population who have the value.
TypedSegment ranked(const TypedFit& fit, const TypedFit::Dimension& dimension) {
  auto present = std::make_unique<Typed>();
  present->kind = TypedKind::kPresent;
  present->span = fit.span;
  present->args.push_back(clone(*dimension.value));
  TypedSegment made;
  // No segment can be called so.
  made.name = fmt::format("ranked {}.{}", fit.name, dimension.name);
  made.condition = std::make_unique<Typed>();
  made.condition->kind = TypedKind::kAnd;
  made.condition->span = fit.span;
  made.condition->args.push_back(clone(*fit.population));
  made.condition->args.push_back(std::move(present));
  made.value = clone(*dimension.value);
  made.span = fit.span;
  return made;
}

}  // namespace

std::vector<std::string> add_ranked(Repository& repository, uint32_t fit) {
  std::vector<std::string> names;
  for (const TypedFit::Dimension& each : repository.fits[fit].dimensions) {
    repository.segments.push_back(ranked(repository.fits[fit], each));
    names.push_back(repository.segments.back().name);
  }
  return names;
}

std::optional<Fit::Dimension> fitted(const TypedFit::Dimension& dimension,
                                     SegmentValues values) {
  if (dimension.value->type == ValueType::kNumber) {
    return ranked(dimension, std::move(values.numbers));
  }
  std::vector<Fraction> fractions;
  fractions.reserve(values.tops.size());
  for (size_t i = 0; i < values.tops.size(); ++i) {
    const bool turned = values.bottoms[i] < 0;
    fractions.push_back({turned ? -values.tops[i] : values.tops[i],
                         turned ? -values.bottoms[i] : values.bottoms[i]});
  }
  return ranked(dimension, std::move(fractions));
}

}  // namespace kitle
