// Machine code for a bound program, from the cache on disk or compiled. LLVM
// is in a private module that is opened when code must be compiled.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compiler/code_maker.h"
#include "runtime/eval/bind.h"
#include "runtime/eval/machine.h"
#include "runtime/status.h"

namespace kitle {

struct MachineOptions {
  // "": $XDG_CACHE_HOME/kitle or ~/.cache/kitle.
  std::string cache_folder;
  bool use_cache = true;
  bool compile = true;  // false: only what the cache has, else kNotFound
  // For tests of what all of them must do alike.
  bool oldest_cpu = false;  // x86-64-v3, whatever this one is
  CodeEffort effort = CodeEffort::kUsual;
  // What profilers read (runtime/eval/perf_map.h); "": as KITLE_PERF_MAP has
  // it.
  std::string perf_map = {};
  bool gdb = false;  // shown to gdb (runtime/eval/gdb.h), as by KITLE_GDB
};

// Code for the physical types that the snapshot's blocks have. Errors:
// kUnsupported (this CPU is below x86-64-v3, or the module is not installed);
// then the interpreter answers. Thread-safe.
Result<std::shared_ptr<const MachineCode>> make_machine_code(
    const Binding& binding, const MachineOptions& options);

// Machine code for other processes: one image for each code of the program, for
// the physical types of some blocks.
struct PackedCode {
  bool fast = false;  // Program::fast, else general
  std::vector<Physical> layout;
  CpuLevel level = CpuLevel::kV3;
  std::string key;
  std::string bytes;  // of pack_image()
};
// For all blocks of the snapshot, whatever `now`, on CPUs of each level.
// Errors: as above, and a block that cannot be read. Thread-safe.
Result<std::vector<PackedCode>> pack_machine_code(
    const Binding& binding, std::span<const CpuLevel> levels,
    const MachineOptions& options);

// LLVM IR of the program for the physical types of the snapshot's first block,
// or, without a binding, for the narrowest ones (`kitle explain --code`).
Result<std::string> machine_code_source(const Program& program,
                                        const Binding* binding);

// "LLVM 19.1.7, x86-64-v4"; why not, where machine code is not possible.
std::string machine_info();

}  // namespace kitle
