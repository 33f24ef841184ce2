// See reason_state.h. What follows is put into a queue, and taken in until
// nothing follows any more.
#include "compiler/reason_state.h"

#include <algorithm>

namespace kitle {

namespace {

// What follows from one condition, at most: what is left out is not claimed.
constexpr size_t kMostFacts = 400;
// Up to here each integer is a double.
constexpr Int128 kExactDoubles = Int128{1} << 53;

Line at_least(const LinePoint& low) {
  return line_of(low, LinePoint::at(kHighest));
}
Line at_most(const LinePoint& high) {
  return line_of(LinePoint::at(kLowest), high);
}

bool holds_zero(const Line& line) {
  return !common(line, line_of(0, 0)).empty();
}

}  // namespace

bool ReasonState::add(const Literal& literal) {
  queue_.clear();
  budget_.take(1);
  for (const Fact& each : facts_.of(literal)) {
    if (!take(each)) return false;
  }
  return settle();
}

bool ReasonState::settle() {
  for (size_t i = 0; i < queue_.size() && i < kMostFacts; ++i) {
    if (budget_.spent()) return true;
    const Fact fact = std::move(queue_[i]);
    if (!take(fact)) return false;
  }
  return true;
}

void ReasonState::learn(const Facts& facts) {
  queue_.insert(queue_.end(), facts.begin(), facts.end());
}

void ReasonState::learn_within(NodeId value, Scale scale, Line line) {
  const Node* of = node(value);
  if (scale == kItself && of != nullptr && is_whole(of->type)) {
    line = of_integers(line);
  }
  learn(Fact{.kind = Fact::Kind::kWithin,
             .value = value,
             .scale = scale,
             .line = std::move(line)});
}

void ReasonState::learn_at_most(NodeId value, Scale scale,
                                const LinePoint& most) {
  if (!most.is_highest()) learn_within(value, scale, at_most(most));
}

void ReasonState::learn_at_least(NodeId value, Scale scale,
                                 const LinePoint& least) {
  if (!least.is_lowest()) learn_within(value, scale, at_least(least));
}

void ReasonState::restore(const Mark& mark) {
  while (undo_.size() > mark.undo) {
    undo(undo_.back());
    undo_.pop_back();
  }
  some_.resize(mark.some);
  none_.resize(mark.none);
  implied_.resize(mark.implied);
}

void ReasonState::undo(const Undo& last) {
  Known& known = *known_.find(last.value);
  switch (last.kind) {
    case Undo::Kind::kTouched:
      known.touched = false;
      known.presence = Presence::kUnknown;
      if (known.about.linked()) linked_.pop_back();
      break;
    case Undo::Kind::kPresence:
      known.presence = last.presence;
      break;
    case Undo::Kind::kLine:
      std::ranges::find(known.lines, last.scale, &Scaled::scale)->line =
          last.line;
      break;
    case Undo::Kind::kText:
      known.texts.pop_back();
      break;
  }
}

void ReasonState::set_presence(NodeId value, Presence presence) {
  Known& known = this->known(value);
  undo_.push_back({.kind = Undo::Kind::kPresence,
                   .value = value,
                   .presence = known.presence});
  known.presence = presence;
}

// REQUIRES: line() of it was asked for.
void ReasonState::set_line(NodeId value, Scale scale, Line line) {
  Line& own =
      std::ranges::find(known(value).lines, scale, &Scaled::scale)->line;
  undo_.push_back({.kind = Undo::Kind::kLine,
                   .value = value,
                   .scale = scale,
                   .line = std::move(own)});
  own = std::move(line);
}

bool ReasonState::is_there(NodeId value) const {
  const Known* found = known_.find(value);
  return found != nullptr && found->presence == Presence::kThere;
}

const Line& ReasonState::line(NodeId value, Scale scale) {
  ScaledLines& lines = known(value).lines;
  const auto found = std::ranges::find(lines, scale, &Scaled::scale);
  if (found != lines.end()) return found->line;
  lines.push_back({scale, facts_.possible(value, scale)});
  return lines.back().line;
}

ReasonState::Known& ReasonState::known(NodeId value) {
  if (Known* found = known_.find(value)) return *found;
  return known_.add(value, {.about = describe(value)});
}

ReasonState::About ReasonState::describe(NodeId value) {
  About made{.never_missing = facts_.never_missing(value)};
  const Node* of = node(value);
  if (of == nullptr) return made;
  made.tally = of->kind == NodeKind::kTally;
  const NodeId events = facts_.events_of(value);
  if (events == kNone) return made;
  made.set = facts_.set_of(events);
  made.table = plan_[events].table;
  made.moment = facts_.is_time_of_event(value);
  made.days = of->kind == NodeKind::kMeasure &&
              of->measure == Measure::kDistinctCount &&
              measured_of(*of) == kNone && is_of_time(of->column);
  made.counts = made.days || (of->kind == NodeKind::kMeasure &&
                              of->measure == Measure::kCount);
  return made;
}

// From now on it is looked at, together with what is known already.
void ReasonState::touch(NodeId value) {
  Known& known = this->known(value);
  if (known.touched) return;
  known.touched = true;
  undo_.push_back({.kind = Undo::Kind::kTouched, .value = value});
  if (known.about.never_missing) known.presence = Presence::kThere;
  if (!known.about.linked()) return;
  linked_.push_back(value);
  if (known.about.set == kNone) return;
  for (const Happened& each : some_) of_some(each, value);
  for (const Happened& each : none_) of_none(each, value);
}

// ---- facts ----

bool ReasonState::take(const Fact& fact) {
  budget_.take(1);
  switch (fact.kind) {
    case Fact::Kind::kIn:
    case Fact::Kind::kWithin:
    case Fact::Kind::kNotIn:
      touch(fact.value);
      return narrow(fact);
    case Fact::Kind::kText:
      touch(fact.value);
      return text(fact);
    case Fact::Kind::kSome:
      return some(fact.events);
    case Fact::Kind::kNoEvent:
      return none(fact.events);
    case Fact::Kind::kCondition:
      condition(fact.literal);
      return true;
  }
  return true;
}

bool ReasonState::narrow(const Fact& fact) {
  if (fact.kind == Fact::Kind::kIn && !there(fact.value)) return false;
  if (known(fact.value).presence == Presence::kMissing) return true;
  const Line& before = line(fact.value, fact.scale);
  budget_.take(before.size() + fact.line.size());
  const bool whole = facts_.is_whole_line(fact.value, fact.scale);
  Line left = fact.kind == Fact::Kind::kNotIn
                  ? without(before, fact.line, whole)
                  : common(before, fact.line);
  if (left.empty()) return nothing_left(fact.value);
  if (left == before) return true;
  set_line(fact.value, fact.scale, std::move(left));
  changed(fact.value);
  return true;
}

bool ReasonState::there(NodeId value) {
  const Presence presence = known(value).presence;
  if (presence == Presence::kThere) return true;
  if (presence == Presence::kMissing) return false;
  set_presence(value, Presence::kThere);
  learn(facts_.of_presence(value));
  changed(value);
  return true;
}

// No place is left, so it is missing.
bool ReasonState::nothing_left(NodeId value) {
  if (known(value).presence == Presence::kThere) return false;
  set_presence(value, Presence::kMissing);
  learn(facts_.of_absence(value));
  return true;
}

bool ReasonState::text(const Fact& fact) {
  Known& known = this->known(fact.value);
  undo_.push_back({.kind = Undo::Kind::kText, .value = fact.value});
  known.texts.push_back(fact.literal);
  length(fact);
  return !texts_.contradict(known.texts, facts_.column_of(fact.value));
}

// Of a text that has these characters.
void ReasonState::length(const Fact& test) {
  const NodeId* length = length_of_.find(test.value);
  const Column* column = facts_.column_of(test.value);
  const bool asked = length != nullptr && column != nullptr &&
                     !is_list_type(plan_[test.value].type);
  if (!asked) return;
  auto line = texts_.lengths(test.literal, *column);
  if (line) learn_within(*length, kItself, std::move(*line));
}

bool ReasonState::some(const Happened& events) {
  if (std::ranges::find(some_, events) != some_.end()) return true;
  if (events_.empty(events.set)) return false;
  for (const Happened& each : none_) {
    if (events_.among(events.set, each.set)) return false;
  }
  some_.push_back(events);
  const Node& of = plan_[facts_.set(events.set).events];
  for (const NodeId moment : {after_of(of), before_of(of)}) {
    if (moment == kNone) continue;
    learn(Fact{.kind = Fact::Kind::kIn, .value = moment, .line = whole_line()});
  }
  for (const NodeId each : linked_) of_some(events, each);
  return true;
}

bool ReasonState::none(const Happened& events) {
  if (std::ranges::find(none_, events) != none_.end()) return true;
  for (const Happened& each : some_) {
    if (events_.among(each.set, events.set)) return false;
  }
  none_.push_back(events);
  for (const NodeId each : linked_) of_none(events, each);
  return true;
}

void ReasonState::condition(const Literal& literal) {
  if (std::ranges::find(implied_, literal) == implied_.end()) {
    implied_.push_back(literal);
  }
}

// ---- what follows from a value ----

void ReasonState::changed(NodeId value) {
  const About& about = this->about(value);
  if (!about.linked() || !is_there(value)) return;
  if (about.tally) tally_decides(value);
  events_counted(value);
  for (const NodeId other : linked_) {
    budget_.take(1);
    if (budget_.spent()) return;
    const About& beside = this->about(other);
    if (about.tally) {
      if (beside.tally) of_tally(other);
    } else if (other != value && beside.table == about.table) {
      between(value, other);
      between(other, value);
    }
  }
}

void ReasonState::events_counted(NodeId value) {
  const About& about = this->about(value);
  const Node& of = plan_[value];
  if (of.kind != NodeKind::kMeasure || !about.never_missing) return;
  const Line& left = line(value, kItself);
  if (!holds_zero(left)) {
    learn(Fact{.kind = Fact::Kind::kSome, .events = {about.set}});
  } else if (about.counts && left == line_of(0, 0)) {
    learn(Fact{.kind = Fact::Kind::kNoEvent, .events = {about.set}});
  }
}

// There is an event, so some of what is said of more than it is known.
void ReasonState::of_some(const Happened& events, NodeId value) {
  const About& about = this->about(value);
  budget_.take(1);
  const bool known = about.moment || about.counts;
  if (!known || about.table != plan_[facts_.set(events.set).events].table ||
      !events_.among(events.set, about.set)) {
    return;
  }
  if (about.counts) {
    const int64_t least = about.days ? 1 : events.times;
    return learn_at_least(value, kItself, LinePoint::at(least));
  }
  learn(Fact{.kind = Fact::Kind::kIn, .value = value, .line = whole_line()});
  const bool last = plan_[value].last;
  for (const Scaled& place : events_.places(events.set)) {
    if (place.line.empty()) continue;
    if (last == is_backwards(place.scale)) {
      learn_at_most(value, place.scale, place.line.back().high);
    } else {
      learn_at_least(value, place.scale, place.line.front().low);
    }
  }
}

void ReasonState::of_none(const Happened& events, NodeId value) {
  const About& about = this->about(value);
  budget_.take(1);
  if (about.table != plan_[facts_.set(events.set).events].table) return;
  if (!events_.among(about.set, events.set)) return;
  if (about.never_missing) {
    learn_within(value, kItself, line_of(0, 0));
  } else {
    learn(
        Fact{.kind = Fact::Kind::kNotIn, .value = value, .line = whole_line()});
  }
}

// ---- what follows from one value for another ----

// Of two features of one event's.
void ReasonState::between(NodeId value, NodeId other) {
  const Node& x = plan_[value];
  const Node& y = plan_[other];
  if (x.kind != y.kind || !is_there(value)) return;
  if (x.kind == NodeKind::kMoment) return of_moments(value, other);
  of_counts(value, other);
  of_extremes(value, other);
}

// Of fewer events there are fewer; of their orders, and of their values, too.
void ReasonState::of_counts(NodeId few, NodeId many) {
  const Node& x = plan_[few];
  const Node& y = plan_[many];
  const bool counts = about(few).never_missing && x.measure != Measure::kSum &&
                      y.measure != Measure::kSum && about(many).never_missing;
  if (!counts) return;
  const bool same = x.measure == y.measure && x.column == y.column &&
                    measured_of(x) == measured_of(y) &&
                    (x.by_order == y.by_order || x.by_order);
  const bool values = x.measure == Measure::kDistinctCount &&
                      y.measure == Measure::kCount && !y.by_order;
  const bool among =
      (same || values) && events_.among(about(few).set, about(many).set);
  if (!among) return;
  learn_at_least(many, kItself, line(few, kItself).front().low);
  learn_at_most(few, kItself, line(many, kItself).back().high);
}

// The last of more events is not before that of fewer, and the first not
// behind it.
void ReasonState::of_moments(NodeId inner, NodeId outer) {
  const bool times = about(inner).moment && about(outer).moment;
  if (!times || !events_.among(about(inner).set, about(outer).set)) return;
  const bool later = plan_[outer].last;
  follow(inner, outer, later);
  if (is_there(outer)) follow(outer, inner, !later);
}

// `up`: `to` is not before `from`.
void ReasonState::follow(NodeId from, NodeId to, bool up) {
  for (const Scaled& each : known(from).lines) {
    if (each.scale == kItself || each.line.empty()) continue;
    if (up == is_backwards(each.scale)) {
      learn_at_most(to, each.scale, each.line.back().high);
    } else {
      learn_at_least(to, each.scale, each.line.front().low);
    }
  }
}

// smallest <= average <= largest, of the same values.
void ReasonState::of_extremes(NodeId low, NodeId high) {
  const Node& x = plan_[low];
  const Node& y = plan_[high];
  const auto rank = [](Measure measure) {
    if (measure == Measure::kSmallest) return 1;
    if (measure == Measure::kAverage) return 2;
    return measure == Measure::kLargest ? 3 : 0;
  };
  const bool same = x.args[0] == y.args[0] && x.column == y.column &&
                    measured_of(x) == measured_of(y) &&
                    x.by_order == y.by_order;
  if (!same || rank(x.measure) == 0 || rank(x.measure) >= rank(y.measure)) {
    return;
  }
  const Column* column = facts_.column_of(low);
  if (column == nullptr || !is_there(low) || !is_there(high)) return;
  const bool average =
      x.measure == Measure::kAverage || y.measure == Measure::kAverage;
  // Sums of numbers are rounded, in any direction.
  if (average && column->type == TypeKind::kNumber) return;
  // The average of integers is rounded to a double, once.
  const auto kept = [&](const LinePoint& at) {
    const bool rounded = average && column->type == TypeKind::kInteger;
    return !rounded || (at.bottom == 1 && at.side == 0 &&
                        at.top <= kExactDoubles && at.top >= -kExactDoubles);
  };
  const LinePoint least = line(low, kItself).front().low;
  const LinePoint most = line(high, kItself).back().high;
  if (kept(least)) learn_at_least(high, kItself, least);
  if (kept(most)) learn_at_most(low, kItself, most);
}

// ---- scores ----

// What a tally counts, sorted.
const std::vector<NodeId>& ReasonState::counted(NodeId tally) {
  if (const std::vector<NodeId>* found = counted_.find(tally)) return *found;
  const Node& of = plan_[tally];
  std::vector<NodeId> all(of.args.begin() + 1, of.args.end());
  std::ranges::sort(all);
  return counted_.add(tally, std::move(all));
}

// The sum of a score is that of its bands, as far as these are asked for.
void ReasonState::of_tally(NodeId value) {
  const Node& whole = plan_[value];
  std::vector<NodeId> rest = counted(value);
  Int128 low = whole.integer;
  Int128 high = whole.integer;
  std::vector<NodeId> parts;
  for (const NodeId other : linked_) {
    const bool part = other != value && about(other).tally &&
                      plan_[other].args.size() < whole.args.size() &&
                      is_there(other);
    if (!part) continue;
    const std::vector<NodeId>& own = counted(other);
    budget_.take(rest.size());
    if (own.empty() || !std::ranges::includes(rest, own)) continue;
    std::vector<NodeId> left;
    std::ranges::set_difference(rest, own, std::back_inserter(left));
    rest = std::move(left);
    const Line& bands = line(other, kItself);
    low += bands.front().low.top - plan_[other].integer;
    high += bands.back().high.top - plan_[other].integer;
    parts.push_back(other);
  }
  if (parts.empty()) return;
  high += static_cast<Int128>(rest.size());
  learn_within(value, kItself, line_of(low, high));
  if (!is_there(value)) return;
  const Int128 least = line(value, kItself).front().low.top;
  const Int128 most = line(value, kItself).back().high.top;
  for (const NodeId part : parts) {
    const Line& bands = line(part, kItself);
    // What the others leave for it.
    learn_within(part, kItself,
                 line_of(least - (high - bands.back().high.top),
                         most - (low - bands.front().low.top)));
  }
}

// All of its conditions hold, or none.
void ReasonState::tally_decides(NodeId value) {
  const Node& of = plan_[value];
  const Line& left = line(value, kItself);
  const Int128 most = of.integer + static_cast<Int128>(of.args.size()) - 1;
  const bool all = left.front().low.top == most;
  const bool none = left.back().high.top == of.integer;
  if (!all && !none) return;
  for (size_t i = 1; i < of.args.size(); ++i) condition({of.args[i], all});
}

}  // namespace kitle
