// When a person's answer will be another one with no new event
// (explain_person.h). Time is gone through in pieces: from the typed tree and
// the values that it sees at an instant follows the first later instant at
// which anything that it looks at can be otherwise - an event becomes known,
// crosses a window's end, a day begins - and between two such instants nothing
// changes. So evaluating at each of them finds the first other answer.
//
// A sequence is searched for anew only where other events may be chosen than at
// the instant before (Walk::SequenceMemo): most instants are of other clauses.
//
// Two things change within a piece: the ends of windows of calendar steps,
// which move with the clock between two local midnights, and `time since`. Both
// go one way, so where the ends of a piece differ the instant between them is
// found by halving. (Only a product or a quotient of several `time since` may
// turn around and come back within one piece unseen.) What `time since` is
// compared with a written duration tells that instant at once; else all that is
// asked to find it counts as work.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "compiler/compares.h"
#include "compiler/explain_leaf.h"

namespace kitle {
namespace {

using reference::Calendar;
using reference::Value;
using reference::Walk;

constexpr int64_t kDayMicros = microseconds(StepUnit::kDay);

// Enough for every event of a person, and a bound on the work for one with
// very many; the choices that searches for sequences look at count as rows.
constexpr size_t kMostPieces = 100'000;
constexpr size_t kMostRowVisits = 10'000'000;
// What it takes to ask a person at another instant, beside rows.
constexpr size_t kRowsOfWalk = 20;

bool rolls(WindowForm form) {
  return form == WindowForm::kLast || form == WindowForm::kNext ||
         form == WindowForm::kRangeAgo;
}

// Neither depends on now.
bool is_fixed(WindowForm form) {
  return form == WindowForm::kEver || form == WindowForm::kDates ||
         form == WindowForm::kInstants;
}

// The first instant in (low, high] at which `test` says otherwise than at low.
// REQUIRES: it does at high, and changes once.
template <class Test>
int64_t first_change(int64_t low, int64_t high, Test test) {
  const auto before = test(low);
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (test(middle) == before ? low : high) = middle;
  }
  return high;
}

// Whether the value of a node changes from one microsecond to the next.
bool flows(const Typed& tree) {
  if (tree.kind == TypedKind::kTimeSince) return true;
  return std::ranges::any_of(tree.args,
                             [](const TypedPtr& arg) { return flows(*arg); });
}

// Whether now plays a part in a `where`.
bool moves(const Typed& tree) {
  const bool window =
      tree.kind == TypedKind::kBirthday ||
      (tree.kind == TypedKind::kInWindow && !is_fixed(tree.window.form));
  const bool since = tree.kind == TypedKind::kAge ||
                     tree.kind == TypedKind::kDaysSince ||
                     tree.kind == TypedKind::kTimeSince;
  return window || since ||
         std::ranges::any_of(tree.args,
                             [](const TypedPtr& arg) { return moves(*arg); });
}

// A count or an exact sum over a window that ends now, against a constant: it
// changes only as one event after the other leaves the window, so the one with
// which the answer changes can be told. A person may have very many.
bool only_leaves(const Typed& tree) {
  if (tree.kind != TypedKind::kCompare) return false;
  const Typed& left = *tree.args[0];
  const Typed& right = *tree.args[1];
  if (left.kind != TypedKind::kMeasure || left.type != right.type) return false;
  const bool exact =
      left.measure == Measure::kCount ||
      (left.measure == Measure::kSum && left.type != ValueType::kNumber);
  const TypedEvents& events = *left.events;
  return exact && right.kind == TypedKind::kConstant &&
         events.window.form == WindowForm::kLast &&
         (!events.where || !moves(*events.where));
}

// From one instant on.
class Piece {
 public:
  // It gives up behind `most_rows` visits.
  Piece(const PersonView& view, Walk::SequenceMemo& memo, int64_t from,
        int64_t end, size_t most_rows)
      : view_(view),
        most_rows_(most_rows),
        memo_(memo),
        calendar_(view.calendar.at(from)),
        walk_(view.repository, calendar_, view.texts, view.person),
        from_(from),
        next_(end),
        visited_(view.repository.segments.size()) {
    walk_.remember_in(&memo_);
  }

  // The first instant behind `from` at which something may be otherwise; `end`
  // if there is none before.
  int64_t next(uint32_t segment) {
    visit_segment(segment);
    if (days_) soon(next_day());
    for (const auto& [window, instants] : steps_) cross(*window, instants);
    for (const Flow& flow : flows_) {
      if (rows_ > most_rows_) break;
      cross(flow);
    }
    return next_;
  }
  size_t rows() const { return rows_; }
  // Else what next() said is not to be trusted.
  bool is_whole() const { return rows_ <= most_rows_; }

 private:
  // A comparison in which something flows; inside a `where` of a row.
  struct Flow {
    const Typed* tree;
    uint32_t event;
    size_t row;
    size_t rows;  // how many are visited to ask it once
  };

  void soon(Int128 instant) {
    if (instant > from_ && instant < next_) {
      next_ = static_cast<int64_t>(instant);
    }
  }

  void visit_segment(uint32_t segment) {
    if (visited_[segment]) return;
    visited_[segment] = true;
    visit(*view_.repository.segments[segment].condition);
  }

  void visit(const Typed& tree) {
    switch (shape_of(tree.kind)) {
      case TypedShape::kSegment:
        return visit_segment(tree.index);
      case TypedShape::kTest:
        if (only_leaves(tree)) return leaving(tree);
        test(tree);
        break;
      case TypedShape::kValue:
        if (tree.events) visit(*tree.events);
        if (tree.kind == TypedKind::kPoints) {
          persona(view_.repository.personas[tree.index]);
        }
        break;
      case TypedShape::kOfValue:
        of_value(tree);
        break;
      case TypedShape::kJunction:
      case TypedShape::kNegation:
      case TypedShape::kWritten:
      case TypedShape::kCombined:
        break;
    }
    for (const TypedPtr& arg : tree.args) visit(*arg);
  }

  // What is worth less from day to day changes at midnights.
  void persona(const TypedPersona& persona) {
    days_ = days_ || persona.halving != 0;
    for (const TypedPointsLine& line : persona.lines) {
      if (line.events) visit(*line.events);
      if (line.condition) visit(*line.condition);
    }
  }

  // Of the steps' events, and when a `no ... within` at the end has been
  // waited for.
  void visit(const TypedSequence& sequence) {
    const TypedStep* before = nullptr;  // the last one that happens
    // No event or comparison is another one at another instant.
    bool still = true;
    for (const TypedStep& step : sequence.steps) {
      rows_ += walk_.history_of(step.events.event).size();
      still = still && source_of(step.events.event) == step.events.event;
      visit(step.events);
      for (const StepComparison& each : step.comparisons) {
        still = still && !moves(*each.own) && !moves(*each.other);
        visit_rows(*each.own, step.events.event);
        visit_rows(*each.other, sequence.steps[each.step].events.event);
      }
      if (!step.negated) before = &step;
      if (step.negated && step.within) wait(*before, *step.within);
    }
    if (still) memo_.known.try_emplace(&sequence);
  }

  void visit_rows(const Typed& value, uint32_t event) {
    if (!moves(value)) return;
    const auto& history = walk_.history_of(event);
    for (size_t row = 0; row < history.size(); ++row) {
      if (history[row].time > from_) continue;
      event_ = event;
      row_ = row;
      visit(value);
    }
  }

  void wait(const TypedStep& step, const StepSpan& span) {
    const TypedAnchor within{.shape = AnchorShape::kWithin,
                             .moment = nullptr,
                             .m = span.n,
                             .unit = span.unit};
    for (const reference::Event& event : walk_.history_of(step.events.event)) {
      soon(calendar_.after(within, event.time, false).high);
    }
  }

  void test(const Typed& tree) {
    if (tree.sequence) visit(*tree.sequence);
    if (flows(tree) && !turns(tree)) {
      flows_.push_back({&tree, event_, row_, kRowsOfWalk + rows_of(tree)});
    }
    // Also of written days: who is not born yet will be.
    days_ = days_ || tree.kind == TypedKind::kBirthday;
    if (tree.kind != TypedKind::kInWindow || is_fixed(tree.window.form)) return;
    const Typed& moment = *tree.args[0];
    days_ = days_ || moment.type == ValueType::kDate;
    if (moment.type == ValueType::kDate) return;
    const Value value = value_of(moment);
    if (reference::is_missing(value)) return;
    window(tree.window, std::get<Int128>(value));
  }

  // `time since T` against a written duration, which it passes once: when that
  // is is known without asking.
  bool turns(const Typed& tree) {
    if (tree.kind != TypedKind::kCompare) return false;
    const bool left = tree.args[0]->kind == TypedKind::kTimeSince;
    const Typed& since = *tree.args[left ? 0 : 1];
    const Typed& limit = *tree.args[left ? 1 : 0];
    const bool one = since.kind == TypedKind::kTimeSince &&
                     limit.kind == TypedKind::kConstant &&
                     limit.type == ValueType::kDuration &&
                     limit.denominator == 1 && !flows(*since.args[0]);
    if (!one) return false;
    const Value moment = value_of(*since.args[0]);
    if (reference::is_missing(moment)) return true;
    const Int128 at = std::get<Int128>(moment) + limit.integer;
    soon(at);
    soon(at + 1);
    return true;
  }

  // Of what it measures, once each.
  size_t rows_of(const Typed& tree) {
    size_t rows = tree.events ? walk_.history_of(tree.events->event).size() : 0;
    for (const TypedPtr& arg : tree.args) rows += rows_of(*arg);
    return rows;
  }

  // Age, days since, time since; parts of a time depend on nothing else.
  void of_value(const Typed& tree) {
    const bool since = tree.kind == TypedKind::kDaysSince;
    const bool flow = tree.kind == TypedKind::kTimeSince;
    if (!since && !flow) {
      days_ = days_ || tree.kind == TypedKind::kAge;
      return;
    }
    if (tree.args[0]->type == ValueType::kDate) {
      days_ = true;
      return;
    }
    const Value value = value_of(*tree.args[0]);
    if (reference::is_missing(value)) return;
    const Int128 then = std::get<Int128>(value);
    if (!tree.until) soon(then);  // missing before
    if (!since) return;
    const Int128 whole =
        tree.until ? reference::floor_divide(then - from_, kDayMicros)
                   : reference::floor_divide(from_ - then, kDayMicros);
    soon(tree.until ? then - whole * kDayMicros + 1
                    : then + (whole + 1) * kDayMicros);
  }

  // Inside a `where` for the row that it stands at.
  Value value_of(const Typed& tree) {
    walk_.stand_at(event_, row_);
    const Value value = walk_.value(tree);
    walk_.take_undecided();
    return value;
  }

  void visit(const TypedEvents& events) {
    const bool each = events.where && moves(*events.where);
    const bool windowed = !is_fixed(events.window.form);
    if (each || windowed) visit_rows(events, each, windowed);
    const bool sessions = source_of(events.event) != events.event;
    if ((!each && !windowed) || sessions) later(events);
    anchors(events);
  }

  void visit_rows(const TypedEvents& events, bool each, bool windowed) {
    const auto& history = walk_.history_of(events.event);
    rows_ += history.size();
    for (size_t row = 0; row < history.size(); ++row) {
      const int64_t time = history[row].time;
      soon(time);  // known from then on
      if (time > from_) continue;
      const bool counts = each || walk_.passes_where(events, row);
      if (windowed && counts) window(events.window, time);
      if (!each) continue;
      event_ = events.event;
      row_ = row;
      visit(*events.where);
    }
  }

  // Sessions become other ones with the events that they are of.
  uint32_t source_of(uint32_t event) const {
    const DerivedEvents* made = view_.repository.schema.derived_event(event);
    const bool sessions = made != nullptr && !made->is_group();
    return sessions && !made->members.empty() ? made->members.front() : event;
  }

  // Events that the store has already.
  void later(const TypedEvents& events) {
    const auto& history = walk_.history_of(source_of(events.event));
    const auto next =
        std::ranges::upper_bound(history, from_, {}, &reference::Event::time);
    if (next != history.end()) soon(next->time);
  }

  void anchors(const TypedEvents& events) {
    if (events.after) visit(*events.after->moment);
    if (events.before) visit(*events.before->moment);
  }

  void leaving(const Typed& tree) {
    const Typed& measure = *tree.args[0];
    const TypedEvents& events = *measure.events;
    later(events);
    anchors(events);
    rows_ += walk_.history_of(events.event).size();
    std::vector<std::pair<int64_t, Int128>> items;
    Int128 rest = 0;
    for (const Walk::Rows& rows : walk_.counted(events)) {
      items.emplace_back(rows.front()->time, amount(measure, rows));
      rest += items.back().second;
    }
    walk_.take_undecided();
    const Int128 limit = tree.args[1]->integer;
    const bool now = compares(tree.comparison, rest, limit);
    for (size_t i = 0; i < items.size(); ++i) {
      rest -= items[i].second;
      const bool more =
          i + 1 < items.size() && items[i + 1].first == items[i].first;
      if (more || compares(tree.comparison, rest, limit) == now) continue;
      return window(events.window, items[i].first);
    }
    days_ = days_ || is_calendar(events.window.unit);
  }

  Int128 amount(const Typed& measure, const Walk::Rows& rows) {
    if (measure.measure == Measure::kCount) return 1;
    Int128 sum = 0;
    for (const reference::Event* row : rows) {
      const Value found = walk_.measured(measure, *row);
      const auto* value = std::get_if<Int128>(&found);
      if (value != nullptr) sum += *value;
    }
    return sum;
  }

  // When an instant passes an end of a window.
  void window(const WindowSpec& window, Int128 instant) {
    if (!rolls(window.form)) {
      days_ = true;
      return;
    }
    if (window.form != WindowForm::kRangeAgo) soon(instant);
    if (is_calendar(window.unit)) {
      days_ = true;
      steps_[&window].insert(instant);
      return;
    }
    const Int128 unit = microseconds(window.unit);
    if (window.form == WindowForm::kNext) {
      soon(instant - window.n * unit);
    } else {
      soon(instant + window.n * unit);
    }
    if (window.form == WindowForm::kRangeAgo) soon(instant + window.m * unit);
  }

  int64_t offset(int64_t instant) const {
    const auto local = calendar_.local(instant);
    return static_cast<int64_t>(Int128{local.day} * kDayMicros + local.micros -
                                instant);
  }

  // Local midnight, or when clocks are changed before it.
  int64_t next_day() const {
    const int64_t midnight = from_ + kDayMicros - calendar_.local(from_).micros;
    if (offset(midnight) == offset(from_)) return midnight;
    return first_change(from_, midnight,
                        [this](int64_t at) { return offset(at); });
  }

  // Both ends go forward in the piece.
  void cross(const WindowSpec& window, const std::set<Int128>& instants) {
    if (next_ - from_ < 2) return;
    const auto ends = [&](int64_t now) {
      return calendar_.at(now).instants(window);
    };
    const reference::Span before = ends(from_);
    const reference::Span behind = ends(next_ - 1);
    const auto low = instants.lower_bound(before.low);
    if (low != instants.end() && *low < behind.low) {
      soon(first_change(from_, next_ - 1,
                        [&](int64_t now) { return ends(now).low > *low; }));
    }
    const auto high = instants.upper_bound(before.high);
    if (high != instants.end() && *high <= behind.high) {
      soon(first_change(from_, next_ - 1,
                        [&](int64_t now) { return ends(now).high >= *high; }));
    }
  }

  void cross(const Flow& flow) {
    const auto holds = [&](int64_t now) {
      rows_ += flow.rows;
      const Calendar calendar = view_.calendar.at(now);
      Walk walk(view_.repository, calendar, view_.texts, view_.person);
      walk.remember_in(&memo_);
      walk.stand_at(flow.event, flow.row);
      const bool held = walk.holds(*flow.tree);
      return std::pair(held, walk.take_undecided());
    };
    if (next_ - from_ < 2) return;
    // At a moment itself `time since` is 0, by which nothing can be divided.
    if (holds(from_ + 1) != holds(from_)) return soon(from_ + 1);
    if (holds(next_ - 1) == holds(from_ + 1)) return;
    soon(first_change(from_ + 1, next_ - 1, holds));
  }

  const PersonView& view_;
  size_t most_rows_;
  Walk::SequenceMemo& memo_;
  Calendar calendar_;
  Walk walk_;
  int64_t from_;
  int64_t next_;
  std::vector<bool> visited_;  // segments
  bool days_ = false;          // the calendar's day plays a part
  std::map<const WindowSpec*, std::set<Int128>> steps_;
  std::vector<Flow> flows_;
  size_t rows_ = 0;
  uint32_t event_ = 0;
  size_t row_ = 0;
};

std::pair<bool, bool> answer_at(const PersonView& view,
                                Walk::SequenceMemo& memo, uint32_t segment,
                                int64_t now) {
  const Calendar calendar = view.calendar.at(now);
  Walk walk(view.repository, calendar, view.texts, view.person);
  walk.remember_in(&memo);
  const reference::Answer answer = walk.answer(segment);
  return {answer.member, answer.undecided};
}

}  // namespace

NextAnswer next_answer(const PersonView& view, uint32_t segment, int64_t end) {
  const int64_t now = view.calendar.now();
  Walk::SequenceMemo memo;
  const auto first = answer_at(view, memo, segment, now);
  int64_t at = now;
  size_t visits = 0;
  for (size_t step = 0; step < kMostPieces; ++step) {
    const size_t spent = visits + memo.tried;
    if (spent >= kMostRowVisits) break;
    Piece piece(view, memo, at, end, kMostRowVisits - spent);
    const int64_t next = piece.next(segment);
    visits += piece.rows();
    if (!piece.is_whole()) break;
    if (next >= end) return {std::nullopt, end - 1, end};
    if (answer_at(view, memo, segment, next) != first) return {next, at, next};
    at = next;
  }
  return {std::nullopt, at, at};
}

}  // namespace kitle
