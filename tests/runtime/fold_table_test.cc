#include "runtime/text/fold_table.h"

#include <gtest/gtest.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <random>

#include "runtime/text/nfc.h"

namespace kitle {
namespace {

std::string utf8(const icu::UnicodeString& text) {
  std::string bytes;
  text.toUTF8String(bytes);
  return bytes;
}

bool is_surrogate(UChar32 point) { return point >= 0xD800 && point < 0xE000; }

struct Locale {
  const char* name;
  uint32_t options;  // ICU's
};

class FoldsOf : public ::testing::TestWithParam<Locale> {
 protected:
  std::string by_icu(const icu::UnicodeString& text) const {
    icu::UnicodeString folded(text);
    return utf8(folded.foldCase(GetParam().options));
  }

  const FoldData folds_ = make_folds(GetParam().name, unicode_version());
  const FoldTable table_{folds_.view()};
};

TEST_P(FoldsOf, EveryCodePointAsIcuDoes) {
  std::vector<uint32_t> changed;
  for (UChar32 point = 0; point < 0x110000; ++point) {
    if (is_surrogate(point)) continue;
    const icu::UnicodeString text(point);
    ASSERT_EQ(table_.fold(utf8(text)), by_icu(text)) << point;
    if (by_icu(text) != utf8(text)) {
      changed.push_back(static_cast<uint32_t>(point));
    }
  }
  EXPECT_EQ(folds_.points, changed);
  EXPECT_TRUE(are_folds(folds_.view()));
}

TEST_P(FoldsOf, RandomTextsAsIcuDoes) {
  std::mt19937 random(7);
  for (int i = 0; i < 50'000; ++i) {
    icu::UnicodeString text;
    for (size_t n = random() % 12; n > 0; --n) {
      const uint32_t ends[] = {0x80, 0x600, 0x3000, 0x110000};
      const auto any = static_cast<UChar32>(random() % ends[random() % 4]);
      const auto cased =
          static_cast<UChar32>(folds_.points[random() % folds_.points.size()]);
      const UChar32 point = random() % 2 == 0 ? any : cased;
      if (!is_surrogate(point)) text.append(point);
    }
    ASSERT_EQ(table_.fold(utf8(text)), by_icu(text)) << utf8(text);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Locales, FoldsOf,
    ::testing::Values(Locale{"tr", U_FOLD_CASE_EXCLUDE_SPECIAL_I},
                      Locale{"az-AZ", U_FOLD_CASE_EXCLUDE_SPECIAL_I},
                      Locale{"en", U_FOLD_CASE_DEFAULT},
                      Locale{"", U_FOLD_CASE_DEFAULT},
                      Locale{"trv", U_FOLD_CASE_DEFAULT}));

// Cherokee's small letters came with Unicode 8, and fold to the capitals.
TEST(Folds, OfAnOlderUnicodeLackNewLetters) {
  const FoldData folds = make_folds("en", "7.0");
  const FoldTable table(folds.view());
  EXPECT_LT(folds.points.size(), make_folds("en", "8.0").points.size());
  EXPECT_EQ(table.fold("\uAB70A\u1E9E"), "\uAB70ass");
  for (const uint32_t point : folds.points) {
    UVersionInfo age;
    u_charAge(static_cast<UChar32>(point), age);
    EXPECT_LE(age[0], 7) << point;
  }
}

TEST(Folds, FollowTheTableWhateverItSays) {
  const FoldData folds{
      {'A', 'x', 0xE9, 0x4E00}, {0, 2, 3, 4, 10}, "\u0131yz\u4E01\u4E02"};
  ASSERT_TRUE(are_folds(folds.view()));
  const FoldTable table(folds.view());
  EXPECT_EQ(table.fold(std::string("aBx\0A", 5)),
            std::string("aBy\0\u0131", 6));
  EXPECT_EQ(table.fold("\u00E9\u4E00\u4E01"), "z\u4E01\u4E02\u4E01");
  EXPECT_EQ(table.fold("x\xff\xe4x"), "y\xff\xe4y");
  EXPECT_EQ(table.fold(""), "");
}

bool are_good(std::vector<uint32_t> points, std::vector<uint32_t> offsets,
              std::string bytes) {
  return are_folds(
      FoldData{std::move(points), std::move(offsets), std::move(bytes)}.view());
}

TEST(Folds, AreCheckedForWhatTheyMustBe) {
  EXPECT_TRUE(are_good({}, {0}, ""));
  EXPECT_TRUE(are_good({65, 66}, {0, 1, 2}, "ab"));
  EXPECT_TRUE(are_good({65}, {0, 3}, "AAA"));
  EXPECT_TRUE(are_good({0x10FFFD}, {0, 12}, "\U0001F600\U0001F600\U0001F600"));
  EXPECT_FALSE(are_good({66, 65}, {0, 1, 2}, "ba"));  // fall
  EXPECT_FALSE(are_good({65, 65}, {0, 1, 2}, "ab"));  // twice
  EXPECT_FALSE(are_good({0xD800}, {0, 1}, "a"));      // a surrogate
  EXPECT_FALSE(are_good({0x110000}, {0, 1}, "a"));    // beyond Unicode
  EXPECT_FALSE(are_good({65}, {0, 0}, ""));           // to nothing
  EXPECT_FALSE(are_good({65}, {0, 4}, "aaaa"));       // to too much
  EXPECT_FALSE(are_good({65}, {0, 1}, "A"));          // to itself
  EXPECT_FALSE(are_good({65}, {0, 1}, "\xC3"));       // not UTF-8
}

}  // namespace
}  // namespace kitle
