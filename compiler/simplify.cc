// See simplify.h. One walk over the plan, arguments first; each node is
// rewritten until nothing applies.
#include "compiler/simplify.h"

#include <array>

#include "compiler/rewrites.h"

namespace kitle {
namespace {

struct Row {
  const char* name;
  const char* description;
};
constexpr std::array kRows = {
#define KITLE_REWRITE(name, text, what) Row{text, what},
#include "compiler/rewrites.def"
#undef KITLE_REWRITE
};

RewriteFunction function_of(Rewrite rewrite) {
  switch (rewrite) {
    case Rewrite::kFlatten:
      return flatten;
    case Rewrite::kConstants:
      return fold_constants;
    case Rewrite::kDoubleNot:
      return drop_double_not;
    case Rewrite::kRanges:
      return make_range;
    case Rewrite::kMergeRanges:
      return merge_ranges;
    case Rewrite::kMergeSets:
      return merge_sets;
    case Rewrite::kGroups:
      return split_group;
    case Rewrite::kAny:
      return count_to_any;
    case Rewrite::kAnchorWindows:
      return anchor_to_window;
    case Rewrite::kDaysSince:
      return days_to_window;
    case Rewrite::kLastTime:
      return any_to_last_time;
    case Rewrite::kFactor:
      return factor;
  }
  return nullptr;
}

}  // namespace

const char* rewrite_name(Rewrite rewrite) {
  return kRows[static_cast<size_t>(rewrite)].name;
}

const char* rewrite_description(Rewrite rewrite) {
  return kRows[static_cast<size_t>(rewrite)].description;
}

std::optional<Rewrite> find_rewrite(std::string_view name) {
  for (size_t i = 0; i < kRows.size(); ++i) {
    if (name == kRows[i].name) return static_cast<Rewrite>(i);
  }
  return std::nullopt;
}

NodeId Rewriter::make(Node node) {
  const std::optional<NodeId> better = rewritten(node);
  return better ? *better : plan_.add(std::move(node));
}

std::optional<NodeId> Rewriter::rewritten(const Node& node) {
  for (size_t i = 0; i < kRewriteCount; ++i) {
    const auto rewrite = static_cast<Rewrite>(i);
    if (!on_.has(rewrite)) continue;
    const std::optional<NodeId> better = function_of(rewrite)(*this, node);
    if (better) return better;
  }
  return std::nullopt;
}

Plan simplify(const Plan& plan, const Schema& schema,
              const Rewrites& rewrites) {
  Rewriter rewriter(schema, rewrites);
  std::vector<NodeId> simple(plan.size(), kNone);
  for (NodeId id = 0; id < plan.size(); ++id) {
    Node node = plan[id];
    for (NodeId& arg : node.args) arg = simple[arg];
    simple[id] = rewriter.make(std::move(node));
  }
  for (const PlanSegment& segment : plan.segments) {
    rewriter.plan().segments.push_back(
        {segment.name, simple[segment.condition],
         segment.value == kNone ? kNone : simple[segment.value]});
  }
  return pruned(rewriter.plan());
}

}  // namespace kitle
