// Expressions: syntax -> typed, for one `let` or one segment. Internal to
// compiler/check*.cc. Its methods stand, by subject, in
//   check_expr.cc    dispatch, names, conditions
//   check_value.cc   written values, arithmetic
//   check_compare.cc comparisons, texts, lists
//   check_event.cc   event clauses, measures, moments
//   check_sequence.cc steps of sequences
//   check_window.cc  windows and anchors
//   check_birthday.cc birthdays
//   check_stages.cc  tests of stages
//   check_lookup.cc  columns of tables
//   check_template.cc  templates
//   check_persona.cc points of personas
// Every method that returns a TypedPtr returns null after a mistake, which
// it or what it called has reported.
#pragma once

#include "compiler/check_context.h"

namespace kitle {

class ExprChecker {
 public:
  explicit ExprChecker(CheckContext& context) : context_(context) {}
  // Inside of a persona: `points` are its own.
  ExprChecker(CheckContext& context, uint32_t persona)
      : context_(context), persona_(persona) {}

  TypedPtr condition(const ExprPtr& expr);
  TypedPtr value(const ExprPtr& expr);  // not a condition, not a list
  TypedPtr either(const ExprPtr& expr);
  // The items of a written list, each a constant; false after a mistake.
  bool list_items(const Expr& list, std::vector<TypedPtr>& items);

  // The events of a persona's line: those within its look-back.
  std::unique_ptr<TypedEvents> events_within(const EventClause* clause,
                                             const WindowSpec& look_back);
  std::optional<WindowSpec> event_window(const Window& window);
  // A written length, or that of a `let`; a mistake is reported.
  std::optional<Amount> length_of(const Amount& amount);
  struct Range {
    Amount low;
    Amount high;
  };
  std::optional<Range> range_of(const Amount& low, const Amount& high,
                                Span span);
  // Of `time` and what comes from it: kTimeIndex and the like.
  std::optional<uint32_t> property_of(uint32_t event, const Name& name);
  ValueType property_type(uint32_t event, uint32_t index) const;
  bool no_property(const EventClause& clause, const char* what);
  bool needs_property(const EventClause& clause, Measure measure,
                      uint32_t event);

  // Of a fit the cuts that a value is compared with.
  struct Fitted {
    uint32_t fit = 0;  // of CheckContext::fits
    int64_t dimension = 0;
    std::string name;  // as messages and prints show it
  };
  TypedPtr better_than_fitted(const Typed& value, const Fitted& place,
                              Int128 cut, bool less, Span span) const;

  // What was met on the way.
  const std::vector<uint32_t>& uses() const { return uses_; }  // segments
  bool open_clause() const { return open_clause_; }

 private:
  // Both ends of a window, as far as written.
  struct Ends {
    TypedPtr low;
    TypedPtr high;
    bool sound = true;
    bool written = true;  // constants
  };
  // What a window is laid on.
  enum class Target : uint8_t { kEvents, kTime, kDate };
  // A typed side of a comparison and where it was written.
  struct Side {
    const Expr* expr;
    TypedPtr typed;
  };
  // Items of a list: own ones, or those of a `let`.
  struct Items {
    bool sound = false;
    bool file = false;  // from one: values are not warned of one by one
    std::vector<const Typed*> all;
    std::vector<TypedPtr> owned;
  };

  // The sequence whose steps are being checked.
  struct Steps {
    const Expr* written;
    const TypedSequence* typed;  // those before, and this one's event
  };

  // check_expr.cc
  TypedPtr dispatch(const Expr& expr);
  TypedPtr person_only(const Expr& expr);
  TypedPtr event_kind(const Expr& expr);
  TypedPtr name(const Expr& expr);
  TypedPtr person_name(const Expr& expr);
  // Null, and nothing reported, where there is none of this name.
  TypedPtr attribute(const std::string& name, Span span) const;
  TypedPtr event_name(const Expr& expr);
  TypedPtr dotted_name(const Expr& expr);
  TypedPtr attribute_in_where(const Expr& expr, const std::string& name);
  TypedPtr weekday(const Expr& expr) const;
  TypedPtr unknown_name(const Expr& expr);
  TypedPtr other_symbol(const Expr& expr, const Symbol& symbol);
  bool property_of_clause_before(const Expr& expr);
  bool property_of_some_event(const Expr& expr);
  TypedPtr let_value(const Expr& expr, uint32_t index);
  TypedPtr junction(const Expr& expr);
  TypedPtr negation(const Expr& expr);
  TypedPtr presence(const Expr& expr);
  TypedPtr in_segment(const Expr& expr);
  TypedPtr group(const Expr& expr);

  // check_template.cc
  TypedPtr expanded(const Expr& expr);
  TypedPtr argument(const Expr& expr);

  // check_lookup.cc
  struct TableColumn {
    uint32_t table;
    uint32_t column;
  };
  TypedPtr column_of_table(const Expr& expr);
  // What a measure is of: `margin of product of purchase`.
  bool measured_column(const EventClause& clause, Typed& measure,
                       const char* words);
  TypedPtr text_at(TypedPtr place) const;
  bool is_of_event(const Typed& lookup, uint32_t event);
  // Whether a table's column is measured of what is no event, so that this
  // may be the key.
  bool lacks_event(const EventClause& clause) const;
  // `distinct count of purchase.brand`, where a table has the column.
  bool column_as_property(const EventClause& clause, uint32_t event);
  std::vector<TableColumn> columns_called(const Expr& expr) const;
  bool is_key_of(const Expr& expr, const Lookup& table, const Typed& key);
  TypedPtr no_column(const Expr& expr);

  // check_stages.cc
  // The stages that an expression names; their place in Syntax::stages.
  std::optional<uint32_t> stages_named(const ExprPtr& expr) const;
  TypedPtr stage_comparison(const Expr& expr, uint32_t stages);
  TypedPtr stage_in_list(const Expr& expr, uint32_t stages);
  // A stage's place among the segments.
  std::optional<uint32_t> stage_named(const ExprPtr& expr, uint32_t stages);
  void report_stages_alone(Span span, uint32_t stages);
  void report_unknown_stage(const Name& name, uint32_t stages);
  std::optional<uint32_t> segment_named(const Name& name);
  void report_unknown_segment(const Name& name);
  TypedPtr membership(uint32_t segment, Span span);
  TypedPtr negated(TypedPtr typed) const;

  // check_value.cc
  TypedPtr number(const Expr& expr);
  TypedPtr money(const Expr& expr);
  TypedPtr text(const Expr& expr);
  TypedPtr date(const Expr& expr);
  TypedPtr date_time(const Expr& expr);
  TypedPtr duration(const Expr& expr);
  TypedPtr arithmetic(const Expr& expr);
  TypedPtr negate(const Expr& expr);
  TypedPtr percent_of(const Expr& expr);
  TypedPtr of_value(const Expr& expr);  // one of the next four
  TypedPtr age_of(const Expr& expr);
  TypedPtr length_of(const Expr& expr);
  TypedPtr rounded(const Expr& expr);
  // `birthday of birth_date` and what comes behind it.
  TypedPtr birthday_alone(const Expr& expr);
  TypedPtr birthday_in(const Expr& expr, const WindowSpec& window);
  TypedPtr birthday_window(const Expr& expr);
  TypedPtr birthday_between(const Expr& expr);
  std::optional<WindowSpec> days_between(const Expr& expr, const Typed& low,
                                         const Typed& high);
  TypedPtr days_since(const Expr& expr);
  TypedPtr time_since(const Expr& expr);
  TypedPtr order_total(const Expr& expr);
  TypedPtr total_of_other(const Expr& expr);
  TypedPtr no_arithmetic(const Expr& expr, const Typed& left,
                         const Typed& right);

  // check_compare.cc
  TypedPtr compare(const Expr& expr);
  TypedPtr order(const Expr& expr);
  TypedPtr equality(const Expr& expr);
  TypedPtr equal_sides(const Expr& expr, Side left, Side right);
  TypedPtr flag_equality(const Expr& expr, Side left, Side right);
  TypedPtr text_equality(const Expr& expr, Side left, Side right);
  TypedPtr text_operator(const Expr& expr);
  TypedPtr text_test(const Expr& expr, TextTest test, TypedPtr left,
                     const Typed& written);
  TypedPtr with_op(const Expr& expr, TypedPtr equal);
  TypedPtr between_days(const Expr& expr, Side& left, const Typed& low,
                        const Typed& high);
  bool ends_in_order(const Expr& expr, const Typed& low, const Typed& high);
  TypedPtr between(const Expr& expr);
  TypedPtr contains_list(const Expr& expr);
  TypedPtr contains_one(const Expr& expr, const Typed& left, const Typed& item);
  TypedPtr in_list(const Expr& expr);
  bool is_column(const Expr& list) const;
  TypedPtr in_column(const Expr& expr, const Expr& column);
  void report_no_list(const Expr& expr, const Side& right);
  void report_element_first(const Expr& expr, const Side& right);
  TypedPtr in_texts(const Expr& expr, TypedPtr left, const Items& items);
  TypedPtr in_values(const Expr& expr, TypedPtr left, const Items& items);
  // Of `left`, where they come from a file: it says how they are read.
  Items items_of(const Expr& list, const Typed* left);
  Items file_items(const Expr& file, Span place, const Typed* left);
  void report_list_in_list(const Expr& expr, const Typed& left);
  bool items_fit(const Expr& expr, const Typed& left, const Items& items);
  bool right_is_list(const Expr& expr);
  TypedPtr right_value(const Expr& expr, const Typed* left);
  TypedPtr compared(Comparison comparison, Span span, TypedPtr left,
                    TypedPtr right);
  bool comparable(const Expr& expr, const Side& left, const Side& right);
  void report_mismatch(const Expr& expr, const Side& left, const Side& right);
  // The way to write a comparison of sides of two kinds; "" if not plain.
  std::string mended_whole(const Expr& expr, const Side& left,
                           const Side& right) const;
  std::string whole_day(const Expr& expr, const std::string& time,
                        const std::string& day) const;
  void report_time_against_date(const Expr& expr, const Side& left,
                                const Side& right);
  void warn_unseen(const Typed& tested, TextTest test,
                   const std::string& written, Span span);
  bool resolves(const Name& name) const;
  void report_no_order(const Expr& expr, const Side& side);

  // check_event.cc
  std::unique_ptr<TypedEvents> clause(const EventClause& clause,
                                      bool takes_group);
  std::optional<uint32_t> event_of(const EventClause& clause);
  TypedPtr where(const EventClause& clause, uint32_t event);
  TypedPtr quantified(const Expr& expr);
  TypedPtr counted(const Expr& expr);
  TypedPtr each_period(const Expr& expr, TypedPtr first);
  TypedPtr how_many(const ExprPtr& expr);
  TypedPtr measure(const Expr& expr);
  TypedPtr share(const Expr& expr);
  bool measure_property(const EventClause& clause, Typed& measure,
                        const char* words);
  bool property_behind(const Expr& expr);
  TypedPtr moment(const Expr& expr);
  TypedPtr moment_of(const Expr& expr);
  bool event_compared(const Expr& expr);
  bool age_in_years(const Expr& expr, const Typed* left);
  bool counted_flag(const Expr& expr);
  bool property_as_event(const EventClause& clause);

  // check_groups.cc
  // Says why a group lacks a property that a member has.
  bool not_common(uint32_t event, const std::string& name, Span span);
  void not_of_session(const DerivedEvents& sessions, const std::string& name,
                      Span span);
  void report_time_of_events(const EventClause& clause, const Typed& measure);
  TypedPtr part_of(TypedKind part, TypedPtr time, Span span) const;
  void warn_always(const Expr& expr, Comparison comparison, const Typed& count);

  // check_persona.cc
  TypedPtr points_of(uint32_t persona, Span span);
  TypedPtr persona_member(const Expr& expr, uint32_t persona,
                          std::string_view member);

  // check_sequence.cc
  TypedPtr sequence(const Expr& expr);
  bool step_names(const Expr& expr);
  bool step(const StepClause& written, TypedSequence& sequence);
  bool step_span(const std::optional<Amount>& written,
                 std::optional<StepSpan>& span);
  bool split_where(TypedPtr where, TypedStep& step);
  bool add_comparison(TypedPtr part, TypedStep& step);
  void own_value(Typed& tree, uint32_t step) const;
  bool all_within(const Expr& expr, TypedSequence& sequence);
  bool few_far_steps(const Expr& expr, const TypedSequence& sequence);
  bool same(const Expr& expr, const Name& name, TypedSequence& sequence);
  bool can_be_same(const StepClause& written, const TypedStep& step,
                   const Name& name, uint32_t index);
  std::optional<uint32_t> step_named(std::string_view name) const;
  TypedPtr step_value(const Expr& expr, uint32_t step,
                      const std::string& member);
  // Of a property in a `where`.
  uint32_t event_of(const Typed& property) const;

  // check_score.cc
  TypedPtr in_top(const Expr& expr);
  std::optional<Share> top_share(const Expr& expr);
  TypedPtr score_member(const Expr& expr, uint32_t score,
                        std::string_view member);
  TypedPtr tally(uint32_t score, std::optional<size_t> dimension,
                 const std::string& name, Span span);
  // `value.code`, where `value` is a score.
  std::optional<uint32_t> code_named(const ExprPtr& expr) const;
  TypedPtr code_comparison(const Expr& expr, uint32_t score);
  TypedPtr code_in_list(const Expr& expr, uint32_t score);
  TypedPtr has_code(const ExprPtr& written, const std::string& name,
                    uint32_t score);

  // check_window.cc
  TypedPtr matches_window(const Expr& expr);
  TypedPtr no_moment(const Expr& expr, const Typed& left);
  TypedPtr against_moment(const Expr& expr, TypedPtr left, Ends ends);
  std::optional<WindowSpec> window_spec(const Window& window, Target target,
                                        const Ends& ends);
  std::optional<WindowSpec> amount_window(const Window& window, Target target);
  std::optional<WindowSpec> ago_window(const Window& window);
  std::optional<WindowSpec> range_window(const Window& window, Target target);
  std::optional<WindowSpec> each_window(const Window& window);
  std::optional<WindowSpec> period_window(const Window& window);
  std::optional<WindowSpec> written_period(const Window& window);
  std::optional<WindowSpec> end_window(const Window& window, Target target,
                                       const Ends& ends);
  bool since_amount(const Window& window);
  Ends ends_of(const Window& window);
  bool finer_than_target(const Amount& amount, Target target, Span window);
  bool sensible(const Amount& amount, bool zero_allowed, Span span);
  bool anchors(const EventClause& clause, TypedEvents& events);
  std::optional<TypedAnchor> anchor(const Anchor& written);
  TypedPtr moment_value(const ExprPtr& expr);

  TypedPtr node(TypedKind kind, ValueType type, Span span) const;
  TypedPtr constant(ValueType type, Int128 value, Span span) const;
  Diagnostic& report(DiagnosticId id, Span span,
                     std::vector<std::string> args = {}) {
    return context_.report(id, span, std::move(args));
  }
  std::string quote(const Expr& expr) const {
    return context_.quote(expr.span);
  }
  std::string quote(Span span) const { return context_.quote(span); }
  const EventType& schema_event(uint32_t event) const {
    return context_.schema.event(event);
  }
  // The column whose value a node is; null if it is none.
  const Column* column_of(const Typed& tree) const;

  CheckContext& context_;
  static constexpr uint32_t kNoPersona = UINT32_MAX;
  uint32_t persona_ = kNoPersona;  // whose lines are checked
  std::optional<uint32_t> event_;  // inside a `where` of this event
  // Of the calls of templates around: inside which `where` each stands.
  std::vector<std::optional<uint32_t>> scopes_;
  const Steps* steps_ = nullptr;
  const WindowSpec* group_ = nullptr;
  bool group_reached_ = false;
  // The clause of a quantifier, where `in each of` may stand.
  const EventClause* each_clause_ = nullptr;
  // In an `and`: the clause at the end of the condition before, and the
  // condition that is being checked.
  const EventClause* clause_before_ = nullptr;
  const Expr* beside_ = nullptr;
  std::vector<uint32_t> uses_;
  bool open_clause_ = false;
  uint32_t depth_ = 0;
  Span whole_;  // of the outermost expression
};

inline bool is_birthday(const ExprPtr& expr) {
  return expr && expr->kind == ExprKind::kBirthdayOf;
}

// A condition, and no value (a flag is both).
bool is_condition(const Typed& tree);
bool is_constant(const Typed& tree);
// Integer or number; money or its fraction; duration or its fraction.
bool is_numeric(ValueType type);
bool is_monetary(ValueType type);
bool is_span_of_time(ValueType type);
bool is_textual(ValueType type);
bool is_list(ValueType type);
bool is_moment(ValueType type);
// Nodes of a tree, and texts of lists; its depth.
struct TreeSize {
  uint64_t nodes = 0;
  uint32_t depth = 0;
};
TreeSize size_of(const Typed& tree);
// Whether the property stands before its event: `category of purchase`.
bool names_before(const EventClause& clause);
// Whether there is such a measure of values of the type, and what it is.
bool measures(Measure measure, ValueType property);
ValueType measure_type(Measure measure, ValueType property);
StepUnit step_unit(TimeUnit unit);
// What `day`, `weekday` and `hour` of an event are of its time.
std::optional<TypedKind> part_of_time(std::string_view name);

}  // namespace kitle
