// How much a typed tree holds (compiler/check_expr.h).
#include <algorithm>

#include "compiler/check_expr.h"

namespace kitle {

namespace {

void add_size(const Typed& tree, TreeSize& size, uint32_t depth);

void add_events(const TypedEvents& events, TreeSize& size, uint32_t depth) {
  for (const TypedPtr* each : {&events.where, &events.measured}) {
    if (*each) add_size(**each, size, depth);
  }
  for (const auto* anchor : {&events.after, &events.before}) {
    bool has_moment = anchor->has_value() && (*anchor)->moment;
    if (has_moment) add_size(*(*anchor)->moment, size, depth);
  }
}

void add_sequence(const TypedSequence& sequence, TreeSize& size,
                  uint32_t depth) {
  for (const TypedStep& step : sequence.steps) {
    ++size.nodes;
    add_events(step.events, size, depth);
    for (const StepComparison& each : step.comparisons) {
      add_size(*each.own, size, depth);
      add_size(*each.other, size, depth);
    }
  }
}

void add_size(const Typed& tree, TreeSize& size, uint32_t depth) {
  constexpr uint64_t kBytesOfNode = 256;  // long texts count as nodes
  size.depth = std::max(size.depth, depth);
  size.nodes += 1 + tree.text.size() / kBytesOfNode;
  for (const std::string& text : tree.texts) {
    size.nodes += 1 + text.size() / kBytesOfNode;
  }
  size.nodes += (tree.integers.size() + tree.values.size()) / 8;
  size.nodes += tree.cells.size();
  for (const TypedPtr& arg : tree.args) add_size(*arg, size, depth + 1);
  if (tree.events) add_events(*tree.events, size, depth + 1);
  if (tree.sequence) add_sequence(*tree.sequence, size, depth + 1);
}

}  // namespace

TreeSize size_of(const Typed& tree) {
  TreeSize size;
  add_size(tree, size, 1);
  return size;
}

}  // namespace kitle
