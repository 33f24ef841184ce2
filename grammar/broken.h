// The place where the grammar gave up: what stands there and before it, for
// the explanations of explain*.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/build.h"

namespace kitle {

class BrokenPlace {
 public:
  BrokenPlace(const BuildInput& input, const CstNode& broken);

  const BuildInput& input() const { return input_; }
  std::string_view text() const { return text_; }
  uint32_t index() const { return index_; }
  uint32_t at() const { return at_; }
  Expected expected() const { return expected_; }
  Span span(uint32_t begin, uint32_t end) const {
    return {input_.file, begin, end};
  }

  std::string_view word() const;
  std::string folded() const;
  char next() const;
  Span here() const;
  // Not on an empty line behind it.
  Span end_of_text() const;
  bool at_end_of_line() const;
  std::string found() const;
  // To where this clause of the line ends.
  Span rest_of_clause() const;
  // Where the word before this place begins.
  uint32_t word_before(uint32_t at) const;
  char sign_before() const;
  bool begins_window(uint32_t at) const;
  Diagnostic& add(DiagnosticId id, Span span,
                  std::vector<std::string> args = {}) const;
  void simple(DiagnosticId id) const;
  // With the nearest of `words`, where the text is near one.
  void near(DiagnosticId id, const std::vector<std::string>& words) const;
  bool closing() const;
  const CstNode& node(uint32_t index) const;
  // The node of a kind that ends right before the failure.
  std::optional<uint32_t> node_before(CstKind kind) const;
  // The value that stands alone before the failure: half a condition.
  std::optional<uint32_t> value_before() const;
  // From the last `in`, `since`, ... of the line to here.
  Span clause_before() const;

 private:
  const BuildInput& input_;
  std::string_view text_;
  uint32_t index_;  // of the failure's node
  uint32_t at_;
  Expected expected_;
  // What is wrong is at the end of a line, before the next declaration.
  bool line_ended_ = false;
};

// What does not fit behind a condition or half of one (explain_behind.cc).
void explain_behind(const BrokenPlace& place);
// A line of `stages` that is none (explain_stage.cc).
void explain_stage(const BrokenPlace& place);
// A line of a test that is none (explain_test.cc).
void explain_test(const BrokenPlace& place);
// A line of a persona or a score, or a guard, that is none
// (explain_persona.cc).
void explain_persona(const BrokenPlace& place);
// A window that belongs to nothing.
void explain_lone_window(const BrokenPlace& place);

}  // namespace kitle
