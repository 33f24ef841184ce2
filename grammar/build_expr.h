// The builder of conditions and values; build.cc and build_source.cc use it
// for the parts of declarations.
#pragma once

#include "grammar/tree.h"

namespace kitle {

class ExprBuilder {
 public:
  // In a source a quoted text in the place of a value is a column.
  ExprBuilder(const BuildInput& input, bool in_source)
      : input_(input), columns_(in_source) {}

  // Null where the text was not understood.
  ExprPtr chain(const NodeRef& node);
  ExprPtr value(const NodeRef& node);
  ExprPtr literal(const NodeRef& node);  // in a source: texts, not columns
  Name name(const NodeRef& path);
  // Null where the text was not understood. `measure`: after `where` stand
  // brackets.
  std::unique_ptr<EventClause> clause(const NodeRef& node, bool measure);
  Amount amount(const NodeRef& number, const NodeRef& unit);
  std::string text(const NodeRef& node);
  // The number as it is written, without `_`.
  static std::string digits(const NodeRef& number);
  // What a declaration begins with.
  template <class Decl>
  void begin(const NodeRef& node, Decl& made) {
    made.name = name(*node.first(CstKind::kPath));
    if (const auto title = node.first(CstKind::kTitle)) {
      made.title = text(*title->first());
    }
    made.private_word = private_word(node);
    made.span = node.span();
  }
  std::optional<Span> private_word(const NodeRef& node) const;
  // Of a number and its unit in `node`, or of a name.
  Amount length(const NodeRef& node);
  Amount named_length(const NodeRef& path);

 private:
  struct Part;  // a unit of a chain and the connector before it

  // build_condition.cc
  std::vector<Part> parts_of(const NodeRef& chain);
  void merge_alternatives(std::vector<Part>& parts);
  static bool is_alternative(const Part& part);
  void report_alternatives(const Part& part);
  void check_connector(const NodeRef& node);
  void report_missing_and(const NodeRef& before, const NodeRef& connector);
  void report_mixed(const NodeRef& chain, const std::vector<Part>& parts);
  ExprPtr join(const NodeRef& chain, std::vector<Part>& parts);
  ExprPtr unit(const NodeRef& node);
  ExprPtr negation(const NodeRef& node);
  ExprPtr group(const NodeRef& node);
  ExprPtr quantified(const NodeRef& node);
  ExprPtr compare(const NodeRef& node);
  ExprPtr with_tail(const NodeRef& node, ExprPtr operand, const NodeRef& tail);
  ExprPtr operator_tail(const NodeRef& node, ExprPtr operand,
                        const NodeRef& tail);
  ExprPtr in_tail(const NodeRef& node, ExprPtr operand, const NodeRef& tail);
  ExprPtr contains_tail(const NodeRef& node, ExprPtr operand,
                        const NodeRef& tail);
  // `between 14 and 7 days ago`; false if it is no such thing.
  bool between_ago(const NodeRef& node);
  ExprPtr between_tail(const NodeRef& node, ExprPtr operand,
                       const NodeRef& tail);
  ExprPtr window_tail(const NodeRef& node, ExprPtr operand,
                      const NodeRef& tail);
  ExprPtr compared_ago(const NodeRef& node, const NodeRef& tail);
  void check_operator(const NodeRef& op, const NodeRef& operand);

  // build_clause.cc
  void event_name(const NodeRef& node, EventClause& clause);
  bool named_before(const NodeRef& node, EventClause& clause);
  ExprPtr looked_up(const std::vector<NodeRef>& names);
  // False if the clause cannot be used; that is reported.
  bool filter(const NodeRef& part, EventClause& clause, bool measure);
  void open_filter(const NodeRef& condition,
                   const std::optional<NodeRef>& surplus);
  void add_window(const NodeRef& part, EventClause& clause);
  void check_order(const std::vector<NodeRef>& parts);
  void mend_order(std::vector<NodeRef> parts, Diagnostic& made) const;
  std::optional<Window> window(const NodeRef& node);
  std::optional<Window> span_window(const NodeRef& node);
  bool span_ends(const NodeRef& node, Amount& low, Amount& high);
  void fill_window(const NodeRef& form, Window& made);
  std::optional<Anchor> anchor(const NodeRef& node);
  ExprPtr moment_value(const NodeRef& node, std::string_view before);

  // build_sequence.cc
  bool outside_sequence(const NodeRef& node);
  ExprPtr sequence(const NodeRef& node);
  std::optional<StepClause> step(const NodeRef& node);
  void sequence_part(const NodeRef& node, const NodeRef& part, Expr& made);
  void add_all_within(const NodeRef& part, Expr& made);
  void add_same(const NodeRef& part, Expr& made);
  void window_behind(const NodeRef& node, const NodeRef& part);

  // build_value.cc
  ExprPtr folded(const NodeRef& node);
  ExprPtr rounded(const NodeRef& node, const NodeRef& word,
                  ExprPtr inner) const;
  ExprPtr operand_of(const NodeRef& node, ExprKind kind);
  ExprPtr quantity(const NodeRef& node);
  bool needs_number(const Expr& made, const NodeRef& word);
  ExprPtr in_top(const NodeRef& node);
  ExprPtr percent(const NodeRef& node);
  void check_percent(const NodeRef& number, const NodeRef& sign);
  ExprPtr percent_of(const NodeRef& node);
  ExprPtr sign_money(const NodeRef& node);
  ExprPtr thousands(const NodeRef& node);
  ExprPtr date_slip(const NodeRef& node);
  ExprPtr string(const NodeRef& node);
  ExprPtr list(const NodeRef& node);
  ExprPtr table_file(const NodeRef& node);
  ExprPtr bracket(const NodeRef& node);
  ExprPtr measure(const NodeRef& node);
  ExprPtr moment(const NodeRef& node);
  ExprPtr moment_of(const NodeRef& node);
  ExprPtr column_of(const NodeRef& node);
  ExprPtr call(const NodeRef& node);
  ExprPtr named(const NodeRef& node);
  std::string currency(const NodeRef& node);
  void check_escapes(const NodeRef& node);

  ExprPtr make(ExprKind kind, const NodeRef& node) const;
  Diagnostic& report(DiagnosticId id, Span span,
                     std::vector<std::string> args = {}) {
    return input_.diagnostics.add(id, span, std::move(args));
  }
  Span span(uint32_t begin, uint32_t end) const {
    return {input_.file, begin, end};
  }

  const BuildInput& input_;
  bool columns_;
  uint32_t operators_ = 0;  // around what is being built
};

// Reports of slips and failures (report.cc, explain.cc).
void report_slips(const BuildInput& input);
void explain(const BuildInput& input, const CstNode& broken);
void report_later(const BuildInput& input, const CstNode& node);

}  // namespace kitle
