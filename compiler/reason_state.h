// What is known of a person, of whom some conditions hold and some do not: of
// each value what it may still be, of events which are there and which are
// not. Every new condition narrows it, and what follows from that of other
// values, too; where nothing is left, the conditions contradict each other.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/plan.h"
#include "compiler/reason_events.h"
#include "compiler/reason_facts.h"
#include "compiler/reason_texts.h"

namespace kitle {

class ReasonState {
 public:
  // Both must outlive it.
  ReasonState(const Plan& plan, const Schema& schema, std::string_view locale,
              AskEvent ask)
      : plan_(plan),
        facts_(plan, schema),
        events_(plan, std::move(ask)),
        texts_(plan, locale) {}

  // False: it contradicts what is known; then restore() what was before.
  bool add(const Literal& literal);
  // Conditions that follow from what was added.
  const std::vector<Literal>& implied() const { return implied_; }
  uint64_t work() const { return work_; }

  struct Mark {
    size_t undo = 0;
    size_t touched = 0;
    size_t some = 0;
    size_t none = 0;
    size_t implied = 0;
  };
  Mark mark() const {
    return {undo_.size(), touched_.size(), some_.size(), none_.size(),
            implied_.size()};
  }
  void restore(const Mark& mark);

 private:
  enum class Presence : uint8_t { kUnknown, kThere, kMissing };
  struct Known {
    Presence presence = Presence::kUnknown;
    std::map<Scale, Line> lines{};
    std::vector<Literal> texts{};
  };
  struct Undo {
    NodeId value;
    std::optional<Known> before;
  };

  bool settle();
  bool take(const Fact& fact);
  bool narrow(const Fact& fact);
  bool there(NodeId value);
  bool nothing_left(NodeId value);
  bool text(const Fact& fact);
  bool some(const Happened& events);
  bool none(const Happened& events);
  void condition(const Literal& literal);

  // ---- what follows ----
  void changed(NodeId value);
  void of_some(const Happened& events, NodeId value);
  void of_none(const Happened& events, NodeId value);
  void between(NodeId value, NodeId other);
  void of_counts(NodeId few, NodeId many);
  void of_moments(NodeId inner, NodeId outer);
  void of_extremes(NodeId low, NodeId high);
  void of_tally(NodeId value);
  void tally_decides(NodeId value);

  Known& change(NodeId value);
  void touch(NodeId value);
  const Line& line(NodeId value, Scale scale);
  bool is_there(NodeId value) const;
  const Node* node(NodeId value) const {
    return value < plan_.size() ? &plan_[value] : nullptr;
  }
  void learn(Fact fact) { queue_.push_back(std::move(fact)); }
  void learn(Facts facts);
  void learn_at_most(NodeId value, Scale scale, const LinePoint& most);
  void learn_at_least(NodeId value, Scale scale, const LinePoint& least);
  void learn_within(NodeId value, Scale scale, Line line);

  const Plan& plan_;
  ReasonFacts facts_;
  EventSets events_;
  ReasonTexts texts_;
  std::unordered_map<NodeId, Known> known_;
  std::vector<NodeId> touched_;  // what is in `known_`
  std::vector<Happened> some_;
  std::vector<Happened> none_;
  std::vector<Literal> implied_;
  std::vector<Undo> undo_;
  std::vector<Fact> queue_;
  uint64_t work_ = 0;
};

}  // namespace kitle
