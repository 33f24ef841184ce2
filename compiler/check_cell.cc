// Expressions over the cells of one row of a source.
#include "compiler/check_cell.h"

#include <fmt/format.h>

#include "compiler/literal.h"

namespace kitle {

namespace {

using Kind = CellExpr::Kind;

Kind kind_of(CompareOp op) {
  switch (op) {
    case CompareOp::kIs:
    case CompareOp::kIsNot:
    case CompareOp::kIsExactly:
      return Kind::kEqual;
    case CompareOp::kLess:
      return Kind::kLess;
    case CompareOp::kLessEqual:
      return Kind::kLessEqual;
    case CompareOp::kGreater:
      return Kind::kGreater;
    case CompareOp::kGreaterEqual:
      return Kind::kGreaterEqual;
    case CompareOp::kContains:
      return Kind::kContains;
    case CompareOp::kStartsWith:
      return Kind::kStartsWith;
    case CompareOp::kEndsWith:
      return Kind::kEndsWith;
    case CompareOp::kMatches:
      return Kind::kMatches;
  }
  return Kind::kEqual;
}

Kind kind_of(ArithmeticOp op) {
  switch (op) {
    case ArithmeticOp::kAdd:
      return Kind::kAdd;
    case ArithmeticOp::kSubtract:
      return Kind::kSubtract;
    case ArithmeticOp::kMultiply:
      return Kind::kMultiply;
    case ArithmeticOp::kDivide:
      return Kind::kDivide;
  }
  return Kind::kAdd;
}

bool is_number(const CellExpr& cell) {
  return cell.kind >= Kind::kNumber && cell.kind <= Kind::kNegate;
}

bool tests_text(Kind kind) {
  return kind == Kind::kContains || kind == Kind::kStartsWith ||
         kind == Kind::kEndsWith || kind == Kind::kMatches;
}

bool has_order(Kind kind) {
  return kind == Kind::kLess || kind == Kind::kLessEqual ||
         kind == Kind::kGreater || kind == Kind::kGreaterEqual;
}

}  // namespace

std::optional<CellExpr> CellChecker::value(const ExprPtr& expr) {
  if (!expr) return std::nullopt;
  switch (expr->kind) {
    case ExprKind::kName:
      return plain(Kind::kColumn, expr->name.text);
    case ExprKind::kString:
      return plain(Kind::kText, expr->text);
    case ExprKind::kNumber:
      return plain(Kind::kNumber, expr->text);
    case ExprKind::kBracket:
      return value(expr->args[0]);
    case ExprKind::kArithmetic: {
      MaybeCell left = value(expr->args[0]);
      MaybeCell right = value(expr->args[1]);
      bool fit = left && right && reads_numbers(*left, expr->args[0]->span) &&
                 reads_numbers(*right, expr->args[1]->span);
      if (!fit) return std::nullopt;
      return nested(kind_of(expr->arith), std::move(left), std::move(right));
    }
    case ExprKind::kNegate: {
      MaybeCell inner = value(expr->args[0]);
      bool fit = inner && reads_numbers(*inner, expr->args[0]->span);
      if (!fit) return std::nullopt;
      CellExpr cell{Kind::kNegate, "", {}};
      cell.args.push_back(std::move(*inner));
      return cell;
    }
    default:
      return unfit(*expr);
  }
}

std::optional<CellExpr> CellChecker::condition(const ExprPtr& expr) {
  if (!expr) return std::nullopt;
  switch (expr->kind) {
    case ExprKind::kAnd:
    case ExprKind::kOr:
      return junction(*expr);
    case ExprKind::kNot:
      return negated(condition(expr->args[0]), true);
    case ExprKind::kBracket:
      return condition(expr->args[0]);
    case ExprKind::kCompare:
      return compare(*expr);
    case ExprKind::kBetween:
      return between(*expr);
    case ExprKind::kInList:
      return in_list(*expr);
    case ExprKind::kIsMissing:
    case ExprKind::kIsPresent: {
      MaybeCell inner = value(expr->args[0]);
      if (!inner) return std::nullopt;
      CellExpr present{Kind::kPresent, "", {}};
      present.args.push_back(std::move(*inner));
      return negated(std::move(present), expr->kind == ExprKind::kIsMissing);
    }
    default:
      return unfit(*expr);
  }
}

CellChecker::MaybeCell CellChecker::plain(Kind kind,
                                          const std::string& text) const {
  return CellExpr{kind, text, {}};
}

CellChecker::MaybeCell CellChecker::nested(Kind kind, MaybeCell left,
                                           MaybeCell right) const {
  if (!left || !right) return std::nullopt;
  CellExpr cell{kind, "", {}};
  cell.args.push_back(std::move(*left));
  cell.args.push_back(std::move(*right));
  return cell;
}

CellChecker::MaybeCell CellChecker::negated(MaybeCell cell, bool negate) const {
  if (!cell || !negate) return cell;
  CellExpr negation{Kind::kNot, "", {}};
  negation.args.push_back(std::move(*cell));
  return negation;
}

CellChecker::MaybeCell CellChecker::junction(const Expr& expr) {
  CellExpr cell{expr.kind == ExprKind::kAnd ? Kind::kAnd : Kind::kOr, "", {}};
  for (const ExprPtr& arg : expr.args) {
    MaybeCell part = condition(arg);
    if (part) cell.args.push_back(std::move(*part));
  }
  if (cell.args.size() != expr.args.size()) return std::nullopt;
  return cell;
}

CellChecker::MaybeCell CellChecker::compare(const Expr& expr) {
  MaybeCell left = value(expr.args[0]);
  MaybeCell right = value(expr.args[1]);
  if (!left || !right) return std::nullopt;
  Kind kind = kind_of(expr.op);
  if (tests_text(kind)) return matches(expr, std::move(left), std::move(right));
  bool numbers = has_order(kind) || is_number(*left) || is_number(*right);
  bool fit = !numbers || (reads_numbers(*left, expr.args[0]->span) &&
                          reads_numbers(*right, expr.args[1]->span));
  if (!fit) return std::nullopt;
  bool negate = expr.op == CompareOp::kIsNot;
  return negated(nested(kind, std::move(left), std::move(right)), negate);
}

CellChecker::MaybeCell CellChecker::matches(const Expr& expr, MaybeCell left,
                                            MaybeCell right) {
  if (right->kind != Kind::kText) {
    context_.report(DiagnosticId::kWrittenTextNeeded, expr.args[1]->span,
                    {op_text(expr.op)});
    return std::nullopt;
  }
  std::string error =
      expr.op == CompareOp::kMatches ? pattern_error(right->text) : "";
  if (!error.empty()) {
    context_.report(DiagnosticId::kBadPattern, expr.args[1]->span, {error});
    return std::nullopt;
  }
  return nested(kind_of(expr.op), std::move(left), std::move(right));
}

CellChecker::MaybeCell CellChecker::between(const Expr& expr) {
  MaybeCell tested = value(expr.args[0]);
  MaybeCell low = value(expr.args[1]);
  MaybeCell high = value(expr.args[2]);
  bool fit = tested && low && high &&
             reads_numbers(*tested, expr.args[0]->span) &&
             reads_numbers(*low, expr.args[1]->span) &&
             reads_numbers(*high, expr.args[2]->span);
  if (!fit) return std::nullopt;
  MaybeCell copy = tested;
  return nested(Kind::kAnd,
                nested(Kind::kGreaterEqual, std::move(copy), std::move(low)),
                nested(Kind::kLessEqual, std::move(tested), std::move(high)));
}

CellChecker::MaybeCell CellChecker::in_list(const Expr& expr) {
  MaybeCell tested = value(expr.args[0]);
  if (!tested || !expr.args[1]) return std::nullopt;
  CellExpr in{Kind::kIn, "", {}};
  in.args.push_back(std::move(*tested));
  const Expr& list = *expr.args[1];
  bool written = list.kind == ExprKind::kList;
  bool sound = written ? list_items(list, in) : let_items(list, in);
  if (!sound) return std::nullopt;
  return negated(std::move(in), expr.negated);
}

bool CellChecker::list_items(const Expr& list, CellExpr& in) {
  bool sound = true;
  for (const ExprPtr& item : list.args) {
    MaybeCell cell = value(item);
    sound = sound && cell;
    if (!cell) continue;
    bool written = cell->kind != Kind::kColumn;
    if (!written) {
      context_.report(DiagnosticId::kListItemNotWritten, item->span,
                      {context_.quote(item->span)});
      sound = false;
    }
    in.args.push_back(std::move(*cell));
  }
  if (!list.args.empty()) return sound;
  context_.report(DiagnosticId::kEmptyList, list.span);
  return false;
}

// A `let` that is a list of texts or integers.
bool CellChecker::let_items(const Expr& name, CellExpr& in) {
  const Symbol* symbol = context_.find(name.name.text);
  bool is_let = symbol != nullptr && symbol->kind == Symbol::Kind::kLet;
  if (!is_let || !context_.lets[symbol->index].list) {
    bool broken = is_let && !context_.lets[symbol->index].sound;
    if (!broken) unfit(name);
    return false;
  }
  const LetInfo& let = context_.lets[symbol->index];
  if (!let.sound || !context_.may_copy(let.nodes, name.span)) return false;
  for (const TypedPtr& item : let.items) {
    bool text = item->type == ValueType::kText;
    if (!text && item->type != ValueType::kInteger) {
      unfit(name);
      return false;
    }
    int64_t number = static_cast<int64_t>(item->integer);
    in.args.push_back(
        text ? CellExpr{Kind::kText, item->text, {}}
             : CellExpr{Kind::kNumber, std::to_string(number), {}});
  }
  return true;
}

// A written text that is no number would reject every row.
bool CellChecker::reads_numbers(const CellExpr& cell, Span span) {
  if (cell.kind != Kind::kText || written_decimal(cell.text)) return true;
  context_.report(DiagnosticId::kTextAsNumber, span, {cell.text});
  return false;
}

CellChecker::MaybeCell CellChecker::unfit(const Expr& expr) {
  context_.report(DiagnosticId::kSourceExpression, expr.span,
                  {fmt::format("`{}`", context_.quote(expr.span))});
  return std::nullopt;
}

}  // namespace kitle
