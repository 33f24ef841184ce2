// What so many rules of a plan ask for that it is made once for all of them,
// where each by itself would be better off alone.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "compiler/plan.h"

namespace kitle {

struct LowerOptions {
  // From so many different filters of a column by its texts on, a chunk's
  // events are ordered by them once (runtime/eval/coded.h), and each filter
  // looks at its own alone. Measured: the order costs as much as forty masks.
  uint32_t coded_from = 32;
  // From so many sequences `a then b` of one table and the same b on, the time
  // of the next b is found once for each event of that table.
  uint32_t followed_from = 4;
  // From so many questions whether there were at least n events of one table up
  // to now on, each looks at the n-th from the end, and none counts.
  uint32_t told_from = 8;
};

class Sharing {
 public:
  Sharing(const Plan& plan, const LowerOptions& options);

  // Of events that pass a test of one column's texts and a window, and nothing
  // else, that test; nullptr where their column has no index.
  const Node* coded_test(const Node& events) const;
  // Whether it is `a then b` or `a then no b`, and nothing else, for which the
  // next b is found.
  bool is_followed(const Node& sequence) const;
  // Whether it is a range, that at least n events of a window up to now are
  // there, which the n-th from the end tells (where none is later than now).
  bool is_told_by_one(const Node& range) const;
  // Whether no other node has it as an argument.
  bool is_asked_once(NodeId id) const { return asked_[id] == 1; }

 private:
  using Column = std::pair<uint32_t, uint32_t>;   // table, column
  using Following = std::pair<uint32_t, NodeId>;  // table of a, events b

  void count(const Node& node);
  const Node* plain_test(const Node& events) const;
  bool is_at_least(const Node& range) const;
  bool is_plain_pair(const Node& sequence) const;
  Following following(const Node& sequence) const;

  const Plan& plan_;
  LowerOptions options_;
  std::map<Column, uint32_t> filters_;
  std::map<Following, uint32_t> followed_;
  std::map<uint32_t, uint32_t> told_;  // by table
  std::vector<uint32_t> asked_;        // by node
};

}  // namespace kitle
