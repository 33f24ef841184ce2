// See relations.h.
#include "compiler/relations.h"

#include <algorithm>
#include <array>
#include <optional>

#include "compiler/compile.h"
#include "compiler/reason_pairs.h"

namespace kitle {

namespace {

constexpr uint64_t kMostWork = 16'000'000;
constexpr uint32_t kTogether = 8;

// Columns and tables that a condition asks about, a bit for each; two may
// share one. Conditions about different things have no relation.
class Subjects {
 public:
  explicit Subjects(const Plan& plan) : found_(plan.size()) {
    for (NodeId id = 0; id < plan.size(); ++id) found_[id] = of(plan[id]);
  }

  bool are_apart(NodeId a, NodeId b) const {
    return (found_[a] & found_[b]) == 0;
  }

 private:
  // Arguments come before what uses them.
  uint64_t of(const Node& node) const {
    uint64_t found = 0;
    if (node.kind == NodeKind::kAttribute) {
      found = uint64_t{1} << (node.column % 40);
    } else if (node.kind == NodeKind::kEvents) {
      found = uint64_t{1} << (40 + node.table % 24);
    }
    for (const NodeId each : node.args) found |= found_[each];
    return found;
  }

  std::vector<uint64_t> found_;
};

std::vector<NodeId> conditions(const Repository& repository, const Plan& plan) {
  std::vector<NodeId> all;
  for (size_t i = 0; i < repository.segments.size(); ++i) {
    all.push_back(plan.segments[i].condition);
  }
  return all;
}

class RelationFinder {
 public:
  RelationFinder(const Repository& repository, const Plan& plan, Prover& prover,
                 ReasonBudget& budget)
      : repository_(repository),
        plan_(plan),
        prover_(prover),
        budget_(budget),
        subjects_(plan),
        pairs_(prover, budget, conditions(repository, plan)) {}

  void guards() {
    prover_.suppose_nothing();
    const size_t count = repository_.guards.size();
    for (size_t i = 0; i < count; ++i) {
      const auto bound = budget_.share(count - i + pairs_.size());
      found_.guards.push_back(proven(repository_.guards[i]));
    }
  }

  // Each segment gets its share of the steps for the pairs with those behind
  // it; those that need more share what is left then.
  ProvenRelations find(bool exclusions) {
    exclusions_ = exclusions;
    const auto count = static_cast<uint32_t>(pairs_.size());
    for (uint32_t i = 0; i < count; ++i) {
      const auto bound = budget_.share(2 * size_t{count} - i);
      told_.push_back(pairs_.never(i) || pairs_.always(i));
    }
    std::vector<Row> rows;
    for (uint32_t i = 0; i < count; ++i) {
      if (!told_[i]) rows.push_back({i, i + 1});
    }
    while (!rows.empty() && !budget_.spent()) further(rows);
    for (const Row& each : rows) found_.undecided += count - each.next;
    std::ranges::sort(found_.all, {}, [](const ProvenRelation& each) {
      return std::minmax(each.first, each.second);
    });
    return std::move(found_);
  }

 private:
  // A segment, and the first behind it that is not decided.
  struct Row {
    uint32_t segment = 0;
    uint32_t next = 0;
  };

  void further(std::vector<Row>& rows) {
    size_t left = rows.size();
    for (Row& each : rows) {
      const auto bound = budget_.share(--left);
      while (each.next < pairs_.size() && !budget_.spent()) some_of(each);
    }
    std::erase_if(rows,
                  [&](const Row& each) { return each.next == pairs_.size(); });
  }

  // First what of the next ones it follows from, as that is asked of the same
  // people.
  void some_of(Row& row) {
    std::array<bool, kTogether> follows{};
    const uint32_t first = row.next;
    const auto count = static_cast<uint32_t>(pairs_.size());
    const uint32_t end = std::min(first + kTogether, count);
    budget_.take(1);
    const uint64_t before = pairs_.unanswered();
    const auto is_decided = [&] { return pairs_.unanswered() == before; };
    for (uint32_t j = first; j < end && is_decided(); ++j) {
      if (is_told(row.segment, j)) continue;
      follows[j - first] = pairs_.follows(row.segment, j);
    }
    if (!is_decided()) return;
    for (; row.next < end; ++row.next) {
      if (is_told(row.segment, row.next)) continue;
      const auto found =
          relation(row.segment, row.next, follows[row.next - first]);
      if (!is_decided()) return;
      if (found) found_.all.push_back(*found);
    }
  }

  bool is_told(uint32_t a, uint32_t b) const {
    if (told_[b] || subjects_.are_apart(condition(a), condition(b))) {
      return true;
    }
    const std::string& stages = repository_.segments[a].stages;
    return !stages.empty() && stages == repository_.segments[b].stages;
  }

  // `back`: the first follows from the second.
  std::optional<ProvenRelation> relation(uint32_t a, uint32_t b, bool back) {
    if (pairs_.implies(a, b)) {
      return ProvenRelation{
          a, b, back ? RelationKind::kEquals : RelationKind::kImplies};
    }
    if (back) return ProvenRelation{b, a, RelationKind::kImplies};
    if (!exclusions_ || !pairs_.excludes(a, b)) return std::nullopt;
    return ProvenRelation{a, b, RelationKind::kExcludes};
  }

  bool proven(const TypedGuard& guard) {
    const NodeId a = condition(guard.first);
    const NodeId b = condition(guard.second);
    switch (guard.kind) {
      case GuardKind::kExcludes:
        return prover_.excludes(a, b);
      case GuardKind::kImplies:
        return prover_.implies(a, b);
      case GuardKind::kEquals:
        return prover_.implies(a, b) && prover_.implies(b, a);
      case GuardKind::kSize:
        return false;
    }
    return false;
  }

  NodeId condition(uint32_t segment) const {
    return plan_.segments[segment].condition;
  }

  const Repository& repository_;
  const Plan& plan_;
  Prover& prover_;
  ReasonBudget& budget_;
  Subjects subjects_;
  ReasonPairs pairs_;
  bool exclusions_ = true;
  std::vector<bool> told_;  // of each segment: empty, or everyone
  ProvenRelations found_;
};

}  // namespace

ProvenRelations find_relations(const Repository& repository) {
  if (repository.segments.empty()) return {};
  const Plan plan = make_plan_of(repository, {});
  ReasonBudget budget(kMostWork);
  Prover prover(plan, repository, budget);
  RelationFinder finder(repository, plan, prover, budget);
  finder.guards();
  return finder.find(true);
}

ProvenRelations find_implications(const Repository& repository,
                                  const Plan& plan, Prover& prover,
                                  ReasonBudget& budget) {
  return RelationFinder(repository, plan, prover, budget).find(false);
}

}  // namespace kitle
