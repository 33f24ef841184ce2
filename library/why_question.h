// What is asked of one person: a segment, stages, or a score.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/reference_values.h"
#include "kitle/why.h"
#include "library/fitted_rules.h"
#include "library/rules.h"

namespace kitle {

// A score as a segment of those who have it: the rules with it as their last
// segment.
struct ScoreQuestion {
  Repository repository;
  uint32_t present = 0;

  // One more segment: who has the score that this person has.
  uint32_t add_same(const reference::Value& value);
};

struct Question {
  uint32_t segment = 0;  // of a score one that asks for it
  // Of stages as a whole those that can be decided, from the first.
  uint32_t count = 1;
  std::string missing;  // why the others cannot: a fit is missing
  std::optional<ScoreQuestion> score = {};

  // Who is in one of the stages is in none before it.
  std::vector<uint32_t> segments() const;
};

// kNotFound, with the nearest name; kUnsupported where a fit is missing.
Result<Question> why_question(const Rules& rules, const std::string& name,
                              const FittedRules& fitted);
Status lacks_fit(const std::string& name, const std::string& missing);

}  // namespace kitle
