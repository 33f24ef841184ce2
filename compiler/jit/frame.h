// What the files of emit share: the function that a region becomes, reached
// fields of the kernel ABI, and loops. LLVM's IR classes only.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "compiler/code_maker.h"

namespace kitle {

// A function of one region, void f(view, params, scratch, out):
//
//   once:   what is the same for all places: bounds, addresses
//   here:   loops, one behind the other
//   return
class Frame {
 public:
  Frame(const CodeRequest& request, llvm::Module& module);

  // Internal to the module, never inlined.
  static llvm::Function* new_function(llvm::Module& module, const char* name,
                                      llvm::FunctionType* type);

  const CodeRequest& request() const { return request_; }
  const Code& code() const { return *request_.code; }
  bool is_v4() const { return request_.level == CpuLevel::kV4; }
  llvm::Function* function() { return function_; }
  llvm::Module& module() { return *function_->getParent(); }

  llvm::IRBuilder<> once;
  llvm::IRBuilder<> here;

  // ---- all in `once` ----
  llvm::Value* view() { return function_->getArg(0); }
  llvm::Value* params() { return function_->getArg(1); }
  llvm::Value* scratch() { return function_->getArg(2); }
  llvm::Value* out() { return function_->getArg(3); }
  llvm::Value* field(llvm::Value* object, uint64_t offset, llvm::Type* type);
  llvm::Value* pointer(llvm::Value* object, uint64_t offset) {
    return field(object, offset, once.getPtrTy());
  }
  // An unsigned 32-bit field as an i64.
  llvm::Value* size_field(llvm::Value* object, uint64_t offset);
  llvm::Value* bound(uint32_t index);  // BoundInstruction of an instruction
  llvm::Value* column(uint32_t slot);  // ColumnView
  llvm::Value* table(uint32_t table);  // KernelTable
  llvm::Value* register_memory(uint32_t reg);
  llvm::Value* places(uint32_t domain);  // how many, i64
  llvm::Value* first(uint32_t domain);   // element of columns at place 0, i64

  // ---- types ----
  llvm::Type* bits_type(unsigned lanes) { return once.getIntNTy(lanes); }
  llvm::Type* lanes_of(llvm::Type* type, unsigned lanes) {
    return llvm::FixedVectorType::get(type, lanes);
  }
  // What a column stores; null if it stores no integers.
  llvm::IntegerType* stored_type(uint32_t slot);
  bool is_signed(uint32_t slot) const;
  // Whether a value may be missing by a bit of validity.
  bool may_miss(uint32_t slot) const;

  // base[index], an element of `type`.
  static llvm::Value* element(llvm::IRBuilder<>& builder, llvm::Type* type,
                              llvm::Value* base, llvm::Value* index) {
    return builder.CreateInBoundsGEP(type, base, index);
  }
  // The `lanes` elements from the gathered indexes; where `mask` is given and
  // 0, zero and not read.
  static llvm::Value* gather(llvm::IRBuilder<>& builder, llvm::Type* type,
                             llvm::Value* base, llvm::Value* indexes,
                             llvm::Value* mask = nullptr);

 private:
  const CodeRequest& request_;
  llvm::Function* function_;
  std::map<std::pair<llvm::Value*, uint64_t>, llvm::Value*> fields_;
  std::map<uint32_t, llvm::Value*> columns_, tables_, bounds_;
};

// for (at = 0; at < count; at += step) { body }, at `here`, which goes on
// behind it once it is closed.
class Loop {
 public:
  Loop(llvm::IRBuilder<>& here, llvm::Value* count, unsigned step);

  llvm::Value* at() { return at_; }
  llvm::IRBuilder<> before;  // once, after all loops before this one
  llvm::IRBuilder<> body;

  // A value that goes from one turn to the next.
  llvm::PHINode* carry(llvm::Value* initial);
  void set_next(llvm::PHINode* carried, llvm::Value* next) {
    carried->addIncoming(next, body.GetInsertBlock());
  }
  void close();

 private:
  llvm::IRBuilder<>& here_;
  llvm::Value* count_;
  unsigned step_;
  llvm::BasicBlock* preheader_;
  llvm::BasicBlock* block_;
  llvm::BasicBlock* exit_;
  llvm::PHINode* at_;
};

}  // namespace kitle
