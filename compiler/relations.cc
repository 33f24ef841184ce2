// See relations.h.
#include "compiler/relations.h"

#include "compiler/compile.h"
#include "compiler/reason.h"

namespace kitle {

namespace {

// Conditions looked at, over all pairs.
constexpr uint64_t kMostSteps = 5'000'000;

class Finder {
 public:
  explicit Finder(const Repository& repository)
      : repository_(repository),
        plan_(make_plan(repository, {})),
        prover_(plan_, repository) {}

  ProvenRelations find() {
    const auto count = static_cast<uint32_t>(repository_.segments.size());
    for (uint32_t i = 0; i < count; ++i) {
      const NodeId id = condition(i);
      told_.push_back(prover_.never(id) || prover_.always(id));
      subjects_.push_back(subjects(id));
    }
    for (const TypedGuard& each : repository_.guards) {
      found_.guards.push_back(proven(each));
    }
    for (uint32_t i = 0; i < count && found_.complete; ++i) {
      for (uint32_t j = i + 1; j < count && found_.complete; ++j) pair(i, j);
    }
    return std::move(found_);
  }

 private:
  NodeId condition(uint32_t segment) const {
    return plan_.segments[segment].condition;
  }

  bool implies(uint32_t a, uint32_t b) {
    return prover_.implies(condition(a), condition(b));
  }

  bool excludes(uint32_t a, uint32_t b) {
    return prover_.excludes(condition(a), condition(b));
  }

  bool proven(const TypedGuard& guard) {
    switch (guard.kind) {
      case GuardKind::kExcludes:
        return excludes(guard.first, guard.second);
      case GuardKind::kImplies:
        return implies(guard.first, guard.second);
      case GuardKind::kEquals:
        return implies(guard.first, guard.second) &&
               implies(guard.second, guard.first);
      case GuardKind::kSize:
        return false;
    }
    return false;
  }

  // A bit for each column and table that a condition asks about; two may share
  // one. Conditions about different things have no relation.
  uint64_t subjects(NodeId id) {
    std::vector<bool> seen(plan_.size());
    std::vector<NodeId> open{id};
    uint64_t found = 0;
    while (!open.empty()) {
      const NodeId at = open.back();
      open.pop_back();
      if (seen[at]) continue;
      seen[at] = true;
      const Node& node = plan_[at];
      if (node.kind == NodeKind::kAttribute) {
        found |= uint64_t{1} << (node.column % 40);
      } else if (node.kind == NodeKind::kEvents) {
        found |= uint64_t{1} << (40 + node.table % 24);
      }
      open.insert(open.end(), node.args.begin(), node.args.end());
    }
    return found;
  }

  void pair(uint32_t a, uint32_t b) {
    if (told_[a] || told_[b] || (subjects_[a] & subjects_[b]) == 0) return;
    const std::string& stages = repository_.segments[a].stages;
    if (!stages.empty() && stages == repository_.segments[b].stages) return;
    if (prover_.steps_taken() > kMostSteps) {
      found_.complete = false;
      return;
    }
    const bool forward = implies(a, b);
    const bool back = implies(b, a);
    if (forward && back) {
      add(a, b, RelationKind::kEquals);
    } else if (forward) {
      add(a, b, RelationKind::kImplies);
    } else if (back) {
      add(b, a, RelationKind::kImplies);
    } else if (excludes(a, b)) {
      add(a, b, RelationKind::kExcludes);
    }
  }

  void add(uint32_t first, uint32_t second, RelationKind kind) {
    found_.all.push_back({first, second, kind});
  }

  const Repository& repository_;
  Plan plan_;
  Prover prover_;
  std::vector<bool> told_;  // of each segment: empty, or everyone
  std::vector<uint64_t> subjects_;
  ProvenRelations found_;
};

}  // namespace

ProvenRelations find_relations(const Repository& repository) {
  if (repository.segments.empty()) return {};
  return Finder(repository).find();
}

}  // namespace kitle
