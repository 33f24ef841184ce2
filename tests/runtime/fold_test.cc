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

TEST(Fold, ComposedAndDecomposedAreOneText) {
  EXPECT_EQ(to_nfc("S\u0327ehir"), "\u015Eehir");
  EXPECT_FALSE(is_nfc("S\u0327ehir"));
  EXPECT_TRUE(is_nfc("\u015Eehir"));
}

TEST(Fold, CodesFoldAsciiOnly) {
  EXPECT_EQ(fold("AbC-\u0130", Folding::kAscii), "abc-\u0130");
  EXPECT_EQ(fold("AbC", Folding::kExact), "AbC");
}

TEST(Fold, BrokenUtf8IsNamedAndLeftAlone) {
  EXPECT_FALSE(is_utf8("a\xff"));
  EXPECT_EQ(to_nfc("a\xff"), "a\xff");
}

}  // namespace
}  // namespace kitle
