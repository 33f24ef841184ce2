// Work on a row of items with threads, in order at both ends: items are taken
// and finished one after another by the calling thread, so that results never
// depend on the number of threads; in between any thread works on them. Entry
// point: run_in_order.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/status.h"

namespace kitle {

// The items under way. Used by one calling thread and its helpers.
template <class Item, class Work>
class WorkRing {
 public:
  WorkRing(unsigned threads, unsigned ahead, Work work)
      : work_(std::move(work)) {
    const size_t items = threads <= 1 ? 1 : size_t{threads} * ahead;
    for (size_t i = 0; i < items; ++i) {
      slots_.push_back(std::make_unique<Slot>());
    }
    for (unsigned i = 1; i < threads; ++i) {
      helpers_.emplace_back(
          [this](const std::stop_token& stop) { help(stop); });
    }
  }

  bool full() const { return taken_ - finished_ == slots_.size(); }
  bool empty() const { return taken_ == finished_; }
  // The slot of the next item. REQUIRES: not full.
  Item& next() { return slot(taken_).item; }
  // It may be worked on.
  void push() {
    {
      const std::scoped_lock lock(mutex_);
      ++taken_;
    }
    to_do_.notify_one();
  }
  // The first item, worked on; works itself while that lasts. REQUIRES: not
  // empty.
  Result<Item*> front() {
    Slot& first = slot(finished_);
    std::unique_lock lock(mutex_);
    while (!first.done) {
      if (started_ < taken_) {
        work_on(lock);
      } else {
        done_.wait(lock);
      }
    }
    if (!first.status.ok()) return std::unexpected(first.status);
    return &first.item;
  }
  bool front_is_done() {
    const std::scoped_lock lock(mutex_);
    return !empty() && slot(finished_).done;
  }
  void pop() { slot(finished_++).done = false; }

 private:
  struct Slot {
    Item item{};
    Status status;
    bool done = false;
  };

  Slot& slot(uint64_t number) { return *slots_[number % slots_.size()]; }

  // Works on the next item, without the lock meanwhile.
  void work_on(std::unique_lock<std::mutex>& lock) {
    Slot& mine = slot(started_++);
    lock.unlock();
    Status status = work_(mine.item);
    lock.lock();
    mine.status = std::move(status);
    mine.done = true;
    done_.notify_one();
  }

  void help(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (to_do_.wait(lock, stop, [this] { return started_ < taken_; })) {
      work_on(lock);
    }
  }

  Work work_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::mutex mutex_;
  std::condition_variable_any to_do_;
  std::condition_variable_any done_;
  uint64_t taken_ = 0;  // changed by the calling thread only
  uint64_t started_ = 0;
  uint64_t finished_ = 0;              // of the calling thread only
  std::vector<std::jthread> helpers_;  // last: they end before the rest goes
};

// Until take(item) gives false: work(item) on any thread, then finish(item), in
// the order taken. Items are used again. The first error, in order, ends it;
// work(item) returns a Status, take(item) a Result<bool>. `ahead`: items in
// memory for each of several threads; more keep them busy where the calling
// thread takes, works and finishes by turns.
template <class Item, class Take, class Work, class Finish>
Status run_in_order(unsigned threads, Take take, Work work, Finish finish,
                    unsigned ahead = 2) {
  WorkRing<Item, Work> ring(threads, ahead, std::move(work));
  bool more = true;
  while (more || !ring.empty()) {
    const bool wait = !more || ring.full();
    if (wait || ring.front_is_done()) {
      Result<Item*> item = ring.front();
      Status status = item ? finish(**item) : item.error();
      if (!status.ok()) return status;
      ring.pop();
      continue;
    }
    Result<bool> taken = take(ring.next());
    if (!taken) return taken.error();
    more = *taken;
    if (more) ring.push();
  }
  return {};
}

}  // namespace kitle
