// See shape.h.
#include "tests/support/random/shape.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <utility>

#include "compiler/words.h"

namespace kitle::testing {
namespace {

// Of a window what has a form of its own in a plan.
std::string form_of(const WindowSpec& window) {
  const bool calendar = is_calendar(window.unit);
  return fmt::format("window{}{}", std::to_underlying(window.form),
                     calendar ? "c" : "");
}

class Shape {
 public:
  Shape(const Repository& repository, const OnPair& pair)
      : repository_(repository), pair_(pair) {}

  void node(const Typed& tree, const std::string& upper) {
    const std::string name = name_of(tree);
    open(name, upper);
    text_ += fmt::format(":{}{}{}", std::to_underlying(tree.type),
                         tree.last ? "l" : "", tree.until ? "u" : "");
    for (const TypedPtr& arg : tree.args) node(*arg, name);
    if (tree.events) events(*tree.events, name);
    if (tree.sequence) sequence(*tree.sequence, name);
    if (tree.kind == TypedKind::kInWindow) text_ += form_of(tree.window);
    if (tree.kind == TypedKind::kPoints) points(tree.index, name);
    text_ += ')';
  }

  const std::string& text() const { return text_; }

 private:
  static std::string name_of(const Typed& tree) {
    switch (tree.kind) {
      case TypedKind::kMeasure:
        return measure_text(tree.measure);
      case TypedKind::kTextTest:
        return test_text(tree.test);
      case TypedKind::kCompare:
        return comparison_text(tree.comparison);
      default:
        return kind_name(tree.kind);
    }
  }

  void open(const std::string& name, const std::string& upper) {
    text_ += '(' + name;
    pair_(upper, name);
  }

  void anchor(const TypedAnchor& anchor, const std::string& upper) {
    open("anchor", upper);
    text_ += fmt::format("{}", std::to_underlying(anchor.shape));
    node(*anchor.moment, "anchor");
    text_ += ')';
  }

  void events(const TypedEvents& events, const std::string& upper) {
    text_ += form_of(events.window);
    if (events.by_order) text_ += 'o';
    if (events.measured) node(*events.measured, upper);
    if (events.where) node(*events.where, upper);
    if (events.after) anchor(*events.after, upper);
    if (events.before) anchor(*events.before, upper);
  }

  void sequence(const TypedSequence& sequence, const std::string& upper) {
    if (sequence.all_within) text_ += 'a';
    for (const TypedStep& step : sequence.steps) {
      open(step.negated ? "negated step" : "step", upper);
      text_ += fmt::format("{}{}", step.within ? "w" : "", step.same.size());
      events(step.events, "step");
      for (const StepComparison& each : step.comparisons) {
        node(*each.own, "step");
        node(*each.other, "step");
      }
      text_ += ')';
    }
  }

  void points(uint32_t index, const std::string& upper) {
    const TypedPersona& persona = repository_.personas[index];
    text_ += fmt::format("{}{}{}", persona.most_a_day != kNoLimit ? "d" : "",
                         persona.most != kNoLimit ? "m" : "",
                         persona.halving != 0 ? "h" : "");
    for (const TypedPointsLine& line : persona.lines) {
      const std::string kind =
          fmt::format("points{}", std::to_underlying(line.kind));
      open(kind, upper);
      if (line.events) events(*line.events, kind);
      if (line.condition) node(*line.condition, kind);
      text_ += ')';
    }
  }

  const Repository& repository_;
  const OnPair& pair_;
  std::string text_;
};

}  // namespace

uint64_t shape_of(const Repository& repository, const Typed& condition,
                  const OnPair& pair) {
  Shape shape(repository, pair);
  shape.node(condition, "segment");
  return XXH3_64bits(shape.text().data(), shape.text().size());
}

}  // namespace kitle::testing
