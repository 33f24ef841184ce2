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

bool is_compound(const Typed& tree) {
  const bool junction =
      tree.kind == TypedKind::kAnd || tree.kind == TypedKind::kOr;
  return tree.kind == TypedKind::kNot || (junction && !is_sugar(tree));
}

TypedPtr node_of(TypedKind kind, ValueType type, Span span) {
  auto made = std::make_unique<Typed>();
  made->kind = kind;
  made->type = type;
  made->span = span;
  return made;
}

TypedPtr compared(TypedPtr value, Comparison comparison, int64_t with) {
  TypedPtr made = node_of(TypedKind::kCompare, ValueType::kFlag, value->span);
  TypedPtr written = node_of(TypedKind::kConstant, value->type, value->span);
  written->integer = with;
  made->comparison = comparison;
  made->args.push_back(std::move(value));
  made->args.push_back(std::move(written));
  return made;
}

// Whether this line gives points, by itself: without limits, or age.
TypedPersona alone(const TypedPersona& persona, size_t line) {
  TypedPersona made = clone(persona);
  // No persona can be called so.
  made.name = persona.name + " by one line";
  made.most_a_day = kNoLimit;
  made.most = kNoLimit;
  made.halving = 0;
  TypedPointsLine kept = std::move(made.lines[line]);
  made.lines.clear();
  made.lines.push_back(std::move(kept));
  return made;
}

void find_tallies(const Typed& tree, std::string_view score,
                  std::vector<const Typed*>& found) {
  const bool is_one = tree.kind == TypedKind::kTally && score_of(tree) == score;
  if (is_one) found.push_back(&tree);
  for (const TypedPtr& arg : tree.args) find_tallies(*arg, score, found);
}

// Wherever the rules and their tests ask for the score.
std::vector<const Typed*> tallies_of(const Repository& repository,
                                     std::string_view score) {
  std::vector<const Typed*> found;
  for (const TypedSegment& segment : repository.segments) {
    find_tallies(*segment.condition, score, found);
  }
  for (const TypedPersona& persona : repository.personas) {
    for (const TypedPointsLine& line : persona.lines) {
      if (line.condition) find_tallies(*line.condition, score, found);
    }
  }
  return found;
}

}  // namespace

TestCoverage::TestCoverage(TestBench& bench) : bench_(bench) {
  for (uint32_t i = 0; i < bench.own_segments(); ++i) add_segment(i);
  const Syntax& syntax = bench.loaded().syntax;
  for (size_t i = 0; i < syntax.personas.size(); ++i) {
    const auto unit =
        std::ranges::find(units_, syntax.personas[i].name.text, &Unit::name);
    if (unit != units_.end()) add_lines(i, *unit);
  }
  for (const ScoreDecl& each : syntax.scores) add_score(each);
  add_given();
}

// ---- the conditions ----

void TestCoverage::add_segment(uint32_t segment) {
  const TypedSegment& typed = bench_.repository().segments[segment];
  const bool stage = !typed.stages.empty();
  const std::string name = stage ? typed.stages : typed.name;
  if (units_.empty() || units_.back().name != name) {
    units_.push_back({.name = name, .span = typed.span});
  }
  units_.back().segments.push_back(segment);
  // Which stays where it is, though adding conditions moves the segments.
  const Typed& condition = *typed.condition;
  collect(condition, units_.back(), "");
}

void TestCoverage::add_lines(size_t persona, Unit& unit) {
  const PersonaDecl& declared = bench_.loaded().syntax.personas[persona];
  const std::string unless = declared.name.text + ".points";
  for (size_t i = 0; i < declared.points.size(); ++i) {
    const Span span = declared.points[i].span;
    const TypedPersona& typed = bench_.repository().personas[persona];
    TypedPersona line = alone(typed, i);
    const TypedPtr condition =
        line.lines[0].condition ? clone(*line.lines[0].condition) : nullptr;
    if (condition) collect(*condition, unit, unless);
    if (condition && !is_compound(*condition)) continue;  // says the same
    TypedPtr points = node_of(TypedKind::kPoints, ValueType::kPoints, span);
    points->text = line.name;
    points->index = bench_.add_persona(std::move(line));
    TypedPtr gives = node_of(TypedKind::kNot, ValueType::kFlag, span);
    gives->args.push_back(compared(std::move(points), Comparison::kEqual, 0));
    add_condition(std::move(gives), span, unit, unless);
  }
}

void TestCoverage::add_score(const ScoreDecl& declared) {
  Unit unit{.name = declared.name.text, .span = declared.name.span};
  for (const Typed* tally : tallies_of(bench_.repository(), unit.name)) {
    add_tally(*tally, declared.of_some, unit);
  }
  if (!unit.conditions.empty()) units_.push_back(std::move(unit));
}

void TestCoverage::add_tally(const Typed& tally, bool of_some, Unit& unit) {
  const Typed& present = *tally.args[0];
  for (size_t i = 0; i < present.args.size(); ++i) {
    const bool population = of_some && i == 0;
    if (population) {
      collect(*present.args[i], unit, "");
    } else {
      add_where(*present.args[i], unit);
    }
  }
}

// Whether any event passes a `where` of the value.
void TestCoverage::add_where(const Typed& value, Unit& unit) {
  if (value.events && value.events->where) {
    TypedPtr counted = clone(value);
    TypedPtr count =
        node_of(TypedKind::kMeasure, ValueType::kInteger, value.span);
    count->events = std::move(counted->events);
    const Span span = value.events->where->span;
    add_condition(compared(std::move(count), Comparison::kGreaterEqual, 1),
                  span, unit, "");
  }
  for (const TypedPtr& arg : value.args) add_where(*arg, unit);
}

void TestCoverage::collect(const Typed& tree, Unit& unit,
                           const std::string& unless) {
  if (is_compound(tree)) {
    for (const TypedPtr& arg : tree.args) collect(*arg, unit, unless);
  } else if (tree.kind != TypedKind::kConstant) {
    add_condition(clone(tree), tree.span, unit, unless);
  }
}

void TestCoverage::add_condition(TypedPtr tree, Span span, Unit& unit,
                                 const std::string& unless) {
  const std::tuple place(unit.name, span.file, span.begin, span.end);
  // Of copies of one tree, the first says what all say.
  if (!places_.insert(place).second) return;
  unit.conditions.push_back(conditions_.size());
  conditions_.push_back(
      {span, bench_.add_condition(std::move(tree), span), unless, {}});
}

// Each condition again as the tests give it.
void TestCoverage::add_given() {
  for (const auto& of_test : bench_.asked()) {
    for (const Asked& asked : of_test) {
      if (!asked.given.empty()) given_.emplace(asked.given, given_.size());
    }
  }
  for (const auto& [given, place] : given_) {
    BandsInPlace bands = bench_.in_place(given);
    for (Condition& each : conditions_) {
      const Typed& tree = *bench_.repository().segments[each.segment].condition;
      if (!bands.concerns(tree)) continue;
      each.as_given[place] =
          bench_.add_condition(bands.put(clone(tree)), each.span);
    }
  }
}

// ---- what was seen ----

bool TestCoverage::is_asked(const Unit& unit, const Reached& reached) const {
  if (unit.segments.empty()) return reached.scores.contains(unit.name);
  return std::ranges::any_of(unit.segments, [&](uint32_t segment) {
    return reached.segments[segment];
  });
}

void TestCoverage::see(const Asked& asked, Counts& counts) const {
  reference::Walk walk = bench_.view(asked).walk();
  for (size_t i = 0; i < units_.size(); ++i) {
    if (!is_asked(units_[i], asked.reached)) continue;
    ++counts.units[i];
    for (const size_t index : units_[i].conditions) {
      see(conditions_[index], asked, walk, counts.conditions[index]);
    }
  }
}

void TestCoverage::see(const Condition& condition, const Asked& asked,
                       reference::Walk& walk, Count& count) const {
  if (asked.given.bands.contains(condition.unless)) return;
  uint32_t segment = condition.segment;
  const auto given = given_.find(asked.given);
  if (given != given_.end()) {
    const auto found = condition.as_given.find(given->second);
    if (found != condition.as_given.end()) segment = found->second;
  }
  // Of what a fit would say, nothing is known.
  if (!bench_.repository().segments[segment].undecided.empty()) return;
  const reference::Answer answer = walk.answer(segment);
  if (answer.undecided) return;
  ++(answer.member ? count.held : count.held_not);
}

void TestCoverage::Counts::add(const Counts& other) {
  for (size_t i = 0; i < conditions.size(); ++i) {
    conditions[i].held += other.conditions[i].held;
    conditions[i].held_not += other.conditions[i].held_not;
  }
  for (size_t i = 0; i < units.size(); ++i) units[i] += other.units[i];
}

std::vector<SegmentCoverage> TestCoverage::report(const Counts& counts,
                                                  bool only_asked) const {
  const SourceSet& sources = bench_.loaded().sources;
  RuleSyntax syntax(sources);
  // Of two calls of a template each by what was given.
  const auto text_of = [&](const Span& span) {
    const std::string given = syntax.given(span);
    const std::string words = words_of(sources, span);
    return given.empty() ? words : words + " (" + given + ")";
  };
  std::vector<SegmentCoverage> all;
  for (size_t i = 0; i < units_.size(); ++i) {
    const Unit& unit = units_[i];
    if (only_asked && counts.units[i] == 0) continue;
    SegmentCoverage made;
    made.name = unit.name;
    made.file = sources.file(unit.span.file).path;
    made.line = line_of(sources, unit.span);
    for (const size_t index : unit.conditions) {
      const Span& span = conditions_[index].span;
      const Position position = sources.position(span.file, span.begin);
      made.conditions.push_back(
          {.file = sources.file(span.file).path,
           .line = position.line,
           .column = position.column,
           .text = text_of(span),
           .held = counts.conditions[index].held,
           .held_not = counts.conditions[index].held_not});
    }
    all.push_back(std::move(made));
  }
  return all;
}

}  // namespace kitle
