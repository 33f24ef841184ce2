// What happens when an answer changes (explain_person.h): the two explanations
// before and at that instant, side by side.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/explain_person.h"

namespace kitle {
namespace {

constexpr size_t kAllEvents = SIZE_MAX;

// Tests that are otherwise then, by pairs.
struct Pair {
  const WhyNode* before;
  const WhyNode* then;
};

void collect(const WhyNode& before, const WhyNode& then,
             std::vector<Pair>& found) {
  const bool other =
      before.holds != then.holds || before.undecided != then.undecided;
  if (before.parts.empty() && other) found.push_back({&before, &then});
  // Both are of one tree.
  const size_t parts = std::min(before.parts.size(), then.parts.size());
  for (size_t i = 0; i < parts; ++i) {
    collect(before.parts[i], then.parts[i], found);
  }
}

const WhyEvent* first_lacking(const WhyClause& all, const WhyClause& in) {
  const auto lacks = [&](const WhyEvent& event) {
    return std::ranges::find(in.events, event) == in.events.end();
  };
  const auto found = std::ranges::find_if(all.events, lacks);
  return found == all.events.end() ? nullptr : &*found;
}

std::string event_words(const WhyEvent& event) {
  return fmt::format("the {} of {}", event.event, event.local);
}

// With what was given for parameters.
std::string words_of(const WhyNode& test) {
  const std::string given = test.given.empty() ? "" : " (" + test.given + ")";
  return fmt::format("`{}`{}", test.words, given);
}

// The event that comes or goes, "" if there is none.
std::string event_change(const WhyNode& before, const WhyNode& then) {
  const size_t clauses = std::min(before.clauses.size(), then.clauses.size());
  for (size_t i = 0; i < clauses; ++i) {
    const WhyClause& old = before.clauses[i];
    const WhyClause& now = then.clauses[i];
    if (const WhyEvent* gone = first_lacking(old, now)) {
      return fmt::format("{} no longer counts for {}", event_words(*gone),
                         words_of(then));
    }
    if (const WhyEvent* come = first_lacking(now, old)) {
      return fmt::format("{} counts for {}", event_words(*come),
                         words_of(then));
    }
  }
  return "";
}

std::string value_change(const WhyNode& before, const WhyNode& then) {
  const size_t values = std::min(before.values.size(), then.values.size());
  for (size_t i = 0; i < values; ++i) {
    if (before.values[i].value == then.values[i].value) continue;
    return fmt::format("`{}` is {}, no longer {}", then.values[i].of,
                       then.values[i].value, before.values[i].value);
  }
  return "";
}

std::string what_happens(const Pair& pair) {
  std::string text = event_change(*pair.before, *pair.then);
  if (text.empty()) text = value_change(*pair.before, *pair.then);
  if (!text.empty()) return text;
  return fmt::format("{} {}", words_of(*pair.then),
                     pair.then->undecided ? "cannot be computed"
                     : pair.then->holds   ? "holds"
                                          : "no longer holds");
}

// One that decides then, and may be told.
const Pair* told(const std::vector<Pair>& pairs) {
  const auto decides = [](const Pair& pair) { return pair.then->decides; };
  const auto found = std::ranges::find_if(pairs, decides);
  return found != pairs.end() ? &*found
         : pairs.empty()      ? nullptr
                              : &pairs.front();
}

WhyNode explained_at(const PersonView& view, uint32_t segment, int64_t at) {
  const reference::Calendar calendar = view.calendar.at(at);
  const PersonView then{view.repository, view.sources, calendar, view.texts,
                        view.person};
  return explain_segment(then, segment, kAllEvents);
}

}  // namespace

WhyChange explain_change(const PersonView& view, uint32_t segment,
                         int64_t end) {
  const NextAnswer next = next_answer(view, segment, end);
  WhyChange change{.found = next.at.has_value(),
                   .looked_until = next.looked_until};
  if (!next.at) return change;
  const WhyNode before = explained_at(view, segment, *next.at - 1);
  const WhyNode then = explained_at(view, segment, *next.at);
  std::vector<Pair> pairs;
  collect(before, then, pairs);
  change.hidden = std::ranges::any_of(
      pairs, [](const Pair& pair) { return pair.then->personal; });
  if (change.hidden) {
    change.looked_until = view.calendar.now();
    return change;
  }
  change.at = *next.at;
  change.local =
      ValueWords(view.repository.settings, view.calendar).time(*next.at);
  change.member = then.holds;
  change.undecided = then.undecided;
  if (const Pair* pair = told(pairs)) change.because = what_happens(*pair);
  return change;
}

}  // namespace kitle
