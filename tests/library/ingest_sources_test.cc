// Sources of different shapes in one ingest: what one has of a row another may
// lack, and has more rows.
#include <fmt/format.h>

#include "tests/library/shop.h"

namespace kitle {
namespace {

using testing::engine_of;
using testing::kNow;
using testing::run_alone;

constexpr const char* kOwnSchema =
    "profile customer { id code key, city text, interests list of text }\n"
    "event visit { page text }\n";

constexpr const char* kOwnSources = R"(
source seen {
  files    "data/visits.csv"
  customer from "id"
  into visit {
    time from "time"
    page from "page"
  }
  into customer {
    city from "city"
  }
}
source wishes {
  files    "data/wishes.jsonl"
  customer from "id"
  into customer {
    interests from "interests"
  }
}
source people {
  files    "data/customers.csv"
  customer from "id"
  into customer {
    city from "city"
  }
}
)";

void write_own(const testing::TempFolder& folder, int people) {
  testing::write_shop(folder,
                      "segment here { city is \"Ankara\" }\n"
                      "segment eager { interests contains \"tea\" }\n"
                      "segment seen_home { any visit where (page is \"home\") "
                      "ever }\n");
  folder.write("schema.kitle", kOwnSchema);
  folder.write("sources.kitle", kOwnSources);
  folder.write("data/visits.csv",
               "id,time,page,city\n"
               "V,2026-01-10T12:00:00+03:00,home,Ankara\n"
               "W,2026-01-20T12:00:00+03:00,shoes,\n");
  std::string wishes;
  std::string customers = "id,city\n";
  for (int i = 0; i < people; ++i) {
    wishes += fmt::format(
        "{{\"id\": \"P-{}\", \"interests\": [\"wish {}\", \"tea\"]}}\n", i, i);
    customers += fmt::format("P-{},{}\n", i, i % 2 == 0 ? "Ankara" : "Bursa");
  }
  folder.write("data/wishes.jsonl", wishes);
  folder.write("data/customers.csv", customers);
}

TEST(IngestSources, OfDifferentShapesGiveWhatEachHas) {
  constexpr int kPeople = 3000;
  const testing::TempFolder folder;
  write_own(folder, kPeople);
  const Rules rules = testing::good_rules(folder.path());
  const auto report = ingest(rules, {.threads = 1});
  ASSERT_TRUE(report) << report.error().message();
  const auto store = Store::open(rules.store_folder());
  const RunResult result = run_alone(engine_of(rules), *store, {.now = kNow});
  ASSERT_EQ(result.segments.size(), 3);
  EXPECT_EQ(result.segments[0].members.size(), kPeople / 2 + 1);
  EXPECT_EQ(result.segments[1].members.size(), kPeople);
  EXPECT_EQ(result.segments[2].members.size(), 1);
}

}  // namespace
}  // namespace kitle
