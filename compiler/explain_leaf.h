// One test of a condition: its values, its events, what is missing. Internal
// to compiler/explain_*.cc. Split over
//   explain_leaf.cc     values and events
//   explain_steps.cc    sequences
//   explain_points.cc   personas
//   explain_scores.cc   scores
//   explain_missing.cc  what is missing
#pragma once

#include <string>
#include <vector>

#include "compiler/explain_person.h"

namespace kitle {

// What kinds of nodes are to an explanation. A total switch, so that a new
// kind must say what it is.
enum class TypedShape : uint8_t {
  kJunction,  // and, or
  kNegation,
  kSegment,
  kTest,      // a condition over values, which are its args
  kWritten,   // a constant
  kValue,     // is looked up or counted: shown by itself
  kOfValue,   // the same of one value, its arg, which is shown too
  kCombined,  // calculated from its args, which are shown too
};
TypedShape shape_of(TypedKind kind);

class LeafMaker {
 public:
  LeafMaker(const PersonView& view, const RuleWords& words,
            const ValueWords& values, reference::Walk& walk, size_t events)
      : view_(view),
        words_(words),
        values_(values),
        walk_(walk),
        events_(events) {}

  // Values, clauses and what is missing to `wanted`. `node` has words and
  // truth.
  void fill(WhyNode& node, const Typed& tree, bool wanted);

 private:
  using Rows = reference::Walk::Rows;
  // An event or an order of the person's, that is not later than now.
  struct Item {
    Rows rows;  // those that pass the `where`; all, if none does
    bool passes = false;
  };

  void add_test(WhyNode& node, const Typed& tree);
  void add_value(WhyNode& node, const Typed& tree);
  // The value by its words, once.
  void add_known(WhyNode& node, const Typed& tree);
  void add_written(WhyNode& node, const Typed& tree);
  void add_events(WhyNode& node, const Typed& tree);
  void add_anchor(WhyNode& node, const std::optional<TypedAnchor>& anchor);
  std::string shown(const Typed& tree);

  std::vector<Item> items(const TypedEvents& events);
  void add_steps(WhyNode& node, const TypedSequence& sequence);
  WhyStep step(const TypedSequence& sequence,
               const reference::Walk::Chain& chain, uint32_t index);
  void add_faults(WhyStep& made, const TypedSequence& sequence,
                  const reference::Walk::Chain& chain);
  std::string fault_words(const TypedSequence& sequence,
                          const reference::Walk::Fault& fault,
                          const std::string& event);
  std::string compared_words(const TypedSequence& sequence,
                             const reference::Walk::Fault& fault,
                             const std::string& event);
  // The event that stands for a step.
  WhyEvent step_event(const TypedStep& step, size_t row);
  void add_points(WhyNode& node, const Typed& tree);
  void add_score(WhyNode& node, const Typed& tree);
  std::string unranked_words(const Typed& ranked);
  WhyBand band(const DimensionDecl& declared,
               const std::vector<const Typed*>& cuts);
  bool is_nearer(const Typed& cut, const Typed& than);
  std::string next_words(const Typed& cut);
  const PersonaDecl* persona_declared(const std::string& name) const;
  // A place of its declaration, in the copy that it may come from.
  Span in_persona(Span place, const std::string& name) const;
  WhyPointsLine points_line(const TypedPointsLine& line, Span place,
                            const reference::Walk::DayPoints& own);
  void add_sums(WhyPoints& made, const TypedPersona& persona,
                const PersonaDecl& declared,
                const reference::Walk::PointsParts& parts);
  std::string limit_words(const PersonaDecl& declared, bool a_day) const;
  std::string nearest_words(const TypedPointsLine& line, Int128 times,
                            const std::string& words) const;
  // Which line would give what lacks to one of the comparisons in a test.
  void add_nearest(WhyNode& node, const Typed& tree);

  void show_where(WhyClause& clause, const TypedEvents& events,
                  const std::vector<Item>& all);
  std::string where_words(const Typed& part, const TypedEvents& events) const;

  // Of `moment` one event is taken; null: all.
  WhyClause clause(const TypedEvents& events, Span span, const Typed* moment);
  void show_events(WhyClause& clause, const TypedEvents& events,
                   const std::vector<const Item*>& found);
  // The nearest of those that only the window leaves out.
  void show_nearest(WhyClause& clause, const std::vector<int64_t>& missed,
                    const reference::Span& window);
  WhyEvent event(const TypedEvents& events, const Rows& rows);
  void show_window(WhyClause& clause, const WindowSpec& window);
  // Whether the value of a tree is, or the events that it chooses.
  bool is_personal(const Typed& tree, uint32_t event) const;

  // What is missing, "" if there is no saying it.
  std::string missing(const Typed& tree, bool wanted);
  std::string missing_of_compare(const Typed& tree, bool wanted);
  std::string missing_of_window(const Typed& tree);
  std::string missing_of_birthday(const Typed& tree);
  std::string distance(const Typed& left, const reference::Value& amount) const;

  const PersonView& view_;
  const RuleWords& words_;
  const ValueWords& values_;
  reference::Walk& walk_;
  size_t events_;
  bool in_score_ = false;  // values are those of a score's parts
};

}  // namespace kitle
