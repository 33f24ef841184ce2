#include "runtime/unfinished_work.h"

#include <pthread.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace kitle {
namespace {

struct Works {
  std::mutex mutex;
  std::condition_variable ended;
  uint32_t begun = 0;
  bool at_the_end = false;
};

// It never goes: threads may ask for it to the last.
Works& works() {
  static Works& all = *new Works;
  return all;
}

// A child of fork() has the thread that calls it, and nobody's work.
void watch_forks() {
  static const int once = ::pthread_atfork([] { works().mutex.lock(); },
                                           [] { works().mutex.unlock(); },
                                           [] {
                                             works().begun = 0;
                                             works().mutex.unlock();
                                           });
  static_cast<void>(once);
}

// The first thread's objects go before static ones: its end is that of the
// process, but for programs that leave the others behind.
struct FirstThread {
  ~FirstThread() {
    std::unique_lock lock(works().mutex);
    works().at_the_end = true;
    works().ended.wait(lock, [] { return works().begun == 0; });
  }
};

}  // namespace

UnfinishedWork UnfinishedWork::begin() {
  watch_forks();
  const std::lock_guard lock(works().mutex);
  if (works().at_the_end) return UnfinishedWork(false);
  ++works().begun;
  return UnfinishedWork(true);
}

UnfinishedWork::~UnfinishedWork() {
  if (!begun_) return;
  const std::lock_guard lock(works().mutex);
  if (works().begun > 0) --works().begun;  // 0: in a child of fork()
  works().ended.notify_all();
}

void wait_for_unfinished_work_at_the_end() {
  if (::getpid() != ::gettid()) return;
  thread_local const FirstThread first;
  (void)&first;
}

}  // namespace kitle
