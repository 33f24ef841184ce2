// A score for one person (explain_leaf.h): the bands that make it, each with
// its measure and the next cut, or why there is none.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/explain_leaf.h"

namespace kitle {
namespace {

using reference::Value;

double approximate(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* fraction = std::get_if<reference::Fraction>(&value)) {
    return static_cast<double>(fraction->top) /
           static_cast<double>(fraction->bottom);
  }
  const auto* whole = std::get_if<Int128>(&value);
  return whole == nullptr ? 0 : static_cast<double>(*whole);
}

// The tests of one dimension: the value is better than a cut, or it is there;
// of a looked up value, its key is one of those that have a better one.
using Cuts = std::vector<const Typed*>;

}  // namespace

void LeafMaker::add_score(WhyNode& node, const Typed& tree) {
  const bool known = std::ranges::find(node.scores, tree.text,
                                       &WhyScore::name) != node.scores.end();
  if (known || node.undecided) return;
  WhyScore made{.name = tree.text, .value = shown(tree)};
  const bool ranked = walk_.holds(*tree.args[0]);
  walk_.take_undecided();
  if (!ranked) made.missing = unranked_words(*tree.args[0]);
  const ScoreDecl* declared = words_.syntax().score(tree.args.back()->span);
  if (tree.args.size() < 2 || declared == nullptr) return;
  for (const DimensionDecl& each : declared->dimensions) {
    Cuts cuts;
    for (size_t i = 1; i < tree.args.size(); ++i) {
      const Span place = words_.sources().original(tree.args[i]->span);
      const bool own =
          each.span.begin <= place.begin && place.end <= each.span.end;
      if (own) cuts.push_back(tree.args[i].get());
    }
    if (!cuts.empty()) made.bands.push_back(band(each, cuts));
  }
  node.scores.push_back(std::move(made));
}

// Who is not asked for, or which value is missing.
std::string LeafMaker::unranked_words(const Typed& ranked) {
  std::string text;
  bool outside = false;
  for (const TypedPtr& each : ranked.args) {
    const bool holds = walk_.holds(*each);
    walk_.take_undecided();
    if (holds) continue;
    const bool value = each->kind == TypedKind::kPresent;
    outside = outside || !value;
    text += fmt::format("{}`{}` {}", text.empty() ? "" : " and ",
                        words_.full(value ? each->args[0]->span : each->span),
                        value ? "is missing" : "does not hold");
  }
  return outside ? "not in the population: " + text : text;
}

WhyBand LeafMaker::band(const DimensionDecl& declared, const Cuts& cuts) {
  const Typed& value = *cuts.front()->args[0];
  WhyBand made{.name = declared.name.text,
               .of = words_.full(value.span),
               .value = shown(value),
               .bands = static_cast<uint32_t>(cuts.size()) + 1};
  const bool present = !reference::is_missing(walk_.value(value));
  walk_.take_undecided();
  if (!present) return made;
  made.band = 1;
  const Typed* next = nullptr;
  for (const Typed* each : cuts) {
    if (walk_.holds(*each)) {
      ++made.band;
    } else if (each->kind == TypedKind::kCompare &&
               (next == nullptr || is_nearer(*each, *next))) {
      next = each;
    }
  }
  walk_.take_undecided();
  if (next != nullptr) made.next = next_words(*next);
  return made;
}

// Both are not reached.
bool LeafMaker::is_nearer(const Typed& cut, const Typed& than) {
  const double a = approximate(walk_.value(*cut.args[1]));
  const double b = approximate(walk_.value(*than.args[1]));
  return cut.comparison == Comparison::kLess ? a > b : a < b;
}

std::string LeafMaker::next_words(const Typed& cut) {
  const std::string lacking = missing(cut, true);
  if (lacking.empty()) return "";
  const bool less = cut.comparison == Comparison::kLess;
  const Typed& limit = *cut.args[1];
  return fmt::format("{} {}: {}", less ? "below" : "above",
                     values_.of(walk_.value(limit), limit.type), lacking);
}

}  // namespace kitle
