// Ordered work: every thread count gives what one thread gives.
#include "runtime/ingest/ordered_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace kitle::testing {
namespace {

using ::testing::ElementsAreArray;

constexpr int kItems = 300;
constexpr int kNever = -1;

Status failure(const char* where) { return {StatusCode::kIo, where, "", "no"}; }

struct Number {
  int value = 0;
  int64_t square = 0;
};

// Squares 0, 1, 2, ..., until the end or an error at the item told.
struct Squares {
  int take_fails = kNever;
  int work_fails = kNever;
  int finish_fails = kNever;

  int taken = 0;
  std::atomic<int> worked = 0;
  std::vector<int64_t> finished = {};

  Status run(unsigned threads) {
    const auto caller = std::this_thread::get_id();
    return run_in_order<Number>(
        threads,
        [&](Number& number) -> Result<bool> {
          EXPECT_EQ(std::this_thread::get_id(), caller);
          if (taken == take_fails) return std::unexpected(failure("take"));
          number.value = taken;
          return taken < kItems && ++taken > 0;
        },
        [&](Number& number) {
          ++worked;
          // Some take longer than those behind them.
          for (int i = number.value % 7; i > 0; --i) std::this_thread::yield();
          number.square = int64_t{number.value} * number.value;
          return number.value == work_fails ? failure("work") : Status();
        },
        [&](Number& number) {
          EXPECT_EQ(std::this_thread::get_id(), caller);
          if (number.value == finish_fails) return failure("finish");
          finished.push_back(number.square);
          return Status();
        });
  }
};

std::vector<int64_t> squares(int count) {
  std::vector<int64_t> result(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) result[static_cast<size_t>(i)] = i * i;
  return result;
}

class OrderedWorkThreads : public ::testing::TestWithParam<unsigned> {};

TEST_P(OrderedWorkThreads, FinishInTheOrderTaken) {
  Squares work;
  EXPECT_TRUE(work.run(GetParam()).ok());
  EXPECT_EQ(work.worked, kItems);
  EXPECT_THAT(work.finished, ElementsAreArray(squares(kItems)));
}

TEST_P(OrderedWorkThreads, AnErrorOfTakeEndsIt) {
  for (const int at : {0, 1, 17}) {
    Squares work{.take_fails = at};
    EXPECT_EQ(work.run(GetParam()).operation(), "take");
    EXPECT_EQ(work.taken, at);
    const auto finished = static_cast<int>(work.finished.size());
    EXPECT_LE(finished, at);
    EXPECT_THAT(work.finished, ElementsAreArray(squares(finished)));
  }
}

TEST_P(OrderedWorkThreads, AnErrorOfWorkEndsItBehindTheItemsBefore) {
  for (const int at : {0, 17, kItems - 1}) {
    Squares work{.work_fails = at};
    EXPECT_EQ(work.run(GetParam()).operation(), "work");
    EXPECT_THAT(work.finished, ElementsAreArray(squares(at)));
  }
}

TEST_P(OrderedWorkThreads, AnErrorOfFinishEndsItBehindTheItemsBefore) {
  for (const int at : {0, 17, kItems - 1}) {
    Squares work{.finish_fails = at};
    EXPECT_EQ(work.run(GetParam()).operation(), "finish");
    EXPECT_THAT(work.finished, ElementsAreArray(squares(at)));
  }
}

TEST_P(OrderedWorkThreads, OfSeveralErrorsTheFirstInOrderCounts) {
  Squares work{.work_fails = 18, .finish_fails = 17};
  EXPECT_EQ(work.run(GetParam()).operation(), "finish");
  EXPECT_THAT(work.finished, ElementsAreArray(squares(17)));
}

INSTANTIATE_TEST_SUITE_P(All, OrderedWorkThreads,
                         ::testing::Values(0, 1, 2, 3, 8));

}  // namespace
}  // namespace kitle::testing
