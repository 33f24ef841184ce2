// kitle_gate_make FOLDER PROFILES: makes the store that the gate's cases are
// asked of, their programs and their machine code for x86-64-v3, so that
// kitle_gate_run need not compile anything. Prints what it was built with, and
// then a line for each case: the bytes that a chunk takes of memory, and those
// of the columns that it reads.
#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <kitle/cost.h>

#include <algorithm>
#include <cstdlib>

#include "compiler/compile.h"
#include "runtime/eval/chunk.h"
#include "runtime/eval/scratch.h"
#include "tests/gate/case.h"

namespace kitle::gate {
namespace {

// What a run of one thread takes of memory for the chunks of a block.
struct Chunks {
  size_t count = 0;
  uint64_t scratch = 0;
};

Chunks chunks_of(const Subject& subject) {
  Chunks found;
  for (uint32_t i = 0; i < subject.binding->snapshot().blocks(); ++i) {
    const BoundBlock& bound = must(subject.binding->block(i))->base;
    const Prepared& code = subject.prepared->of(bound);
    const std::vector<Chunk> chunks = split_chunks(code.tables(), bound);
    Scratch scratch;
    scratch.reserve(code, limits_of(code.tables(), bound, chunks));
    found.count += chunks.size();
    found.scratch = std::max(found.scratch, scratch.bytes());
  }
  return found;
}

// Of the columns that the segment reads.
uint64_t column_bytes(const std::string& folder, const GateCase& each) {
  const Rules rules = must(load_rules(folder + "/" + each.rules));
  const Store store = must(Store::open(folder + "/store"));
  CostOptions options{.now = bench::kNow};
  if (!each.segment.empty()) options.segments = {each.segment};
  return must(cost(rules, store, options)).bytes;
}

LoadedRepository load_case(const std::string& folder, const GateCase& each) {
  auto loaded = must(load_repository(folder + "/" + each.rules, nullptr));
  if (loaded.diagnostics.errors() > 0) {
    bench::fail(each.rules, render(loaded.diagnostics, loaded.sources,
                                   DiagnosticFormat::kText, false));
  }
  return loaded;
}

Program program_of(const LoadedRepository& loaded, const GateCase& each) {
  CompileOptions options;
  if (!each.segment.empty()) options.segments = {each.segment};
  return compile(loaded.repository, options);
}

void keep(const Program& program, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  file << save(program);
  bench::require(file.flush().good(), path + " is written");
}

void make_case(const std::string& folder, const GateCase& each, size_t index,
               const std::shared_ptr<const Snapshot>& snapshot) {
  Program program = program_of(load_case(folder, each), each);
  keep(program, program_file(folder, index));
  const Subject subject(folder, std::move(program), snapshot, true);
  const Chunks chunks = chunks_of(subject);
  fmt::print("{}\t{}\n", chunks.scratch,
             column_bytes(folder, each) / chunks.count);
}

void make(const std::string& folder, uint32_t profiles) {
  const std::string info = machine_info();
  fmt::print("compiler\t{}\nC library\t{}\nmachine code\t{}\n", __VERSION__,
             gnu_get_libc_version(), info);
  if (!info.starts_with("LLVM")) return;  // it says why there can be none
  const std::vector<GateCase> cases = read_cases(folder);
  const std::string store = folder + "/store";
  bench::make_store(store, load_case(folder, cases.front()).repository,
                    profiles);
  const auto snapshot = must(open_snapshot(store));
  for (size_t i = 0; i < cases.size(); ++i) {
    make_case(folder, cases[i], i, snapshot);
  }
}

}  // namespace
}  // namespace kitle::gate

int main(int count, char** words) {
  if (count != 3) {
    kitle::bench::fail("kitle_gate_make", "wants a folder and a number");
  }
  kitle::gate::make(words[1], static_cast<uint32_t>(std::atoi(words[2])));
  return 0;
}
