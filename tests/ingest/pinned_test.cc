// Texts come into a store as it was made to hold them, whatever this machine's
// ICU would make of them.
#include "tests/ingest/support.h"
#include "tests/support/repin.h"

namespace kitle::testing {
namespace {

using ::testing::Contains;

constexpr const char* kRules = R"(
profile customer { id code key }
event view { page text }
source page_views {
  files     "views*.csv"
  customer  from "who"
  into view {
    time  from "when"
    page  from "page"
  }
}
)";

// Of Unicode 7, in which U+1DF9 is no mark yet: the accent behind it stays
// there, and the row is known when it comes again.
TEST(PinnedUnicode, IsThatOfTheTextsOfALaterIngest) {
  Workshop shop(kRules);
  shop.write("views.csv", "who,when,page\nA,2026-03-01,/x\n");
  shop.take();
  repin(shop.store(), make_folds("tr", "7.0"), "7.0");
  shop.write("views.csv",
             "who,when,page\n"
             "B,2026-03-01,a\u1DF9\u0301 e\u0301\n");
  EXPECT_EQ(counts(shop.take()), "1 1 0 0 0");
  EXPECT_THAT(shop.lines(),
              Contains("B view 2026-02-28T21:00:00Z page=a\u1DF9\u0301 "
                       "\u00E9"));
  shop.write("views.csv",
             "who,when,page\n"
             "B,2026-03-01,a\u1DF9\u0301 \u00E9\n");
  EXPECT_EQ(counts(shop.take()), "1 0 1 0 0");
}

}  // namespace
}  // namespace kitle::testing
