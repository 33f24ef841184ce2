#include "runtime/text/fold.h"

#include <gtest/gtest.h>

namespace kitle {
namespace {

std::string form(std::string_view text, Folding folding,
                 std::string_view locale = "en") {
  const FoldData folds = make_folds(locale, unicode_version());
  return TextForms(Nfc(), folds.view()).form(text, folding);
}

std::string turkish(std::string_view text) {
  return form(text, Folding::kLocale, "tr");
}
std::string english(std::string_view text) {
  return form(text, Folding::kLocale, "en-US");
}

TEST(Fold, TurkishKeepsDottedAndDotlessApart) {
  EXPECT_EQ(turkish("ISPARTA"), turkish("ısparta"));
  EXPECT_EQ(turkish("İZMİR"), turkish("izmir"));
  EXPECT_NE(turkish("IZMIR"), turkish("izmir"));
}

TEST(Fold, EnglishFoldsPlainI) {
  EXPECT_EQ(english("IZMIR"), english("izmir"));
  EXPECT_EQ(english("STRASSE"), english("straße"));
}

// U+0390 folds to three code points that are one in NFC.
TEST(Fold, IsComposedBeforeAndBehind) {
  EXPECT_EQ(english("S\u0327EHIR"), "\u015Fehir");
  EXPECT_EQ(english("\u0390"), "\u0390");
  EXPECT_EQ(turkish("I\u0307"), "i");
}

TEST(Fold, CodesFoldAsciiOnly) {
  EXPECT_EQ(form("AbC-\u0130", Folding::kAscii), "abc-\u0130");
  EXPECT_EQ(form("AbC", Folding::kExact), "AbC");
  EXPECT_EQ(form("E\u0301", Folding::kExact), "\u00C9");
}

}  // namespace
}  // namespace kitle
