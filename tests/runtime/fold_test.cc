#include "runtime/text/fold.h"

#include <gtest/gtest.h>

namespace kitle {
namespace {

TEST(Fold, TurkishKeepsDottedAndDotlessApart) {
  const Folding turkish = folding_of_locale("tr");
  EXPECT_EQ(fold("ISPARTA", turkish), fold("ısparta", turkish));
  EXPECT_EQ(fold("İZMİR", turkish), fold("izmir", turkish));
  EXPECT_NE(fold("IZMIR", turkish), fold("izmir", turkish));
}

TEST(Fold, EnglishFoldsPlainI) {
  const Folding english = folding_of_locale("en-US");
  EXPECT_EQ(fold("IZMIR", english), fold("izmir", english));
  EXPECT_EQ(fold("STRASSE", english), fold("straße", english));
}

TEST(Fold, CodesFoldAsciiOnly) {
  EXPECT_EQ(fold("AbC-\u0130", Folding::kAscii), "abc-\u0130");
  EXPECT_EQ(fold("AbC", Folding::kExact), "AbC");
}

}  // namespace
}  // namespace kitle
