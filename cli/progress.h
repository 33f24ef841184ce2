// What a person sees while something takes longer than a second: one line on
// stderr that moves on, only where stderr is a terminal.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "kitle/store.h"

namespace kitle::cli {

// One line that is written over again and is gone at the end.
class StatusLine {
 public:
  explicit StatusLine(bool on) : on_(on) {}
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;
  ~StatusLine();
  // Whether it is time to show something: after a second, five times a second.
  bool due() const;
  void show(const std::string& text);
  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;
  bool on_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point shown_;
};

// Rows, rate, and time left of an ingest.
void show_ingest(StatusLine& line, const IngestProgress& progress);

// Shows "WHAT: 12 s" for as long as it lives.
class Waiting {
 public:
  Waiting(std::string what, bool on);
  ~Waiting();

 private:
  void wait();
  std::string what_;
  StatusLine line_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace kitle::cli
