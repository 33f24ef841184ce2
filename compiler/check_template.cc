// Expressions: templates that were put in, and what was given to them
// (compiler/check_expr.h).
#include "compiler/check_expr.h"

namespace kitle {

namespace {

// Whether a value can be given for a parameter of a type.
bool fits_parameter(const Typed& given, const std::string& type) {
  if (type == "flag") return given.type == ValueType::kFlag;
  if (type == "integer") return given.type == ValueType::kInteger;
  if (type == "number") return is_numeric(given.type);
  if (type == "money") return is_monetary(given.type);
  if (type == "text" || type == "code") return is_textual(given.type);
  if (type == "date") return given.type == ValueType::kDate;
  if (type == "time") return given.type == ValueType::kTime;
  return type == "duration" && is_span_of_time(given.type);
}

}  // namespace

// Like a `let`, a template means the same wherever it is called.
TypedPtr ExprChecker::expanded(const Expr& expr) {
  if (expr.args.empty()) return nullptr;
  const WindowSpec* group = group_;
  const EventClause* clause_before = clause_before_;
  const bool open = open_clause_;
  group_ = nullptr;
  clause_before_ = nullptr;
  open_clause_ = false;
  scopes_.push_back(event_);
  TypedPtr typed = either(expr.args[0]);
  scopes_.pop_back();
  if (open_clause_ && group != nullptr) {
    report(DiagnosticId::kGroupPassesLet, expr.span, {expr.name.text});
  }
  open_clause_ = open_clause_ || open;
  clause_before_ = clause_before;
  group_ = group;
  return typed;
}

// What was given in a call means what it does there.
TypedPtr ExprChecker::argument(const Expr& expr) {
  const std::optional<uint32_t> inside = event_;
  const bool called = !scopes_.empty();  // else it is of a library
  const std::optional<uint32_t> around = called ? scopes_.back() : std::nullopt;
  event_ = around;
  if (called) scopes_.pop_back();
  TypedPtr typed = either(expr.args[0]);
  if (called) scopes_.push_back(around);
  event_ = inside;
  if (!typed) return nullptr;
  if (fits_parameter(*typed, expr.text)) {
    typed->span = expr.span;  // where it stands now
    return typed;
  }
  report(DiagnosticId::kArgumentType, expr.args[0]->span,
         {quote(*expr.args[0]), phrase(typed->type), expr.name.text, expr.text})
      .with_place(expr.span, "the parameter stands here");
  return nullptr;
}

}  // namespace kitle
