// Why one person meets a condition, or does not: the typed tree once more, with
// what the reference evaluator finds for each part. It needs no store: tests of
// rules may make up the person. Split over
//   explain_person.cc  the tree, and which parts decide
//   explain_leaf.cc    tests: values, events, what is missing
//   explain_change.cc  when the answer will be another one
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "compiler/explain_values.h"
#include "compiler/reference_walk.h"
#include "kitle/why.h"

namespace kitle {

// A person under the rules, at the calendar's now. Holds references: all of
// them must outlive it.
struct PersonView {
  const Repository& repository;
  const SourceSet& sources;
  const reference::Calendar& calendar;
  const reference::Texts& texts;
  const reference::Person& person;

  reference::Walk walk() const { return {repository, calendar, texts, person}; }
};

// What explains a segment or a stage; clauses show at most `events` events.
WhyNode explain_segment(const PersonView& view, uint32_t segment,
                        size_t events);
// The same of a condition of the repository.
WhyNode explain_condition(const PersonView& view, const Typed& condition,
                          size_t events);

// A stage's own `when`; null: it has none, `otherwise`.
const Typed* when_of(const Repository& repository, const TypedStages& stages,
                     uint32_t stage);

// Whether a value of a personal column is in what it looks at, also inside a
// `where` or an anchor.
bool looks_at_personal(const Typed& tree, const Schema& schema);

// The first instant in (now, end) at which the answer for the segment is
// another one.
struct NextAnswer {
  std::optional<int64_t> at;
  int64_t before = 0;        // an instant before `at` that has the old answer,
                             // and so have all between
  int64_t looked_until = 0;  // `at`, or how far was looked
};
NextAnswer next_answer(const PersonView& view, uint32_t segment, int64_t end);

// next_answer() with what happens then.
WhyChange explain_change(const PersonView& view, uint32_t segment, int64_t end);

}  // namespace kitle
