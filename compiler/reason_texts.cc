// See reason_texts.h. Every release of Unicode folds the letters below
// kStableLetters as this one does, so the store that is asked later does, too;
// of texts with others nothing is said but that equal ones are equal.
#include "compiler/reason_texts.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace kitle {

namespace {

// Latin, Greek and Cyrillic letters; the first byte of any other is greater.
constexpr unsigned char kStableLetters = 0xD4;

bool is_stable(const std::string& text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < kStableLetters;
  });
}

bool is_stable(const Node& test) {
  return std::ranges::all_of(
      test.texts, [](const std::string& each) { return is_stable(each); });
}

// Of these a text's form is enough to decide.
bool is_of_forms(TextTest test) {
  return test != TextTest::kExactly && test != TextTest::kMatches;
}

// Whether a text of which `x` is that part has `y` as that.
bool part_implies(TextTest a, const std::string& x, TextTest b,
                  const std::string& y) {
  if (a == TextTest::kIs) return false;  // see none_left()
  if (b == TextTest::kContains) return x.find(y) != std::string::npos;
  if (a != b) return false;
  if (a == TextTest::kStartsWith) return x.starts_with(y);
  return a == TextTest::kEndsWith && x.ends_with(y);
}

// Two beginnings, or two ends, of one text.
bool parts_exclude(TextTest a, const std::string& x, TextTest b,
                   const std::string& y) {
  if (a != b) return false;
  if (a == TextTest::kStartsWith) {
    return !x.starts_with(y) && !y.starts_with(x);
  }
  if (a == TextTest::kEndsWith) return !x.ends_with(y) && !y.ends_with(x);
  return false;
}

}  // namespace

bool ReasonTexts::contradict(std::span<const Literal> tests,
                             const Column* column) const {
  const Literal& added = tests.back();
  const Node& node = plan_[added.condition];
  for (const Literal& other : tests.first(tests.size() - 1)) {
    const Node& beside = plan_[other.condition];
    if (beside.test != node.test || other.holds == added.holds) continue;
    const Node& inner = added.holds ? node : beside;
    const Node& outer = added.holds ? beside : node;
    if (std::ranges::includes(outer.texts, inner.texts)) return true;
  }
  const bool list = is_list_type(plan_[node.args[0]].type);
  if (list || column == nullptr) return false;
  if (none_left(tests, *column)) return true;
  return std::ranges::any_of(tests, [&](const Literal& other) {
    return pair(added, other, *column) || pair(other, added, *column);
  });
}

// Of a test that leaves few texts: none of them passes all the others.
bool ReasonTexts::none_left(std::span<const Literal> tests,
                            const Column& column) const {
  return std::ranges::any_of(tests, [&](const Literal& few) {
    const Node& node = plan_[few.condition];
    const bool exact = node.test == TextTest::kExactly;
    const bool lists = node.test == TextTest::kIs || exact;
    // Of an empty list, from a table, `check` has its own warning.
    const bool some = few.holds && lists && !node.texts.empty();
    if (!some || !is_stable(node)) return false;
    return std::ranges::none_of(node.texts, [&](const std::string& text) {
      return std::ranges::all_of(tests, [&](const Literal& each) {
        return passes(text, exact, each, column);
      });
    });
  });
}

// Whether a text, known exactly or by its form alone, may pass.
bool ReasonTexts::passes(const std::string& text, bool exact,
                         const Literal& test, const Column& column) const {
  const Node& node = plan_[test.condition];
  const bool known = node.test != TextTest::kMatches && is_stable(node) &&
                     (exact || is_of_forms(node.test));
  if (!known) return true;
  const bool passes =
      std::ranges::any_of(node.texts, [&](const std::string& each) {
        return texts_.passes(text, column, node.test, each);
      });
  return passes == test.holds;
}

// `a` holds. Each of the texts that it asks for is excluded by `b`.
bool ReasonTexts::pair(const Literal& a, const Literal& b,
                       const Column& column) const {
  const Node& has = plan_[a.condition];
  const Node& other = plan_[b.condition];
  const bool known = a.holds && !has.texts.empty() && is_of_forms(has.test) &&
                     is_of_forms(other.test) && is_stable(has) &&
                     is_stable(other);
  if (!known) return false;
  return std::ranges::all_of(has.texts, [&](const std::string& written) {
    const std::string x = texts_.form(written, column);
    const auto excluded = [&](const std::string& each) {
      const std::string y = texts_.form(each, column);
      return b.holds ? parts_exclude(has.test, x, other.test, y)
                     : part_implies(has.test, x, other.test, y);
    };
    return b.holds ? std::ranges::all_of(other.texts, excluded)
                   : std::ranges::any_of(other.texts, excluded);
  });
}

}  // namespace kitle
