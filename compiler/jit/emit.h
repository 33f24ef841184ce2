// Code -> LLVM IR. Entry point: emit().
//
// Consecutive instructions of one domain that are emitted here become one
// loop (a region) over `lanes` places at a time; all others call their kernel
// through the helpers, which are equal by construction. As C:
//
//   int32_t chunk(view, params, helpers, scratch, out) {
//     low3 = ..., high3 = ...;              // bounds, once
//     for (i = 0; i < view->rows; i += 16)  // a region over profiles
//       r7[i..] = a[i..] in low3..high3 & r2[i..];
//     helpers->run(helpers, 8);             // a kernel
//     ...
//     return 0;
//   }
//
// A value lives in its register's memory only where something outside its
// region wants it.
#pragma once

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <memory>

#include "compiler/code_maker.h"

namespace kitle {

inline constexpr const char* kChunkSymbol = "kitle_chunk";

std::unique_ptr<llvm::Module> emit(const CodeRequest& request,
                                   llvm::LLVMContext& context);

}  // namespace kitle
