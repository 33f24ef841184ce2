// See build_score.h.
#include "grammar/build_score.h"

#include <utility>

namespace kitle {
namespace {

class ScoreBuilder {
 public:
  explicit ScoreBuilder(const BuildInput& input) : expr_(input, false) {}

  ScoreDecl build(const NodeRef& node) {
    ScoreDecl made;
    expr_.begin(node, made);
    for (const NodeRef& child : node.children()) line(child, made);
    return made;
  }

 private:
  void line(const NodeRef& node, ScoreDecl& made) {
    switch (node.kind()) {
      case CstKind::kPopulation:
        made.of_some = true;
        made.population = expr_.chain(*node.first());
        return;
      case CstKind::kDimension:
        made.dimensions.push_back(dimension(node));
        return;
      case CstKind::kRefit:
        made.refit.push_back(expr_.length(node));
        return;
      case CstKind::kHole:
        made.broken = true;
        return;
      default:
        return;
    }
  }

  // The value is built once more for each cut that it is compared with.
  DimensionDecl dimension(const NodeRef& node) {
    DimensionDecl made;
    const NodeRef value = *node.first(CstKind::kDimensionValue);
    const NodeRef bands = *node.first(CstKind::kBands);
    const NodeRef number = *bands.first(CstKind::kNumber);
    made.name = expr_.name(*value.first(CstKind::kPath));
    made.value = measured(value);
    made.bands = ExprBuilder::digits(number);
    made.bands_span = number.span();
    made.quantile = bands.first(CstKind::kQuantile).has_value();
    made.less = node.first(CstKind::kLessIsBetter).has_value();
    made.span = node.span();
    const auto list = bands.first(CstKind::kList);
    if (!list) return made;
    for (const NodeRef& cut : list->children()) {
      made.cuts.push_back(expr_.value(cut));
      made.better.push_back(better(value, cut, made.less));
    }
    return made;
  }

  ExprPtr better(const NodeRef& value, const NodeRef& cut, bool less) {
    auto made = std::make_unique<Expr>();
    made->kind = ExprKind::kCompare;
    made->op = less ? CompareOp::kLess : CompareOp::kGreater;
    made->span = cut.span();
    made->op_span = cut.span();
    made->args.push_back(measured(value));
    made->args.push_back(expr_.value(cut));
    return made;
  }

  ExprPtr measured(const NodeRef& node) {
    return expr_.value(node.children().back());
  }

  ExprBuilder expr_;
};

}  // namespace

ScoreDecl build_score(const BuildInput& input, const NodeRef& node) {
  return ScoreBuilder(input).build(node);
}

}  // namespace kitle
