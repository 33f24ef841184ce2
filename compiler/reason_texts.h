// What tests of one text say together: which texts can pass all of them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan.h"
#include "compiler/reason_budget.h"
#include "compiler/reason_facts.h"
#include "compiler/reason_table.h"
#include "compiler/reference_text.h"

namespace kitle {

class ReasonTexts {
 public:
  // Plan and budget must outlive it.
  ReasonTexts(const Plan& plan, std::string_view locale, ReasonBudget& budget)
      : plan_(plan), texts_(locale), budget_(budget) {}

  // Whether no text that is there passes all of `tests`; without the last one
  // some does, as far as is known. `column`: whose text it is, which says how
  // it is folded; null: not known.
  bool contradict(std::span<const Literal> tests, const Column* column);
  // How many characters a text has that passes; nothing: it is not known.
  std::optional<Line> lengths(const Literal& test, const Column& column);

 private:
  // The texts of a test as they are compared, in their order and sorted.
  struct Written {
    bool stable = false;
    std::vector<std::string> forms{};
    std::vector<std::string> sorted{};
    std::vector<std::string> composed{};  // sorted; of kExactly alone
  };

  const Written& written(const Literal& test, const Column& column);
  bool opposite(const Literal& added, const Literal& other) const;
  bool none_left(const Literal& few, std::span<const Literal> tests,
                 const Column& column);
  bool passes(const std::string& form, const std::string* composed,
              const Literal& test, const Column& column);
  bool pair(const Literal& a, const Literal& b, const Column& column);
  std::string composed(const std::string& text) const;

  const Plan& plan_;
  reference::Texts texts_;
  ReasonBudget& budget_;
  ReasonTable<Written> written_;  // by condition
};

}  // namespace kitle
