// A bundle of the seed's rules, from the file to what answers for one profile;
// also in a process that opens its first one; and the same from the rules'
// text, whose machine code the cache has.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>

#include "bench/support/seed.h"
#include "kitle/bundle.h"
#include "kitle/engine.h"

namespace kitle {
namespace {

// The rules' repository, a store, and bundles with and without machine code.
class Built {
 public:
  Built()
      : rules(bench::must(load_rules(KITLE_SOURCE_DIR "/bench/seed"))),
        store(bench::must(Store::open(folder_.folder()))),
        cache(bench::new_folder()),
        with_code(cache + "/code.kbundle"),
        without_code(cache + "/none.kbundle") {
    build(with_code, &store);
    build(without_code, nullptr);
    const auto engine = bench::must(Engine::create(rules, {cache}));
    const auto expected = bench::must(engine.run(store, {.now = bench::kNow}));
    for (const std::string& path : {with_code, without_code}) {
      check(Engine::create(bench::must(Bundle::open(path))), expected);
    }
    bench::must(engine.prepare(store, bench::kNow));  // now the cache has it
  }
  ~Built() { std::filesystem::remove_all(cache); }
  Built(const Built&) = delete;
  Built& operator=(const Built&) = delete;

  const std::string& folder() const { return folder_.folder(); }

 private:
  void build(const std::string& path, const Store* of) const {
    bench::must(
        build_bundle(rules, path, {.store = of, .cache_folder = cache}));
  }
  void check(const Engine& engine, const RunResult& expected) const {
    const auto found = bench::must(engine.run(store, {.now = bench::kNow}));
    for (size_t i = 0; i < expected.segments.size(); ++i) {
      bench::require(
          found.segments[i].members == expected.segments[i].members,
          "the bundle's " + expected.segments[i].name + " is the rules'");
    }
  }

  bench::SeedStore folder_{2048};

 public:
  Rules rules;
  Store store;
  std::string cache;
  std::string with_code;
  std::string without_code;
};

const Built& built() {
  static const Built made;
  return made;
}

void answer(const Engine& engine) {
  auto query = bench::must(engine.prepare(built().store, bench::kNow));
  uint64_t bits = 0;
  bench::must(query.evaluate(1, {&bits, 1}));
  benchmark::DoNotOptimize(bits);
}

void from_bundle(benchmark::State& state, const std::string& path) {
  for ([[maybe_unused]] auto _ : state) {
    answer(Engine::create(bench::must(Bundle::open(path))));
  }
  state.SetBytesProcessed(
      static_cast<int64_t>(state.iterations()) *
      static_cast<int64_t>(std::filesystem::file_size(path)));
}

// In a process of its own, which has opened the store.
double first_seconds() {
  const std::string command =
      fmt::format("{} '{}' '{}' {}", KITLE_FIRST_BUNDLE, built().with_code,
                  built().folder(), bench::kNow);
  FILE* said = ::popen(command.c_str(), "r");
  double microseconds = 0;
  const int read = std::fscanf(said, "%lf", &microseconds);
  bench::require(::pclose(said) == 0 && read == 1, command);
  return microseconds / 1e6;
}

void first_in_a_process(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) state.SetIterationTime(first_seconds());
}
BENCHMARK(first_in_a_process)->Unit(benchmark::kMicrosecond)->UseManualTime();

void open_only(benchmark::State& state) {
  const std::string& path = built().with_code;
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(bench::must(Bundle::open(path)));
  }
}
BENCHMARK(open_only)->Unit(benchmark::kMicrosecond);

void with_machine_code(benchmark::State& state) {
  from_bundle(state, built().with_code);
}
BENCHMARK(with_machine_code)->Unit(benchmark::kMicrosecond);

void interpreted(benchmark::State& state) {
  from_bundle(state, built().without_code);
}
BENCHMARK(interpreted)->Unit(benchmark::kMicrosecond);

void from_rules(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) {
    const Rules rules = bench::must(load_rules(KITLE_SOURCE_DIR "/bench/seed"));
    answer(bench::must(Engine::create(rules, {built().cache})));
  }
}
BENCHMARK(from_rules)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace kitle
