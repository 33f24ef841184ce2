// The examples of `kitle help CODE`: each is a mistake of its code and of no
// other, and its mend has none.
#include "grammar/examples.h"

#include <gtest/gtest.h>

#include <set>

#include "compiler/lint.h"
#include "tests/check/case_shop.h"

namespace kitle {
namespace {

std::set<std::string> codes_of(const DiagnosticExample& example,
                               std::string_view text) {
  const LoadedRepository loaded = testing::load_example(example, text);
  std::set<std::string> codes;
  for (const Diagnostic& each : loaded.diagnostics.all()) {
    codes.emplace(info(each.id).code);
  }
  if (!is_lint(example.code) || loaded.diagnostics.errors() > 0) return codes;
  LintLevels levels;
  for (const DiagnosticId id : all_lints()) {
    const bool asked = info(id).code == example.code && is_off(id);
    if (asked) levels[std::string(example.code)] = LintLevel::kNote;
  }
  const Diagnostics found = lint(loaded, levels);
  for (const Diagnostic& each : found.all()) {
    codes.emplace(info(each.id).code);
  }
  return codes;
}

std::vector<std::string_view> all_codes() {
  return {
#define KITLE_DIAGNOSTIC(name, code, severity, title, help) code,
#include "grammar/diagnostics.def"
#undef KITLE_DIAGNOSTIC
  };
}

TEST(Examples, EachIsAMistakeOfItsCodeAlone) {
  size_t shown = 0;
  for (const std::string_view code : all_codes()) {
    const DiagnosticExample* example = example_of(code);
    if (example == nullptr || example->wrong.empty()) continue;
    ++shown;
    EXPECT_EQ(codes_of(*example, example->wrong),
              std::set<std::string>{std::string(code)})
        << example->wrong;
  }
  EXPECT_GT(shown, 280u);
}

TEST(Examples, TheirMendsHaveNoMistake) {
  size_t mended = 0;
  for (const std::string_view code : all_codes()) {
    const DiagnosticExample* example = example_of(code);
    if (example == nullptr || example->right.empty()) continue;
    ++mended;
    for (const std::string& left : codes_of(*example, example->right)) {
      EXPECT_TRUE(left[0] == 'W' && left != code) << left << example->right;
    }
  }
  EXPECT_GT(mended, 280u);
}

TEST(Examples, EveryMessageHasOneOrSaysWhatItTakes) {
  for (const std::string_view code : all_codes()) {
    const DiagnosticExample* example = example_of(code);
    ASSERT_NE(example, nullptr) << code << " has no row in examples.def";
    EXPECT_NE(example->wrong.empty(), example->what_it_takes.empty()) << code;
  }
}

}  // namespace
}  // namespace kitle
