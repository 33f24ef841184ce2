// What tests of one text say together: which texts can pass all of them.
#pragma once

#include <span>
#include <string_view>

#include "compiler/plan.h"
#include "compiler/reason_facts.h"
#include "compiler/reference_text.h"

namespace kitle {

class ReasonTexts {
 public:
  // The plan must outlive it.
  ReasonTexts(const Plan& plan, std::string_view locale)
      : plan_(plan), texts_(locale) {}

  // Whether no text that is there passes all of `tests`. `column`: whose text
  // it is, which says how it is folded; null: not known.
  bool contradict(std::span<const Literal> tests, const Column* column) const;

 private:
  bool none_left(std::span<const Literal> tests, const Column& column) const;
  bool passes(const std::string& text, bool exact, const Literal& test,
              const Column& column) const;
  bool pair(const Literal& a, const Literal& b, const Column& column) const;

  const Plan& plan_;
  reference::Texts texts_;
};

}  // namespace kitle
