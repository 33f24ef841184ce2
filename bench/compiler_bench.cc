// Rule text to program, pass by pass: the seed's rules, and as many more as
// the argument says, all different.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "bench/support/seed.h"
#include "compiler/build_plan.h"
#include "compiler/check.h"
#include "compiler/lower.h"
#include "compiler/simplify.h"
#include "grammar/parse.h"

namespace kitle {
namespace {

std::string many_segments(int64_t count) {
  std::string text;
  for (int64_t i = 0; i < count; ++i) {
    text += fmt::format(
        "segment more_{0} {{\n"
        "  any product_view where category in {{\"{1}\", \"{2}\", \"{3}\"}}"
        " in last {4} days\n"
        "  and count of purchase in last {4} days < {5}\n"
        "  and (age > {6} or country is \"{7}\")\n"
        "}}\n",
        i, i % 500, i * 7 % 500, i * 13 % 500, 1 + i % 300, 1 + i % 7,
        18 + i % 50, i % 20);
  }
  return text;
}

// Loaded once for each number of further segments.
const LoadedRepository& rules(int64_t more) {
  static std::map<int64_t, LoadedRepository> made;
  const auto found = made.find(more);
  if (found != made.end()) return found->second;
  return made.emplace(more, bench::seed_rules(many_segments(more)))
      .first->second;
}

uint64_t text_bytes(const SourceSet& sources) {
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < sources.size(); ++i) {
    bytes += sources.file(i).text.size();
  }
  return bytes;
}

bool is_rules(const std::string& path) {
  return std::filesystem::path(path).extension() == ".kitle";
}

Syntax parse_all(const SourceSet& sources, Diagnostics& diagnostics) {
  Syntax syntax;
  for (uint32_t i = 0; i < sources.size(); ++i) {
    if (is_rules(sources.file(i).path)) {
      parse(sources, i, syntax, diagnostics);
    }
  }
  return syntax;
}

void report(benchmark::State& state, const LoadedRepository& loaded) {
  const auto runs = static_cast<int64_t>(state.iterations());
  const size_t segments = loaded.repository.segments.size();
  state.SetItemsProcessed(runs * static_cast<int64_t>(segments));
  state.SetBytesProcessed(runs *
                          static_cast<int64_t>(text_bytes(loaded.sources)));
}

void parse_rules(benchmark::State& state) {
  const LoadedRepository& loaded = rules(state.range(0));
  Diagnostics diagnostics;
  bench::require(parse_all(loaded.sources, diagnostics).segments.size() ==
                     loaded.repository.segments.size(),
                 "every segment is parsed");
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(parse_all(loaded.sources, diagnostics));
  }
  report(state, loaded);
}

// The rules of this bench name no file.
Result<std::string> no_file(const std::string& path) {
  return std::unexpected(
      Status(StatusCode::kNotFound, "open", path, "no such file"));
}

void check_rules(benchmark::State& state) {
  const LoadedRepository& loaded = rules(state.range(0));
  SourceSet sources = loaded.sources;
  for ([[maybe_unused]] auto _ : state) {
    Diagnostics diagnostics;
    benchmark::DoNotOptimize(check(sources, loaded.syntax,
                                   loaded.repository.settings, "store", nullptr,
                                   no_file, diagnostics));
  }
  report(state, loaded);
}

void plan_rules(benchmark::State& state) {
  const LoadedRepository& loaded = rules(state.range(0));
  const Plan plan = simplify(build_plan(loaded.repository),
                             loaded.repository.schema, Rewrites::all());
  bench::require(verify(plan, loaded.repository.schema).empty(),
                 "the plan is sound");
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(simplify(build_plan(loaded.repository),
                                      loaded.repository.schema,
                                      Rewrites::all()));
  }
  report(state, loaded);
}

void lower_plan(benchmark::State& state) {
  const LoadedRepository& loaded = rules(state.range(0));
  const Plan plan = simplify(build_plan(loaded.repository),
                             loaded.repository.schema, Rewrites::all());
  const Schema& schema = loaded.repository.schema;
  bench::must(verify(lower(plan, schema)));
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(lower(plan, schema));
  }
  report(state, loaded);
}

BENCHMARK(parse_rules)->Arg(0)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(check_rules)->Arg(0)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(plan_rules)->Arg(0)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(lower_plan)->Arg(0)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kitle
