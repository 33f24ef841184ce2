// What run.py measures in its own process but not in Python: the machine's
// read bandwidth, the latency of one profile through the C interface, and how
// many bytes of a store the rules read.
#include <kitle/kitle.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <random>
#include <thread>
#include <vector>

#include "compiler/compile.h"
#include "compiler/load.h"
#include "runtime/eval/bind.h"
#include "runtime/eval/run.h"
#include "runtime/store/layout.h"

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// ---- bandwidth ----

constexpr size_t kWords = size_t{1} << 26;  // 512 MiB: beyond any cache

// Eight independent sums, so that loads and not additions are waited for.
uint64_t sum(const uint64_t* words, size_t count) {
  uint64_t sums[8] = {};
  for (size_t i = 0; i < count; i += 8) {
    for (size_t lane = 0; lane < 8; ++lane) sums[lane] += words[i + lane];
  }
  uint64_t total = 0;
  for (const uint64_t lane : sums) total += lane;
  return total;
}

double read_once(const std::vector<uint64_t>& words, unsigned threads) {
  std::atomic<uint64_t> total{0};
  const size_t share = words.size() / threads / 8 * 8;
  const auto start = Clock::now();
  {
    std::vector<std::jthread> readers;
    readers.reserve(threads);
    for (unsigned i = 0; i < threads; ++i) {
      readers.emplace_back(
          [&, i] { total += sum(words.data() + i * share, share); });
    }
  }
  const double seconds = seconds_since(start);
  const uint64_t expected = share * threads * (share * threads - 1) / 2;
  return total == expected ? seconds : 0;
}

// ---- latency ----

constexpr int kQueries = 200'000;
constexpr int kBatch = 64;
constexpr uint32_t kBlockRows = kitle::kBlockRows;

// Of `count` calls, in nanoseconds.
template <class One>
std::vector<double> sorted_times(int count, One one) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    const auto start = Clock::now();
    one();
    times.push_back(seconds_since(start) * 1e9);
  }
  std::sort(times.begin(), times.end());
  return times;
}

double quantile(const std::vector<double>& sorted, double q) {
  return sorted[static_cast<size_t>(q * static_cast<double>(sorted.size()))];
}

// ---- bytes ----

uint64_t bytes_of(const kitle::ColumnView& column, uint64_t rows) {
  const uint64_t bits = column.valid == nullptr ? 0 : rows;
  return rows * kitle::width_of(column.physical) + bits / 8;
}

uint64_t bytes_of(const kitle::BoundBlock& bound, const kitle::Prepared& code) {
  std::vector<bool> read(bound.slots.size());
  for (const kitle::Instruction& what : code.code().instructions) {
    for (const uint32_t slot : {what.slot, what.slot2}) {
      if (slot != kitle::kNone) read[slot] = true;
    }
  }
  uint64_t bytes = bound.profiles / 8;
  for (size_t i = 0; i < read.size(); ++i) {
    const uint32_t table = code.program().slots[i].domain();
    const bool of_profiles = table == kitle::kProfiles;
    const uint64_t rows =
        of_profiles ? bound.profiles : bound.tables[table].events;
    if (read[i]) bytes += bytes_of(bound.slots[i], rows);
  }
  return bytes + code.tables().size() * 4 * (uint64_t{bound.profiles} + 1);
}

}  // namespace

extern "C" {

// Bytes a second, the best of five rounds; 0 if the sum came out wrong.
double probe_bandwidth(unsigned threads) {
  std::vector<uint64_t> words(kWords);
  for (size_t i = 0; i < words.size(); ++i) words[i] = i;
  double best = 0;
  for (int round = 0; round < 5; ++round) {
    const double seconds = read_once(words, threads);
    if (seconds == 0) return 0;
    best = std::max(best, 8 * static_cast<double>(kWords) / seconds);
  }
  return best;
}

// Nanoseconds: out[0] the median of one profile again and again, out[1] and
// out[2] the median and the 99th percentile of any profile, out[3] what reading
// the clock adds to these. Every block is touched first. 0, or the code of the
// first failure.
int probe_latency(kitle_query* query, uint32_t profiles, double* out) {
  std::vector<uint64_t> bits(kitle_query_words(query));
  int code = KITLE_OK;
  const auto evaluate = [&](uint32_t ordinal) {
    const int now =
        kitle_query_evaluate(query, ordinal, bits.data(), bits.size(), nullptr);
    if (now != KITLE_OK) code = now;
  };
  for (uint32_t at = 0; at < profiles; at += kBlockRows) evaluate(at);
  std::mt19937 random(1);
  const auto hot = sorted_times(kQueries / kBatch, [&] {
    for (int i = 0; i < kBatch; ++i) evaluate(profiles / 2);
  });
  const auto any = sorted_times(
      kQueries, [&] { evaluate(static_cast<uint32_t>(random() % profiles)); });
  const auto clock = sorted_times(kQueries, [&] { (void)random(); });
  out[0] = quantile(hot, 0.5) / kBatch;
  out[1] = quantile(any, 0.5);
  out[2] = quantile(any, 0.99);
  out[3] = quantile(clock, 0.5);
  return code;
}

// Bytes of all columns, offsets and bits that the rules of a repository read
// in a store; 0 if one of them cannot be read.
uint64_t probe_bytes(const char* rules, const char* folder, int64_t now) {
  const auto loaded = kitle::load_repository(rules, nullptr);
  const auto snapshot = kitle::open_snapshot(folder);
  if (!loaded || !snapshot || loaded->diagnostics.errors() > 0) return 0;
  const auto program = std::make_shared<const kitle::Program>(
      kitle::compile(loaded->repository, {}));
  const kitle::PreparedProgram prepared(*program);
  const auto binding = kitle::Binding::make(program, *snapshot, now);
  if (!binding) return 0;
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < (*snapshot)->blocks(); ++i) {
    const auto versions = (*binding)->block(i);
    if (!versions) return 0;
    const kitle::BoundBlock& base = (*versions)->base;
    bytes += bytes_of(base, prepared.of(base));
  }
  return bytes;
}

}  // extern "C"
