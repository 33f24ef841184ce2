// Expressions over the cells of one row of a source. Internal to
// compiler/check*.cc.
#pragma once

#include <optional>

#include "compiler/check_context.h"
#include "runtime/ingest/mapping.h"

namespace kitle {

// Each returns nothing after a mistake, which it has reported.
class CellChecker {
 public:
  explicit CellChecker(CheckContext& context) : context_(context) {}

  std::optional<CellExpr> value(const ExprPtr& expr);
  std::optional<CellExpr> condition(const ExprPtr& expr);

 private:
  using MaybeCell = std::optional<CellExpr>;

  MaybeCell plain(CellExpr::Kind kind, const std::string& text) const;
  MaybeCell nested(CellExpr::Kind kind, MaybeCell left, MaybeCell right) const;
  MaybeCell negated(MaybeCell cell, bool negate) const;
  MaybeCell junction(const Expr& expr);
  MaybeCell compare(const Expr& expr);
  MaybeCell between(const Expr& expr);
  MaybeCell in_list(const Expr& expr);
  bool list_items(const Expr& list, CellExpr& in);
  bool let_items(const Expr& name, CellExpr& in);
  MaybeCell matches(const Expr& expr, MaybeCell left, MaybeCell right);
  bool reads_numbers(const CellExpr& cell, Span span);
  MaybeCell unfit(const Expr& expr);

  CheckContext& context_;
};

// Empty if RE2 understands the pattern.
std::string pattern_error(const std::string& pattern);

}  // namespace kitle
