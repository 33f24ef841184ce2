// Attributes: which of several values counts, and what a row that was sent
// again is.
#include "runtime/ingest/ingest.h"
#include "tests/ingest/support.h"

namespace kitle::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kPeople = R"(
profile customer {
  id code key
  email text personal
  city text
  age integer
  tags list of text
}
source people {
  files     "people*.csv"
  customer  from "who"
  into customer {
    email  from "email"
    city   from "city"
    age    from "age"
    tags   from split "tags" by "|"
  }
}
)";
constexpr const char* kPeopleHead = "who,email,city,age,tags\n";

TEST(Ingest, TheGreatestOfSeveralValuesCountsAndAMissingOneReplacesNothing) {
  Workshop shop(kPeople);
  shop.write("people1.csv", std::string(kPeopleHead) +
                                "A,a@x,İzmir,9,x|y\n"
                                "A,b@x,Ankara,30,a\n"
                                "B,,,,\n");
  EXPECT_EQ(counts(shop.take()), "3 3 0 0 0");
  EXPECT_THAT(shop.lines(),
              ElementsAre("A email=b@x city=İzmir age=30 tags=[x|y]",
                          "B email=- city=- age=- tags=-"));
  shop.remove("people1.csv");
  shop.write("people2.csv",
             std::string(kPeopleHead) + "A,,Bursa,,\nB,c@x,,1,q\nC,,,,\n");
  EXPECT_EQ(counts(shop.take()), "3 3 0 0 0");
  EXPECT_THAT(shop.lines(),
              ElementsAre("A email=b@x city=Bursa age=30 tags=[x|y]",
                          "B email=c@x city=- age=1 tags=[q]",
                          "C email=- city=- age=- tags=-"));
}

TEST(Ingest, AChangedProfileIsAnOverlayOfItsRow) {
  Workshop shop(kPeople);
  shop.write("people.csv",
             std::string(kPeopleHead) + "A,a@x,Van,9,\nB,b@x,Muş,8,\n");
  shop.take();
  shop.write("people.csv",
             std::string(kPeopleHead) + "A,a@x,Van,9,\nB,b@x,Muş,9,\n");
  shop.take();
  auto snapshot = open_snapshot(shop.store());
  ASSERT_TRUE(snapshot.has_value());
  auto overlay = (*snapshot)->overlay(0);
  ASSERT_TRUE(overlay.has_value());
  ASSERT_NE(*overlay, nullptr);
  EXPECT_THAT(
      std::vector<uint32_t>((*overlay)->rows.begin(), (*overlay)->rows.end()),
      ElementsAre(1));
  EXPECT_THAT(shop.lines(), ElementsAre("A email=a@x city=Van age=9 tags=-",
                                        "B email=b@x city=Muş age=9 tags=-"));
}

TEST(Ingest, TheLatestTimeLineCountsAlsoAgainstALaterIngest) {
  Workshop shop(R"(
profile customer { id code key, city text }
source people {
  files     "people.csv"
  customer  from "who"
  into customer {
    time from "when"
    city from "city"
  }
}
)");
  const std::string head = "who,when,city\n";
  shop.write("people.csv", head +
                               "A,2026-03-02,Muş\nA,2026-03-01,Van\n"
                               "B,,Zara\nB,2026-01-01,Adana\n");
  IngestReport report = shop.take();
  EXPECT_EQ(counts(report), "4 2 2 0 0");
  EXPECT_EQ(report.sources[0].older, 1U);
  EXPECT_THAT(shop.lines(), ElementsAre("A city=Muş", "B city=Adana"));
  shop.write("people.csv", head + "A,2026-03-01,Zara\nB,2026-01-01,Bor\n");
  report = shop.take();
  EXPECT_EQ(counts(report), "2 1 1 0 0");
  EXPECT_EQ(report.sources[0].older, 1U);
  EXPECT_THAT(shop.lines(), ElementsAre("A city=Muş", "B city=Bor"));
}

TEST(Ingest, APersonSentAgainUnchangedIsKnown) {
  Workshop shop(kPeople);
  const std::string rows =
      std::string(kPeopleHead) + "A,a@x,Van,9,x|y\nB,,,,\nA,,Van,,\n";
  shop.write("people.csv", rows);
  EXPECT_EQ(counts(shop.take()), "3 3 0 0 0");
  const IngestReport report = shop.take();
  EXPECT_EQ(counts(report), "3 0 3 0 0");
  EXPECT_EQ(report.sources[0].older, 0U);
  EXPECT_THAT(shop.files_of_store(), Not(Contains(StartsWith("overlay"))));
  // A row that differs in one attribute, and one of somebody new.
  shop.write("people.csv", rows + "A,,Van,10,\nC,,,,\n");
  EXPECT_EQ(counts(shop.take()), "5 2 3 0 0");
}

TEST(Ingest, ARowOfSeveralThingsIsKnownWhenAllOfThemAre) {
  Workshop shop(R"(
profile customer { id code key, city text }
event view { seconds integer }
source rows {
  files     "rows.csv"
  customer  from "who"
  into view when "seconds" is present {
    time     from "when"
    seconds  from "seconds"
  }
  into customer { city from "city" }
}
)");
  const auto send = [&](const std::string& row) {
    shop.write("rows.csv", "who,when,seconds,city\n" + row + "\n");
    return counts(shop.take());
  };
  EXPECT_EQ(send("A,2026-03-01,1,Van"), "1 1 0 0 0");
  EXPECT_EQ(send("A,2026-03-01,1,Van"), "1 0 1 0 0");
  EXPECT_EQ(send("A,2026-03-01,1,"), "1 0 1 0 0");
  EXPECT_EQ(send("A,,,"), "1 0 1 0 0");
  EXPECT_EQ(send("A,2026-03-01,1,Bor"), "1 1 0 0 0");
  EXPECT_EQ(send("A,2026-03-02,1,Bor"), "1 1 0 0 0");
  EXPECT_EQ(send("B,,,"), "1 1 0 0 0");
}

}  // namespace
}  // namespace kitle::testing
