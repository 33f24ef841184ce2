// Lanes: registers, and what is made of them. Above each operation that is more
// than one instruction stands what it emits, as C.
#include "compiler/jit/lanes.h"

#include <cassert>
#include <cstddef>

#include "runtime/eval/abi.h"

namespace kitle {
namespace {

using Predicate = llvm::CmpInst::Predicate;

}  // namespace

Lanes::Lanes(Frame& frame, Loop& loop, uint32_t domain, unsigned lanes,
             bool small_sets)
    : frame_(frame),
      loop_(loop),
      b_(loop.body),
      domain_(domain),
      lanes_(lanes),
      small_sets_(small_sets) {}

llvm::Value* Lanes::splat(llvm::Value* value) {
  return frame_.once.CreateVectorSplat(lanes_, value);
}

llvm::Value* Lanes::flags(llvm::Value* bits) {
  return b_.CreateBitCast(bits, frame_.lanes_of(b_.getInt1Ty(), lanes_));
}

llvm::Value* Lanes::packed(llvm::Value* flags) {
  return b_.CreateBitCast(flags, frame_.bits_type(lanes_));
}

llvm::Value* Lanes::yes(bool value) {
  llvm::Type* type = frame_.bits_type(lanes_);
  return value ? llvm::Constant::getAllOnesValue(type)
               : llvm::Constant::getNullValue(type);
}

// ---- registers ----

// Registers have whole groups of 64 places and are aligned to as many bytes.
llvm::Value* Lanes::from_memory(uint32_t reg, llvm::Type* type,
                                unsigned bytes) {
  llvm::Value* memory = frame_.register_memory(reg);
  return b_.CreateAlignedLoad(frame_.lanes_of(type, lanes_),
                              Frame::element(b_, type, memory, loop_.at()),
                              llvm::Align(bytes));
}

// The bits of this turn out of words of which the first is of place 0.
llvm::Value* Lanes::raw_bits(llvm::Value* words) {
  llvm::Value* byte = b_.CreateLShr(loop_.at(), 3);
  return b_.CreateAlignedLoad(frame_.bits_type(lanes_),
                              Frame::element(b_, b_.getInt8Ty(), words, byte),
                              llvm::Align(lanes_ / 8));
}

llvm::Value* Lanes::bits(uint32_t reg) {
  Held& held = held_[reg];
  if (held.value == nullptr) held.value = raw_bits(frame_.register_memory(reg));
  return held.value;
}

llvm::Value* Lanes::integers(uint32_t reg) {
  Held& held = held_[reg];
  if (held.value != nullptr) return held.value;
  held.value =
      held.small != nullptr
          ? b_.CreateZExt(held.small, frame_.lanes_of(b_.getInt64Ty(), lanes_))
          : from_memory(reg, b_.getInt64Ty(), 64);
  return held.value;
}

llvm::Value* Lanes::numbers(uint32_t reg) {
  Held& held = held_[reg];
  if (held.value == nullptr) {
    held.value = from_memory(reg, b_.getDoubleTy(), 64);
  }
  return held.value;
}

void Lanes::store(uint32_t reg) {
  llvm::Value* memory = frame_.register_memory(reg);
  switch (frame_.code().registers[reg].kind) {
    case RegisterKind::kBits:
      b_.CreateAlignedStore(bits(reg),
                            Frame::element(b_, b_.getInt8Ty(), memory,
                                           b_.CreateLShr(loop_.at(), 3)),
                            llvm::Align(lanes_ / 8));
      return;
    case RegisterKind::kI64:
    case RegisterKind::kF64: {
      const bool number =
          frame_.code().registers[reg].kind == RegisterKind::kF64;
      b_.CreateAlignedStore(
          number ? numbers(reg) : integers(reg),
          Frame::element(b_, b_.getInt64Ty(), memory, loop_.at()),
          llvm::Align(64));
      return;
    }
    case RegisterKind::kI128:
    case RegisterKind::kAnswers:
      break;
  }
  assert(false && "kernels alone make these");
}

void Lanes::store_output(uint32_t output) {
  const Output& what = frame_.code().outputs[output];
  const auto write = [&](uint32_t reg, uint64_t list) {
    if (reg == kNone) return;
    llvm::Value* words = frame_.pointer(frame_.pointer(frame_.out(), list),
                                        output * sizeof(uint64_t*));
    b_.CreateAlignedStore(
        bits(reg),
        Frame::element(b_, b_.getInt8Ty(), words, b_.CreateLShr(loop_.at(), 3)),
        llvm::Align(lanes_ / 8));
  };
  write(what.bits, offsetof(KernelOut, members));
  write(what.error, offsetof(KernelOut, errors));
}

// ---- comparisons ----

// Of a count: within the part of the range that 32 bits hold.
llvm::Value* Lanes::range(const Instruction& what) {
  llvm::IRBuilder<>& once = frame_.once;
  llvm::Type* i64 = once.getInt64Ty();
  llvm::Value* ranges =
      frame_.pointer(frame_.params(), offsetof(KernelParams, ranges));
  const uint64_t at = what.param * sizeof(Bounds);
  llvm::Value* low = frame_.field(ranges, at + offsetof(Bounds, low), i64);
  llvm::Value* high = frame_.field(ranges, at + offsetof(Bounds, high), i64);
  const Held& held = held_[what.a];
  if (held.small == nullptr) {
    llvm::Value* values = integers(what.a);
    return packed(b_.CreateAnd(b_.CreateICmpSGE(values, splat(low)),
                               b_.CreateICmpSLE(values, splat(high))));
  }
  low =
      once.CreateBinaryIntrinsic(llvm::Intrinsic::smax, low, once.getInt64(0));
  high = once.CreateBinaryIntrinsic(llvm::Intrinsic::smin, high,
                                    once.getInt64(UINT32_MAX));
  llvm::Value* possible =
      once.CreateSExt(once.CreateICmpSLE(low, high), frame_.bits_type(lanes_));
  llvm::Type* i32 = once.getInt32Ty();
  return b_.CreateAnd(within(held.small, once.CreateTrunc(low, i32),
                             once.CreateTrunc(high, i32)),
                      possible);
}

llvm::Value* Lanes::compare(const Instruction& what, Predicate predicate) {
  return packed(b_.CreateICmp(predicate, integers(what.a), integers(what.b)));
}

llvm::Value* Lanes::compare_numbers(const Instruction& what,
                                    Predicate predicate) {
  return packed(b_.CreateFCmp(predicate, numbers(what.a), numbers(what.b)));
}

//   b == 0 ? 0 : a / b
llvm::Value* Lanes::divided(llvm::Value* a, llvm::Value* b) {
  llvm::Constant* zeros = llvm::Constant::getNullValue(a->getType());
  return b_.CreateSelect(b_.CreateFCmpOEQ(b, zeros), zeros,
                         b_.CreateFDiv(a, b));
}

// ---- one instruction ----

llvm::Value* Lanes::position(uint32_t reg, uint32_t table) {
  if (reg == kNone) return nullptr;
  llvm::Type* narrow = frame_.lanes_of(b_.getInt32Ty(), lanes_);
  llvm::Value* at = b_.CreateTrunc(integers(reg), narrow);
  llvm::Value* end =
      frame_.once.CreateTrunc(frame_.places(table), b_.getInt32Ty());
  // Behind the last profile stands anything.
  return b_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, at, splat(end));
}

llvm::Value* Lanes::count(const Instruction& what, Rows& rows) {
  return rows.count(what, position(what.b, what.table),
                    position(what.c, what.table));
}

//   begin < end ? begin : -1, or the last one of them
llvm::Value* Lanes::end_position(const Instruction& what, Rows& rows) {
  llvm::Value* begin = position(what.b, what.table);
  llvm::Value* end = position(what.c, what.table);
  if (begin == nullptr) begin = rows.begins(what.table);
  if (end == nullptr) end = rows.ends(what.table);
  llvm::Type* wide = frame_.lanes_of(b_.getInt64Ty(), lanes_);
  llvm::Value* none = llvm::Constant::getAllOnesValue(wide);
  llvm::Value* place = b_.CreateZExt(what.op == Op::kFirst ? begin : end, wide);
  if (what.op == Op::kLast) place = b_.CreateAdd(place, none);
  return b_.CreateSelect(b_.CreateICmpULT(begin, end), place, none);
}

llvm::Value* Lanes::result_bits(uint32_t index, Rows& rows) {
  const Instruction& what = frame_.code().instructions[index];
  switch (what.op) {
    case Op::kAllBits:
      return yes(what.imm != 0);
    case Op::kInRange:
      return in_range(index);
    case Op::kInSet:
      return in_set(index);
    case Op::kPresent:
      return present(what.slot);
    case Op::kAnd:
      return b_.CreateAnd(bits(what.a), bits(what.b));
    case Op::kOr:
      return b_.CreateOr(bits(what.a), bits(what.b));
    case Op::kAndNot:
      return b_.CreateAnd(bits(what.a), b_.CreateNot(bits(what.b)));
    case Op::kNot:
      return b_.CreateNot(bits(what.a));
    case Op::kRangeI:
      return range(what);
    case Op::kSetI:
      return set(index);
    case Op::kEqI:
      return compare(what, Predicate::ICMP_EQ);
    case Op::kLtI:
      return compare(what, Predicate::ICMP_SLT);
    case Op::kLeI:
      return compare(what, Predicate::ICMP_SLE);
    case Op::kEqF:
      return compare_numbers(what, Predicate::FCMP_OEQ);
    case Op::kLtF:
      return compare_numbers(what, Predicate::FCMP_OLT);
    case Op::kLeF:
      return compare_numbers(what, Predicate::FCMP_OLE);
    case Op::kFinite:
      return finite(what);
    case Op::kAny: {
      llvm::Value* found = count(what, rows);
      return packed(b_.CreateICmpNE(
          found, llvm::Constant::getNullValue(found->getType())));
    }
    case Op::kTakeBits:
      return take_bits(what);
    default:
      break;
  }
  assert(false && "is_emitted() says what is emitted");
  return nullptr;
}

//   |a| < infinity
llvm::Value* Lanes::finite(const Instruction& what) {
  llvm::Value* a = numbers(what.a);
  return packed(
      b_.CreateFCmpOLT(b_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, a),
                       llvm::ConstantFP::getInfinity(a->getType())));
}

llvm::Value* Lanes::parameter(const Instruction& what) {
  llvm::Value* ints =
      frame_.pointer(frame_.params(), offsetof(KernelParams, ints));
  // The low half.
  return splat(frame_.field(ints, what.param * sizeof(Int128),
                            frame_.once.getInt64Ty()));
}

llvm::Value* Lanes::result_integers(const Instruction& what, Rows& rows) {
  switch (what.op) {
    case Op::kLoadI:
      return column_integers(what.slot);
    case Op::kParamI:
      return parameter(what);
    case Op::kAddI:
      return b_.CreateAdd(integers(what.a), integers(what.b));
    case Op::kSubI:
      return b_.CreateSub(integers(what.a), integers(what.b));
    case Op::kMulI:
      return b_.CreateMul(integers(what.a), integers(what.b));
    case Op::kNegI:
      return b_.CreateNeg(integers(what.a));
    case Op::kLesserI:
      return b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, integers(what.a),
                                      integers(what.b));
    case Op::kGreaterI:
      return b_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, integers(what.a),
                                      integers(what.b));
    case Op::kSumI:
      return rows.sum(what, position(what.b, what.table),
                      position(what.c, what.table));
    case Op::kFirst:
    case Op::kLast:
      return end_position(what, rows);
    case Op::kTakeI:
      return take_integers(what);
    default:
      break;
  }
  assert(false && "is_emitted() says what is emitted");
  return nullptr;
}

llvm::Value* Lanes::result_numbers(const Instruction& what) {
  switch (what.op) {
    case Op::kLoadF:
      return column_numbers(what.slot);
    case Op::kParamF:
      return splat(frame_.field(
          frame_.pointer(frame_.params(), offsetof(KernelParams, numbers)),
          what.param * sizeof(double), frame_.once.getDoubleTy()));
    case Op::kAddF:
      return b_.CreateFAdd(numbers(what.a), numbers(what.b));
    case Op::kSubF:
      return b_.CreateFSub(numbers(what.a), numbers(what.b));
    case Op::kMulF:
      return b_.CreateFMul(numbers(what.a), numbers(what.b));
    case Op::kDivF:
      return divided(numbers(what.a), numbers(what.b));
    case Op::kNegF:
      return b_.CreateFNeg(numbers(what.a));
    case Op::kIToF:
      return b_.CreateSIToFP(integers(what.a),
                             frame_.lanes_of(b_.getDoubleTy(), lanes_));
    case Op::kTakeF:
      return take_numbers(what);
    default:
      break;
  }
  assert(false && "is_emitted() says what is emitted");
  return nullptr;
}

void Lanes::emit(uint32_t index, Rows& rows) {
  const Instruction& what = frame_.code().instructions[index];
  if (what.op == Op::kCount) {
    held_[what.dst].small = count(what, rows);
    return;
  }
  llvm::Value* value = nullptr;
  switch (frame_.code().registers[what.dst].kind) {
    case RegisterKind::kBits:
      value = result_bits(index, rows);
      break;
    case RegisterKind::kI64:
      value = result_integers(what, rows);
      break;
    case RegisterKind::kF64:
      value = result_numbers(what);
      break;
    case RegisterKind::kI128:
    case RegisterKind::kAnswers:
      assert(false && "kernels alone make these");
  }
  held_[what.dst].value = value;
}

}  // namespace kitle
