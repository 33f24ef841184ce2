// Which events are among which others, whatever is stored.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "compiler/plan.h"
#include "compiler/reason_facts.h"

namespace kitle {

// Whether no event (of the conditions' own) meets all of these.
using AskEvent = std::function<bool(std::span<const Literal>)>;

class EventSets {
 public:
  // The plan must outlive it.
  EventSets(const Plan& plan, AskEvent ask)
      : plan_(plan), ask_(std::move(ask)) {}

  bool among(const Happened& inner, const Happened& outer);
  bool among(NodeId inner, NodeId outer) {
    return among(Happened{inner}, Happened{outer});
  }
  // There is never such an event.
  bool empty(const Happened& events);
  // Where all of them lie: the node's window, and `when`.
  std::vector<Scaled> places(const Happened& events) const;

 private:
  bool filtered_among(NodeId inner, NodeId outer);
  bool lies_in(const Happened& inner, const Happened& outer) const;

  const Plan& plan_;
  AskEvent ask_;
  std::map<std::pair<NodeId, NodeId>, bool> filtered_;
};

}  // namespace kitle
