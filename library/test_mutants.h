// Rules with one small mistake each, to see whether tests notice. Internal to
// library/mutate.cc.
#pragma once

#include <string>
#include <vector>

#include "compiler/load.h"

namespace kitle {

// A replacement in one file that makes another rule of it.
struct Mutant {
  uint32_t file = 0;
  uint32_t begin = 0;
  uint32_t end = 0;
  std::string text;
  // More of the same, behind the first: the other `and`s of one chain.
  std::vector<Span> also = {};
  Span whole = {};  // what reads best as a whole, with the mistake in it
};

// A segment, stages, a persona, a score or a `let`, and the mistakes that can
// be made in it.
struct MutantsOf {
  Span span;  // of the declaration
  std::vector<Mutant> mutants;
};

// Of every declaration that says who is in: numbers one more and one less,
// comparisons and quantifiers with and without their end, `and` for `or`,
// `any` for `no`, `less is better` for `more`; conditions, `not` and lines of
// personas left out. In the order of the text. Some are no rules any more. What
// is fitted stays where no test fits, so that none could notice.
// REQUIRES: no errors.
std::vector<MutantsOf> mutants_of(const LoadedRepository& loaded);

// The text of the mutant's file.
std::string mutated(const SourceSet& sources, const Mutant& mutant);
// What became of Mutant::whole, in one line.
std::string mutated_words(const SourceSet& sources, const Mutant& mutant);

}  // namespace kitle
