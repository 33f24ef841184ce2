// A store written and read: one block of the seed workload to a file, opening,
// and the first touch of blocks, which verifies every byte.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <memory>

#include "bench/support/seed.h"

namespace kitle {
namespace {

constexpr uint32_t kBlocks = 4;

// Shared by all, removed at the end.
const bench::SeedStore& store() {
  static const bench::SeedStore made(kBlocks * kBlockRows);
  return made;
}

uint64_t touch_all(const Snapshot& snapshot) {
  uint64_t bytes = 0;
  for (uint32_t block = 0; block < snapshot.blocks(); ++block) {
    bytes += bench::must(snapshot.base(block))->bytes;
  }
  return bytes;
}

uint64_t bytes_of_bases(const std::string& folder) {
  uint64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string name = file.path().filename();
    if (name.starts_with("base-")) bytes += file.file_size();
  }
  bench::require(bytes > 0, "a block is in a file");
  return bytes;
}

// A writer writes a block once, so each time is another store's.
void write_block(benchmark::State& state) {
  uint64_t bytes = 0;
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();
    const std::string folder = bench::new_folder();
    auto writer = bench::new_writer(folder);
    const BlockContent block = bench::random_block(*writer, 0);
    state.ResumeTiming();
    bench::must(writer->write_base(0, block));
    state.PauseTiming();
    bytes += bytes_of_bases(folder);
    writer.reset();
    std::filesystem::remove_all(folder);
    state.ResumeTiming();
  }
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}

void open_store(benchmark::State& state) {
  bench::require(store().open()->profiles() == kBlocks * kBlockRows,
                 "the store has its profiles");
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(store().open());
  }
}

// The files are in memory: what is measured is checksums and invariants.
void first_touch(benchmark::State& state) {
  const uint64_t bytes = touch_all(*store().open());
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();
    const auto snapshot = store().open();
    state.ResumeTiming();
    benchmark::DoNotOptimize(touch_all(*snapshot));
  }
  state.SetBytesProcessed(static_cast<int64_t>(bytes) *
                          static_cast<int64_t>(state.iterations()));
}

void find_a_key(benchmark::State& state) {
  const auto snapshot = store().open();
  uint32_t ordinal = 0;
  for ([[maybe_unused]] auto _ : state) {
    ordinal = (ordinal * 7919 + 13) % snapshot->profiles();
    const auto found =
        bench::must(snapshot->ordinal_of(std::to_string(ordinal)));
    bench::require(found == ordinal, "a key has its ordinal");
  }
}

BENCHMARK(write_block)->Iterations(8)->Unit(benchmark::kMillisecond);
BENCHMARK(open_store)->Unit(benchmark::kMicrosecond);
BENCHMARK(first_touch)->Unit(benchmark::kMillisecond);
BENCHMARK(find_a_key);

}  // namespace
}  // namespace kitle
