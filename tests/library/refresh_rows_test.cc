// Refreshes of so many segments that an engine keeps the members person by
// person: of one chain of results, of two in turn, of several at once.
#include <fmt/format.h>

#include <thread>
#include <utility>
#include <vector>

#include "tests/library/shop.h"

namespace kitle {
namespace {

using testing::engine_of;
using testing::expect_equal;
using testing::kHour;
using testing::kNow;
using testing::run_alone;
using testing::Shop;

constexpr int kSegments = 300;
constexpr int kPeople = 300;

std::string many_segments() {
  std::string text;
  for (int i = 0; i < kSegments; ++i) {
    text += fmt::format(
        "segment s{0} {{ points > {1} or any purchase where (amount > {0} TRY) "
        "in last {2} days }}\n",
        i, i * 3, 5 + i % 50);
  }
  return text;
}

class RefreshByRows : public ::testing::Test {
 protected:
  RefreshByRows() : shop_(many_segments()) {
    std::string customers = "id,email,city,signed_up,points\n";
    std::string orders = "order,customer,time,category,amount\n";
    for (int i = 0; i < kPeople; ++i) {
      customers += fmt::format("C-{},,,,{}\n", i, i * 7 % 1000);
      orders += fmt::format(
          "A-{0},C-{0},2026-02-{1:02}T{2:02}:00:00+03:00,Kitap,{0}.00\n", i,
          i % 28 + 1, i % 24);
    }
    shop_.folder.write("data/customers.csv", customers);
    shop_.folder.write("data/orders.csv", orders);
    shop_.ingest_again();
  }

  // Someone new in each tenth ingest buys; otherwise it is one of all.
  void buy(int number) {
    shop_.folder.write(
        fmt::format("data/orders-{}.csv", number),
        fmt::format("order,customer,time,category,amount\n"
                    "B-{0},C-{1},2026-03-01T00:00:00+03:00,Kitap,{0}.50\n",
                    number, number % 10 == 9 ? kPeople + number : number * 17));
    shop_.ingest_again();
  }

  RunResult next(const RunResult& before, int64_t now) const {
    return run_alone(engine_, shop_.open(), {.now = now, .before = &before});
  }
  RunResult whole(int64_t now) const {
    return run_alone(engine_of(shop_.rules), shop_.open(), {.now = now});
  }

  const Shop shop_;
  const Engine engine_ = engine_of(shop_.rules);
};

TEST_F(RefreshByRows, IsAWholeRunAgainAndAgain) {
  RunResult before = whole(kNow);
  uint32_t evaluated = 0;
  for (int i = 1; i <= 12; ++i) {
    if (i % 3 != 0) buy(i);
    const int64_t now = kNow + i * kHour;
    RunResult after = next(before, now);
    expect_equal(after, whole(now));
    evaluated += after.evaluated;
    before = std::move(after);
  }
  EXPECT_LT(evaluated, 12 * kPeople / 2);
}

TEST_F(RefreshByRows, IsAWholeRunOfWhicheverResultIsNext) {
  const RunResult first = whole(kNow);
  RunResult one = next(first, kNow + kHour);
  RunResult other = next(first, kNow + 2 * kHour);
  for (int i = 3; i < 8; ++i) {
    buy(i);
    const int64_t now = kNow + i * kHour;
    const RunResult expected = whole(now);
    expect_equal(next(first, now), expected);
    one = next(one, now);
    expect_equal(one, expected);
    if (i % 2 == 0) {
      other = next(other, now);
      expect_equal(other, expected);
    }
  }
}

// Someone may have changed a result. Of whom nothing happened to, it is taken
// as it is; C-2 is asked, who is in s0 and not in s7.
TEST_F(RefreshByRows, AreNotOfMembersThatSomeoneChanged) {
  RunResult before = next(whole(kNow), kNow + 1);
  before = next(before, kNow + 2);
  before.segments[7].members = before.segments[0].members;
  shop_.folder.write("data/orders-2.csv",
                     "order,customer,time,category,amount\n"
                     "B-2,C-2,2026-03-01T00:00:00+03:00,Kitap,1.00\n");
  shop_.ingest_again();
  const RunResult after = next(before, kNow + 3);
  EXPECT_EQ(after.evaluated, 1);
  const Members left =
      before.segments[7].members.without(after.segments[7].members);
  EXPECT_EQ(left.size(), 1);
  EXPECT_EQ(after.segments[7].members.size() + 1,
            before.segments[7].members.size());
}

using RefreshByRowsThreads = RefreshByRows;

TEST_F(RefreshByRowsThreads, EachGoesOnFromItsOwnResult) {
  const Store store = shop_.open();
  const RunResult first = run_alone(engine_, store, {.now = kNow});
  std::vector<RunResult> expected;
  for (int i = 1; i <= 6; ++i) {
    expected.push_back(run_alone(engine_, store, {.now = kNow + i * kHour}));
  }
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      RunResult before = first;
      for (int i = 1; i <= 6; ++i) {
        RunResult after = run_alone(
            engine_, store, {.now = kNow + i * kHour, .before = &before});
        expect_equal(after, expected[i - 1]);
        before = std::move(after);
      }
    });
  }
}

}  // namespace
}  // namespace kitle
