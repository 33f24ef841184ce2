// What the private module libkitle_jit offers: a code and a layout become the
// bytes of an image. No type of LLVM here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/eval/cpu_level.h"
#include "runtime/eval/image.h"
#include "runtime/eval/program.h"
#include "runtime/status.h"
#include "runtime/store/view.h"

namespace kitle {

// How much of LLVM's code generator is used. The code does the same.
enum class CodeEffort : uint8_t { kLeast, kLess, kUsual, kMost };

struct CodeRequest {
  const Program* program = nullptr;
  const Code* code = nullptr;
  std::vector<Physical> layout;  // by slot
  CpuLevel level = CpuLevel::kV3;
  CodeEffort effort = CodeEffort::kUsual;
};

// Whether machine code computes the instruction itself, in one loop with those
// beside it of the same domain; all others call their kernels.
bool is_emitted(const Instruction& what);

// Thread-safe.
class CodeMaker {
 public:
  virtual ~CodeMaker() = default;
  virtual Result<ImageParts> make(const CodeRequest& request) const = 0;
  // LLVM IR as it goes to the code generator.
  virtual Result<std::string> source(const CodeRequest& request) const = 0;
};

}  // namespace kitle

// The module's one symbol; lives as long as the process.
extern "C" const kitle::CodeMaker* kitle_code_maker();
