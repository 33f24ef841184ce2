// See test_coverage.h.
#include "library/test_coverage.h"

#include <algorithm>
#include <utility>

#include "compiler/explain_syntax.h"
#include "library/test_words.h"

namespace kitle {
namespace {

// An `and` that the checker has made of one condition, such as `between`.
bool is_sugar(const Typed& tree) {
  return std::ranges::any_of(
      tree.args, [&](const TypedPtr& arg) { return arg->span == tree.span; });
}

}  // namespace

TestCoverage::TestCoverage(TestBench& bench) : bench_(bench) {
  for (uint32_t i = 0; i < bench.own_segments(); ++i) add_unit(i);
}

void TestCoverage::add_unit(uint32_t segment) {
  // Copied: adding conditions moves the segments.
  const TypedPtr condition =
      clone(*bench_.repository().segments[segment].condition);
  const TypedSegment& typed = bench_.repository().segments[segment];
  const bool stage = !typed.stages.empty();
  const std::string name = stage ? typed.stages : typed.name;
  if (units_.empty() || units_.back().name != name) {
    units_.push_back({name, typed.span, {}, {}});
  }
  units_.back().segments.push_back(segment);
  collect(*condition, units_.back());
}

void TestCoverage::collect(const Typed& tree, Unit& unit) {
  const bool junction =
      tree.kind == TypedKind::kAnd || tree.kind == TypedKind::kOr;
  const bool negation = tree.kind == TypedKind::kNot;
  if (negation || (junction && !is_sugar(tree))) {
    for (const TypedPtr& arg : tree.args) collect(*arg, unit);
  } else if (tree.kind != TypedKind::kConstant) {
    add_condition(tree, unit);
  }
}

void TestCoverage::add_condition(const Typed& tree, Unit& unit) {
  const Span& span = tree.span;
  const std::tuple place(units_.size(), span.file, span.begin, span.end);
  // Of copies of one tree, the first says what all say.
  if (!places_.insert(place).second) return;
  unit.conditions.push_back(conditions_.size());
  conditions_.push_back({span, bench_.add_condition(clone(tree), span)});
}

void TestCoverage::see(const Asked& asked, Counts& counts) const {
  const std::vector<bool> reached = bench_.reached(asked);
  reference::Walk walk = bench_.view(asked).walk();
  for (const Unit& unit : units_) {
    const bool seen = std::ranges::any_of(
        unit.segments, [&](uint32_t segment) { return reached[segment]; });
    if (!seen) continue;
    for (const size_t index : unit.conditions) {
      const reference::Answer answer = walk.answer(conditions_[index].segment);
      if (answer.undecided) continue;
      ++(answer.member ? counts[index].held : counts[index].held_not);
    }
  }
}

std::vector<SegmentCoverage> TestCoverage::report(const Counts& counts) const {
  const SourceSet& sources = bench_.loaded().sources;
  RuleSyntax syntax(sources);
  // Of two calls of a template each by what was given.
  const auto text_of = [&](const Span& span) {
    const std::string given = syntax.given(span);
    const std::string words = words_of(sources, span);
    return given.empty() ? words : words + " (" + given + ")";
  };
  std::vector<SegmentCoverage> all;
  for (const Unit& unit : units_) {
    SegmentCoverage made;
    made.name = unit.name;
    made.file = sources.file(unit.span.file).path;
    made.line = line_of(sources, unit.span);
    for (const size_t index : unit.conditions) {
      const Span& span = conditions_[index].span;
      const Position position = sources.position(span.file, span.begin);
      made.conditions.push_back({.file = sources.file(span.file).path,
                                 .line = position.line,
                                 .column = position.column,
                                 .text = text_of(span),
                                 .held = counts[index].held,
                                 .held_not = counts[index].held_not});
    }
    all.push_back(std::move(made));
  }
  return all;
}

}  // namespace kitle
