// kitle_gate_run FOLDER: runs the cases that kitle_gate_make has made, each by
// the interpreter and as machine code, on one thread: once to warm up, and once
// within kitle_gate_counted(), which callgrind counts alone. Prints the members
// of each case, in which both tiers must agree.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <iterator>
#include <optional>

#include "runtime/eval/executor.h"
#include "runtime/eval/point.h"
#include "runtime/eval/refresh.h"
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

std::shared_ptr<const Binding> bound_later(const Subject& subject, int steps) {
  constexpr int64_t kStep = int64_t{300} * 1'000'000;
  auto bound = must(Binding::make(subject.program, subject.snapshot,
                                  bench::kNow + steps * kStep));
  must(bound->block(0));
  return bound;
}

// So many instructions of the program as are bound.
uint64_t bind_later(const Subject& subject) {
  bound_later(subject, 1);
  std::shared_ptr<const Binding> bound;
  kitle_gate_counted([&] { bound = bound_later(subject, 2); });
  return must(bound->block(0))->base.instructions.size();
}

// The second of two, as the first looks ahead. How many are evaluated.
uint64_t refresh_twice(const Subject& subject, const MachineCode* machine) {
  const auto executor = serial_executor();
  const RunControls controls{.executor = executor.get(), .machine = machine};
  const auto before = must(run(*subject.binding, *subject.prepared, controls));
  const auto identity = subject.binding->snapshot().identity();
  RefreshFrom from{.now = bench::kNow, .snapshot = identity.get()};
  for (const SegmentMembers& each : before.segments) {
    from.members.push_back(&each.members);
  }
  const auto refreshed = [&](int steps) {
    return must(refresh(*bound_later(subject, steps), *subject.prepared,
                        controls, from))
        .outcome;
  };
  const auto first = refreshed(1);
  from.dues = first->dues.get();
  std::optional<RefreshOutcome> second;
  kitle_gate_counted([&] { second = refreshed(2); });
  return second->evaluated;
}

// How many bytes are verified.
uint64_t touch_blocks(const std::string& folder) {
  uint64_t bytes = 0;
  kitle_gate_counted([&] {
    const auto snapshot = must(open_snapshot(folder + "/store"));
    bytes = must(snapshot->base(0))->bytes;
  });
  return bytes;
}

uint64_t count_case(const std::string& folder, const Subject& subject,
                    const std::string& kind,
                    const std::shared_ptr<const MachineCode>& machine) {
  if (kind == "one") return ask_each(subject, machine);
  if (kind == "bind") return bind_later(subject);
  if (kind == "refresh") return refresh_twice(subject, machine.get());
  if (kind == "touch") return touch_blocks(folder);
  return run_everyone(subject, machine.get());
}

void run_case(const std::string& folder, const Subject& subject,
              const GateCase& each) {
  std::vector<uint64_t> members;
  for (const auto& machine : subject.tiers()) {
    members.push_back(count_case(folder, subject, each.kind, machine));
  }
  bench::require(members[0] == members[1], "both tiers have the same members");
  fmt::print("{}\n", members[0]);
}

void run_all(const std::string& folder) {
  const std::vector<GateCase> cases = read_cases(folder);
  const auto snapshot = must(open_snapshot(folder + "/store"));
  for (size_t i = 0; i < cases.size(); ++i) {
    run_case(folder, Subject(folder, load_case(folder, i), snapshot, false),
             cases[i]);
  }
}

}  // namespace
}  // namespace kitle::gate

int main(int count, char** words) {
  if (count != 2) kitle::bench::fail("kitle_gate_run", "wants a folder");
  kitle::gate::run_all(words[1]);
  return 0;
}
