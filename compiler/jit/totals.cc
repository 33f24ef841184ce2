// See totals.h.
#include "compiler/jit/totals.h"

#include <cstddef>
#include <vector>

#include "compiler/jit/lanes.h"
#include "runtime/eval/abi.h"

namespace kitle {
namespace {

constexpr unsigned kTotalLanes = 8;

// Lane i is lane i - n of `values`, 0 where there is none.
llvm::Value* moved_up(llvm::IRBuilder<>& b, llvm::Value* values, int n) {
  std::vector<int> from;
  for (int i = 0; i < static_cast<int>(kTotalLanes); ++i) {
    from.push_back(i < n ? static_cast<int>(kTotalLanes) : i - n);
  }
  return b.CreateShuffleVector(
      values, llvm::Constant::getNullValue(values->getType()), from);
}

llvm::Value* last_everywhere(llvm::IRBuilder<>& b, llvm::Value* values) {
  const std::vector<int> last(kTotalLanes, kTotalLanes - 1);
  return b.CreateShuffleVector(values, last);
}

// The totals before each of eight lanes of i64, in all turns of the loop.
llvm::Value* totals_before(Loop& loop, llvm::Value* values) {
  llvm::IRBuilder<>& b = loop.body;
  llvm::PHINode* carried =
      loop.carry(llvm::Constant::getNullValue(values->getType()));
  llvm::Value* with = values;
  for (const int n : {1, 2, 4}) {
    with = b.CreateAdd(with, moved_up(b, with, n));
  }
  llvm::Value* before = b.CreateAdd(b.CreateSub(with, values), carried);
  loop.set_next(carried, b.CreateAdd(carried, last_everywhere(b, with)));
  return before;
}

// void counts(mask, pairs, words): the loop above, once a module.
llvm::Function* counting(llvm::Module& module) {
  constexpr const char* kName = "counts";
  if (llvm::Function* known = module.getFunction(kName)) return known;
  llvm::IRBuilder<> here(module.getContext());
  auto* type = llvm::FunctionType::get(
      here.getVoidTy(), {here.getPtrTy(), here.getPtrTy(), here.getInt64Ty()},
      false);
  llvm::Function* function = Frame::new_function(module, kName, type);
  here.SetInsertPoint(
      llvm::BasicBlock::Create(module.getContext(), "", function));
  Loop loop(here, function->getArg(2), kTotalLanes);
  llvm::IRBuilder<>& b = loop.body;
  const auto vector = [](llvm::Type* element) {
    return llvm::FixedVectorType::get(element, kTotalLanes);
  };
  llvm::Value* words = b.CreateAlignedLoad(
      vector(b.getInt32Ty()),
      Frame::element(b, b.getInt32Ty(), function->getArg(0), loop.at()),
      llvm::Align(32));
  llvm::Value* bits = b.CreateZExt(words, vector(b.getInt64Ty()));
  llvm::Value* before =
      totals_before(loop, b.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, bits));
  b.CreateAlignedStore(
      b.CreateOr(b.CreateShl(before, 32), bits),
      Frame::element(b, b.getInt64Ty(), function->getArg(1), loop.at()),
      llvm::Align(64));
  loop.close();
  here.CreateRetVoid();
  return function;
}

bool counts_mask(const Instruction& what) {
  return (what.op == Op::kAny || what.op == Op::kCount) && what.a != kNone;
}

}  // namespace

Totals::Totals(Frame& frame, const Region& region) : frame_(frame) {
  free_ = nullptr;
  for (const RegionStep step : region.steps) {
    if (step.is_output) continue;
    const Instruction& what = frame.code().instructions[step.index];
    if (counts_mask(what) && !counts_.contains(what.a)) {
      add_counts(what.a, what.table);
    }
    if (what.op == Op::kSumI && !sums_.contains({what.a, what.slot, what.v})) {
      add_sums(what);
    }
  }
}

llvm::Value* Totals::take(llvm::Value* bytes) {
  llvm::IRBuilder<>& b = frame_.once;
  if (free_ == nullptr) {
    free_ = frame_.pointer(frame_.scratch(), offsetof(KernelScratch, work));
  }
  llvm::Value* taken = free_;
  free_ = b.CreateInBoundsGEP(b.getInt8Ty(), free_, bytes);
  return taken;
}

void Totals::add_counts(uint32_t mask, uint32_t table) {
  llvm::IRBuilder<>& once = frame_.once;
  llvm::Value* places = frame_.places(table);
  // count_array_bytes.
  llvm::Value* pairs = take(once.CreateAdd(
      once.CreateShl(once.CreateLShr(places, 9), 7), once.getInt64(128)));
  counts_[mask] = pairs;
  llvm::Value* words =
      once.CreateAdd(once.CreateLShr(places, 5), once.getInt64(1));
  frame_.here.CreateCall(counting(frame_.module()),
                         {frame_.register_memory(mask), pairs, words});
}

void Totals::add_sums(const Instruction& what) {
  llvm::IRBuilder<>& once = frame_.once;
  llvm::Value* places = frame_.places(what.table);
  // sum_array_bytes.
  llvm::Value* running = take(once.CreateAdd(
      once.CreateShl(once.CreateLShr(places, 3), 6), once.getInt64(64)));
  sums_[{what.a, what.slot, what.v}] = running;
  Loop loop(frame_.here, once.CreateAdd(places, once.getInt64(1)), kTotalLanes);
  llvm::IRBuilder<>& b = loop.body;
  Lanes lanes(frame_, loop, what.table, kTotalLanes, false);
  llvm::Value* values = what.v == kNone ? lanes.column_integers(what.slot)
                                        : lanes.integers(what.v);
  if (what.a != kNone) {
    values = b.CreateSelect(lanes.flags(lanes.bits(what.a)), values,
                            llvm::Constant::getNullValue(values->getType()));
  }
  b.CreateAlignedStore(totals_before(loop, values),
                       Frame::element(b, b.getInt64Ty(), running, loop.at()),
                       llvm::Align(64));
  loop.close();
}

// ---- profiles ----

llvm::Value* Rows::offsets(uint32_t table) {
  return frame_.pointer(frame_.table(table), offsetof(KernelTable, offsets));
}

// Offsets from a profile on, kOffsetPadding behind those of the last one.
llvm::Value* Rows::places(uint32_t table, llvm::Value* from) {
  llvm::IRBuilder<>& b = loop_.body;
  return b.CreateAlignedLoad(
      frame_.lanes_of(b.getInt32Ty(), lanes_),
      Frame::element(b, b.getInt32Ty(), offsets(table), from), llvm::Align(4));
}

llvm::Value* Rows::begins(uint32_t table) {
  llvm::Value*& known = begins_[table];
  if (known != nullptr) return known;
  known = places(table, loop_.at());
  return known;
}

llvm::Value* Rows::ends(uint32_t table) {
  llvm::Value*& known = ends_[table];
  if (known != nullptr) return known;
  llvm::IRBuilder<>& b = loop_.body;
  known = places(table, b.CreateAdd(loop_.at(), b.getInt64(1)));
  return known;
}

llvm::Value* Rows::first_place(uint32_t table) {
  return loop_.before.CreateLoad(loop_.before.getInt32Ty(), offsets(table));
}

llvm::Value* Rows::shifted(llvm::Value* totals, llvm::Value* initial) {
  llvm::PHINode* carried =
      loop_.carry(loop_.before.CreateVectorSplat(lanes_, initial));
  std::vector<int> from;
  for (unsigned i = 0; i < lanes_; ++i) {
    from.push_back(static_cast<int>(lanes_ - 1 + i));
  }
  loop_.set_next(carried, totals);
  return loop_.body.CreateShuffleVector(carried, totals, from);
}

llvm::Value* Rows::below(uint32_t mask, llvm::Value* places) {
  llvm::IRBuilder<>& b = loop_.body;
  llvm::Value* pairs = Frame::gather(b, b.getInt64Ty(), totals_.counts(mask),
                                     b.CreateLShr(places, 5));
  llvm::Type* halves = frame_.lanes_of(b.getInt32Ty(), lanes_ * 2);
  llvm::Value* flat = b.CreateBitCast(pairs, halves);
  std::vector<int> low, high;
  for (unsigned i = 0; i < lanes_; ++i) {
    low.push_back(static_cast<int>(2 * i));
    high.push_back(static_cast<int>(2 * i + 1));
  }
  llvm::Type* type = places->getType();
  llvm::Constant* one = llvm::ConstantInt::get(type, 1);
  llvm::Value* bit =
      b.CreateShl(one, b.CreateAnd(places, llvm::ConstantInt::get(type, 31)));
  llvm::Value* bits =
      b.CreateAnd(b.CreateShuffleVector(flat, low), b.CreateSub(bit, one));
  return b.CreateAdd(b.CreateShuffleVector(flat, high),
                     b.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, bits));
}

// The same of the first profile's first place, one number.
llvm::Value* Rows::first_below(uint32_t mask, uint32_t table) {
  llvm::IRBuilder<>& b = loop_.before;
  llvm::Value* place = first_place(table);
  llvm::Value* pair = b.CreateLoad(
      b.getInt64Ty(), Frame::element(b, b.getInt64Ty(), totals_.counts(mask),
                                     b.CreateLShr(place, 5)));
  llvm::Value* bit = b.CreateShl(b.getInt32(1), b.CreateAnd(place, 31));
  llvm::Value* bits = b.CreateAnd(b.CreateTrunc(pair, b.getInt32Ty()),
                                  b.CreateSub(bit, b.getInt32(1)));
  return b.CreateAdd(b.CreateTrunc(b.CreateLShr(pair, 32), b.getInt32Ty()),
                     b.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, bits));
}

llvm::Value* Rows::count(const Instruction& what, llvm::Value* begin,
                         llvm::Value* end) {
  llvm::IRBuilder<>& b = loop_.body;
  const bool whole = begin == nullptr && end == nullptr;
  if (begin == nullptr && (what.a == kNone || !whole)) {
    begin = begins(what.table);
  }
  if (end == nullptr) end = ends(what.table);
  if (what.a == kNone) return b.CreateSub(end, begin);
  if (!whole) return b.CreateSub(below(what.a, end), below(what.a, begin));
  llvm::Value*& known = counts_[what.a];
  if (known != nullptr) return known;
  llvm::Value* there = below(what.a, end);
  known = b.CreateSub(there, shifted(there, first_below(what.a, what.table)));
  return known;
}

llvm::Value* Rows::sum_below(const Instruction& what, llvm::Value* places) {
  llvm::IRBuilder<>& b = loop_.body;
  return Frame::gather(b, b.getInt64Ty(), totals_.sums(what), places);
}

llvm::Value* Rows::sum(const Instruction& what, llvm::Value* begin,
                       llvm::Value* end) {
  llvm::IRBuilder<>& b = loop_.body;
  const bool whole = begin == nullptr && end == nullptr;
  llvm::Value* there = sum_below(what, end == nullptr ? ends(what.table) : end);
  if (!whole) {
    if (begin == nullptr) begin = begins(what.table);
    return b.CreateSub(there, sum_below(what, begin));
  }
  llvm::IRBuilder<>& before = loop_.before;
  llvm::Value* first = before.CreateLoad(
      b.getInt64Ty(), Frame::element(before, b.getInt64Ty(), totals_.sums(what),
                                     first_place(what.table)));
  return b.CreateSub(there, shifted(there, first));
}

}  // namespace kitle
