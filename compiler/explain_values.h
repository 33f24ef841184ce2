// Values and pieces of rules in words, for explanations of one person.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "compiler/explain_syntax.h"
#include "compiler/reference_calendar.h"
#include "compiler/reference_values.h"
#include "compiler/typed.h"
#include "grammar/source.h"
#include "runtime/schema.h"

namespace kitle {

// As rules write them: `12.50 TRY`, `"DE"`, `2026-03-01 12:00:00`.
class ValueWords {
 public:
  // Both must outlive it.
  ValueWords(const Settings& settings, const reference::Calendar& calendar)
      : settings_(settings), calendar_(calendar) {}

  std::string of(const reference::Value& value, ValueType type) const;
  // Local time, with the fraction of a second where there is one.
  std::string time(int64_t instant) const;

 private:
  std::string money(Int128 minor) const;

  const Settings& settings_;
  const reference::Calendar& calendar_;
};

// "3 days 4 hours": the two biggest units that it has.
std::string duration_words(Int128 micros);

// To the nearest, half to even.
Int128 rounded(const reference::Fraction& fraction);

// The texts of rules, each in one line without its comments, and the `let`s
// among them.
class RuleWords {
 public:
  // Both must outlive it.
  RuleWords(const Repository& repository, const SourceSet& sources);

  std::string of(const Span& span) const;
  // The same with what was given for the parameters in it: "any call in last
  // period (period 30 days)".
  std::string full(const Span& span) const;
  std::string given(const Span& span) const;  // "period 30 days"
  RuleSyntax& syntax() const { return syntax_; }
  // What a `let` stands for, if `words` is the name of one; else "".
  std::string meaning(const std::string& words) const;
  const SourceSet& sources() const { return sources_; }

 private:
  const SourceSet& sources_;
  mutable RuleSyntax syntax_;  // remembers what it has parsed
  std::map<std::string, std::string> lets_;
};

}  // namespace kitle
