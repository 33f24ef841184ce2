// The slips of people who write segments, each with the mend that is offered
// first: {what was written, its code, what the mend makes of it}. What it makes
// is a rule without a mistake.
#include <gtest/gtest.h>

#include "tests/check/case_shop.h"

namespace kitle {
namespace {

LoadedRepository load(const std::string& condition) {
  return load_texts(
      {{"kitle.toml", testing::kCaseSettings},
       {"a.kitle", testing::case_schema()},
       {"products.csv", "product,brand,margin\np1,Nike,5\n"},
       {"t.kitle",
        "table products from \"products.csv\" key product { product code, "
        "brand "
        "text, margin money }\n"},
       {"z.kitle", condition}},
      nullptr);
}

std::string shown(const LoadedRepository& loaded) {
  return render(loaded.diagnostics, loaded.sources, DiagnosticFormat::kText,
                false);
}

std::string segment(const std::string& condition) {
  return "segment s { " + condition + " }\n";
}

std::string mended(const LoadedRepository& loaded, const Mend& mend) {
  std::string text(loaded.sources.file(mend.span.file).text);
  return text.replace(mend.span.begin, mend.span.end - mend.span.begin,
                      mend.replacement);
}

struct Row {
  const char* written;
  const char* code;
  const char* right;
};

template <size_t N>
void expect_mends(const Row (&rows)[N]) {
  for (const Row& row : rows) {
    const LoadedRepository loaded = load(segment(row.written));
    const auto& all = loaded.diagnostics.all();
    ASSERT_EQ(all.size(), 1u) << row.written << "\n" << shown(loaded);
    EXPECT_EQ(info(all[0].id).code, row.code) << shown(loaded);
    ASSERT_FALSE(all[0].mends.empty()) << shown(loaded);
    EXPECT_EQ(mended(loaded, all[0].mends[0]), segment(row.right));
    const LoadedRepository again = load(segment(row.right));
    EXPECT_EQ(again.diagnostics.errors(), 0u) << shown(again);
  }
}

TEST(Mends, OfWhatIsMeasured) {
  expect_mends({
      {"sum of amount of purchase > 5 TRY", "E0333",
       "sum of purchase.amount > 5 TRY"},
      {"average of amount of rows of purchase > 5 TRY", "E0333",
       "average of rows of purchase.amount > 5 TRY"},
      {"sum of margin of product > 5 TRY", "E0202",
       "sum of margin of product of product_view > 5 TRY"},
      {"most frequent brand of product is \"Nike\"", "E0202",
       "most frequent brand of product of product_view is \"Nike\""},
      {"sum of purchases.margin > 5 TRY", "E0203",
       "sum of margin of product of purchases > 5 TRY"},
      {"most frequent brand of rows of purchase is \"Nike\"", "E0203",
       "most frequent brand of product of rows of purchase is \"Nike\""},
      {"at least 2 different brand of purchase", "E0203",
       "at least 2 different brand of product of purchase"},
  });
}

TEST(Mends, OfSequences) {
  expect_mends({
      {"any product_view then any purchase", "E1203",
       "any product_view then purchase"},
      {"any page_view then purchase with same channel in last 7 days", "E1205",
       "in last 7 days (any page_view then purchase with same channel)"},
      {"(any product_view then call) in last 7 days", "E0166",
       "in last 7 days (any product_view then call)"},
      {"any rows of purchase then purchase with same amount", "E1216",
       "any rows of purchase then rows of purchase with same amount"},
      {"any product_view then call in last 7 days within 2 days", "E0153",
       "any product_view then call within 2 days in last 7 days"},
  });
}

TEST(Mends, OfWindows) {
  expect_mends({
      {"any purchase between 14 and 7 days ago", "E0164",
       "any purchase 7 to 14 days ago"},
      {"any purchase between 7 days and 14 days ago", "E0164",
       "any purchase 7 to 14 days ago"},
      {"signed_up between 7 and 14 days ago", "E0164",
       "signed_up 7 to 14 days ago"},
      {"signed_up is between 7 and 14 days ago", "E0164",
       "signed_up 7 to 14 days ago"},
      {"any purchase from 7 to 14 days ago", "E0133",
       "any purchase 7 to 14 days ago"},
      {"any purchase in past 7 days", "E0164", "any purchase in last 7 days"},
      {"any purchase in the past 7 days", "E0164",
       "any purchase in last 7 days"},
      {"any purchase in 7 days", "E0164", "any purchase in last 7 days"},
      {"any purchase for 30 days", "E0164", "any purchase in last 30 days"},
      {"no purchase during the last 30 days", "E0164",
       "no purchase in last 30 days"},
      {"no purchase since 30 days", "E0164", "no purchase in last 30 days"},
      {"any purchase on 2026-01-01", "E0164",
       "any purchase between 2026-01-01 and 2026-01-01"},
      {"any purchase 7 days", "E0161", "any purchase in last 7 days"},
      {"any purchase within 7 days of signed_up", "E0160",
       "any purchase within 7 days after signed_up"},
      {"any purchase in last 7 days where channel is \"web\"", "E0153",
       "any purchase where channel is \"web\" in last 7 days"},
      {"signed_up is 7 days ago", "E0171", "signed_up 7 days ago"},
  });
}

TEST(Mends, OfValues) {
  expect_mends({
      {"household rounded > 3", "E1324", "household > 3"},
      {"(household) rounded down > 3", "E1324", "(household) > 3"},
      {"birthday of birth_date in this year", "E1322", "birth_date is present"},
      {"interests contains city", "E0320", "city in interests"},
      {"\"A\" in interests", "E0315", "interests contains \"A\""},
      {"\"A\" not in interests", "E0315", "not (interests contains \"A\")"},
      {"city not in email", "E0212", "city is not email"},
  });
}

TEST(Mends, OfMoments) {
  expect_mends({
      {"signed_up > \"2026-03-01\"", "E0301", "signed_up after 2026-03-01"},
      {"signed_up is \"2026-03-01\"", "E0301",
       "signed_up between 2026-03-01 and 2026-03-01"},
      {"signed_up is not 2026-03-01", "E0403",
       "not signed_up between 2026-03-01 and 2026-03-01"},
      {"signed_up between \"2026-03-01\" and \"2026-03-31\"", "E0301",
       "signed_up between 2026-03-01 and 2026-03-31"},
      {"signed_up since \"2026-03-01\"", "E0325", "signed_up since 2026-03-01"},
      {"signed_up > 30 days", "E0301", "days since signed_up > 30"},
      {"birth_date > \"2000-01-01\"", "E0301", "birth_date > 2000-01-01"},
      {"age > 25", "E0201", "age of birth_date > 25"},
      {"age of birth_date > 25 years", "E0301", "age of birth_date > 25"},
      {"largest purchase.time > 2026-01-01 00:00", "E0331",
       "last purchase > 2026-01-01 00:00"},
      {"smallest purchase.time > 2026-01-01 00:00", "E0331",
       "first purchase > 2026-01-01 00:00"},
  });
}

TEST(Mends, OfCounts) {
  expect_mends({
      {"purchases > 3", "E0208", "count of purchases > 3"},
      {"any purchase >= 3", "E0133", "count of purchase >= 3"},
      {">= 3 purchases", "E0130", "at least 3 purchases"},
      {"< 3 purchases", "E0130", "fewer than 3 purchases"},
      {"3 purchases", "E0147", "at least 3 purchases"},
      {"between 2 to 4 purchases", "E0144", "between 2 and 4 purchases"},
      {"between 4 and 2 purchases", "E0322", "between 2 and 4 purchases"},
      {"count(purchase) > 3", "E0149", "count of purchase > 3"},
      {"max(purchase.amount) > 3 TRY", "E0149",
       "largest purchase.amount > 3 TRY"},
      {"sum of amount > 3 TRY", "E0202", "sum of purchase.amount > 3 TRY"},
      {"purchase.amount > 3 TRY", "E0329", "sum of purchase.amount > 3 TRY"},
  });
}

TEST(Mends, OfTestsAndConnectors) {
  expect_mends({
      {"any purchase, any call", "E0133", "any purchase and any call"},
      {"any purchase and and any call", "E0130", "any purchase and any call"},
      {"no ads_consent", "E0220", "not ads_consent"},
      {"any ads_consent", "E0220", "ads_consent"},
      {"ads_consent is \"yes\"", "E0301", "ads_consent is yes"},
      {"city isn't \"A\"", "E0147", "city is not \"A\""},
      {"city begins with \"A\"", "E0147", "city starts with \"A\""},
      {"city does not contain \"A\"", "E0147", "not city contains \"A\""},
      {"household between 5 and 3", "E0322", "household between 3 and 5"},
      {"interests in {\"Koşu\"}", "E0315", "interests contains \"Koşu\""},
      {"interests not in {\"Koşu\", \"Yoga\"}", "E0315",
       "not (interests contains \"Koşu\" or interests contains \"Yoga\")"},
  });
}

// A date is no amount of time, two units are no range of one, and a number
// beside a time may be days, hours or a year.
TEST(Mends, AreNotGuessed) {
  for (const char* written :
       {"any purchase between 2026-01-01 and 2026-02-01 ago",
        "any purchase between 1 week and 10 days ago", "signed_up > 30",
        "signed_up > 30 TRY"}) {
    const LoadedRepository loaded = load(segment(written));
    EXPECT_EQ(loaded.diagnostics.errors(), 1u) << shown(loaded);
    for (const Diagnostic& each : loaded.diagnostics.all()) {
      EXPECT_TRUE(each.mends.empty()) << shown(loaded);
    }
  }
}

}  // namespace
}  // namespace kitle
