// Why one person is in a segment, or is not: its condition as a tree, with what
// each part of it found, and when the answer will change.
//
//   auto why = kitle::explain_person(
//       rules, store, {.key = "4711", .segment = "loyal", .now = now});
//   if (!why) return fail(why.error().message());
//   std::cout << kitle::why_text(*why);
//
// All types are plain values: thread-safe to read, independent of rules and
// store. Values of `personal` columns are in none of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kitle/rules.h"
#include "kitle/status.h"
#include "kitle/store.h"

namespace kitle {

// A value that a condition looked at.
struct WhyValue {
  std::string of;     // in the rule's words, or a property's name
  std::string value;  // as rules write it: `480 TRY`, `"DE"`; `missing`
  // What `of` stands for, where it is the name of a `let`.
  std::string meaning = {};
  bool written =
      false;  // a `let`'s constant: the rule's value, not the person's
  // What was given for the parameters in `of`, which ends with it in brackets.
  std::string given = {};
  bool inner = false;  // only makes a score of the test, see WhyBand
  friend bool operator==(const WhyValue&, const WhyValue&) = default;
};

// An event, or an order: then its quantities are sums over its rows.
struct WhyEvent {
  std::string event;  // its type's name
  int64_t time = 0;   // microseconds since 1970-01-01T00:00Z
  std::string local;  // the same in the repository's zone
  uint32_t rows = 1;  // of an order: how many of its rows count
  std::vector<WhyValue> properties = {};  // those that it has
  friend bool operator==(const WhyEvent&, const WhyEvent&) = default;
};

// A part of a `where` that is an `and`.
struct WhyWhere {
  std::string of;      // in the rule's words
  uint64_t count = 0;  // of `other_where`, for how many it does not hold
};

// The events that a clause of a condition asked about.
struct WhyClause {
  std::string of;     // the clause, in the rule's words
  std::string event;  // the type's name
  uint64_t found = 0;
  std::vector<WhyEvent> events = {};  // of those found the newest, newest first
  // The window's ends in local time; "" where it is open. `in last 7 days`
  // begins right after `from`, `in this month` ends right before `until`.
  std::string from = {};
  std::string until = {};
  // Those that were not found, by the first reason.
  uint64_t other_where = 0;  // the `where` does not hold
  // Which of its parts do not, where there are several. Of an order those of
  // the row for which the fewest do not. None that look at `personal` columns.
  std::vector<WhyWhere> where = {};
  uint64_t other_anchor = 0;  // not as `after` and `before` ask
  uint64_t other_window = 0;  // outside the window
  std::string nearest = {};   // of these: "that of ... is 12 days too old"
};

// A step of a sequence, in one choice of events: of those that satisfy the
// sequence the one with the earliest event of the first step, of these with the
// earliest of the second, and so on. Where none does one that comes furthest:
// of these the one from which the next event is the nearest.
struct WhyStep {
  std::string of;        // the step, in the rule's words
  bool negated = false;  // a step with `no`
  // Those behind a step that is missing were not looked for.
  bool reached = false;
  bool holds = false;
  // Its event. Where it does not hold the one that lacks least, or that is in
  // the way of a negated step; there may be none.
  std::vector<WhyEvent> events = {};
  std::string missing = {};  // "the purchase of ... is 2 days too late"
};

// What one line of a persona gave.
struct WhyPointsLine {
  std::string of;      // the line, in the rule's words
  std::string points;  // "3.00 points", before a cap and what time took of them
  std::vector<WhyClause> clauses = {};  // its events; none of a condition's
};

// A persona's points, as they came about: the lines' are summed by local day, a
// day's are cut, then worth less by their age, then all are cut.
struct WhyPoints {
  std::string persona;  // its name
  std::vector<WhyPointsLine> lines = {};
  std::string sum;  // of all lines
  // What the persona's limits make of it, in their order; with the rule's
  // words: "at most 20 points a day: 31.00 points become 26.00 points".
  std::vector<std::string> steps = {};
  std::string points;  // in the end
  // Where more are wanted, with which line they would be there at once, by the
  // fewest events: "4 more product_views by `1 point for product_view`".
  std::string nearest = {};
};

// A band of a score.
struct WhyBand {
  std::string name;    // its dimension's
  std::string of;      // the measure, in the rule's words
  std::string value;   // of the measure
  uint32_t band = 0;   // from 1; 0: there is none, as the value is missing
  uint32_t bands = 0;  // the best one
  // The next better cut, and what is missing to it: "above 2000 TRY: 150 TRY
  // short". "" in the best band.
  std::string next = {};
};

// A score or one of its bands, as a condition asks for it.
struct WhyScore {
  std::string name;          // "value.score"
  std::string value;         // "9"; "missing"
  std::string missing = {};  // why there is none
  std::vector<WhyBand> bands = {};
};

// A part of a condition.
struct WhyNode {
  enum class Kind : uint8_t {
    kAll,      // holds if all its parts do
    kAny,      // holds if one of its parts does
    kNot,      // holds if its part does not
    kTest,     // has no parts
    kSegment,  // `in NAME`: holds as its part does
    kStages,   // a stage: holds if its last part does and no part before it
    kStage,    // what one of the stages asks for; none: `otherwise`
  };
  Kind kind = Kind::kTest;
  // Where it stands in the rules, and its words in one line.
  std::string path = {};
  uint32_t line = 0;  // from 1
  std::string words = {};
  // What was given for parameters in the words, where they stand in a template
  // or a library: "period 30 days, least 500 TRY". `of` below has it in
  // brackets behind the words.
  std::string given = {};
  // Of a segment, a stage, a `let`; of a period of `in each of` its first day.
  std::string name = {};
  std::string period = {};  // of `in each of`: "February 2026"
  // Of a stage that the person is not in: the full name of the one that is.
  std::string instead = {};
  std::string meaning = {};  // what the `let` stands for
  bool holds = false;
  // It cannot be computed: a result is too large.
  bool undecided = false;
  // It is of a smallest set of parts from which the whole answer follows.
  bool decides = false;
  // The segment or stage was explained before, so its part is not repeated.
  bool again = false;
  bool personal = false;  // it looks at a `personal` column
  // Of tests.
  std::vector<WhyValue> values = {};
  std::vector<WhyClause> clauses = {};
  std::vector<WhyStep> steps = {};     // of a sequence
  std::vector<WhyPoints> points = {};  // of the personas whose points it asks
  std::vector<WhyScore> scores = {};   // that it asks for
  // What is missing to the other answer: "1 purchase short".
  std::string missing = {};
  std::vector<WhyNode> parts = {};
};

// When the answer will be another one, if nothing new is known of the person.
struct WhyChange {
  bool found = false;
  int64_t at = 0;  // the first instant of the other answer
  std::string local = {};
  bool member = false;     // then
  bool undecided = false;  // then
  // What happens: "the purchase of 2025-09-04 09:12:00 falls out of ...".
  std::string because = {};
  // There is such an instant, but it would tell a `personal` value: the fields
  // above but `found` are not set.
  bool hidden = false;
  // Nothing changes before this instant: `at`, or how far was looked.
  int64_t looked_until = 0;
};

struct Why {
  std::string key;
  std::string segment;  // "lifecycle.lost" where "lifecycle" was asked for
  // A score was asked for, `segment` is then "value.score": `member` says
  // whether the person has it, `change` when it is another one.
  bool score = false;
  std::string title;
  std::string stages = {};  // whose stage it is
  std::string action = {};  // as SegmentInfo::action
  int64_t now = 0;
  std::string local_now = {};
  std::string time_zone = {};
  uint64_t snapshot = 0;
  bool member = false;
  bool undecided = false;
  std::string sentence;  // the answer and its reason, in plain words
  WhyNode condition;
  WhyChange change;
  std::vector<std::string> warnings = {};  // of fits that are too old
};

struct WhyOptions {
  std::string key;
  // Or stages: then the stage that the person is in. Or a score, or one of its
  // bands ("value.recency"), that some rule asks for.
  std::string segment;
  int64_t now = 0;      // microseconds since 1970-01-01T00:00Z
  size_t events = 3;    // that a clause shows at most
  uint32_t days = 400;  // how far to look for a change; at most 4,000
};

// Whether there is something of this name that can be explained.
bool can_explain(const Rules& rules, std::string_view name);

// Evaluated by the reference evaluator, whose answers are those of every tier.
// REQUIRES: rules.ok(). Errors: kNotFound (no such segment, with the nearest
// name; no such person), kInvalid (the store was made for other settings or
// types), kUnsupported (a fit is missing), kCorrupt and kIo with the file's
// name.
Result<Why> explain_person(const Rules& rules, const Store& store,
                           const WhyOptions& options);

// For people: the sentence, the tree, the change. `colour`: with the
// terminal's.
std::string why_text(const Why& why, bool colour = false);
// For programs; docs/language.md describes the fields.
std::string why_json(const Why& why);

}  // namespace kitle
