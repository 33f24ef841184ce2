// See check_given_scores.h.
#include "compiler/check_given_scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/points.h"

namespace kitle {

void GivenScores::take(const TestLine& line, const Telling& telling) {
  const std::string& name = line.name.text;
  const size_t dot = std::min(name.find('.'), name.size());
  const Symbol* symbol = context_.find(name.substr(0, dot));
  const std::string_view member = std::string_view(name).substr(dot);
  if (is_top(name)) return top(line, telling);
  if (symbol != nullptr && symbol->kind == Symbol::Kind::kPersona &&
      member == ".points") {
    return points(line, telling);
  }
  if (symbol != nullptr && symbol->kind == Symbol::Kind::kScore &&
      !member.empty()) {
    const auto range = range_of(symbol->index, member.substr(1));
    if (range) return band(line, symbol->index, *range, telling);
  }
  given_.report(DiagnosticId::kGivenBand, line.name.span,
                {name,
                 "the band or the sum of a score, the points of a persona, or "
                 "the `in top` of a segment as `kitle fit` names it, is"});
}

bool GivenScores::fit(const Name& name) {
  const auto& fits = context_.fits;
  if (std::ranges::find(fits, name.text, &TypedFit::name) == fits.end()) {
    Diagnostic* made =
        given_.report(DiagnosticId::kNothingFitted, name.span, {name.text});
    std::vector<std::string> known;
    for (const TypedFit& each : fits) known.push_back(each.name);
    if (made != nullptr) suggest_name(*made, name.span, name.text, known);
    return false;
  }
  std::erase_if(bands_, [&](const auto& band) {
    return band.first == name.text || band.first.starts_with(name.text + ".");
  });
  return true;
}

// `given vip.top yes`.
void GivenScores::top(const TestLine& line, const Telling& telling) {
  const Column flag{.name = line.name.text, .type = TypeKind::kFlag};
  const auto value = given_.value(flag, line.values.front(), telling);
  if (!value) return;
  const auto* top = std::get_if<int64_t>(&*value);
  if (top == nullptr) return not_given(line, "`yes` or `no` is");
  bands_[line.name.text] = *top;
}

bool GivenScores::is_top(const std::string& name) const {
  return std::ranges::any_of(context_.fits, [&](const TypedFit& fit) {
    return fit.name == name && name.find('.') != std::string::npos;
  });
}

// `given athlete.points 30`, in hundredths.
void GivenScores::points(const TestLine& line, const Telling& telling) {
  const Column number{.name = line.name.text, .type = TypeKind::kNumber};
  const auto value = given_.value(number, line.values.front(), telling);
  if (!value) return;
  const auto* points = std::get_if<double>(&*value);
  const double hundredths = points != nullptr ? *points * 100 : NAN;
  const double whole = std::nearbyint(hundredths);
  constexpr auto kMost = static_cast<double>(kMostPoints) * 100;
  constexpr double kRounding = 1e-4;
  const bool fits =
      std::abs(hundredths - whole) < kRounding && std::abs(whole) <= kMost;
  if (!fits) {
    return not_given(line, "a number of points with up to two decimals is");
  }
  bands_[line.name.text] = static_cast<int64_t>(whole);
}

void GivenScores::band(const TestLine& line, uint32_t score,
                       std::pair<int64_t, int64_t> range,
                       const Telling& telling) {
  const Column whole{.name = line.name.text, .type = TypeKind::kInteger};
  const auto value = given_.value(whole, line.values.front(), telling);
  if (!value) return;
  const auto* band = std::get_if<int64_t>(&*value);
  if (band == nullptr || *band < range.first || *band > range.second) {
    return not_given(line, fmt::format("a number from {} to {} is", range.first,
                                       range.second));
  }
  bands_[line.name.text] = *band;
  add_sum(score);
}

void GivenScores::not_given(const TestLine& line, const std::string& expected) {
  given_.report(DiagnosticId::kGivenBand, line.values.front().span,
                {line.name.text, expected});
}

// The least and the greatest; nothing if the score has no such member.
std::optional<std::pair<int64_t, int64_t>> GivenScores::range_of(
    uint32_t score, std::string_view member) const {
  std::pair<int64_t, int64_t> sum;
  for (const auto& each : context_.scores[score].dimensions) {
    if (each.name == member) {
      return std::pair<int64_t, int64_t>(1, each.bands);
    }
    ++sum.first;
    sum.second += each.bands;
  }
  return member == "score" ? std::optional(sum) : std::nullopt;
}

// Once each of its bands is given.
void GivenScores::add_sum(uint32_t score) {
  const std::string& name = context_.syntax.scores[score].name.text;
  int64_t sum = 0;
  for (const auto& each : context_.scores[score].dimensions) {
    const auto found = bands_.find(name + "." + each.name);
    if (found == bands_.end()) return;
    sum += found->second;
  }
  bands_[name + ".score"] = sum;
}

}  // namespace kitle
