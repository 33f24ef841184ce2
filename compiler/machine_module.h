// The private module libkitle_jit, which links LLVM: found beside this library,
// opened when code must be compiled.
#pragma once

#include <string>

#include "compiler/code_maker.h"
#include "runtime/status.h"

namespace kitle {

// The path of the module's file, whether or not it is there.
std::string jit_module_path();

// The build id that the linker gave the ELF file, in hexadecimal; empty if it
// cannot be read or has none. Two builds never share one.
std::string build_id_of(const std::string& path);

// Opens the module at the first call; it stays open. Thread-safe.
Result<const CodeMaker*> code_maker();

}  // namespace kitle
