// Whole ingests: reports, copies and ids, orders, attributes, later ingests.
#include "runtime/ingest/ingest.h"

#include <sys/stat.h>

#include "tests/ingest/support.h"

namespace kitle::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kViews = R"(
profile customer { id code key }
event view { page text, seconds integer }
source page_views {
  files     "views*.csv"
  customer  from "who"
  into view {
    time     from "when"
    page     from "page"
    seconds  from "seconds"
  }
}
)";

TEST(Ingest, MakesProfilesAndEventsInOrderOfTime) {
  Workshop shop(kViews);
  shop.write("views.csv",
             "who,when,page,seconds\n"
             "B,2026-03-02T10:00:00Z,/x,\n"
             "A,2026-03-01T12:00:00,/late,7\n"
             "A,2026-03-01,/early,\n");
  const IngestReport report = shop.take();
  EXPECT_EQ(counts(report), "3 3 0 0 0");
  EXPECT_EQ(report.snapshot, 1U);
  EXPECT_EQ(report.profiles, 2U);
  EXPECT_EQ(report.new_events, 3U);
  EXPECT_EQ(report.reject_file, "");
  EXPECT_THAT(
      shop.lines(),
      ElementsAre("A", "A view 2026-02-28T21:00:00Z page=/early seconds=-",
                  "A view 2026-03-01T09:00:00Z page=/late seconds=7", "B",
                  "B view 2026-03-02T10:00:00Z page=/x seconds=-"));
}

TEST(Ingest, AWallClockPutBackIsTheEarlierTimeAndPutForwardTheEndOfTheGap) {
  const std::string zone = R"( as "%F %H:%M" in zone "America/Havana")";
  Workshop shop(R"(
profile customer { id code key, seen time }
event view { page text }
source page_views {
  files     "views.csv"
  customer  from "who"
  into view { time from "when" in zone "Europe/Berlin" }
  into customer { seen from "seen")" +
                zone + " }\n}\n");
  shop.write("views.csv",
             "who,when,seen\n"
             "A,2026-10-25T01:30:00,2026-11-01 00:30\n"  // midnight comes twice
             "A,2026-10-25T02:30:00,\n"
             "A,2026-10-25T02:30:00+01:00,\n"
             "A,2026-10-25T03:00:00,\n"
             "B,2026-03-29T01:30:00,2026-03-08 00:30\n"  // there is none
             "B,2026-03-29T02:30:00,\n"
             "B,2026-03-29T03:30:00,\n");
  EXPECT_EQ(counts(shop.take()), "7 7 0 0 0");
  EXPECT_THAT(shop.lines(), ElementsAre("A seen=2026-11-01T04:30:00Z",
                                        "A view 2026-10-24T23:30:00Z page=-",
                                        "A view 2026-10-25T00:30:00Z page=-",
                                        "A view 2026-10-25T01:30:00Z page=-",
                                        "A view 2026-10-25T02:00:00Z page=-",
                                        "B seen=2026-03-08T05:00:00Z",
                                        "B view 2026-03-29T00:30:00Z page=-",
                                        "B view 2026-03-29T01:00:00Z page=-",
                                        "B view 2026-03-29T01:30:00Z page=-"));
}

TEST(Ingest, APatternThatMatchesNothingIsNamed) {
  Workshop shop(kViews);
  shop.write("other.csv", "who\n");
  const auto report = shop.ingest();
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code(), StatusCode::kNotFound);
  EXPECT_THAT(report.error().message(), HasSubstr("data/views*.csv"));
}

TEST(Ingest, AMissingColumnNamesThoseThatExist) {
  Workshop shop(kViews);
  shop.write("views.csv", "who,time,page,seconds\nA,2026-03-01,/,\n");
  const auto report = shop.ingest();
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code(), StatusCode::kInvalid);
  EXPECT_THAT(report.error().message(),
              HasSubstr(R"(no column "when"; the columns are "who", "time", )"
                        R"("page", "seconds")"));
}

TEST(Ingest, AWantedColumnThatStandsTwiceIsNamed) {
  Workshop shop(kViews);
  shop.write("views.csv", "who,when,page,seconds,page\nA,2026-03-01,/x,1,/y\n");
  const auto report = shop.ingest();
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code(), StatusCode::kInvalid);
  EXPECT_THAT(report.error().message(),
              AllOf(HasSubstr("views.csv"),
                    HasSubstr(R"(2 columns are called "page")")));
}

TEST(Ingest, AColumnThatNobodyWantsMayStandTwice) {
  Workshop shop(kViews);
  shop.write("views.csv", "who,when,page,seconds,,\nA,2026-03-01,/x,1,a,b\n");
  EXPECT_EQ(counts(shop.take()), "1 1 0 0 0");
}

// ---- rejected rows ----

TEST(Ingest, RejectedRowsAreInAFileForTheOwnerOnly) {
  Workshop shop(kViews);
  shop.write("views.csv",
             "who,when,page,seconds\n"
             "A,yesterday,/a,1\n"
             "A,2026-03-01,\"/a,b\",x\n"
             ",2026-03-01,/c,1\n"
             "A,2026-03-01,/d\n"
             "A,2026-03-01,/e,1\n"
             "A,,/f,1\n");
  const IngestReport report = shop.take();
  EXPECT_EQ(counts(report), "6 1 0 0 5");
  EXPECT_EQ(report.reject_file, shop.store("rejects-1.csv"));
  const std::string file = shop.data("views.csv");
  EXPECT_EQ(read_file(report.reject_file),
            "file,line,byte,column,reason,row\n" + file +
                ",2,22,when,not written as 2026-03-01 or "
                "2026-03-01T12:00:00,\"A,yesterday,/a,1\"\n" +
                file +
                ",3,39,seconds,not a number,\"A,2026-03-01,\"\"/a,b\"\",x\"\n" +
                file + ",4,61,customer,no customer,\",2026-03-01,/c,1\"\n" +
                file +
                ",5,78,,3 columns where 4 are expected,"
                "\"A,2026-03-01,/d\"\n" +
                file + ",7,112,time,no time,\"A,,/f,1\"\n");
  struct stat info{};
  ASSERT_EQ(::stat(report.reject_file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600);
}

TEST(Ingest, AnIngestWithoutRejectsLeavesNoFile) {
  Workshop shop(kViews);
  shop.write("views.csv", "who,when,page,seconds\nA,2026-03-01,/,1\n");
  shop.take();
  EXPECT_THAT(shop.files_of_store(), Not(Contains(StartsWith("rejects"))));
}

constexpr const char* kTwoTables = R"(
profile customer { id code key, age integer }
event view { seconds integer }
event stay { long flag }
source rows {
  files     "rows.csv"
  only rows when "kind" is not "robot"
  customer  from "who"
  time      from "when"
  into view when "kind" is "view" { seconds from "n" }
  into stay when "n" > 60 { long is yes }
  into customer when "kind" is "age" { age from "n" }
}
)";

TEST(Ingest, ARowIsRejectedWholeIfAnyIntoFails) {
  Workshop shop(kTwoTables);
  shop.write("rows.csv",
             "who,when,kind,n\n"
             "A,2026-03-01,view,70\n"    // both events
             "B,2026-03-01,view,70.5\n"  // stay would do, view would not
             "C,2026-03-01,view,many\n"  // the condition needs a number
             "D,2026-03-01,robot,1\n"    // left out
             "E,2026-03-01,other,1\n"    // taken by none
             "F,2026-03-01,age,31\n"
             "G,2026-03-01,age,old\n");
  EXPECT_EQ(counts(shop.take()), "7 2 0 2 3");
  EXPECT_THAT(shop.lines(),
              ElementsAre("A age=-", "A view 2026-02-28T21:00:00Z seconds=70",
                          "A stay 2026-02-28T21:00:00Z long=1", "F age=31"));
}

TEST(Ingest, ARowOfTwoEventsIsKnownWhenBothAre) {
  Workshop shop(kTwoTables);
  shop.write("rows.csv", "who,when,kind,n\nA,2026-03-01,view,70\n");
  EXPECT_EQ(counts(shop.take()), "1 1 0 0 0");
  EXPECT_EQ(counts(shop.take()), "1 0 1 0 0");
}

// ---- identity ----

TEST(Ingest, EqualRowsOfOneFileAllCountAndAFileTwiceAddsNothing) {
  Workshop shop(kViews);
  const std::string head = "who,when,page,seconds\n";
  const std::string row = "A,2026-03-01T10:00:00Z,/x,1\n";
  shop.write("views1.csv", head + row + row);
  EXPECT_EQ(counts(shop.take()), "2 2 0 0 0");
  // The same file beside another one with three of the rows: one more.
  shop.write("views2.csv", head + row + row + row);
  EXPECT_EQ(counts(shop.take()), "5 1 4 0 0");
  EXPECT_EQ(shop.lines().size(), 1U + 3);
  // Grown, and under another name.
  shop.remove("views1.csv");
  shop.remove("views2.csv");
  shop.write("views3.csv",
             head + row + row + row + row + "A,2026-03-01T10:00:00Z,/x,2\n");
  const IngestReport report = shop.take();
  EXPECT_EQ(counts(report), "5 2 3 0 0");
  EXPECT_EQ(report.new_events, 2U);
}

TEST(Ingest, RowsOfTwoFilesOfOneIngestAreCountedByFile) {
  Workshop shop(kViews);
  const std::string head = "who,when,page,seconds\n";
  const std::string row = "A,2026-03-01T10:00:00Z,/x,1\n";
  shop.write("views1.csv", head + row + row);
  shop.write("views2.csv", head + row + row + row);
  EXPECT_EQ(counts(shop.take()), "5 3 2 0 0");
  EXPECT_EQ(shop.lines().size(), 1U + 3);
}

TEST(Ingest, AFileSentAgainTouchesNoBlock) {
  Workshop shop(kViews);
  shop.write("views.csv",
             "who,when,page,seconds\nA,2026-03-01,/,1\nB,2026-03-01,/,1\n");
  shop.take();
  const auto before = shop.lines();
  EXPECT_EQ(counts(shop.take()), "2 0 2 0 0");
  EXPECT_EQ(shop.lines(), before);
  EXPECT_THAT(shop.files_of_store(), Not(Contains(StartsWith("overlay"))));
}

constexpr const char* kTwoSources = R"(
profile customer { id code key }
event view { page text }
source web {
  files     "web*.csv"
  customer  from "who"
  into view {
    time  from "when"
    page  from "page"
  }
}
source shop {
  files     "shop*.csv"
  customer  from "who"
  into view {
    time  from "when"
    page  from "page"
  }
}
)";

TEST(Ingest, EqualRowsOfTwoSourcesBothCountOnce) {
  Workshop shop(kTwoSources);
  const std::string head = "who,when,page\n";
  const std::string rows =
      head + "A,2026-03-01,/x\nA,2026-03-01,/x\nA,2026-03-01,\n";
  shop.write("web1.csv", rows);
  shop.write("shop1.csv", head);
  EXPECT_EQ(counts(shop.take()), "3 3 0 0 0, 0 0 0 0 0");
  shop.write("shop1.csv", rows);
  EXPECT_EQ(counts(shop.take()), "3 0 3 0 0, 3 3 0 0 0");
  EXPECT_EQ(counts(shop.take()), "3 0 3 0 0, 3 0 3 0 0");
  EXPECT_EQ(shop.lines().size(), 1U + 6);
  shop.write("shop2.csv", rows + "A,2026-03-01,/x\n");
  EXPECT_EQ(counts(shop.take()), "3 0 3 0 0, 7 1 6 0 0");
}

constexpr const char* kOrders = R"(
profile customer { id code key }
event purchase counted by order { order code, amount money }
event refund { amount money }
source orders {
  files     "orders*.csv"
  customer  from "who"
  id        from "line"
  time      from "when"
  amount    from "amount"
  into purchase when "kind" is "sale" { order from "order" }
  into refund when "kind" is "refund" { }
}
)";
constexpr const char* kOrderHead = "line,who,when,kind,order,amount\n";

TEST(Ingest, AnIdCountsOnceInAllFiles) {
  Workshop shop(kOrders);
  shop.write("orders1.csv", std::string(kOrderHead) +
                                "1,A,2026-03-01T10:00:00Z,sale,O1,5\n"
                                "2,A,2026-03-01T10:00:00Z,sale,O1,5\n");
  shop.write("orders2.csv",
             std::string(kOrderHead) + "2,A,2026-03-01T10:00:00Z,sale,O1,5\n");
  const IngestReport report = shop.take();
  EXPECT_EQ(counts(report), "3 2 1 0 0");
  EXPECT_EQ(report.new_events, 2U);
  EXPECT_EQ(counts(shop.take()), "3 0 3 0 0");
  EXPECT_THAT(shop.files_of_store(), Not(Contains(StartsWith("overlay"))));
}

TEST(Ingest, AnEmptyIdIsNone) {
  std::string rules = kOrders;
  rules.insert(rules.find("  customer  from"), "  csv { empty is text }\n");
  Workshop shop(rules);
  shop.write("orders.csv", std::string(kOrderHead) +
                               ",A,2026-03-01T10:00:00Z,sale,O1,5\n"
                               ",A,2026-03-01T11:00:00Z,sale,O2,6\n"
                               "1,A,2026-03-01T12:00:00Z,sale,O3,7\n");
  EXPECT_EQ(counts(shop.take()), "3 3 0 0 0");
  EXPECT_EQ(counts(shop.take()), "3 0 3 0 0");
  EXPECT_EQ(shop.lines().size(), 1U + 3);
}

TEST(Ingest, ALaterVersionOfAnIdReplacesTheEarlier) {
  Workshop shop(kOrders);
  shop.write("orders.csv", std::string(kOrderHead) +
                               "1,A,2026-03-01T10:00:00Z,sale,O1,5\n"
                               "2,A,2026-03-01T11:00:00Z,sale,O2,6\n"
                               "3,B,2026-03-01T12:00:00Z,sale,O3,7\n");
  shop.take();
  // Line 1 costs more, line 2 is a refund, line 3 was another customer's.
  shop.write("orders.csv", std::string(kOrderHead) +
                               "1,A,2026-03-01T10:00:00Z,sale,O1,5.50\n"
                               "2,A,2026-03-01T11:00:00Z,refund,O2,6\n"
                               "3,C,2026-03-01T12:00:00Z,sale,O3,7\n");
  const IngestReport report = shop.take();
  EXPECT_EQ(counts(report), "3 3 0 0 0");
  EXPECT_EQ(report.new_events, 0U);
  EXPECT_THAT(
      shop.lines(),
      ElementsAre("A", "A purchase 2026-03-01T10:00:00Z order=O1 amount=550 *",
                  "A refund 2026-03-01T11:00:00Z amount=600", "B", "C",
                  "C purchase 2026-03-01T12:00:00Z order=O3 amount=700 *"));
  EXPECT_EQ(counts(shop.take()), "3 0 3 0 0");
}

TEST(Ingest, OfTwoVersionsInOneIngestTheGreaterCounts) {
  const std::string a = "1,A,2026-03-01T10:00:00Z,sale,O1,5\n";
  const std::string b = "1,A,2026-03-01T10:00:00Z,sale,O1,6\n";
  for (const auto& rows : {a + b, b + a}) {
    Workshop shop(kOrders);
    shop.write("orders.csv", kOrderHead + rows);
    EXPECT_EQ(counts(shop.take()), "2 1 1 0 0");
    EXPECT_THAT(
        shop.lines(),
        ElementsAre("A",
                    "A purchase 2026-03-01T10:00:00Z order=O1 amount=600 *"));
  }
}

constexpr const char* kVersions = R"(
profile customer { id code key, city text }
event purchase counted by order { order code, amount money }
source orders {
  files     "orders*.csv"
  customer  from "who"
  id        from "line"
  time      from "when"
  version   from "version"
  into purchase {
    order   from "order"
    amount  from "amount"
  }
  into customer { city from "city" }
}
)";
constexpr const char* kVersionHead =
    "line,version,who,when,order,amount,city\n";

TEST(Ingest, TheGreaterVersionCountsInWhateverIngestItComes) {
  Workshop shop(kVersions);
  uint64_t older = 0;
  const auto send = [&](const std::string& rows) {
    shop.write("orders.csv", kVersionHead + rows);
    const IngestReport report = shop.take();
    older = report.sources[0].older;
    return counts(report);
  };
  EXPECT_EQ(send("1,3,A,2026-03-01T10:00:00Z,O1,5,Van\n"
                 "1,2,A,2026-03-01T10:00:00Z,O1,9,Zara\n"
                 "2,1,B,2026-03-01T10:00:00Z,O2,7,Bor\n"),
            "3 2 1 0 0");
  EXPECT_EQ(older, 1U);
  const std::vector<std::string> first = {
      "A city=Van", "A purchase 2026-03-01T10:00:00Z order=O1 amount=500 *",
      "B city=Bor", "B purchase 2026-03-01T10:00:00Z order=O2 amount=700 *"};
  EXPECT_EQ(shop.lines(), first);
  // Older ones, also of another customer, change nothing.
  EXPECT_EQ(send("1,2,A,2026-03-01T10:00:00Z,O1,8,Zara\n"
                 "2,0,A,2026-03-01T10:00:00Z,O2,8,\n"),
            "2 0 2 0 0");
  EXPECT_EQ(older, 2U);
  EXPECT_EQ(shop.lines(), first);
  // Newer ones, and a row without a version, do.
  EXPECT_EQ(send("1,4,B,2026-03-01T11:00:00Z,O1,8,\n"
                 "2,,B,2026-03-01T12:00:00Z,O2,1,\n"),
            "2 2 0 0 0");
  EXPECT_THAT(
      shop.lines(),
      ElementsAre("A city=Van", "B city=Bor",
                  "B purchase 2026-03-01T11:00:00Z order=O1 amount=800 *",
                  "B purchase 2026-03-01T12:00:00Z order=O2 amount=100 *"));
}

TEST(Ingest, AVersionMayBeATime) {
  std::string rules = kVersions;
  const std::string line = "version   from \"version\"";
  rules.replace(rules.find(line), line.size(),
                line + " as \"%d.%m.%Y\" in zone \"UTC\"");
  Workshop shop(rules);
  shop.write("orders.csv", std::string(kVersionHead) +
                               "1,02.01.2026,A,2026-03-01,O1,5,Van\n"
                               "1,01.12.2025,A,2026-03-01,O1,9,Zara\n");
  EXPECT_EQ(counts(shop.take()), "2 1 1 0 0");
  EXPECT_EQ(shop.lines()[0], "A city=Van");
}

TEST(Ingest, AnOrderKeepsTheTimesOfItsRowsForLaterVersions) {
  Workshop shop(kOrders);
  shop.write("orders.csv", std::string(kOrderHead) +
                               "1,A,2026-03-01T10:00:00Z,sale,O1,5\n"
                               "2,A,2026-03-01T10:20:00Z,sale,O1,6\n");
  shop.take();
  EXPECT_EQ(counts(shop.take()), "2 0 2 0 0");
  shop.write("orders.csv",
             std::string(kOrderHead) + "1,A,2026-03-01T10:30:00Z,sale,O1,5\n");
  shop.take();
  EXPECT_THAT(
      shop.lines(),
      ElementsAre("A", "A purchase 2026-03-01T10:20:00Z order=O1 amount=500 *",
                  "A purchase 2026-03-01T10:20:00Z order=O1 amount=600"));
}

// ---- orders ----

constexpr const char* kBaskets = R"(
profile customer { id code key }
event purchase counted by order { order code, product code }
source baskets {
  files     "baskets*.csv"
  customer  from "who"
  into purchase {
    time     from "when"
    order    from "order"
    product  from "product"
  }
}
)";
constexpr const char* kBasketHead = "who,when,order,product\n";

TEST(Ingest, RowsOfAnOrderTakeItsEarliestTimeAndStandTogether) {
  Workshop shop(kBaskets);
  shop.write("baskets.csv", std::string(kBasketHead) +
                                "A,2026-03-01T12:00:00Z,O1,late\n"
                                "A,2026-03-01T11:00:00Z,O2,between\n"
                                "A,2026-03-01T10:00:00Z,O1,early\n"
                                "A,2026-03-01T10:00:00Z,,alone\n"
                                "A,2026-03-01T10:00:00Z,,alone\n");
  shop.take();
  EXPECT_THAT(
      shop.lines(),
      ElementsAre(
          "A", "A purchase 2026-03-01T10:00:00Z order=- product=alone *",
          "A purchase 2026-03-01T10:00:00Z order=- product=alone *",
          "A purchase 2026-03-01T10:00:00Z order=O1 product=early *",
          "A purchase 2026-03-01T10:00:00Z order=O1 product=late",
          "A purchase 2026-03-01T11:00:00Z order=O2 product=between *"));
}

TEST(Ingest, ALaterIngestCompletesAnOrder) {
  Workshop shop(kBaskets);
  shop.write("baskets1.csv", std::string(kBasketHead) +
                                 "A,2026-03-01T12:00:00Z,O1,b\n"
                                 "A,2026-03-01T11:00:00Z,O2,c\n"
                                 "B,2026-03-01T11:00:00Z,O2,d\n");
  shop.take();
  shop.write("baskets2.csv",
             std::string(kBasketHead) + "A,2026-03-01T10:00:00Z,O1,z\n");
  EXPECT_EQ(counts(shop.take()), "4 1 3 0 0");
  EXPECT_THAT(
      shop.lines(),
      ElementsAre("A", "A purchase 2026-03-01T10:00:00Z order=O1 product=b *",
                  "A purchase 2026-03-01T10:00:00Z order=O1 product=z",
                  "A purchase 2026-03-01T11:00:00Z order=O2 product=c *", "B",
                  "B purchase 2026-03-01T11:00:00Z order=O2 product=d *"));
}

// ---- stopping ----

TEST(Ingest, CancelledItLeavesTheStoreAsItWas) {
  Workshop shop(kViews);
  shop.write("views1.csv", "who,when,page,seconds\nA,2026-03-01,/,1\n");
  shop.take();
  const auto before = shop.lines();
  const auto files = shop.files_of_store();
  shop.write("views2.csv",
             "who,when,page,seconds\nA,2026-03-02,/,1\nB,no,/,1\n");
  std::atomic<bool> cancel = false;
  shop.options.cancel = &cancel;
  shop.options.progress = [&](const IngestProgress&) { cancel = true; };
  const auto report = shop.ingest();
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code(), StatusCode::kCancelled);
  EXPECT_EQ(shop.lines(), before);
  EXPECT_THAT(shop.files_of_store(),
              ::testing::UnorderedElementsAreArray(files));
}

TEST(Ingest, ProgressTellsRowsAndBytes) {
  Workshop shop(kViews);
  shop.write("views1.csv", "who,when,page,seconds\nA,2026-03-01,/,1\n");
  shop.write("views2.csv", "who,when,page,seconds\nA,2026-03-02,/,1\n");
  IngestProgress last;
  shop.options.progress = [&](const IngestProgress& now) {
    EXPECT_GE(now.rows, last.rows);
    EXPECT_GE(now.bytes, last.bytes);
    last = now;
  };
  shop.take();
  EXPECT_EQ(last.source, "page_views");
  EXPECT_EQ(last.rows, 2U);
  EXPECT_EQ(last.total_bytes, 2 * 39U);
  EXPECT_LE(last.bytes, last.total_bytes);
}

TEST(Ingest, TheWriterLockKeepsASecondIngestOut) {
  Workshop shop(kViews);
  shop.write("views.csv", "who,when,page,seconds\nA,2026-03-01,/,1\n");
  shop.take();
  const auto lock =
      system_files().lock(shop.store("LOCK"), LockKind::kTryExclusive, true);
  ASSERT_TRUE(lock.has_value());
  const auto report = shop.ingest();
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code(), StatusCode::kLocked);
}

// ---- money ----

TEST(Ingest, MoneyHasTheDigitsOfTheCurrency) {
  const char* rules = R"(
profile customer { id code key }
event sale { amount money }
source till {
  files     "sales.csv"
  customer  from "who"
  into sale {
    time    from "when"
    amount  from "amount"
  }
}
)";
  Workshop yen(rules,
               "name = \"s\"\ntime_zone = \"Asia/Tokyo\"\n"
               "currency = \"JPY\"\n");
  yen.write("sales.csv",
            "who,when,amount\nA,2026-03-01,12\nA,2026-03-01,12.5\n"
            "A,2026-03-01,1.2e1\n");
  EXPECT_EQ(counts(yen.take()), "3 2 0 0 1");
  EXPECT_THAT(yen.lines(),
              ElementsAre("A", EndsWith("amount=12"), EndsWith("amount=12")));
  Workshop lira(rules);
  lira.write("sales.csv",
             "who,when,amount\nA,2026-03-01,12.5\nA,2026-03-01,12.505\n"
             "A,2026-03-01,\"1.234,56\"\n");
  const IngestReport report = lira.take();
  EXPECT_EQ(counts(report), "3 1 0 0 2");
  EXPECT_THAT(read_file(report.reject_file),
              AllOf(HasSubstr("finer than the currency"),
                    HasSubstr("decimals are written with a point")));
}

}  // namespace
}  // namespace kitle::testing
