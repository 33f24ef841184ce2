// Work that the end of a process waits for, and a child of fork() does not.
#include "runtime/unfinished_work.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <latch>
#include <thread>

namespace kitle {
namespace {

TEST(UnfinishedWork, AChildThatEndsWaitsForNone) {
  wait_for_unfinished_work_at_the_end();
  std::latch begun(1);
  std::latch seen(1);
  std::thread other([&] {
    const UnfinishedWork work = UnfinishedWork::begin();
    EXPECT_TRUE(work);
    begun.count_down();
    seen.wait();
  });
  begun.wait();
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    // Behind the first thread's objects, before a leak checker, which would
    // find those of the thread that is not there.
    std::atexit([] { ::_exit(7); });
    std::exit(1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  seen.count_down();
  other.join();
}

}  // namespace
}  // namespace kitle
