#include "tests/tiers/check_chains.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace kitle::testing {
namespace {

using Chain = reference::Walk::Chain;
using Fault = reference::Walk::Fault;

// The sequence up to the step `count`, of one that ends with a positive step.
TypedPtr beginning(const Typed& whole, uint32_t count) {
  TypedPtr made = clone(whole);
  auto& steps = made->sequence->steps;
  const bool all =
      std::all_of(steps.begin() + count, steps.end(),
                  [](const TypedStep& step) { return step.negated; });
  steps.resize(count);
  if (!all) made->sequence->all_within.reset();
  return made;
}

class ChainChecker {
 public:
  ChainChecker(const PersonView& view, const Typed& tree, ChainCounts& counts)
      : view_(view),
        tree_(tree),
        steps_(tree.sequence->steps),
        counts_(counts),
        walk_(view.walk()) {}

  void check() {
    const bool holds = walk_.holds(tree_);
    if (walk_.take_undecided()) return;
    const Chain chain = walk_.chain(*tree_.sequence);
    EXPECT_FALSE(walk_.take_undecided());
    ASSERT_EQ(chain.holds, holds);
    ASSERT_EQ(chain.rows.size(), steps_.size());
    ++(holds                         ? counts_.held
       : chain.next == steps_.size() ? counts_.open
                                     : counts_.stopped);
    check_events(chain);
    holds ? check_enough(chain) : check_furthest(chain);
  }

 private:
  const reference::Event& event(uint32_t step, size_t row) {
    return walk_.history_of(steps_[step].events.event)[row];
  }

  // T + D.
  Int128 end_of(const StepSpan& span, int64_t time) const {
    const TypedAnchor anchor{.shape = AnchorShape::kWithin,
                             .moment = nullptr,
                             .m = span.n,
                             .unit = span.unit};
    return view_.calendar.after(anchor, time, false).high;
  }

  // Each by itself and against the one before and the first.
  void check_events(const Chain& chain) {
    std::optional<uint32_t> before;
    uint32_t reached = 0;
    for (uint32_t i = 0; i < steps_.size(); ++i) {
      if (!chain.rows[i]) continue;
      ASSERT_FALSE(steps_[i].negated);
      ++reached;
      check_event(i, *chain.rows[i]);
      if (before) check_pair(*before, i, chain);
      before = i;
    }
    EXPECT_EQ(reached, chain.reached);
    const auto& all = tree_.sequence->all_within;
    const bool whole = chain.next == steps_.size();
    if (!all || !whole) return;
    EXPECT_LE(event(*before, *chain.rows[*before]).time,
              end_of(*all, event(0, *chain.rows[0]).time));
  }

  void check_event(uint32_t step, size_t row) {
    const TypedEvents& events = steps_[step].events;
    const int64_t time = event(step, row).time;
    ASSERT_LE(time, view_.calendar.now());
    EXPECT_TRUE(walk_.passes_where(events, row));
    EXPECT_TRUE(view_.calendar.instants(events.window).contains(time));
  }

  void check_pair(uint32_t before, uint32_t step, const Chain& chain) {
    const reference::Event& first = event(0, *chain.rows[0]);
    const int64_t from = event(before, *chain.rows[before]).time;
    const reference::Event& to = event(step, *chain.rows[step]);
    EXPECT_LT(from, to.time);
    if (steps_[step].within) {
      EXPECT_LE(to.time, end_of(*steps_[step].within, from));
    }
    for (size_t key = 0; key < steps_[step].same.size(); ++key) {
      const uint32_t own = steps_[step].same[key];
      if (is_of_time(own)) continue;
      EXPECT_NE(to.properties[own], reference::Stored());
      EXPECT_EQ(to.properties[own], first.properties[steps_[0].same[key]]);
    }
  }

  bool of_sessions() const {
    return std::ranges::any_of(steps_, [&](const TypedStep& step) {
      const auto* made =
          view_.repository.schema.derived_event(step.events.event);
      return made != nullptr && !made->is_group();
    });
  }

  // No choice begins earlier.
  void check_earliest(const Chain& chain) {
    const TypedPtr earlier = clone(tree_);
    WindowSpec& window = earlier->sequence->steps[0].events.window;
    if (window.form != WindowForm::kEver) return;
    window.form = WindowForm::kInstants;
    window.last = event(0, *chain.rows[0]).time - 1;
    EXPECT_FALSE(walk_.holds(*earlier));
  }

  // Also with nothing else, and with nothing else but one of the others: none
  // of them spoils it.
  void check_enough(const Chain& chain) {
    std::set<int64_t> times;
    for (uint32_t i = 0; i < steps_.size(); ++i) {
      if (chain.rows[i]) times.insert(event(i, *chain.rows[i]).time);
    }
    check_earliest(chain);
    if (of_sessions()) return;  // others with fewer events
    EXPECT_TRUE(holds_with(times));
    std::set<int64_t> others;
    for (const auto& history : view_.person.history) {
      for (const reference::Event& each : history) others.insert(each.time);
    }
    for (const int64_t each : others) {
      auto more = times;
      if (!more.insert(each).second) continue;
      EXPECT_TRUE(holds_with(more)) << "with what happens at " << each;
    }
  }

  bool holds_with(const std::set<int64_t>& times) const {
    reference::Person person = view_.person;
    for (auto& history : person.history) {
      std::erase_if(history, [&](const reference::Event& each) {
        return !times.contains(each.time);
      });
    }
    reference::Walk walk(view_.repository, view_.calendar, view_.texts, person);
    return walk.holds(tree_);
  }

  // Its beginning can be had, and no longer one.
  void check_furthest(const Chain& chain) {
    uint32_t behind = 0;
    for (uint32_t i = 0; i < steps_.size(); ++i) {
      if (chain.rows[i]) behind = i + 1;
    }
    if (behind != 0) {
      EXPECT_TRUE(walk_.holds(*beginning(tree_, behind)));
    }
    const bool stopped = chain.next != steps_.size();
    if (stopped) {
      EXPECT_FALSE(walk_.holds(*beginning(tree_, chain.next + 1)));
    }
    EXPECT_EQ(chain.faults.empty(), stopped && !chain.nearest);
    for (const Fault& each : chain.faults) check_fault(chain, each);
  }

  void check_fault(const Chain& chain, const Fault& fault) {
    const auto positive = [&](uint32_t before) {
      while (!chain.rows[--before]) {
      }
      return before;
    };
    if (fault.step == 0) return;
    const uint32_t last = positive(fault.step);
    const int64_t from = event(last, *chain.rows[last]).time;
    const Int128 now = view_.calendar.now();
    switch (fault.kind) {
      case Fault::Kind::kTooLate:
        EXPECT_EQ(event(chain.next, *chain.nearest).time - fault.late,
                  end_of(*steps_[fault.step].within, from));
        EXPECT_GT(fault.late, 0);
        return;
      case Fault::Kind::kAllTooLate:
        EXPECT_GT(fault.late, 0);
        return;
      case Fault::Kind::kSpoiled:
        check_event(fault.step, fault.row);
        EXPECT_GT(event(fault.step, fault.row).time, from);
        return;
      case Fault::Kind::kNotOverYet:
        EXPECT_EQ(fault.until, end_of(*steps_[fault.step].within, from));
        EXPECT_GT(fault.until, now);
        return;
      case Fault::Kind::kSame:
      case Fault::Kind::kComparison:
        EXPECT_EQ(fault.step, chain.next);
        return;
    }
  }

  const PersonView& view_;
  const Typed& tree_;
  const std::vector<TypedStep>& steps_;
  ChainCounts& counts_;
  reference::Walk walk_;
};

}  // namespace

void check_chains(const PersonView& view, const Typed& condition,
                  ChainCounts& counts) {
  if (condition.kind == TypedKind::kSequence) {
    ChainChecker(view, condition, counts).check();
  }
  if (condition.kind == TypedKind::kSegment) {
    check_chains(view, *view.repository.segments[condition.index].condition,
                 counts);
  }
  for (const TypedPtr& arg : condition.args) check_chains(view, *arg, counts);
}

}  // namespace kitle::testing
