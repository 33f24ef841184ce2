// See build_guard.h.
#include "grammar/build_guard.h"

namespace kitle {
namespace {

// Bounds as written; "" where there is none.
void bounds(const NodeRef& node, GuardDecl& made) {
  std::vector<std::string> numbers;
  for (const NodeRef& child : node.children()) {
    if (child.is(CstKind::kNumber)) {
      numbers.push_back(ExprBuilder::digits(child));
    }
  }
  made.bounds_span = node.span();
  if (!node.is(CstKind::kSizeAtMost)) made.low = numbers.front();
  if (!node.is(CstKind::kSizeAtLeast)) made.high = numbers.back();
}

}  // namespace

GuardDecl build_guard(const BuildInput& input, const NodeRef& node) {
  ExprBuilder expr(input, false);
  GuardDecl made;
  made.span = node.span();
  for (const NodeRef& child : node.children()) {
    switch (child.kind()) {
      case CstKind::kPath:
        (made.first.text.empty() ? made.first : made.second) = expr.name(child);
        break;
      case CstKind::kImplies:
        made.kind = GuardKind::kImplies;
        break;
      case CstKind::kEquals:
        made.kind = GuardKind::kEquals;
        break;
      case CstKind::kSizeBetween:
      case CstKind::kSizeAtLeast:
      case CstKind::kSizeAtMost:
        made.kind = GuardKind::kSize;
        bounds(child, made);
        break;
      case CstKind::kSizePercent:
        made.percent = true;
        break;
      default:
        break;
    }
  }
  return made;
}

}  // namespace kitle
