// See frame.h.
#include "compiler/jit/frame.h"

#include <cstddef>

#include "runtime/eval/abi.h"

namespace kitle {

llvm::Function* Frame::new_function(llvm::Module& module, const char* name,
                                    llvm::FunctionType* type) {
  auto* function = llvm::Function::Create(type, llvm::Function::InternalLinkage,
                                          name, module);
  function->addFnAttr(llvm::Attribute::NoInline);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  function->setUWTableKind(llvm::UWTableKind::Async);  // for debuggers
  function->addFnAttr("prefer-vector-width", "512");
  return function;
}

Frame::Frame(const CodeRequest& request, llvm::Module& module)
    : once(module.getContext()),
      here(module.getContext()),
      request_(request),
      function_(nullptr) {
  llvm::LLVMContext& context = module.getContext();
  const std::vector<llvm::Type*> pointers(4, once.getPtrTy());
  function_ =
      new_function(module, "region",
                   llvm::FunctionType::get(once.getVoidTy(), pointers, false));
  const char* names[] = {"view", "params", "scratch", "out"};
  for (unsigned i = 0; i < 4; ++i) function_->getArg(i)->setName(names[i]);
  auto* entry = llvm::BasicBlock::Create(context, "once", function_);
  auto* start = llvm::BasicBlock::Create(context, "loops", function_);
  here.SetInsertPoint(entry);
  once.SetInsertPoint(here.CreateBr(start));
  here.SetInsertPoint(start);
}

llvm::Value* Frame::field(llvm::Value* object, uint64_t offset,
                          llvm::Type* type) {
  llvm::Value*& known = fields_[{object, offset}];
  if (known != nullptr && known->getType() == type) return known;
  known = once.CreateLoad(
      type, once.CreateConstInBoundsGEP1_64(once.getInt8Ty(), object, offset));
  return known;
}

llvm::Value* Frame::size_field(llvm::Value* object, uint64_t offset) {
  return once.CreateZExt(field(object, offset, once.getInt32Ty()),
                         once.getInt64Ty());
}

llvm::Value* Frame::bound(uint32_t index) {
  llvm::Value*& known = bounds_[index];
  if (known == nullptr) {
    known = once.CreateConstInBoundsGEP1_64(
        once.getInt8Ty(),
        pointer(params(), offsetof(KernelParams, instructions)),
        index * sizeof(BoundInstruction));
  }
  return known;
}

llvm::Value* Frame::column(uint32_t slot) {
  llvm::Value*& known = columns_[slot];
  if (known == nullptr) {
    known = once.CreateConstInBoundsGEP1_64(
        once.getInt8Ty(), pointer(view(), offsetof(KernelView, slots)),
        slot * sizeof(ColumnView));
  }
  return known;
}

llvm::Value* Frame::table(uint32_t table) {
  llvm::Value*& known = tables_[table];
  if (known == nullptr) {
    known = once.CreateConstInBoundsGEP1_64(
        once.getInt8Ty(), pointer(view(), offsetof(KernelView, tables)),
        table * sizeof(KernelTable));
  }
  return known;
}

llvm::Value* Frame::register_memory(uint32_t reg) {
  return pointer(pointer(scratch(), offsetof(KernelScratch, registers)),
                 reg * sizeof(void*));
}

llvm::Value* Frame::places(uint32_t domain) {
  return domain == kProfiles
             ? size_field(view(), offsetof(KernelView, rows))
             : size_field(table(domain), offsetof(KernelTable, end));
}

llvm::Value* Frame::first(uint32_t domain) {
  return domain == kProfiles
             ? size_field(view(), offsetof(KernelView, first_row))
             : size_field(table(domain), offsetof(KernelTable, base));
}

llvm::IntegerType* Frame::stored_type(uint32_t slot) {
  switch (request_.layout[slot]) {
    case Physical::kU8:
      return once.getInt8Ty();
    case Physical::kU16:
    case Physical::kI16:
      return once.getInt16Ty();
    case Physical::kU32:
    case Physical::kI32:
      return once.getInt32Ty();
    case Physical::kI64:
      return once.getInt64Ty();
    case Physical::kAbsent:
    case Physical::kF64:
    case Physical::kList:
      break;
  }
  return nullptr;
}

bool Frame::is_signed(uint32_t slot) const {
  const Physical physical = request_.layout[slot];
  return physical == Physical::kI16 || physical == Physical::kI32 ||
         physical == Physical::kI64;
}

bool Frame::may_miss(uint32_t slot) const {
  const Slot& what = request_.program->slots[slot];
  return !is_text_like(what.type) && what.kind != SlotKind::kEventTime;
}

llvm::Value* Frame::gather(llvm::IRBuilder<>& builder, llvm::Type* type,
                           llvm::Value* base, llvm::Value* indexes,
                           llvm::Value* mask) {
  auto* vector = llvm::cast<llvm::FixedVectorType>(indexes->getType());
  auto* result = llvm::FixedVectorType::get(type, vector->getNumElements());
  return builder.CreateMaskedGather(
      result, element(builder, type, base, indexes), llvm::Align(1), mask,
      llvm::Constant::getNullValue(result));
}

Loop::Loop(llvm::IRBuilder<>& here, llvm::Value* count, unsigned step)
    : before(here.getContext()),
      body(here.getContext()),
      here_(here),
      count_(count),
      step_(step),
      preheader_(here.GetInsertBlock()) {
  llvm::LLVMContext& context = body.getContext();
  block_ = llvm::BasicBlock::Create(context, "loop", preheader_->getParent());
  exit_ = llvm::BasicBlock::Create(context, "behind", preheader_->getParent());
  llvm::Value* zero = here.getInt64(0);
  llvm::Value* any = here.CreateICmpNE(count, zero);
  before.SetInsertPoint(here.CreateCondBr(any, block_, exit_));
  body.SetInsertPoint(block_);
  at_ = body.CreatePHI(body.getInt64Ty(), 2, "at");
  at_->addIncoming(zero, preheader_);
}

llvm::PHINode* Loop::carry(llvm::Value* initial) {
  llvm::IRBuilder<> head(block_, block_->begin());
  llvm::PHINode* carried = head.CreatePHI(initial->getType(), 2);
  carried->addIncoming(initial, preheader_);
  return carried;
}

void Loop::close() {
  llvm::Value* next =
      body.CreateAdd(at_, body.getInt64(step_), "", /*HasNUW=*/true);
  at_->addIncoming(next, body.GetInsertBlock());
  body.CreateCondBr(body.CreateICmpULT(next, count_), block_, exit_);
  here_.SetInsertPoint(exit_);
}

}  // namespace kitle
