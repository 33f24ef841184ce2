// Walking over syntax (compiler/walk_tree.h).
#include "compiler/walk_tree.h"

#include <algorithm>

namespace kitle {

namespace {

using Visit = std::function<void(ExprPtr&)>;

void each_of(Window& window, const Visit& what) {
  each_part(window.low_value, what);
  each_part(window.high_value, what);
}

void each_of(EventClause& clause, const Visit& what) {
  each_part(clause.measured, what);
  each_part(clause.where, what);
  for (Anchor& anchor : clause.anchors) each_part(anchor.moment, what);
  if (clause.window) each_of(*clause.window, what);
}

// The names of one part that are no parts themselves.
class NameCollector {
 public:
  explicit NameCollector(std::unordered_set<std::string>& names)
      : names_(names) {}

  void of(const Expr& part) {
    add(part.name.text);
    add(part.amount.name);
    if (part.window) of(*part.window);
    if (part.clause) of(*part.clause);
    for (const StepClause& step : part.steps) {
      of(*step.clause);
      if (step.within) add(step.within->name);
    }
    if (part.all_within) add(part.all_within->name);
    for (const Name& each : part.same) add(each.text);
  }

  void of(const EventClause& clause) {
    add(clause.event.text);
    if (clause.property) add(clause.property->text);
    for (const Anchor& anchor : clause.anchors) {
      add(anchor.amount.name);
      add(anchor.low.name);
    }
    if (clause.window) of(*clause.window);
  }

 private:
  void of(const Window& window) {
    add(window.amount.name);
    add(window.low.name);
  }

  void add(const std::string& path) {
    for (size_t at = 0; at < path.size();) {
      const size_t dot = std::min(path.find('.', at), path.size());
      names_.insert(path.substr(at, dot - at));
      at = dot + 1;
    }
  }

  std::unordered_set<std::string>& names_;
};

}  // namespace

void each_part(ExprPtr& tree, const Visit& what) {
  if (!tree) return;
  for (ExprPtr& arg : tree->args) each_part(arg, what);
  each_part(tree->low, what);
  each_part(tree->high, what);
  if (tree->window) each_of(*tree->window, what);
  if (tree->clause) each_of(*tree->clause, what);
  for (StepClause& step : tree->steps) each_of(*step.clause, what);
  what(tree);
}

void collect_names(ExprPtr& tree, std::unordered_set<std::string>& names) {
  NameCollector collector(names);
  each_part(tree, [&](ExprPtr& part) { collector.of(*part); });
}

void collect_names(EventClause& clause,
                   std::unordered_set<std::string>& names) {
  NameCollector collector(names);
  collector.of(clause);
  each_of(clause, [&](ExprPtr& part) { collector.of(*part); });
}

}  // namespace kitle
