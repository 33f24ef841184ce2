// A persona's points for one person (explain_leaf.h): what each line gave, what
// its limits and time took of them, and which line would give what lacks.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check_context.h"
#include "compiler/explain_leaf.h"
#include "compiler/words.h"

namespace kitle {
namespace {

using reference::Fraction;
using reference::Value;
using Kind = TypedPointsLine::Kind;
using Parts = reference::Walk::PointsParts;

constexpr const char* kHidden = "personal, not shown";

Int128 sum_of(const reference::Walk::DayPoints& line) {
  Int128 sum = line.of_person;
  for (const auto& [day, points] : line.days) sum += points;
  return sum;
}

Int128 ceiling(Int128 top, Int128 bottom) {
  return -reference::floor_divide(-top, bottom);
}

// Hundredths that satisfy `points > 2.5`, where they are whole.
std::optional<Int128> least_wanted(const Typed& compare) {
  const Typed& right = *compare.args[1];
  const bool constant = right.kind == TypedKind::kConstant;
  const bool more = compare.comparison == Comparison::kGreater ||
                    compare.comparison == Comparison::kGreaterEqual;
  const bool small =
      right.integer < kMostPointsSum && right.integer > -kMostPointsSum;
  if (!constant || !more || !small || right.denominator <= 0) {
    return std::nullopt;
  }
  const Int128 top = 100 * right.integer;
  const bool strict = compare.comparison == Comparison::kGreater;
  return strict ? reference::floor_divide(top, right.denominator) + 1
                : ceiling(top, right.denominator);
}

// The first comparison in the way of `wanted`.
const Typed* comparison_in(const Typed& tree) {
  if (tree.kind == TypedKind::kCompare) {
    return tree.args[0]->kind == TypedKind::kPoints ? &tree : nullptr;
  }
  if (tree.kind != TypedKind::kAnd) return nullptr;
  for (const TypedPtr& arg : tree.args) {
    if (const Typed* found = comparison_in(*arg)) return found;
  }
  return nullptr;
}

// Points that are gained today are worth all that they are.
class NearestLine {
 public:
  NearestLine(const PersonView& view, reference::Walk& walk,
              const TypedPersona& persona, const Parts& parts)
      : view_(view), walk_(walk), persona_(persona), parts_(parts) {}

  struct Found {
    size_t line = 0;
    Int128 times = 0;  // that it would have to give its points
    Int128 events = 0;
  };
  std::optional<Found> find(Int128 lacking) const {
    std::optional<Found> best;
    for (size_t i = 0; i < persona_.lines.size(); ++i) {
      const auto found = line(i, lacking);
      if (!found || (best && best->events <= found->events)) continue;
      best = found;
    }
    return best;
  }

 private:
  std::optional<Found> line(size_t index, Int128 lacking) const {
    const TypedPointsLine& line = persona_.lines[index];
    if (line.points <= 0) return std::nullopt;
    const Int128 times = ceiling(lacking, line.points);
    if (line.kind == Kind::kPerson) {
      const bool gives = times == 1 && !walk_.holds(*line.condition);
      walk_.take_undecided();
      return gives ? std::optional(Found{index, 1, 1}) : std::nullopt;
    }
    const auto today = parts_.days.find(view_.calendar.today());
    const Int128 kept = today == parts_.days.end() ? 0 : today->second.sum;
    if (kept + lacking > persona_.most_a_day) return std::nullopt;
    const bool at_once = line.kind == Kind::kMultiples;
    return Found{index, times, at_once ? 1 : times};
  }

  const PersonView& view_;
  reference::Walk& walk_;
  const TypedPersona& persona_;
  const Parts& parts_;
};

}  // namespace

void LeafMaker::add_points(WhyNode& node, const Typed& tree) {
  const TypedPersona& persona = view_.repository.personas[tree.index];
  const bool known = std::ranges::any_of(
      node.points,
      [&](const WhyPoints& other) { return other.persona == persona.name; });
  if (known || node.undecided) return;
  const Parts parts = walk_.parts_of(persona);
  const bool failed = walk_.take_undecided();
  const PersonaDecl* declared = persona_declared(persona.name);
  const bool alike =
      declared != nullptr && declared->points.size() == persona.lines.size();
  if (failed || !parts.holds_sum || !alike) return;
  WhyPoints made{.persona = persona.name};
  for (size_t i = 0; i < persona.lines.size(); ++i) {
    made.lines.push_back(points_line(
        persona.lines[i], in_persona(declared->points[i].span, persona.name),
        parts.lines[i]));
  }
  const bool hidden = std::ranges::any_of(
      made.lines, [](const auto& line) { return line.points == kHidden; });
  if (!hidden) add_sums(made, persona, *declared, parts);
  made.points = values_.of(walk_.value(tree), ValueType::kPoints);
  walk_.take_undecided();
  node.points.push_back(std::move(made));
}

Span LeafMaker::in_persona(Span place, const std::string& name) const {
  const auto& declared = view_.repository.declared;
  const auto found = std::ranges::find(declared, name, &DeclaredUses::segment);
  return RuleSyntax::in_copy(place, found->span.file);
}

const PersonaDecl* LeafMaker::persona_declared(const std::string& name) const {
  const auto& declared = view_.repository.declared;
  const auto found = std::ranges::find(declared, name, &DeclaredUses::segment);
  if (found == declared.end()) return nullptr;
  return words_.syntax().persona(found->span);
}

// Of whole multiples of a personal value the number would tell it.
WhyPointsLine LeafMaker::points_line(const TypedPointsLine& line, Span place,
                                     const reference::Walk::DayPoints& own) {
  WhyPointsLine made{.of = words_.full(place)};
  const Fraction points{sum_of(own), 100};
  made.points = values_.of(points, ValueType::kPoints);
  if (line.kind == Kind::kPerson) return made;
  const bool of_column = line.kind != Kind::kEach && !is_of_time(line.index);
  const auto& columns =
      view_.repository.schema.event(line.events->event).columns;
  if (of_column && columns[line.index].personal) made.points = kHidden;
  made.clauses.push_back(clause(*line.events, place, nullptr));
  return made;
}

void LeafMaker::add_sums(WhyPoints& made, const TypedPersona& persona,
                         const PersonaDecl& declared, const Parts& parts) {
  const auto words = [&](Int128 hundredths, Int128 unit) {
    return values_.of(Fraction{hundredths, 100 * unit}, ValueType::kPoints);
  };
  const auto step = [&](const std::string& what, const std::string& before,
                        const std::string& after) {
    made.steps.push_back(fmt::format("{}: {} become {}", what, before, after));
  };
  Int128 sum = 0;
  for (const auto& line : parts.lines) sum += sum_of(line);
  made.sum = words(sum, 1);
  Int128 kept = sum;
  for (const auto& [day, of_day] : parts.days) {
    kept -= of_day.sum - of_day.kept;
    const bool cut =
        persona.most_a_day != kNoLimit && of_day.kept != of_day.sum;
    if (!cut) continue;
    step(limit_words(declared, true) + ", of " + date_text(day),
         words(of_day.sum, 1), words(of_day.kept, 1));
  }
  const std::string before = words(kept, 1);
  const std::string total = words(parts.total, parts.unit);
  if (persona.halving != 0 && kept != 0) {
    step("halving every " + words_.of(declared.halving.front().span), before,
         total);
  }
  if (persona.most == kNoLimit) return;
  if (parts.total <= persona.most * parts.unit) return;
  step(limit_words(declared, false), total, words(persona.most, 1));
}

std::string LeafMaker::limit_words(const PersonaDecl& declared,
                                   bool a_day) const {
  const auto found =
      std::ranges::find(declared.limits, a_day, &PointsLimit::a_day);
  return words_.of(found->span);
}

// ---- what would give more ----

void LeafMaker::add_nearest(WhyNode& node, const Typed& tree) {
  const Typed* compare = comparison_in(tree);
  if (compare == nullptr) return;
  const TypedPersona& persona =
      view_.repository.personas[compare->args[0]->index];
  const auto place =
      std::ranges::find(node.points, persona.name, &WhyPoints::persona);
  const auto least = least_wanted(*compare);
  if (place == node.points.end() || !least || walk_.holds(*compare)) return;
  const Parts parts = walk_.parts_of(persona);
  walk_.take_undecided();
  if (*least > persona.most) {
    place->nearest = "none: it is more than the persona gives in all";
    return;
  }
  const Int128 lacking = ceiling(*least * parts.unit - parts.total, parts.unit);
  const auto found = NearestLine(view_, walk_, persona, parts).find(lacking);
  place->nearest = !found
                       ? "no line alone gives them today"
                       : nearest_words(persona.lines[found->line], found->times,
                                       place->lines[found->line].of);
}

std::string LeafMaker::nearest_words(const TypedPointsLine& line, Int128 times,
                                     const std::string& words) const {
  if (line.kind == Kind::kPerson) return fmt::format("`{}`", words);
  const EventType& event = view_.repository.schema.event(line.events->event);
  const std::string count = int128_text(times);
  if (line.kind == Kind::kEach) {
    return fmt::format("{} more {} by `{}`", count,
                       times == 1 ? event.name : event.plural, words);
  }
  if (line.kind == Kind::kDifferent) {
    return fmt::format("{} more by `{}`", count, words);
  }
  const auto amount = reference::product(times, Int128{line.per});
  const ValueType type = value_type(event.columns[line.index].type);
  return fmt::format("a {} of {} more by `{}`", event.name,
                     amount ? values_.of(*amount, type) : count, words);
}

}  // namespace kitle
