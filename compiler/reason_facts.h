// What the atoms of conditions say, and which of them exclude each other: the
// prover's knowledge of values (reason.h).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/intervals.h"
#include "compiler/plan.h"

namespace kitle {

// A condition of the plan, or its opposite.
struct Literal {
  NodeId condition = kNone;
  bool holds = true;
};

class ReasonFacts {
 public:
  // The plan must outlive it.
  explicit ReasonFacts(const Plan& plan) : plan_(plan) {}

  // Whether the atom cannot be so for anyone.
  bool impossible(NodeId atom, bool holds) const;
  // Whether the two cannot be so at once.
  bool exclusive(NodeId a, bool a_holds, NodeId b, bool b_holds) const;
  // Whether a value that is there can be none of what `all` and `added` leave.
  bool exhausted(std::span<const Literal> all, const Literal& added) const;

 private:
  // Values on a scale of their own: a value itself, its age, its day.
  struct Range {
    uint32_t scale = 0;
    Int128 low = kLowest;
    Int128 high = kHighest;
  };

  // Which values an atom names: each inside `ranges`.
  struct Values {
    NodeId value = kNone;
    std::vector<Range> ranges;
  };

  std::optional<Values> values_of(const Node& atom) const;
  std::optional<Range> window_range(const WindowSpec& window) const;
  bool never_missing(NodeId value) const;
  Int128 lowest(NodeId value) const;
  bool within(const Values& inner, const Values& outer) const;
  bool apart(const Values& a, const Values& b) const;
  bool cover(const Values& a, const Values& b) const;

  // Events, maybe only those in a window.
  struct Happened {
    NodeId events = kNone;
    const WindowSpec* window = nullptr;  // null: that of `events`
  };
  // That some event is there, or none: kNone where the atom does not say.
  Happened some_event(NodeId atom, bool holds) const;
  Happened no_event(NodeId atom, bool holds) const;
  Happened in_window(const Node& atom) const;
  bool subset(NodeId inner, NodeId outer) const;
  bool subset(const Happened& inner, const Happened& outer) const;
  bool window_within(const WindowSpec& inner, const WindowSpec& outer) const;
  bool counts_exclude(NodeId a, bool a_holds, NodeId b, bool b_holds) const;

  // The value that the atom needs to be there, or kNone.
  NodeId present(NodeId atom, bool holds) const;
  NodeId absent(NodeId atom, bool holds) const;

  bool texts_exclude(const Node& a, bool a_holds, const Node& b,
                     bool b_holds) const;
  static bool differ(const Node& a, const Node& b);

  const Plan& plan_;
};

}  // namespace kitle
