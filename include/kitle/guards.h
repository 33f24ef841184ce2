// What can be said of segments beside who is in them: how they relate to one
// another, proven without data; and guards, which rules promise of their
// segments (`expect vip excludes lapsed`) and a run must keep.
//
//   auto result = engine->run(store, {.now = now});
//   auto verdicts = kitle::judge_guards(rules, store, *result);
//   for (const auto& each : *verdicts) if (each.broken()) warn(each.found);
//
// All types are plain values: thread-safe to read, independent of rules and
// store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kitle/engine.h"
#include "kitle/rules.h"
#include "kitle/status.h"
#include "kitle/store.h"

namespace kitle {

enum class RelationKind : uint8_t {
  kImplies,   // everyone in the first is in the second
  kExcludes,  // nobody is in both
  kEquals,    // the same people are in both
};

struct Relation {
  std::string first;
  RelationKind kind = RelationKind::kImplies;
  std::string second;
};

struct GuardInfo {
  std::string text;  // as written, in one line
  std::string file;  // as in diagnostics: "segments/vip.kitle"
  size_t line = 0;
  // It holds whatever is stored, and at any instant. Else a run finds out.
  bool proven = false;
  // Of relations_of(): the lines of a test, of a person who breaks it, which
  // the interpreter and the reference evaluator were asked about. "" where it
  // is proven, where none was found, and of a size.
  std::string witness = {};
  bool sought = false;  // a witness was looked for
};

struct RelationReport {
  // Pairs by order of declaration; of two segments the strongest relation.
  std::vector<Relation> relations;
  std::vector<GuardInfo> guards;
  // Pairs of segments of which something is not decided: work for so many is
  // bounded, by steps that are counted.
  uint64_t undecided = 0;
};

// Relations that follow from the conditions alone: of everyone for whom both
// segments can be computed. Not every relation is found. Left out: segments
// that are empty or everyone for certain (`check` reports them), and stages of
// one declaration, which exclude each other by their meaning. For guards of two
// segments that are not proven a person who breaks them is looked for.
// REQUIRES: rules.ok().
RelationReport relations_of(const Rules& rules);

struct GuardVerdict {
  enum class Outcome : uint8_t {
    kHolds,
    kBroken,
    kUndecided,  // one of its segments is
  };
  GuardInfo guard;
  Outcome outcome = Outcome::kHolds;
  // Of two segments how many people break it; of `size of` how
  // many are in the segment.
  uint64_t people = 0;
  // A sentence: "3 are in both, such as `4711`".
  std::string found = {};
  // The key of one who breaks it. "" where nobody does, of a size, and where
  // keys are `personal`.
  std::string witness = {};

  bool broken() const { return outcome == Outcome::kBroken; }
};

// The guards whose segments are all in `result`, in the order of declaration.
// `store`: of the snapshot that was run, or a later one.
// REQUIRES: rules.ok(). Errors: kCorrupt, kIo (a key cannot be read).
Result<std::vector<GuardVerdict>> judge_guards(const Rules& rules,
                                               const Store& store,
                                               const RunResult& result);

}  // namespace kitle
