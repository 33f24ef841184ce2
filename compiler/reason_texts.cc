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

// So many are compared in about the time of a step.
constexpr size_t kTextsOfStep = 4;

// Of these a text's form is enough to decide.
bool is_of_forms(TextTest test) {
  return test != TextTest::kExactly && test != TextTest::kMatches;
}

// Whether a text of which `x` is that part has `y` as that.
bool part_implies(TextTest a, const std::string& x, TextTest b,
                  const std::string& y) {
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

// Of these a text's form says what another of this test can be.
bool is_of_parts(TextTest test) {
  return test == TextTest::kContains || test == TextTest::kStartsWith ||
         test == TextTest::kEndsWith;
}

bool has_part(const std::string& form, TextTest test,
              const std::vector<std::string>& parts) {
  return std::ranges::any_of(parts, [&](const std::string& each) {
    if (test == TextTest::kStartsWith) return form.starts_with(each);
    if (test == TextTest::kEndsWith) return form.ends_with(each);
    return form.find(each) != std::string::npos;
  });
}

// What a letter can fold to together with others, as ß does to `ss`: such
// letters, and what is no ASCII, may be a third of a character each.
bool may_be_part(char c) {
  constexpr std::string_view kParts = "afhijlnstwy";
  return static_cast<unsigned char>(c) > 0x7F ||
         kParts.find(c) != std::string_view::npos;
}

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

// Characters that a text has at least which folds to this.
int64_t fewest(const std::string& form) {
  constexpr int64_t kMostParts = 3;
  int64_t sure = 0;
  int64_t parts = 0;
  for (const char c : form) {
    if (!begins_character(c)) continue;
    if (may_be_part(c)) {
      ++parts;
      continue;
    }
    sure += 1 + (parts + kMostParts - 1) / kMostParts;
    parts = 0;
  }
  return sure + (parts + kMostParts - 1) / kMostParts;
}

}  // namespace

std::optional<Line> ReasonTexts::lengths(const Literal& test,
                                         const Column& column) {
  const Node& node = plan_[test.condition];
  const bool known =
      test.holds && !node.texts.empty() && node.test != TextTest::kMatches;
  if (!known || !written(test, column).stable) return std::nullopt;
  const bool exactly = node.test == TextTest::kExactly;
  const bool folded = column.type == TypeKind::kText && !exactly;
  const Written& all = written(test, column);
  std::vector<int64_t> fewest_of;
  for (const std::string& each : exactly ? all.composed : all.forms) {
    fewest_of.push_back(folded ? fewest(each)
                               : std::ranges::count_if(each, begins_character));
  }
  const auto [low, high] = std::ranges::minmax(fewest_of);
  const bool whole = exactly || (node.test == TextTest::kIs && !folded);
  return line_of(Int128{low}, whole ? Int128{high} : kHighest);
}

const ReasonTexts::Written& ReasonTexts::written(const Literal& test,
                                                 const Column& column) {
  const Written* found = written_.find(test.condition);
  if (found != nullptr) return *found;
  const Node& node = plan_[test.condition];
  budget_.take(node.texts.size());
  Written made{.stable = std::ranges::all_of(node.texts, is_stable)};
  if (made.stable && node.test != TextTest::kMatches) {
    for (const std::string& each : node.texts) {
      made.forms.push_back(texts_.form(each, column));
      if (node.test != TextTest::kExactly) continue;
      made.composed.push_back(composed(each));
    }
    made.sorted = made.forms;
    std::ranges::sort(made.sorted);
    std::ranges::sort(made.composed);
  }
  return written_.add(test.condition, std::move(made));
}

// As a code is compared: as it stands.
std::string ReasonTexts::composed(const std::string& text) const {
  return texts_.form(text, Column{.name = {}, .type = TypeKind::kCode});
}

bool ReasonTexts::contradict(std::span<const Literal> tests,
                             const Column* column) {
  const Literal& added = tests.back();
  const auto before = tests.first(tests.size() - 1);
  if (std::ranges::any_of(before, [&](const Literal& other) {
        return opposite(added, other);
      })) {
    return true;
  }
  const bool list = is_list_type(plan_[plan_[added.condition].args[0]].type);
  if (list || column == nullptr) return false;
  return std::ranges::any_of(tests, [&](const Literal& other) {
    return !budget_.spent() &&
           (none_left(other, tests, *column) || pair(added, other, *column) ||
            pair(other, added, *column));
  });
}

// One asks for what the other forbids.
bool ReasonTexts::opposite(const Literal& added, const Literal& other) const {
  budget_.take(1);
  const Node& node = plan_[added.condition];
  const Node& beside = plan_[other.condition];
  if (beside.test != node.test || other.holds == added.holds) return false;
  const Node& inner = added.holds ? node : beside;
  const Node& outer = added.holds ? beside : node;
  if (inner.texts.size() > outer.texts.size()) return false;
  budget_.take(outer.texts.size() / kTextsOfStep);
  return std::ranges::includes(outer.texts, inner.texts);
}

// Of a test that leaves few texts: none of them passes all the others.
bool ReasonTexts::none_left(const Literal& few, std::span<const Literal> tests,
                            const Column& column) {
  const Node& node = plan_[few.condition];
  const bool exact = node.test == TextTest::kExactly;
  const bool lists = node.test == TextTest::kIs || exact;
  // Of an empty list, from a table, `check` has its own warning.
  if (!few.holds || !lists || node.texts.empty()) return false;
  const Written& all = written(few, column);
  if (!all.stable) return false;
  for (size_t i = 0; i < all.forms.size(); ++i) {
    const std::string own = exact ? composed(node.texts[i]) : std::string();
    const bool left = std::ranges::all_of(tests, [&](const Literal& each) {
      return each == few ||
             passes(all.forms[i], exact ? &own : nullptr, each, column);
    });
    if (left || budget_.spent()) return false;
  }
  return true;
}

// Whether a text, known exactly or by its form alone, may pass.
bool ReasonTexts::passes(const std::string& form, const std::string* composed,
                         const Literal& test, const Column& column) {
  budget_.take(1);
  const Node& node = plan_[test.condition];
  const bool exactly = node.test == TextTest::kExactly;
  if (exactly ? composed == nullptr : !is_of_forms(node.test)) return true;
  const Written& all = written(test, column);
  if (!all.stable) return true;
  bool passes = false;
  if (exactly) {
    passes = std::ranges::binary_search(all.composed, *composed);
  } else if (node.test == TextTest::kIs) {
    passes = std::ranges::binary_search(all.sorted, form);
  } else {
    budget_.take(all.forms.size() / kTextsOfStep);
    passes = has_part(form, node.test, all.forms);
  }
  return passes == test.holds;
}

// `a` holds. Each of the texts that it asks for is excluded by `b`.
bool ReasonTexts::pair(const Literal& a, const Literal& b,
                       const Column& column) {
  const Node& has = plan_[a.condition];
  const Node& other = plan_[b.condition];
  const bool parts = a.holds && !has.texts.empty() && is_of_parts(has.test) &&
                     is_of_parts(other.test);
  if (!parts) return false;
  const Written& mine = written(a, column);
  const Written& others = written(b, column);
  if (!mine.stable || !others.stable) return false;
  return std::ranges::all_of(mine.forms, [&](const std::string& x) {
    const auto excluded = [&](const std::string& y) {
      return b.holds ? parts_exclude(has.test, x, other.test, y)
                     : part_implies(has.test, x, other.test, y);
    };
    budget_.take(1 + others.forms.size() / kTextsOfStep);
    return !budget_.spent() &&
           (b.holds ? std::ranges::all_of(others.forms, excluded)
                    : std::ranges::any_of(others.forms, excluded));
  });
}

}  // namespace kitle
