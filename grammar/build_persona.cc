// See build_persona.h.
#include "grammar/build_persona.h"

#include <utility>

namespace kitle {
namespace {

class PersonaBuilder {
 public:
  explicit PersonaBuilder(const BuildInput& input) : expr_(input, false) {}

  PersonaDecl build(const NodeRef& node) {
    PersonaDecl made;
    expr_.begin(node, made);
    for (const NodeRef& child : node.children()) line(child, made);
    return made;
  }

 private:
  void line(const NodeRef& node, PersonaDecl& made) {
    switch (node.kind()) {
      case CstKind::kLookBack:
        made.look_back.push_back(look_back(node));
        return;
      case CstKind::kPoints:
        made.points.push_back(points(node));
        return;
      case CstKind::kPointsLimit:
        made.limits.push_back(limit(node));
        return;
      case CstKind::kHalving:
        made.halving.push_back(expr_.length(node));
        return;
      case CstKind::kMember:
        made.member.push_back(
            {expr_.chain(*node.first(CstKind::kChain)), node.span()});
        return;
      case CstKind::kHole:
        made.broken = true;
        return;
      default:
        return;
    }
  }

  Window look_back(const NodeRef& node) {
    Window made;
    made.span = node.span();
    if (node.first(CstKind::kEver)) return made;
    made.kind = WindowKind::kLast;
    made.amount = expr_.length(node);
    return made;
  }

  PointsDecl points(const NodeRef& node) {
    PointsDecl made;
    const auto minus = node.first(CstKind::kNegate);
    const NodeRef number = *(minus ? *minus : node).first(CstKind::kNumber);
    made.points = (minus ? "-" : "") + ExprBuilder::digits(number);
    made.points_span = minus ? minus->span() : number.span();
    made.span = node.span();
    if (const auto when = node.first(CstKind::kWhen)) {
      made.kind = PointsDecl::Kind::kPerson;
      made.condition = expr_.chain(*when->first());
      return made;
    }
    if (const auto per = node.first(CstKind::kPer)) {
      made.kind = PointsDecl::Kind::kMultiples;
      made.per = expr_.value(*per->first());
    }
    if (const auto different = node.first(CstKind::kDifferentOf)) {
      made.kind = PointsDecl::Kind::kDifferent;
      made.property = expr_.name(*different->first(CstKind::kPath));
    }
    made.clause = expr_.clause(node, false);
    return made;
  }

  static PointsLimit limit(const NodeRef& node) {
    return {ExprBuilder::digits(*node.first(CstKind::kNumber)),
            node.first(CstKind::kADay).has_value(), node.span()};
  }

  ExprBuilder expr_;
};

}  // namespace

PersonaDecl build_persona(const BuildInput& input, const NodeRef& node) {
  return PersonaBuilder(input).build(node);
}

}  // namespace kitle
