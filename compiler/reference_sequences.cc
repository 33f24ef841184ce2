// The reference evaluator: sequences (Meaning 13 to 16). All choices of events
// for the steps so far are followed, step by step. What no later step asks for
// is forgotten, so that choices which go on alike are one.
#include <algorithm>
#include <utility>

#include "compiler/reference_search.h"

namespace kitle::reference {
namespace {

bool is_compared_behind(const TypedSequence& sequence, uint32_t step,
                        uint32_t behind) {
  const auto compares = [&](const StepComparison& each) {
    return each.step == step;
  };
  return std::any_of(sequence.steps.begin() + behind + 1, sequence.steps.end(),
                     [&](const TypedStep& later) {
                       return std::ranges::any_of(later.comparisons, compares);
                     });
}

}  // namespace

bool Walk::Search::run() const {
  std::set<Choice> choices = {Choice()};
  uint32_t step = 0;
  for (uint32_t next = 0; next < sequence_.steps.size(); ++next) {
    if (sequence_.steps[next].negated) continue;
    choices = extended(choices, step, next);
    step = next + 1;
  }
  return std::ranges::any_of(
      choices, [&](const Choice& choice) { return closes(choice, step); });
}

const Event& Walk::Search::event(uint32_t step,
                                 const Candidate& candidate) const {
  const uint32_t type = sequence_.steps[step].events.event;
  return walk_.history_of(type)[candidate.row];
}

Int128 Walk::Search::time(const Choice& choice, uint32_t step) const {
  return event(step, chosen(choice, step)).time;
}

uint32_t Walk::Search::last_positive(uint32_t before) const {
  while (sequence_.steps[--before].negated) {
  }
  return before;
}

bool Walk::Search::is_last(uint32_t step) const {
  return last_positive(static_cast<uint32_t>(sequence_.steps.size())) == step;
}

// With an event of the step `next`; those from `step` on are negated.
std::set<Walk::Choice> Walk::Search::extended(const std::set<Choice>& choices,
                                              uint32_t step,
                                              uint32_t next) const {
  std::set<Choice> result;
  for (const Choice& choice : choices) {
    const auto [first, end] = in_time(choice, step, next);
    for (uint32_t i = first; i < end; ++i) {
      Choice made = longer(choice, next, i);
      // Which events led to it plays no part any more.
      if (result.contains(made)) continue;
      if (!follows(choice, step, next, all_[next][i])) continue;
      result.insert(std::move(made));
    }
  }
  return result;
}

std::pair<uint32_t, uint32_t> Walk::Search::in_time(const Choice& choice,
                                                    uint32_t step,
                                                    uint32_t next) const {
  const auto all = static_cast<uint32_t>(all_[next].size());
  if (next == 0) return {0, all};
  const uint32_t before = last_positive(step);
  Int128 end = from_within(before, choice, next);
  if (is_last(next)) end = std::min(end, all_within(choice));
  return between(next, time(choice, before), end);
}

std::pair<uint32_t, uint32_t> Walk::Search::between(uint32_t step, Int128 from,
                                                    Int128 end) const {
  const auto until = [&](Int128 instant) {
    const auto place = std::ranges::partition_point(
        all_[step], [&](const Candidate& candidate) {
          return event(step, candidate).time <= instant;
        });
    return static_cast<uint32_t>(place - all_[step].begin());
  };
  const uint32_t first = until(from);
  return {first, std::max(first, until(end))};
}

Walk::Choice Walk::Search::longer(const Choice& choice, uint32_t next,
                                  uint32_t candidate) const {
  Choice made = choice;
  forget(made, next);
  made.resize(next, kForgotten);
  made.push_back(candidate);
  return made;
}

// What is asked for by nothing behind the step.
void Walk::Search::forget(Choice& choice, uint32_t behind) const {
  const bool first =
      sequence_.all_within || !sequence_.steps.front().same.empty();
  for (uint32_t i = 0; i < choice.size(); ++i) {
    const bool asked =
        (i == 0 && first) || is_compared_behind(sequence_, i, behind);
    if (!asked) choice[i] = kForgotten;
  }
}

bool Walk::Search::follows(const Choice& choice, uint32_t step, uint32_t next,
                           const Candidate& candidate) const {
  ++tried_;
  if (next == 0) return fits(choice, next, candidate);
  const uint32_t before = last_positive(step);
  const Int128 from = time(choice, before);
  const Int128 to = event(next, candidate).time;
  if (to <= from || to > from_within(before, choice, next)) return false;
  if (is_last(next) && to > all_within(choice)) return false;
  if (!fits(choice, next, candidate)) return false;
  for (; step < next; ++step) {
    const bool within = sequence_.steps[step].within.has_value();
    const Int128 end = within ? from_within(before, choice, step) : to - 1;
    if (spoiler(choice, step, from, end) != kForgotten) return false;
  }
  return true;
}

bool Walk::Search::closes(const Choice& choice, uint32_t step) const {
  ++tried_;
  const uint32_t before = last_positive(step);
  for (; step < sequence_.steps.size(); ++step) {
    const bool within = sequence_.steps[step].within.has_value();
    const Int128 now = walk_.calendar_.now();
    const Int128 end = within ? from_within(before, choice, step) : now;
    if (end > now) return false;
    const uint32_t spoiled = spoiler(choice, step, time(choice, before), end);
    if (spoiled != kForgotten) return false;
  }
  return true;
}

uint32_t Walk::Search::spoiler(const Choice& choice, uint32_t step, Int128 from,
                               Int128 end) const {
  const auto [first, behind] = between(step, from, end);
  for (uint32_t i = first; i < behind; ++i) {
    ++tried_;
    if (fits(choice, step, all_[step][i])) return i;
  }
  return kForgotten;
}

Int128 Walk::Search::from_within(uint32_t before, const Choice& choice,
                                 uint32_t step) const {
  const auto& within = sequence_.steps[step].within;
  if (!within) return always().high;
  return end_of(*within, time(choice, before));
}

Int128 Walk::Search::all_within(const Choice& choice) const {
  if (!sequence_.all_within) return always().high;
  return end_of(*sequence_.all_within, time(choice, 0));
}

size_t Walk::Search::over(uint32_t before, uint32_t step) const {
  const StepSpan& within = *sequence_.steps[step].within;
  return static_cast<size_t>(
      std::ranges::count_if(all_[before], [&](const Candidate& candidate) {
        const Int128 end = end_of(within, event(before, candidate).time);
        return end <= walk_.calendar_.now();
      }));
}

Int128 Walk::Search::end_of(const StepSpan& span, Int128 moment) const {
  const TypedAnchor anchor{.shape = AnchorShape::kWithin,
                           .moment = nullptr,
                           .m = span.n,
                           .unit = span.unit};
  return walk_.calendar_.after(anchor, moment, false).high;
}

bool Walk::Search::fits(const Choice& choice, uint32_t step,
                        const Candidate& candidate) const {
  for (size_t key = 0; key < sequence_.steps[step].same.size(); ++key) {
    if (!has_same(choice, step, candidate, key)) return false;
  }
  return std::ranges::all_of(
      sequence_.steps[step].comparisons, [&](const StepComparison& each) {
        return compares(each, step, candidate, chosen(choice, each.step)) !=
               each.negated;
      });
}

bool Walk::Search::has_same(const Choice& choice, uint32_t step,
                            const Candidate& candidate, size_t key) const {
  const Stored own = same(step, candidate, key);
  if (own == Stored()) return false;
  return step == 0 || own == same(0, chosen(choice, 0), key);
}

Stored Walk::Search::same(uint32_t step, const Candidate& candidate,
                          size_t key) const {
  return walk_.property(event(step, candidate),
                        sequence_.steps[step].same[key]);
}

bool Walk::Search::compares(const StepComparison& compared, uint32_t step,
                            const Candidate& own,
                            const Candidate& other) const {
  const Value a = own_value(compared, step, own);
  const Column left = text_column(*compared.own);
  const Value b = other_value(compared, other);
  const Column right = text_column(*compared.other);
  if (is_missing(a) || is_missing(b)) return false;
  if (const auto* text = std::get_if<std::string>(&a)) {
    Column column = left;
    column.any_case = column.any_case || right.any_case;
    return walk_.texts_.form(*text, column) ==
           walk_.texts_.form(std::get<std::string>(b), column);
  }
  if (const auto* number = std::get_if<double>(&a)) {
    return passes(compared.comparison, *number <=> std::get<double>(b));
  }
  return passes(compared.comparison,
                std::get<Int128>(a) <=> std::get<Int128>(b));
}

// The column of a text, of the event that was asked last.
Column Walk::Search::text_column(const Typed& tree) const {
  const bool text =
      tree.type == ValueType::kText || tree.type == ValueType::kCode;
  return text ? walk_.column_of(tree) : Column();
}

Value Walk::Search::own_value(const StepComparison& compared, uint32_t step,
                              const Candidate& candidate) const {
  walk_.event_type_ = sequence_.steps[step].events.event;
  walk_.row_ = candidate.row;
  return walk_.value(*compared.own);
}

Value Walk::Search::other_value(const StepComparison& compared,
                                const Candidate& candidate) const {
  const TypedEvents& events = sequence_.steps[compared.step].events;
  const std::vector<Event>& history = walk_.history_of(events.event);
  walk_.event_type_ = events.event;
  walk_.order_ = &candidate.order;
  walk_.row_ = static_cast<size_t>(candidate.order.front() - history.data());
  return walk_.value(*compared.other);
}

bool Walk::in_sequence(const TypedSequence& sequence) {
  std::vector<Candidates> all;
  for (const TypedStep& step : sequence.steps) {
    all.push_back(candidates(step.events));
  }
  find_undecided(sequence, all);
  if (memo_ == nullptr || !memo_->known.contains(&sequence)) {
    return search(sequence, all);
  }
  SequenceMemo::Entry& entry = memo_->known[&sequence];
  auto key = memo_key(sequence, all);
  if (entry.key != key) {
    entry.key = std::move(key);
    entry.holds = search(sequence, all);
  }
  return entry.holds;
}

bool Walk::search(const TypedSequence& sequence,
                  const std::vector<Candidates>& all) {
  // Values were all asked for: no choice can fail anew.
  const bool outside = undecided_;
  const Search search(*this, sequence, all);
  const bool found = search.run();
  undecided_ = outside;
  if (memo_ != nullptr) memo_->tried += search.tried();
  return found;
}

// The candidates of each step; and of each step that is waited for behind the
// last event how far that has come.
std::vector<std::vector<size_t>> Walk::memo_key(
    const TypedSequence& sequence, const std::vector<Candidates>& all) {
  const Search search(*this, sequence, all);
  std::vector<std::vector<size_t>> key;
  for (const Candidates& each : all) {
    std::vector<size_t>& rows = key.emplace_back();
    for (const Candidate& candidate : each) rows.push_back(candidate.row);
  }
  const auto count = static_cast<uint32_t>(sequence.steps.size());
  const uint32_t last = search.last_positive(count);
  for (uint32_t step = last + 1; step < count; ++step) {
    if (!sequence.steps[step].within) continue;
    key.push_back({search.over(last, step)});
  }
  return key;
}

Walk::Candidates Walk::candidates(const TypedEvents& events) {
  const std::vector<Event>& history = history_of(events.event);
  Candidates result;
  for (const Rows& order : counted(events)) {
    for (const Event* row : order) {
      result.push_back({static_cast<size_t>(row - history.data()), order});
    }
  }
  return result;
}

void Walk::find_undecided(const TypedSequence& sequence,
                          const std::vector<Candidates>& all) {
  const Search search(*this, sequence, all);
  for (uint32_t step = 0; step < sequence.steps.size(); ++step) {
    const std::vector<Event>& history =
        history_of(sequence.steps[step].events.event);
    for (const StepComparison& each : sequence.steps[step].comparisons) {
      for (size_t row = 0; row < history.size(); ++row) {
        const bool seen = history[row].time <= calendar_.now();
        if (seen) search.own_value(each, step, {row, {}});
      }
      for (const Candidate& other : all[each.step]) {
        search.other_value(each, other);
      }
    }
  }
}

}  // namespace kitle::reference
