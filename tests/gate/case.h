// A case of the gate as its two programs share it: kitle_gate_make compiles it,
// kitle_gate_run has it counted.
//
// FOLDER/cases.tsv has a line for each: a folder of rules, the segment that is
// asked (empty: all), and what is counted: to `run` them, `one` profile after
// the other by itself, to `bind` them to a later instant, the `refresh` of an
// answer, or the first `touch` of the blocks. Case I has its program in
// FOLDER/I.program; FOLDER/store and FOLDER/code are of all.
#pragma once

#include <array>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/support/seed.h"
#include "compiler/machine.h"
#include "runtime/eval/bind.h"
#include "runtime/eval/program.h"
#include "runtime/eval/run.h"

namespace kitle::gate {

using bench::must;

struct GateCase {
  std::string rules;
  std::string segment;
  std::string kind;
};

inline std::vector<GateCase> read_cases(const std::string& folder) {
  std::ifstream file(folder + "/cases.tsv");
  std::vector<GateCase> cases;
  for (GateCase each; std::getline(file, each.rules, '\t') &&
                      std::getline(file, each.segment, '\t') &&
                      std::getline(file, each.kind);) {
    cases.push_back(each);
  }
  bench::require(!cases.empty(), folder + "/cases.tsv has cases");
  return cases;
}

inline std::string program_file(const std::string& folder, size_t index) {
  return folder + "/" + std::to_string(index) + ".program";
}

// A program over the store, ready to be run by either tier.
struct Subject {
  Subject(const std::string& folder, Program of,
          std::shared_ptr<const Snapshot> of_store, bool compile)
      : snapshot(std::move(of_store)),
        program(std::make_shared<const Program>(std::move(of))),
        prepared(std::make_shared<const PreparedProgram>(*program)),
        binding(must(Binding::make(program, snapshot, bench::kNow))),
        machine(
            must(make_machine_code(*binding, {.cache_folder = folder + "/code",
                                              .compile = compile,
                                              .oldest_cpu = true}))) {}

  // The interpreter, then machine code.
  std::array<std::shared_ptr<const MachineCode>, 2> tiers() const {
    return {nullptr, machine};
  }

  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<const Program> program;
  std::shared_ptr<const PreparedProgram> prepared;
  std::shared_ptr<const Binding> binding;
  std::shared_ptr<const MachineCode> machine;
};

}  // namespace kitle::gate
