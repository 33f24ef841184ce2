// See emit.h. Of a module:
//   region    for each region of the code, its loops (frame, totals, lanes)
//   kitle_chunk, which calls regions and kernels in the code's order
#include "compiler/jit/emit.h"

#include <algorithm>
#include <cstddef>

#include "compiler/jit/frame.h"
#include "compiler/jit/lanes.h"
#include "compiler/jit/regions.h"
#include "compiler/jit/totals.h"
#include "runtime/eval/abi.h"
#include "runtime/store/layout.h"

namespace kitle {
namespace {

// Where offsets are read, as many rows are taken at a time as counts fill a
// register of 512 bits.
constexpr unsigned kRowLanes = 16;
static_assert(kRowLanes <= kOffsetPadding);
constexpr unsigned kMostLanes = 64;
// So much may be read behind a column's data.
constexpr unsigned kReadableBytes = 128;

class RegionEmitter {
 public:
  RegionEmitter(const CodeRequest& request, llvm::Module& module,
                const Region& region, const std::vector<bool>& in_memory)
      : frame_(request, module), region_(region), in_memory_(in_memory) {}

  llvm::Function* run() {
    const Totals totals(frame_, region_);
    if (has_small_sets()) {
      two_loops(totals);
    } else {
      loop(totals, false);
    }
    frame_.here.CreateRetVoid();
    return frame_.function();
  }

 private:
  template <class Use>
  void each_instruction(Use&& use) const {
    for (const RegionStep step : region_.steps) {
      if (!step.is_output) use(step.index);
    }
  }

  const Instruction& instruction(uint32_t index) const {
    return frame_.code().instructions[index];
  }

  // Of codes of more than a byte.
  bool has_wide_set(uint32_t index) const {
    const Instruction& what = instruction(index);
    return what.op == Op::kInSet &&
           frame_.request().layout[what.slot] != Physical::kU8;
  }

  // Events are many: their sets get a loop for small ones beside the one for
  // sets of any size.
  bool has_small_sets() const {
    bool any = false;
    each_instruction([&](uint32_t index) { any |= has_wide_set(index); });
    return any && frame_.is_v4() && region_.domain != kProfiles;
  }

  // The widest value decides. Whatever reads offsets has integers, but kAny.
  unsigned lanes() const {
    unsigned widest = 2;
    const auto wide = [&](uint32_t reg) {
      if (reg == kNone) return;
      if (frame_.code().registers[reg].kind != RegisterKind::kBits) widest = 8;
    };
    each_instruction([&](uint32_t index) {
      const Instruction& what = instruction(index);
      for (const uint32_t reg : {what.dst, what.a, what.b}) wide(reg);
      if (what.op == Op::kAny) widest = kReadableBytes / kRowLanes;
      if (what.slot == kNone) return;
      widest = std::max(widest, width_of(frame_.request().layout[what.slot]));
    });
    return std::min(kMostLanes, kReadableBytes / widest);
  }

  void loop(const Totals& totals, bool small_sets) {
    Loop turns(frame_.here, frame_.places(region_.domain), lanes());
    Lanes lanes_of_turn(frame_, turns, region_.domain, lanes(), small_sets);
    Rows rows(frame_, turns, totals, lanes());
    for (const RegionStep step : region_.steps) {
      if (step.is_output) {
        lanes_of_turn.store_output(step.index);
        continue;
      }
      lanes_of_turn.emit(step.index, rows);
      const uint32_t dst = instruction(step.index).dst;
      if (in_memory_[dst]) lanes_of_turn.store(dst);
    }
    turns.close();
  }

  //   if (all sets have 512 bits) { loop } else { loop }
  void two_loops(const Totals& totals) {
    llvm::IRBuilder<>& b = frame_.here;
    const auto block = [&](const char* name) {
      return llvm::BasicBlock::Create(b.getContext(), name, frame_.function());
    };
    llvm::BasicBlock* small = block("small_sets");
    llvm::BasicBlock* any = block("any_sets");
    llvm::BasicBlock* join = block("join");
    b.CreateCondBr(all_small(), small, any);
    b.SetInsertPoint(small);
    loop(totals, true);
    b.CreateBr(join);
    b.SetInsertPoint(any);
    loop(totals, false);
    b.CreateBr(join);
    b.SetInsertPoint(join);
  }

  llvm::Value* all_small() {
    llvm::IRBuilder<>& once = frame_.once;
    llvm::Value* all = once.getTrue();
    each_instruction([&](uint32_t index) {
      if (!has_wide_set(index)) return;
      llvm::Value* set =
          frame_.pointer(frame_.bound(index), offsetof(BoundInstruction, set));
      llvm::Value* size =
          frame_.field(set, offsetof(BoundSet, bits), once.getInt32Ty());
      all = once.CreateAnd(
          all, once.CreateICmpEQ(size, once.getInt32(kSmallSetBits)));
    });
    return all;
  }

  Frame frame_;
  const Region& region_;
  const std::vector<bool>& in_memory_;
};

// kitle_chunk.
class ChunkEmitter {
 public:
  ChunkEmitter(const CodeRequest& request, llvm::Module& module)
      : request_(request), module_(module), b_(module.getContext()) {}

  void run() {
    begin();
    refuse_too_many();
    const RegionPlan plan = make_regions(*request_.code);
    for (size_t i = 0; i < plan.regions.size(); ++i) {
      const Region& region = plan.regions[i];
      if (region.is_call) {
        call_kernel(region.steps.front().index);
        continue;
      }
      RegionEmitter emitter(request_, module_, region, plan.in_memory);
      llvm::Function* function = emitter.run();
      function->setName(region_symbol(i));
      b_.CreateCall(function,
                    {argument(0), argument(1), argument(3), argument(4)});
    }
    b_.CreateRet(b_.getInt32(0));
  }

 private:
  llvm::Value* argument(unsigned i) { return function_->getArg(i); }

  void begin() {
    llvm::Type* pointer = b_.getPtrTy();
    auto* type = llvm::FunctionType::get(
        b_.getInt32Ty(), {pointer, pointer, pointer, pointer, pointer}, false);
    function_ = llvm::Function::Create(type, llvm::Function::ExternalLinkage,
                                       kChunkSymbol, module_);
    function_->addFnAttr(llvm::Attribute::NoUnwind);
    function_->setUWTableKind(llvm::UWTableKind::Async);  // for debuggers
    b_.SetInsertPoint(
        llvm::BasicBlock::Create(b_.getContext(), "chunk", function_));
  }

  llvm::Value* field(llvm::Value* object, uint64_t offset, llvm::Type* type) {
    return b_.CreateLoad(
        type, b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), object, offset));
  }

  //   if ((int)(tables[0].end | tables[1].end | ...) < 0) return 1;
  // Places are indexes with a sign in gathers.
  void refuse_too_many() {
    llvm::Value* tables =
        field(argument(0), offsetof(KernelView, tables), b_.getPtrTy());
    llvm::Value* ends = b_.getInt32(0);
    for (size_t i = 0; i < request_.program->tables.size(); ++i) {
      const uint64_t at = i * sizeof(KernelTable) + offsetof(KernelTable, end);
      ends = b_.CreateOr(ends, field(tables, at, b_.getInt32Ty()));
    }
    auto* refuse =
        llvm::BasicBlock::Create(b_.getContext(), "refuse", function_);
    auto* run = llvm::BasicBlock::Create(b_.getContext(), "run", function_);
    b_.CreateCondBr(b_.CreateICmpSLT(ends, b_.getInt32(0)), refuse, run);
    b_.SetInsertPoint(refuse);
    b_.CreateRet(b_.getInt32(1));
    b_.SetInsertPoint(run);
  }

  //   helpers->run(helpers, index);
  void call_kernel(uint32_t index) {
    auto* type = llvm::FunctionType::get(
        b_.getVoidTy(), {b_.getPtrTy(), b_.getInt32Ty()}, false);
    llvm::Value* helpers = argument(2);
    llvm::Value* run =
        field(helpers, offsetof(KernelHelpers, run), b_.getPtrTy());
    llvm::CallInst* call =
        b_.CreateCall(type, run, {helpers, b_.getInt32(index)});
    call->setDoesNotThrow();
  }

  const CodeRequest& request_;
  llvm::Module& module_;
  llvm::IRBuilder<> b_;
  llvm::Function* function_ = nullptr;
};

}  // namespace

std::unique_ptr<llvm::Module> emit(const CodeRequest& request,
                                   llvm::LLVMContext& context) {
  auto module = std::make_unique<llvm::Module>("kitle", context);
  ChunkEmitter(request, *module).run();
  return module;
}

}  // namespace kitle
