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
  learn(facts_.of(literal));
  return settle();
}

bool ReasonState::settle() {
  for (size_t i = 0; i < queue_.size() && i < kMostFacts; ++i) {
    ++work_;
    const Fact fact = std::move(queue_[i]);
    if (!take(fact)) return false;
  }
  return true;
}

void ReasonState::learn(Facts facts) {
  for (Fact& each : facts) learn(std::move(each));
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
    Undo& last = undo_.back();
    if (last.before) {
      known_[last.value] = std::move(*last.before);
    } else {
      known_.erase(last.value);
    }
    undo_.pop_back();
  }
  touched_.resize(mark.touched);
  some_.resize(mark.some);
  none_.resize(mark.none);
  implied_.resize(mark.implied);
}

ReasonState::Known& ReasonState::change(NodeId value) {
  Known& known = known_.at(value);
  undo_.push_back({value, known});
  return known;
}

bool ReasonState::is_there(NodeId value) const {
  const auto found = known_.find(value);
  return found != known_.end() && found->second.presence == Presence::kThere;
}

const Line& ReasonState::line(NodeId value, Scale scale) {
  std::map<Scale, Line>& lines = known_.at(value).lines;
  const auto found = lines.find(scale);
  if (found != lines.end()) return found->second;
  return lines.emplace(scale, facts_.possible(value, scale)).first->second;
}

// From now on it is looked at, together with what is known already.
void ReasonState::touch(NodeId value) {
  const auto [found, fresh] = known_.try_emplace(value);
  if (!fresh) return;
  undo_.push_back({value, std::nullopt});
  touched_.push_back(value);
  if (facts_.never_missing(value)) {
    found->second.presence = Presence::kThere;
  }
  for (const Happened& each : some_) of_some(each, value);
  for (const Happened& each : none_) of_none(each, value);
}

// ---- facts ----

bool ReasonState::take(const Fact& fact) {
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
  if (known_.at(fact.value).presence == Presence::kMissing) return true;
  const Line& before = line(fact.value, fact.scale);
  const bool whole = facts_.is_whole_line(fact.value, fact.scale);
  Line left = fact.kind == Fact::Kind::kNotIn
                  ? without(before, fact.line, whole)
                  : common(before, fact.line);
  if (left.empty()) return nothing_left(fact.value);
  if (left == before) return true;
  change(fact.value).lines[fact.scale] = std::move(left);
  changed(fact.value);
  return true;
}

bool ReasonState::there(NodeId value) {
  const Presence presence = known_.at(value).presence;
  if (presence == Presence::kThere) return true;
  if (presence == Presence::kMissing) return false;
  change(value).presence = Presence::kThere;
  learn(facts_.of_presence(value));
  changed(value);
  return true;
}

// No place is left, so it is missing.
bool ReasonState::nothing_left(NodeId value) {
  if (known_.at(value).presence == Presence::kThere) return false;
  change(value).presence = Presence::kMissing;
  learn(facts_.of_absence(value));
  return true;
}

bool ReasonState::text(const Fact& fact) {
  Known& known = change(fact.value);
  known.texts.push_back(fact.literal);
  return !texts_.contradict(known.texts, facts_.column_of(fact.value));
}

bool ReasonState::some(const Happened& events) {
  if (std::ranges::find(some_, events) != some_.end()) return true;
  if (events_.empty(events)) return false;
  for (const Happened& each : none_) {
    ++work_;
    if (events_.among(events, each)) return false;
  }
  some_.push_back(events);
  const Node& of = plan_[events.events];
  for (const NodeId moment : {after_of(of), before_of(of)}) {
    if (moment == kNone) continue;
    learn(Fact{.kind = Fact::Kind::kIn, .value = moment, .line = whole_line()});
  }
  size_t at = 0;  // they grow on the way, here and below
  while (at < touched_.size()) of_some(events, touched_[at++]);
  return true;
}

bool ReasonState::none(const Happened& events) {
  if (std::ranges::find(none_, events) != none_.end()) return true;
  for (const Happened& each : some_) {
    ++work_;
    if (events_.among(each, events)) return false;
  }
  none_.push_back(events);
  size_t at = 0;
  while (at < touched_.size()) of_none(events, touched_[at++]);
  return true;
}

void ReasonState::condition(const Literal& literal) {
  if (std::ranges::find(implied_, literal) == implied_.end()) {
    implied_.push_back(literal);
  }
}

// ---- what follows from a value ----

void ReasonState::changed(NodeId value) {
  const Node* of = node(value);
  if (of == nullptr || !is_there(value)) return;
  if (of->kind == NodeKind::kTally) tally_decides(value);
  if (of->kind == NodeKind::kMeasure && facts_.never_missing(value)) {
    const Line& left = line(value, kItself);
    const bool counts =
        of->measure == Measure::kCount ||
        (of->measure == Measure::kDistinctCount && is_of_time(of->column));
    if (!holds_zero(left)) {
      learn(Fact{.kind = Fact::Kind::kSome, .events = {of->args[0]}});
    } else if (counts && left == line_of(0, 0)) {
      learn(Fact{.kind = Fact::Kind::kNoEvent, .events = {of->args[0]}});
    }
  }
  const bool tally = of->kind == NodeKind::kTally;
  if (!tally && facts_.events_of(value) == kNone) return;
  size_t at = 0;
  while (at < touched_.size()) {
    const NodeId other = touched_[at++];
    const Node* beside = node(other);
    if (beside == nullptr) continue;
    ++work_;
    if (tally && beside->kind == NodeKind::kTally) of_tally(other);
    if (tally || other == value || !is_there(value)) continue;
    between(value, other);
    between(other, value);
  }
}

// There is an event, so some of what is said of more than it is known.
void ReasonState::of_some(const Happened& events, NodeId value) {
  const NodeId of = facts_.events_of(value);
  if (of == kNone || plan_[of].table != plan_[events.events].table) return;
  const Node& feature = plan_[value];
  const bool moment = facts_.is_time_of_event(value);
  const bool counts = feature.kind == NodeKind::kMeasure &&
                      (feature.measure == Measure::kCount ||
                       (feature.measure == Measure::kDistinctCount &&
                        is_of_time(feature.column)));
  if ((!moment && !counts) || !events_.among(events, {of})) return;
  if (counts) {
    const bool days = feature.measure == Measure::kDistinctCount;
    learn_at_least(value, kItself, LinePoint::at(days ? 1 : events.times));
    return;
  }
  learn(Fact{.kind = Fact::Kind::kIn, .value = value, .line = whole_line()});
  for (const Scaled& place : events_.places(events)) {
    if (place.line.empty()) continue;
    if (feature.last == is_backwards(place.scale)) {
      learn_at_most(value, place.scale, place.line.back().high);
    } else {
      learn_at_least(value, place.scale, place.line.front().low);
    }
  }
}

void ReasonState::of_none(const Happened& events, NodeId value) {
  const NodeId of = facts_.events_of(value);
  if (of == kNone || plan_[of].table != plan_[events.events].table) return;
  if (!events_.among({of}, events)) return;
  if (facts_.never_missing(value)) {
    learn_within(value, kItself, line_of(0, 0));
  } else {
    learn(
        Fact{.kind = Fact::Kind::kNotIn, .value = value, .line = whole_line()});
  }
}

// ---- what follows from one value for another ----

void ReasonState::between(NodeId value, NodeId other) {
  const NodeId a = facts_.events_of(value);
  const NodeId b = facts_.events_of(other);
  if (a == kNone || b == kNone || plan_[a].table != plan_[b].table) return;
  const Node& x = plan_[value];
  const Node& y = plan_[other];
  if (x.kind != y.kind) return;
  if (x.kind == NodeKind::kMoment) return of_moments(value, other);
  of_counts(value, other);
  of_extremes(value, other);
}

// Of fewer events there are fewer; of their orders, and of their values, too.
void ReasonState::of_counts(NodeId few, NodeId many) {
  const Node& x = plan_[few];
  const Node& y = plan_[many];
  const bool counts = facts_.never_missing(few) && x.measure != Measure::kSum &&
                      y.measure != Measure::kSum && facts_.never_missing(many);
  if (!counts) return;
  const bool same = x.measure == y.measure && x.column == y.column &&
                    (x.by_order == y.by_order || x.by_order);
  const bool values = x.measure == Measure::kDistinctCount &&
                      y.measure == Measure::kCount && !y.by_order;
  if ((!same && !values) || !events_.among(x.args[0], y.args[0])) return;
  learn_at_least(many, kItself, line(few, kItself).front().low);
  learn_at_most(few, kItself, line(many, kItself).back().high);
}

// The last of more events is not before that of fewer, and the first not
// behind it.
void ReasonState::of_moments(NodeId inner, NodeId outer) {
  const bool times =
      facts_.is_time_of_event(inner) && facts_.is_time_of_event(outer);
  if (!times || !is_there(inner) ||
      !events_.among(plan_[inner].args[0], plan_[outer].args[0])) {
    return;
  }
  const bool later = plan_[outer].last;
  const auto follow = [&](NodeId from, NodeId to, bool up) {
    const std::map<Scale, Line> lines = known_.at(from).lines;
    for (const auto& [scale, left] : lines) {
      if (scale == kItself || left.empty()) continue;
      if (up == is_backwards(scale)) {
        learn_at_most(to, scale, left.back().high);
      } else {
        learn_at_least(to, scale, left.front().low);
      }
    }
  };
  follow(inner, outer, later);
  if (is_there(outer)) follow(outer, inner, !later);
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

namespace {

std::vector<NodeId> counted(const Node& tally) {
  std::vector<NodeId> all(tally.args.begin() + 1, tally.args.end());
  std::ranges::sort(all);
  return all;
}

}  // namespace

// The sum of a score is that of its bands, as far as these are asked for.
void ReasonState::of_tally(NodeId value) {
  const Node& whole = plan_[value];
  std::vector<NodeId> rest = counted(whole);
  Int128 low = whole.integer;
  Int128 high = whole.integer;
  std::vector<NodeId> parts;
  for (const NodeId other : touched_) {
    const Node* part = node(other);
    if (other == value || part == nullptr || part->kind != NodeKind::kTally ||
        part->args.size() >= whole.args.size() || !is_there(other)) {
      continue;
    }
    const std::vector<NodeId> own = counted(*part);
    if (own.empty() || !std::ranges::includes(rest, own)) continue;
    std::vector<NodeId> left;
    std::ranges::set_difference(rest, own, std::back_inserter(left));
    rest = std::move(left);
    const Line& bands = line(other, kItself);
    low += bands.front().low.top - part->integer;
    high += bands.back().high.top - part->integer;
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
