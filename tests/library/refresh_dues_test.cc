// Who is due as time goes on: only those of whose events one that leaves or
// enters a window can change an answer.
#include <fmt/format.h>

#include "tests/library/shop.h"

namespace kitle {
namespace {

using testing::engine_of;
using testing::expect_equal;
using testing::kDay;
using testing::kNow;
using testing::run_alone;

constexpr const char* kSources = R"(
source people {
  files    "data/customers.csv"
  customer from "id"
  into customer { }
}
source seen {
  files    "data/visits.csv"
  customer from "id"
  into visit {
    time   from "time"
    page   from "page"
    mail   from "mail"
    kind   from "kind"
    paid   from "paid"
    length from "length"
    price  from "price"
  }
}
)";

// Beside 3,000 others one with visits 49.5, 39.5, 19.5 and 9.5 days before
// kNow, and one who comes half a day later, and is due in any case.
std::string shop_with(const testing::TempFolder& folder,
                      const std::string& rule) {
  testing::write_shop(folder, fmt::format("segment s {{ {} }}\n", rule));
  folder.write("schema.kitle",
               "profile customer { id code key }\n"
               "event visit { page text, mail text personal, kind code any "
               "case, paid flag, length integer, price money }\n");
  folder.write("sources.kitle", kSources);
  std::string people = "id\n";
  for (int i = 0; i < 3000; ++i) people += fmt::format("P-{}\n", i);
  folder.write("data/customers.csv", people);
  folder.write("data/visits.csv",
               "id,time,page,mail,kind,paid,length,price\n"
               "V,2026-01-10T12:00:00+03:00,home,,,,,\n"
               "V,2026-01-20T12:00:00+03:00,shoes,a@b.c,Web,true,7,9.50\n"
               "V,2026-02-09T12:00:00+03:00,home,d@e.f,app,false,,\n"
               "V,2026-02-19T12:00:00+03:00,bags,,,,30,\n"
               "W,2026-03-01T12:00:00+03:00,bags,,,,,\n");
  return folder.path();
}

// How many were evaluated a day after kNow.
uint32_t evaluated(const std::string& rule) {
  const testing::TempFolder folder;
  const Rules rules = testing::good_rules(shop_with(folder, rule));
  EXPECT_TRUE(ingest(rules, {}));
  const auto store = Store::open(rules.store_folder());
  const Engine engine = engine_of(rules);
  const RunResult before = run_alone(engine, *store, {.now = kNow});
  const int64_t now = kNow + kDay;
  const RunResult after =
      run_alone(engine, *store, {.now = now, .before = &before});
  expect_equal(after, run_alone(engine, *store, {.now = now}));
  return after.evaluated - 1;  // of those of before
}

TEST(RefreshDues, AreThoseWhoseEventsMatter) {
  const std::vector<std::pair<const char*, uint32_t>> rules = {
      {"any visit in last 10 days", 1},
      {"any visit in last 40 days", 0},
      {"any visit where (page is \"shoes\") in last 40 days", 1},
      {"any visit where (page is \"home\") in last 40 days", 0},
      {"no visit where (page is \"home\") in last 20 days", 1},
      {"at least 3 visit in last 40 days", 1},
      {"at least 2 visit in last 40 days", 0},
      {"at least 4 visit in last 40 days", 0},
      {"count of visit in last 40 days is 2", 1},
      {"count of visit in last 40 days is 3", 1},
      {"count of visit in last 50 days is 2", 0},
      {"last visit in last 10 days", 1},
      {"last visit in last 40 days", 0},
      {"days since last visit < 10", 1},
      {"days since last visit < 20", 0},
      {"days since last (visit where page is \"home\") < 20", 1},
      {"first visit in last 50 days", 1},
      {"first visit in last 40 days", 0},
      {"first (visit in last 45 days) in last 40 days", 1},
      {"any visit 20 to 45 days ago", 1},
      {"any visit where (page is \"bags\") 20 to 45 days ago", 0},
      {"any visit where (page is \"home\" or time in last 40 days) ever", 1},
      {"any visit where (kind is \"WEB\") in last 40 days", 1},
      {"any visit where (kind is \"app\") in last 40 days", 0},
      {"any visit where (paid) in last 40 days", 1},
      {"any visit where (length >= 8) in last 40 days", 0},
      {"any visit where (length < 8) in last 40 days", 1},
      {"any visit where (price > 10 TRY) in last 40 days", 0},
      {"any visit where (price < 10 TRY) in last 40 days", 1},
      {"any visit where (mail is \"a@b.c\") in last 40 days", 1},
      {"page of last (visit in last 20 days) is \"bags\"", 0},
      {"page of first (visit in last 20 days) is \"bags\"", 1}};
  for (const auto& [rule, expected] : rules) {
    EXPECT_EQ(evaluated(rule), expected) << rule;
  }
}

}  // namespace
}  // namespace kitle
