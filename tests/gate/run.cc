// kitle_gate_run FOLDER: runs the cases that kitle_gate_make has made, each by
// the interpreter and as machine code, on one thread: once to warm up, and once
// within kitle_gate_counted(), which callgrind counts alone. Prints the members
// of each case, in which both tiers must agree.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <iterator>

#include "runtime/eval/executor.h"
#include "runtime/eval/point.h"
#include "tests/gate/case.h"

// Callgrind knows it by its name. What stands behind the call keeps the
// compiler from jumping there instead.
extern "C" [[gnu::noinline]] void kitle_gate_counted(
    const std::function<void()>& work) {
  work();
  asm volatile("" ::: "memory");
}

namespace kitle::gate {
namespace {

constexpr uint32_t kAsked = 1024;

Program load_case(const std::string& folder, size_t index) {
  std::ifstream file(program_file(folder, index), std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  return must(load_program(bytes));
}

// Of all segments together.
uint64_t run_everyone(const Subject& subject, const MachineCode* machine) {
  const auto executor = serial_executor();
  const RunControls controls{.executor = executor.get(), .machine = machine};
  const auto evaluate = [&] {
    return run(*subject.binding, *subject.prepared, controls);
  };
  must(evaluate());
  Result<RunOutcome> outcome;
  kitle_gate_counted([&] { outcome = evaluate(); });
  uint64_t members = 0;
  for (const SegmentMembers& each : must(std::move(outcome)).segments) {
    bench::require(!each.undecided, "every segment is decided");
    members += each.members.size();
  }
  return members;
}

uint64_t ask_each(const Subject& subject,
                  const std::shared_ptr<const MachineCode>& machine) {
  PointQuery query(subject.binding, subject.prepared, machine);
  std::vector<uint64_t> members(query.words());
  std::vector<uint64_t> undecided(query.words());
  const uint32_t profiles =
      std::min(kAsked, subject.binding->snapshot().profiles());
  uint64_t found = 0;
  const auto ask = [&] {
    found = 0;
    for (uint32_t i = 0; i < profiles; ++i) {
      must(query.evaluate(i, members, undecided));
      for (const uint64_t word : members) found += std::popcount(word);
    }
  };
  ask();
  kitle_gate_counted(ask);
  return found;
}

void run_case(const Subject& subject, const GateCase& each) {
  std::vector<uint64_t> members;
  for (const auto& machine : subject.tiers()) {
    members.push_back(each.kind == "one"
                          ? ask_each(subject, machine)
                          : run_everyone(subject, machine.get()));
  }
  bench::require(members[0] == members[1], "both tiers have the same members");
  fmt::print("{}\n", members[0]);
}

void run_all(const std::string& folder) {
  const std::vector<GateCase> cases = read_cases(folder);
  const auto snapshot = must(open_snapshot(folder + "/store"));
  for (size_t i = 0; i < cases.size(); ++i) {
    run_case(Subject(folder, load_case(folder, i), snapshot, false), cases[i]);
  }
}

}  // namespace
}  // namespace kitle::gate

int main(int count, char** words) {
  if (count != 2) kitle::bench::fail("kitle_gate_run", "wants a folder");
  kitle::gate::run_all(words[1]);
  return 0;
}
