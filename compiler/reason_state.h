// What is known of a person, of whom some conditions hold and some do not: of
// each value what it may still be, of events which are there and which are
// not. Every new condition narrows it, and what follows from that of other
// values, too; where nothing is left, the conditions contradict each other.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/plan.h"
#include "compiler/reason_budget.h"
#include "compiler/reason_events.h"
#include "compiler/reason_facts.h"
#include "compiler/reason_table.h"
#include "compiler/reason_texts.h"

namespace kitle {

class ReasonState {
 public:
  // All must outlive it.
  ReasonState(const Plan& plan, const Schema& schema, std::string_view locale,
              ReasonBudget& budget, AskEvent ask)
      : plan_(plan),
        budget_(budget),
        facts_(plan, schema),
        events_(plan, facts_, budget, std::move(ask)),
        texts_(plan, locale, budget) {
    for (NodeId id = 0; id < plan.size(); ++id) {
      const bool length = plan[id].kind == NodeKind::kLength;
      if (length) length_of_.add(plan[id].args[0], id);
    }
  }

  // False: it contradicts what is known; then restore() what was before.
  bool add(const Literal& literal);
  // Conditions that follow from what was added.
  const std::vector<Literal>& implied() const { return implied_; }

  struct Mark {
    size_t undo = 0;
    size_t some = 0;
    size_t none = 0;
    size_t implied = 0;
  };
  Mark mark() const {
    return {undo_.size(), some_.size(), none_.size(), implied_.size()};
  }
  void restore(const Mark& mark);

 private:
  enum class Presence : uint8_t { kUnknown, kThere, kMissing };
  // What a value is, whatever is known of it.
  struct About {
    SetId set = kNone;  // of a feature of events
    uint32_t table = kNone;
    bool moment = false;
    bool counts = false;
    bool days = false;  // counts these
    bool tally = false;
    bool never_missing = false;
    bool linked() const { return set != kNone || tally; }
  };
  struct Known {
    About about;
    Presence presence = Presence::kUnknown;
    bool touched = false;
    ScaledLines lines{};  // what is possible at all, where nothing is known
    std::vector<Literal> texts{};
  };
  struct Undo {
    enum class Kind : uint8_t { kTouched, kPresence, kLine, kText };
    Kind kind = Kind::kTouched;
    NodeId value = kNone;
    Presence presence = Presence::kUnknown;
    Scale scale = kItself;
    Line line{};
  };

  bool settle();
  bool take(const Fact& fact);
  bool narrow(const Fact& fact);
  bool there(NodeId value);
  bool nothing_left(NodeId value);
  bool text(const Fact& fact);
  void length(const Fact& test);
  bool some(const Happened& events);
  bool none(const Happened& events);
  void condition(const Literal& literal);
  void undo(const Undo& last);

  // ---- what follows ----
  void changed(NodeId value);
  void events_counted(NodeId value);
  void of_some(const Happened& events, NodeId value);
  void of_none(const Happened& events, NodeId value);
  void between(NodeId value, NodeId other);
  void of_counts(NodeId few, NodeId many);
  void of_moments(NodeId inner, NodeId outer);
  void follow(NodeId from, NodeId to, bool up);
  void of_extremes(NodeId low, NodeId high);
  void of_tally(NodeId value);
  void tally_decides(NodeId value);

  About describe(NodeId value);
  Known& known(NodeId value);
  const About& about(NodeId value) { return known(value).about; }
  void touch(NodeId value);
  void set_presence(NodeId value, Presence presence);
  const Line& line(NodeId value, Scale scale);
  void set_line(NodeId value, Scale scale, Line line);
  bool is_there(NodeId value) const;
  const std::vector<NodeId>& counted(NodeId tally);
  const Node* node(NodeId value) const {
    return value < plan_.size() ? &plan_[value] : nullptr;
  }
  void learn(Fact fact) { queue_.push_back(std::move(fact)); }
  void learn(const Facts& facts);
  void learn_at_most(NodeId value, Scale scale, const LinePoint& most);
  void learn_at_least(NodeId value, Scale scale, const LinePoint& least);
  void learn_within(NodeId value, Scale scale, Line line);

  const Plan& plan_;
  ReasonBudget& budget_;
  ReasonFacts facts_;
  EventSets events_;
  ReasonTexts texts_;
  ReasonTable<Known> known_;
  ReasonTable<std::vector<NodeId>> counted_;
  ReasonTable<NodeId> length_of_;  // of a text or a list
  // What is said of one says something of others.
  std::vector<NodeId> linked_;
  std::vector<Happened> some_;
  std::vector<Happened> none_;
  std::vector<Literal> implied_;
  std::vector<Undo> undo_;
  std::vector<Fact> queue_;
};

}  // namespace kitle
