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
  uint64_t other_where = 0;   // the `where` does not hold
  uint64_t other_anchor = 0;  // not as `after` and `before` ask
  uint64_t other_window = 0;  // outside the window
  std::string nearest = {};   // of these: "that of ... is 12 days too old"
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
  // Of a segment, a stage, a `let`; of a period of `in each of` its first day.
  std::string name = {};
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
  std::string title;
  std::string stages = {};  // whose stage it is
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
  std::string segment;  // or stages: then the stage that the person is in
  int64_t now = 0;      // microseconds since 1970-01-01T00:00Z
  size_t events = 3;    // that a clause shows at most
  uint32_t days = 400;  // how far to look for a change; at most 4,000
};

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
