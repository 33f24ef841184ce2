#include "runtime/eval/executor.h"

#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

#include "runtime/threads.h"

namespace kitle {
namespace {

// libtbb.so is not built with ThreadSanitizer, which therefore cannot see that
// TBB orders the tasks after the call and the return after the tasks, and
// reports each of them. Our own threads do the same work in the open.
#if defined(__has_feature)
constexpr bool kThreadSanitizer = __has_feature(thread_sanitizer);
#else
constexpr bool kThreadSanitizer = false;
#endif

class TbbExecutor : public Executor {
 public:
  explicit TbbExecutor(unsigned threads)
      : threads_(at_most_cores(threads_of(threads))),
        arena_(static_cast<int>(threads_)) {}
  unsigned workers() const override { return threads_; }
  void for_each(uint32_t count,
                const std::function<void(uint32_t, unsigned)>& task) override {
    arena_.execute([&] {
      tbb::parallel_for(uint32_t{0}, count, [&](uint32_t index) {
        task(index, static_cast<unsigned>(
                        tbb::this_task_arena::current_thread_index()));
      });
    });
  }

 private:
  // Of more, TBB makes no use, and says so on stderr.
  static unsigned at_most_cores(unsigned threads) {
    const auto cores = static_cast<unsigned>(tbb::info::default_concurrency());
    return std::min(threads, std::max(cores, 1U));
  }

  unsigned threads_;
  tbb::task_arena arena_;
};

class ThreadExecutor : public Executor {
 public:
  explicit ThreadExecutor(unsigned threads) : threads_(threads_of(threads)) {}
  unsigned workers() const override { return threads_; }
  void for_each(uint32_t count,
                const std::function<void(uint32_t, unsigned)>& task) override {
    std::atomic<uint32_t> next = 0;
    const auto work = [&](unsigned worker) {
      for (uint32_t i = next++; i < count; i = next++) task(i, worker);
    };
    std::vector<std::jthread> others;
    for (unsigned worker = 1; worker < threads_; ++worker) {
      others.emplace_back(work, worker);
    }
    work(0);
  }

 private:
  unsigned threads_;
};

class SerialExecutor : public Executor {
 public:
  unsigned workers() const override { return 1; }
  void for_each(uint32_t count,
                const std::function<void(uint32_t, unsigned)>& task) override {
    for (uint32_t i = 0; i < count; ++i) task(i, 0);
  }
};

class SeededExecutor : public Executor {
 public:
  SeededExecutor(uint64_t seed, unsigned workers)
      : random_(seed), workers_(std::max(1u, workers)) {}
  unsigned workers() const override { return workers_; }
  void for_each(uint32_t count,
                const std::function<void(uint32_t, unsigned)>& task) override {
    std::vector<uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random_);
    for (const uint32_t index : order) {
      task(index, static_cast<unsigned>(random_() % workers_));
    }
  }

 private:
  std::mt19937_64 random_;
  unsigned workers_;
};

}  // namespace

std::unique_ptr<Executor> parallel_executor(unsigned threads) {
  if constexpr (kThreadSanitizer) return thread_executor(threads);
  return std::make_unique<TbbExecutor>(threads);
}

std::unique_ptr<Executor> thread_executor(unsigned threads) {
  return std::make_unique<ThreadExecutor>(threads);
}

std::unique_ptr<Executor> serial_executor() {
  return std::make_unique<SerialExecutor>();
}

std::unique_ptr<Executor> seeded_executor(uint64_t seed, unsigned workers) {
  return std::make_unique<SeededExecutor>(seed, workers);
}

}  // namespace kitle
