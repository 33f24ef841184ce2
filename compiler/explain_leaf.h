// One test of a condition: its values, its events, what is missing. Internal
// to compiler/explain_*.cc.
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
  void add_written(WhyNode& node, const Typed& tree);
  void add_events(WhyNode& node, const Typed& tree);
  void add_anchor(WhyNode& node, const std::optional<TypedAnchor>& anchor);
  std::string shown(const Typed& tree);

  std::vector<Item> items(const TypedEvents& events);
  void add_steps(WhyNode& node, const TypedSequence& sequence);
  // Of `moment` one event is taken; null: all.
  WhyClause clause(const TypedEvents& events, Span span, const Typed* moment);
  void show_events(WhyClause& clause, const TypedEvents& events,
                   const std::vector<const Item*>& found);
  // The nearest of those that only the window leaves out.
  void show_nearest(WhyClause& clause, const std::vector<int64_t>& missed,
                    const reference::Span& window);
  WhyEvent event(const TypedEvents& events, const Rows& rows);
  void show_window(WhyClause& clause, const WindowSpec& window);

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
};

}  // namespace kitle
