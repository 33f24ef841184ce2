#include "runtime/text/nfc.h"

#include <gtest/gtest.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <random>
#include <vector>

namespace kitle {
namespace {

std::string utf8(char32_t point) {
  std::string text;
  icu::UnicodeString(static_cast<UChar32>(point)).toUTF8String(text);
  return text;
}

// Of every Unicode's letters, marks of several classes and their bases.
std::vector<std::string> pieces() {
  std::vector<std::string> all{"a", "S", "\u0130", "i", "\u1100", "\u1161"};
  for (char32_t point = 0x300; point < 0x110000; ++point) {
    if (u_getCombiningClass(static_cast<UChar32>(point)) != 0) {
      all.push_back(utf8(point));
    }
  }
  return all;
}

TEST(Nfc, ComposedAndDecomposedAreOneText) {
  const Nfc nfc;
  EXPECT_EQ(nfc.of("S\u0327ehir"), "\u015Eehir");
  EXPECT_FALSE(nfc.holds("S\u0327ehir"));
  EXPECT_TRUE(nfc.holds("\u015Eehir"));
}

TEST(Nfc, BrokenUtf8IsNamedAndLeftAlone) {
  EXPECT_FALSE(is_utf8("a\xff"));
  EXPECT_EQ(Nfc().of("a\xff"), "a\xff");
  EXPECT_EQ(Nfc("4.0").of("a\xff"), "a\xff");
}

TEST(Nfc, VersionsAreNumbersAndKnownUpToThisMachines) {
  EXPECT_TRUE(is_unicode_version(unicode_version()));
  EXPECT_TRUE(has_unicode(unicode_version()));
  for (const char* version : {"3.2", "9.0", "15", "4.0.1", "1.1.0.0"}) {
    EXPECT_TRUE(is_unicode_version(version)) << version;
  }
  for (const char* version : {"", "x", "15.", ".0", "15.0 ", "256.0", "-1.0",
                              "1.2.3.4.5", "15,0", "15.0]"}) {
    EXPECT_FALSE(is_unicode_version(version)) << version;
  }
  EXPECT_TRUE(has_unicode("9.0"));  // not by the first digit
  EXPECT_FALSE(has_unicode("200.0"));
  EXPECT_FALSE(has_unicode(unicode_version() + ".1"));
}

TEST(Nfc, OfAnOlderUnicodeLeavesNewMarksWhereTheyAre) {
  // U+0301 stands above, U+1DF9 below: a mark since Unicode 10.
  const std::string marks = "a" + utf8(0x301) + utf8(0x1DF9);
  UVersionInfo age;
  u_charAge(0x1DF9, age);
  ASSERT_EQ(age[0], 10);
  EXPECT_EQ(Nfc().of(marks), "\u00E1" + utf8(0x1DF9));
  EXPECT_EQ(Nfc("6.0").of(marks), "\u00E1" + utf8(0x1DF9));
  const std::string other = "a" + utf8(0x1DF9) + utf8(0x301);
  EXPECT_EQ(Nfc().of(other), "\u00E1" + utf8(0x1DF9));
  // To Unicode 6.0 it is no mark, and the accent is not on the a.
  EXPECT_EQ(Nfc("6.0").of(other), other);
  EXPECT_TRUE(Nfc("6.0").holds(other));
  EXPECT_EQ(Nfc("6.0").of("A\u0308" + other), "\u00C4" + other);
}

// An older ICU sees no marks in what came later: as if letters of private use
// stood there.
class OlderIcu {
 public:
  // Of Unicode `version`.0.
  explicit OlderIcu(uint8_t version) : version_(version) {}

  std::string nfc(const std::string& text) {
    const icu::UnicodeString own = icu::UnicodeString::fromUTF8(text);
    std::vector<UChar32> hidden;
    std::string replaced;
    for (int32_t at = 0; at < own.length(); at = own.moveIndex32(at, 1)) {
      UChar32 point = own.char32At(at);
      UVersionInfo age;
      u_charAge(point, age);
      if (age[0] > version_ || (age[0] == version_ && age[1] > 0)) {
        hidden.push_back(point);
        point = static_cast<UChar32>(kPrivate + hidden.size() - 1);
      }
      replaced += utf8(static_cast<char32_t>(point));
    }
    return shown(Nfc().of(replaced), hidden);
  }

 private:
  static constexpr char32_t kPrivate = 0x10FF00;

  static std::string shown(const std::string& text,
                           const std::vector<UChar32>& hidden) {
    const icu::UnicodeString own = icu::UnicodeString::fromUTF8(text);
    std::string replaced;
    for (int32_t at = 0; at < own.length(); at = own.moveIndex32(at, 1)) {
      const auto point = static_cast<char32_t>(own.char32At(at));
      const bool is_hidden =
          point >= kPrivate && point < kPrivate + hidden.size();
      replaced += utf8(
          is_hidden ? static_cast<char32_t>(hidden[point - kPrivate]) : point);
    }
    return replaced;
  }

  uint8_t version_;
};

class NfcOfVersion : public ::testing::TestWithParam<uint8_t> {};

TEST_P(NfcOfVersion, IsWhatAnIcuOfThatVersionSays) {
  const std::vector<std::string> all = pieces();
  std::mt19937 random(5);
  const Nfc limited(std::to_string(GetParam()) + ".0");
  OlderIcu older(GetParam());
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (size_t n = 1 + random() % 6; n > 0; --n) {
      text += all[random() % all.size()];
    }
    const std::string normal = limited.of(text);
    ASSERT_EQ(normal, older.nfc(text)) << text;
    ASSERT_EQ(limited.holds(text), normal == text) << text;
    ASSERT_EQ(limited.of(normal), normal) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, NfcOfVersion,
                         ::testing::Values(uint8_t{4}, uint8_t{6}, uint8_t{9},
                                           uint8_t{14}));

}  // namespace
}  // namespace kitle
