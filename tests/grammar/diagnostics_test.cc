// What is collected of mistakes: counts, order, and equal ones once.
#include <gtest/gtest.h>

#include "grammar/diagnostic.h"

namespace kitle::test {
namespace {

TEST(Diagnostics, EqualOnesAreOneAndCountOnce) {
  Diagnostics found;
  // Warnings twice before and behind errors: none of these may go uncounted.
  for (const uint32_t at : {1u, 1u, 2u, 2u}) {
    found.add(DiagnosticId::kGroupPassesLet, {0, at, at + 1}, {"a"});
  }
  for (const uint32_t at : {10u, 11u, 12u}) {
    found.add(DiagnosticId::kUnknownProperty, {0, at, at + 1}, {"e", "a"});
  }
  for (const uint32_t at : {20u, 20u, 20u}) {
    found.add(DiagnosticId::kGroupPassesLet, {0, at, at + 1}, {"b"});
  }
  EXPECT_EQ(found.warnings(), 7u);
  found.sort();
  EXPECT_EQ(found.all().size(), 6u);
  EXPECT_EQ(found.errors(), 3u);
  EXPECT_EQ(found.warnings(), 3u);
}

TEST(Diagnostics, OnesOfOtherArgumentsStay) {
  Diagnostics found;
  found.add(DiagnosticId::kUnknownProperty, {0, 1, 2}, {"e", "a"});
  found.add(DiagnosticId::kUnknownProperty, {0, 1, 2}, {"e", "b"});
  found.sort();
  EXPECT_EQ(found.errors(), 2u);
  EXPECT_EQ(found.all().size(), 2u);
}

}  // namespace
}  // namespace kitle::test
