#include "cli/progress.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "cli/command.h"

namespace kitle::cli {

StatusLine::~StatusLine() {
  if (shown_ != Clock::time_point()) std::fputs("\r\x1b[K", stderr);
}

bool StatusLine::due() const {
  const auto now = Clock::now();
  return on_ && now - start_ >= std::chrono::seconds(1) &&
         now - shown_ >= std::chrono::milliseconds(200);
}

void StatusLine::show(const std::string& text) {
  shown_ = Clock::now();
  // Unlike fmt::print, never throws: a terminal may go away.
  std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
  std::fflush(stderr);
}

double StatusLine::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

namespace {

std::string ingest_text(const IngestProgress& progress, double passed) {
  const double rate = static_cast<double>(progress.rows) / passed;
  std::string line =
      fmt::format("{}: {} rows, {} rows/s", progress.source,
                  grouped(progress.rows), grouped(static_cast<uint64_t>(rate)));
  if (progress.bytes == 0 || progress.total_bytes < progress.bytes) {
    return line;
  }
  const double share = static_cast<double>(progress.bytes) /
                       static_cast<double>(progress.total_bytes);
  return line + fmt::format(", {:.0f} %, {:.0f} s left", 100 * share,
                            passed / share - passed);
}

}  // namespace

void show_ingest(StatusLine& line, const IngestProgress& progress) {
  if (line.due()) line.show(ingest_text(progress, line.seconds()));
}

Waiting::Waiting(std::string what, bool on)
    : what_(std::move(what)), line_(on) {
  if (on) thread_ = std::thread([this] { wait(); });
}

Waiting::~Waiting() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Waiting::wait() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::milliseconds(200),
                            [this] { return done_; })) {
    if (line_.due())
      line_.show(fmt::format("{}: {:.0f} s", what_, line_.seconds()));
  }
}

}  // namespace kitle::cli
