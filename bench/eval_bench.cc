// Evaluation: what single measures cost, the seed's rules over everyone, and
// one profile, each interpreted and as machine code. Answers are compared with
// the reference evaluator's first.
#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "bench/support/seed.h"
#include "compiler/compile.h"
#include "compiler/machine.h"
#include "compiler/reference.h"
#include "runtime/eval/point.h"
#include "runtime/eval/run.h"

namespace kitle {
namespace {

constexpr uint32_t kBlocks = 4;
constexpr uint32_t kProfiles = kBlocks * kBlockRows;
// The reference evaluator is slow.
constexpr uint32_t kProfilesToCompare = 2000;

// One measure each, so that a kernel shows.
constexpr char kMeasures[] = R"(
segment one_of_few { any page_view where channel is "1" ever }
segment one_of_many { count of product_view where (category in sport) ever > 2 }
segment window { at least 3 product_views in last 30 days }
segment last_time { no product_view in last 7 days }
segment money { sum of purchase.amount ever > 1000 TRY }
segment mean { average of purchase.amount ever > 500 TRY }
segment largest { largest purchase.amount in last 90 days > 900 TRY }
segment distinct { distinct count of product_view.category ever > 20 }
segment gap { median gap between page_views < 20 days }
segment anchor { any purchase after last call }
segment attributes { age between 25 and 34 and country in {"3", "5"} }
)";

const bench::SeedStore& store() {
  static const bench::SeedStore made(kProfiles);
  return made;
}

const bench::SeedStore& small_store() {
  static const bench::SeedStore made(kProfilesToCompare);
  return made;
}

const LoadedRepository& rules() {
  static const LoadedRepository made = bench::seed_rules(kMeasures);
  return made;
}

// Some of the rules, bound to a store.
struct Subject {
  Subject(const bench::SeedStore& of, const std::vector<std::string>& segments)
      : program(std::make_shared<const Program>(compile(
            rules().repository, {.rewrites = {}, .segments = segments}))),
        prepared(std::make_shared<const PreparedProgram>(*program)),
        binding(bench::must(Binding::make(program, of.open(), bench::kNow))),
        cache(of.folder() + "/code") {}

  std::shared_ptr<const MachineCode> machine_code() const {
    return bench::must(make_machine_code(*binding, {.cache_folder = cache}));
  }
  RunOutcome run(const MachineCode* machine, Executor& executor) const {
    return bench::must(kitle::run(*binding, *prepared,
                                  {.executor = &executor, .machine = machine}));
  }

  std::shared_ptr<const Program> program;
  std::shared_ptr<const PreparedProgram> prepared;
  std::shared_ptr<const Binding> binding;
  std::string cache;
};

std::vector<std::string> seed_segments() {
  std::vector<std::string> names;
  for (const TypedSegment& segment : rules().repository.segments) {
    if (segment.name.starts_with("seed_")) names.push_back(segment.name);
  }
  return names;
}

uint32_t index_of(const std::string& name) {
  const auto& segments = rules().repository.segments;
  uint32_t at = 0;
  while (segments[at].name != name) ++at;
  return at;
}

void compare_with_reference(const std::vector<std::string>& segments,
                            bool compiled) {
  const Subject subject(small_store(), segments);
  const auto machine = compiled ? subject.machine_code() : nullptr;
  const RunOutcome found = subject.run(machine.get(), *serial_executor());
  std::vector<uint32_t> indexes;
  for (const std::string& name : subject.program->segments) {
    indexes.push_back(index_of(name));
  }
  const ReferenceAnswers expected = bench::must(evaluate_reference(
      rules().repository, indexes, subject.binding->snapshot(), bench::kNow));
  for (size_t i = 0; i < indexes.size(); ++i) {
    bench::require(
        found.segments[i].members.ordinals() == expected.segments[i].members,
        subject.program->segments[i] + " has the reference's members");
  }
}

void run_everyone(benchmark::State& state,
                  const std::vector<std::string>& segments, bool compiled,
                  unsigned threads) {
  compare_with_reference(segments, compiled);
  const Subject subject(store(), segments);
  const auto machine = compiled ? subject.machine_code() : nullptr;
  const auto executor = parallel_executor(threads);
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(subject.run(machine.get(), *executor));
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * kProfiles);
}

void interpret(benchmark::State& state, const std::string& segment) {
  run_everyone(state, {segment}, false, 1);
}

void machine_code(benchmark::State& state, const std::string& segment) {
  run_everyone(state, {segment}, true, 1);
}

void interpret_seed(benchmark::State& state) {
  run_everyone(state, seed_segments(), false,
               static_cast<unsigned>(state.range(0)));
}

void machine_code_seed(benchmark::State& state) {
  run_everyone(state, seed_segments(), true,
               static_cast<unsigned>(state.range(0)));
}

void bind_seed(benchmark::State& state) {
  const Subject subject(store(), seed_segments());
  const auto snapshot = store().open();
  for (uint32_t block = 0; block < kBlocks; ++block) {
    (void)bench::must(snapshot->base(block));
  }
  for ([[maybe_unused]] auto _ : state) {
    const auto binding =
        bench::must(Binding::make(subject.program, snapshot, bench::kNow));
    for (uint32_t block = 0; block < kBlocks; ++block) {
      benchmark::DoNotOptimize(bench::must(binding->block(block)));
    }
  }
}

// Any profile of the store, each block touched before.
void one_profile(benchmark::State& state, const Subject& subject,
                 std::shared_ptr<const MachineCode> machine) {
  const auto executor = serial_executor();
  const RunOutcome all = subject.run(nullptr, *executor);
  PointQuery query(subject.binding, subject.prepared, std::move(machine));
  std::vector<uint64_t> members(query.words());
  std::vector<uint64_t> undecided(query.words());
  std::mt19937 random(1);
  for (uint32_t i = 0; i < 10'000; ++i) {
    const uint32_t ordinal = random() % (kProfiles);
    bench::must(query.evaluate(ordinal, members, undecided));
    for (size_t s = 0; s < query.segments(); ++s) {
      bench::require(((members[s / 64] >> (s % 64)) & 1) ==
                         all.segments[s].members.contains(ordinal),
                     "one profile has the answers of the run");
    }
  }
  for ([[maybe_unused]] auto _ : state) {
    bench::must(query.evaluate(random() % (kProfiles), members, undecided));
  }
}

void interpret_one(benchmark::State& state) {
  one_profile(state, Subject(store(), seed_segments()), nullptr);
}

void machine_code_one(benchmark::State& state) {
  const Subject subject(store(), seed_segments());
  one_profile(state, subject, subject.machine_code());
}

#define KITLE_BOTH_TIERS(segment)                    \
  BENCHMARK_CAPTURE(interpret, segment, #segment)    \
      ->Unit(benchmark::kMicrosecond);               \
  BENCHMARK_CAPTURE(machine_code, segment, #segment) \
      ->Unit(benchmark::kMicrosecond)

KITLE_BOTH_TIERS(one_of_few);
KITLE_BOTH_TIERS(one_of_many);
KITLE_BOTH_TIERS(window);
KITLE_BOTH_TIERS(last_time);
KITLE_BOTH_TIERS(money);
KITLE_BOTH_TIERS(mean);
KITLE_BOTH_TIERS(largest);
KITLE_BOTH_TIERS(distinct);
KITLE_BOTH_TIERS(gap);
KITLE_BOTH_TIERS(anchor);
KITLE_BOTH_TIERS(attributes);
BENCHMARK(interpret_seed)
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(machine_code_seed)
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(bind_seed)->Unit(benchmark::kMicrosecond);
BENCHMARK(interpret_one);
BENCHMARK(machine_code_one);

}  // namespace
}  // namespace kitle
