// Which events are among which others, whatever is stored.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/plan.h"
#include "compiler/reason_budget.h"
#include "compiler/reason_facts.h"

namespace kitle {

// Whether no event (of the conditions' own) meets all of these.
using AskEvent = std::function<bool(std::span<const Literal>)>;

// Whatever is asked once is known from then on.
class EventSets {
 public:
  // The plan, the sets' facts and the budget must outlive it.
  EventSets(const Plan& plan, const ReasonFacts& facts, ReasonBudget& budget,
            AskEvent ask)
      : plan_(plan), facts_(facts), budget_(budget), ask_(std::move(ask)) {}

  bool among(SetId inner, SetId outer);
  // There is never such an event.
  bool empty(SetId events);
  // Where all of them lie: the node's window, and `when`.
  const std::vector<Scaled>& places(SetId events);

 private:
  bool are_among(SetId inner, SetId outer);
  bool lies_in(SetId inner, SetId outer);
  bool filtered_among(NodeId inner, NodeId outer);
  bool ask(NodeId inner, NodeId outer, std::span<const Literal> against);
  bool nowhere(const std::vector<Scaled>& all);
  std::vector<Scaled> made(SetId events) const;
  const Node& node(SetId events) const {
    return plan_[facts_.set(events).events];
  }

  const Plan& plan_;
  const ReasonFacts& facts_;
  ReasonBudget& budget_;
  AskEvent ask_;
  ReasonTable<std::vector<Scaled>> places_;
  ReasonTable<bool> empty_;
  std::unordered_map<uint64_t, bool> among_;
  std::map<std::pair<NodeId, NodeId>, bool> filtered_;
};

}  // namespace kitle
