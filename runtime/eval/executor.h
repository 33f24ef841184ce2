// How work is spread over threads: everything parallel goes through this, so
// that a host may bring its own threads and a test may have none.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace kitle {

class Executor {
 public:
  virtual ~Executor() = default;
  // The most tasks at once; `worker` below is less than this.
  virtual unsigned workers() const = 0;
  // Calls task(index, worker) once for each index < count, in any order and
  // from any of its threads, and returns when all are done. No two running
  // tasks have the same worker.
  virtual void for_each(
      uint32_t count,
      const std::function<void(uint32_t index, unsigned worker)>& task) = 0;
};

// On oneTBB's threads; 0: all cores.
std::unique_ptr<Executor> parallel_executor(unsigned threads);
// On std::jthread, whose synchronisation ThreadSanitizer understands.
std::unique_ptr<Executor> thread_executor(unsigned threads);
// On the calling thread, in order.
std::unique_ptr<Executor> serial_executor();
// On the calling thread, in an order and with workers that the seed decides:
// what a test finds, it finds again.
std::unique_ptr<Executor> seeded_executor(uint64_t seed, unsigned workers);

}  // namespace kitle
