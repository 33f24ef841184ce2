// Work that the end of the process has to wait for where another thread is at
// it: static objects of libraries go then, whoever uses them. Making machine
// code is such work.
#pragma once

#include <utility>

namespace kitle {

// Work that has begun and not ended.
class UnfinishedWork {
 public:
  // False as bool: the process is at its end, and the work must not begin.
  // Thread-safe.
  static UnfinishedWork begin();
  UnfinishedWork(UnfinishedWork&& other) noexcept
      : begun_(std::exchange(other.begun_, false)) {}
  ~UnfinishedWork();

  explicit operator bool() const { return begun_; }

 private:
  explicit UnfinishedWork(bool begun) : begun_(begun) {}
  bool begun_;
};

// If this is the process's first thread, its end waits for such work, before
// any static object goes; who ends the process in another thread does not wait.
// To be called where the work is asked for. Thread-safe. A child made by fork()
// has no such work.
void wait_for_unfinished_work_at_the_end();

}  // namespace kitle
