#include "runtime/eval/match.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace kitle {
namespace {

class Words : public Dictionary {
 public:
  explicit Words(std::vector<std::string> words) : words_(std::move(words)) {}
  uint32_t size() const override {
    return static_cast<uint32_t>(words_.size());
  }
  std::string_view text(uint32_t code) const override {
    return code == 0 ? std::string_view() : words_[code - 1];
  }
  uint32_t find(std::string_view text) const override {
    const auto found = std::find(words_.begin(), words_.end(), text);
    return found == words_.end()
               ? 0
               : static_cast<uint32_t>(found - words_.begin()) + 1;
  }

 private:
  std::vector<std::string> words_;
};

const Words kWords({"İstanbul", "istanbul", "Istanbul", "Ankara", "ANKARA",
                    "ISPARTA", "ısparta", "Ä", "sneakers-42"});

std::vector<uint32_t> codes(TextMatch match, std::vector<std::string> texts,
                            TypeKind type = TypeKind::kText,
                            bool any_case = false) {
  const FoldData folds = make_folds("tr", unicode_version());
  const TextForms forms(Nfc(), folds.view());
  const TextMatcher matcher({match, type, any_case, std::move(texts)}, forms);
  const CodeSet set = matcher.codes(kWords);
  std::vector<uint32_t> found;
  for (uint32_t code = 0; code <= kWords.size(); ++code) {
    if (set.has(code)) found.push_back(code);
  }
  return found;
}

using Codes = std::vector<uint32_t>;

TEST(TextMatcher, TextIsFoldsInTheLocale) {
  EXPECT_EQ(codes(TextMatch::kIs, {"İSTANBUL"}), (Codes{1, 2}));
  EXPECT_EQ(codes(TextMatch::kIs, {"Isparta", "ankara"}), (Codes{4, 5, 6, 7}));
}

TEST(TextMatcher, ExactlyComparesCodePoints) {
  EXPECT_EQ(codes(TextMatch::kExactly, {"Ankara"}), (Codes{4}));
  EXPECT_EQ(codes(TextMatch::kExactly, {"A\u0308"}), (Codes{8}));
}

TEST(TextMatcher, CodesCompareExactlyOrByAscii) {
  EXPECT_EQ(codes(TextMatch::kIs, {"ANKARA"}, TypeKind::kCode), (Codes{5}));
  EXPECT_EQ(codes(TextMatch::kIs, {"ankara"}, TypeKind::kCode, true),
            (Codes{4, 5}));
}

TEST(TextMatcher, PartsAreFoldedToo) {
  EXPECT_EQ(codes(TextMatch::kContains, {"NKA"}), (Codes{4, 5}));
  EXPECT_EQ(codes(TextMatch::kStartsWith, {"İST"}), (Codes{1, 2}));
  EXPECT_EQ(codes(TextMatch::kEndsWith, {"PARTA"}), (Codes{6, 7}));
}

TEST(TextMatcher, PatternsMatchTheWholeText) {
  EXPECT_EQ(codes(TextMatch::kMatches, {"sneakers-[0-9]+"}), (Codes{9}));
  EXPECT_EQ(codes(TextMatch::kMatches, {"sneakers"}), (Codes{}));
  EXPECT_EQ(codes(TextMatch::kMatches, {"A.*", "I.*"}), (Codes{3, 4, 5, 6}));
  EXPECT_EQ(codes(TextMatch::kMatches, {"A\u0308"}), (Codes{8}));
}

std::vector<int64_t> values_of(TypeKind type, bool any_case) {
  const FoldData folds = make_folds("tr", unicode_version());
  const TextForms forms(Nfc(), folds.view());
  const LookupParam param{.type = type,
                          .any_case = any_case,
                          .texts = {"ANKARA", "isparta", "A\u0308"},
                          .wholes = {},
                          .values = {5, -7, 9}};
  const BoundCodes found = codes_of(param, forms, kWords);
  std::vector<int64_t> values;
  for (uint32_t code = 0; code <= kWords.size(); ++code) {
    const bool known = (found.known[code / 64] >> (code % 64) & 1) != 0;
    EXPECT_TRUE(known || found.values[code] == 0) << code;
    values.push_back(known ? found.values[code] : 0);
  }
  return values;
}

TEST(Lookup, KeysCompareAsTheirColumnDoes) {
  using Values = std::vector<int64_t>;
  EXPECT_EQ(values_of(TypeKind::kText, false),
            (Values{0, 0, 0, 0, 5, 5, 0, 0, 9, 0}));
  EXPECT_EQ(values_of(TypeKind::kCode, false),
            (Values{0, 0, 0, 0, 0, 5, 0, 0, 9, 0}));
  EXPECT_EQ(values_of(TypeKind::kCode, true),
            (Values{0, 0, 0, 0, 5, 5, -7, 0, 9, 0}));
}

TEST(Lengths, AreCodePoints) {
  const Words words({"", "a", "\u015eeker", "\U0001F44D\u00e9"});
  EXPECT_EQ(lengths_of(words).values, (std::vector<int64_t>{0, 0, 1, 5, 2}));
}

TEST(CodeSet, MissingIsNeverIn) {
  EXPECT_EQ(codes(TextMatch::kContains, {""}).front(), 1u);
}

}  // namespace
}  // namespace kitle
