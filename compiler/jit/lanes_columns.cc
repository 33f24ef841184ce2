// Lanes: what is read from columns and from sets. Above each operation that is
// more than one instruction stands what it emits, as C.
#include <llvm/IR/IntrinsicsX86.h>

#include <cstddef>
#include <vector>

#include "compiler/jit/lanes.h"
#include "runtime/eval/abi.h"

namespace kitle {
namespace {

constexpr unsigned kSmallSetLanes = 32;
constexpr unsigned kByteSetLanes = 32;
constexpr uint64_t kPrefetchBytes = 2048;

}  // namespace

// ---- columns ----

// data[first + at ..]
llvm::Value* Lanes::stored(uint32_t slot) {
  llvm::Value*& known = stored_[slot];
  if (known != nullptr) return known;
  llvm::Type* type = frame_.stored_type(slot);
  if (type == nullptr) type = b_.getDoubleTy();
  llvm::Value* data = Frame::element(
      frame_.once, type,
      frame_.pointer(frame_.column(slot), offsetof(ColumnView, data)),
      frame_.first(domain_));
  llvm::Value* here = Frame::element(b_, type, data, loop_.at());
  prefetch(here);
  known = b_.CreateAlignedLoad(frame_.lanes_of(type, lanes_), here,
                               llvm::Align(type->getPrimitiveSizeInBits() / 8));
  return known;
}

// The processor's own looking ahead ends with each page of memory.
void Lanes::prefetch(llvm::Value* here) {
  llvm::Value* ahead =
      b_.CreateConstGEP1_64(b_.getInt8Ty(), here, kPrefetchBytes);
  b_.CreateIntrinsic(
      llvm::Intrinsic::prefetch, {b_.getPtrTy()},
      {ahead, /*write=*/b_.getInt32(0), /*locality=*/b_.getInt32(3),
       /*data=*/b_.getInt32(1)});
}

//   valid == null ? ~0 : valid bits
// without a branch: where there are none, bits of the data are read instead.
// Those of profiles begin at any bit.
llvm::Value* Lanes::valid(uint32_t slot) {
  if (!frame_.may_miss(slot)) return yes(true);
  llvm::Value*& known = valid_[slot];
  if (known != nullptr) return known;
  llvm::IRBuilder<>& once = frame_.once;
  llvm::Value* column = frame_.column(slot);
  llvm::Value* words = frame_.pointer(column, offsetof(ColumnView, valid));
  llvm::Value* none = once.CreateIsNull(words);
  words = once.CreateSelect(
      none, frame_.pointer(column, offsetof(ColumnView, data)), words);
  llvm::Type* type = frame_.bits_type(lanes_);
  llvm::Value* first = frame_.first(domain_);
  llvm::Value* read = nullptr;
  if (domain_ == kProfiles) {
    llvm::Value* bit = b_.CreateAdd(first, loop_.at());
    llvm::Type* wide = b_.getIntNTy(lanes_ * 2);
    llvm::Value* loaded = b_.CreateAlignedLoad(
        wide, Frame::element(b_, b_.getInt8Ty(), words, b_.CreateLShr(bit, 3)),
        llvm::Align(1));
    llvm::Value* shift = b_.CreateZExtOrTrunc(b_.CreateAnd(bit, 7), wide);
    read = b_.CreateTrunc(b_.CreateLShr(loaded, shift), type);
  } else {
    words = Frame::element(once, once.getInt8Ty(), words,
                           once.CreateLShr(first, 3));
    read = raw_bits(words);
  }
  known = b_.CreateOr(read, once.CreateSExt(none, type));
  return known;
}

//   valid ? base + unit * stored : 0
llvm::Value* Lanes::column_integers(uint32_t slot) {
  llvm::Type* wide = frame_.lanes_of(b_.getInt64Ty(), lanes_);
  llvm::Constant* zeros = llvm::Constant::getNullValue(wide);
  if (frame_.stored_type(slot) == nullptr) return zeros;
  if (!frame_.is_signed(slot)) {
    llvm::Value* value = b_.CreateZExt(stored(slot), wide);
    if (!frame_.may_miss(slot)) return value;
    return b_.CreateSelect(flags(valid(slot)), value, zeros);
  }
  llvm::Value* column = frame_.column(slot);
  llvm::Type* i64 = b_.getInt64Ty();
  llvm::Value* unit =
      splat(frame_.field(column, offsetof(ColumnView, unit), i64));
  llvm::Value* base =
      splat(frame_.field(column, offsetof(ColumnView, base), i64));
  llvm::Value* value = b_.CreateAdd(
      base, b_.CreateMul(unit, b_.CreateSExtOrTrunc(stored(slot), wide)));
  if (!frame_.may_miss(slot)) return value;
  return b_.CreateSelect(flags(valid(slot)), value, zeros);
}

llvm::Value* Lanes::column_numbers(uint32_t slot) {
  if (frame_.request().layout[slot] == Physical::kF64) return stored(slot);
  return llvm::Constant::getNullValue(
      frame_.lanes_of(b_.getDoubleTy(), lanes_));
}

// Of codes: stored != 0.
llvm::Value* Lanes::present(uint32_t slot) {
  if (frame_.request().layout[slot] == Physical::kAbsent) return yes(false);
  if (frame_.may_miss(slot)) return valid(slot);
  if (!is_text_like(frame_.request().program->slots[slot].type)) {
    return yes(true);
  }
  llvm::Value* codes = stored(slot);
  return packed(
      b_.CreateICmpNE(codes, llvm::Constant::getNullValue(codes->getType())));
}

// As C, with low and high of the form kCompare, or the ends of the type where
// the form is kPresent (of codes from 1 on):
//
//   (unsigned)(stored - low) <= (unsigned)(high - low)
//       & (form == kNever ? 0 : ~0) & valid
llvm::Value* Lanes::in_range(uint32_t index) {
  const uint32_t slot = frame_.code().instructions[index].slot;
  llvm::IntegerType* type = frame_.stored_type(slot);
  if (type == nullptr) return yes(false);
  llvm::IRBuilder<>& once = frame_.once;
  llvm::Value* bound = frame_.bound(index);
  const auto form_is = [&](BoundRange::Form form) {
    llvm::Value* is =
        frame_.field(bound, offsetof(BoundRange, form), once.getInt8Ty());
    return once.CreateICmpEQ(is, once.getInt8(static_cast<uint8_t>(form)));
  };
  const unsigned width = type->getBitWidth();
  const bool codes = is_text_like(frame_.request().program->slots[slot].type);
  const bool is_signed = frame_.is_signed(slot);
  llvm::APInt least = is_signed ? llvm::APInt::getSignedMinValue(width)
                                : llvm::APInt(width, codes ? 1 : 0);
  llvm::APInt most = is_signed ? llvm::APInt::getSignedMaxValue(width)
                               : llvm::APInt::getMaxValue(width);
  llvm::Value* compares = form_is(BoundRange::Form::kCompare);
  const auto end = [&](uint64_t offset, const llvm::APInt& open) {
    llvm::Value* given = once.CreateZExtOrTrunc(
        frame_.field(bound, offset, once.getInt64Ty()), type);
    return once.CreateSelect(compares, given,
                             llvm::ConstantInt::get(type, open));
  };
  llvm::Value* low = end(offsetof(BoundRange, low), least);
  llvm::Value* high = end(offsetof(BoundRange, high), most);
  llvm::Value* possible =
      once.CreateSExt(once.CreateNot(form_is(BoundRange::Form::kNever)),
                      frame_.bits_type(lanes_));
  llvm::Value* hit = within(stored(slot), low, high);
  return b_.CreateAnd(b_.CreateAnd(hit, possible), valid(slot));
}

// low <= value <= high, for low <= high, by one comparison; numbers of one
// width, which may both be signed or both unsigned.
llvm::Value* Lanes::within(llvm::Value* values, llvm::Value* low,
                           llvm::Value* high) {
  llvm::Value* width = splat(frame_.once.CreateSub(high, low));
  return packed(b_.CreateICmpULE(b_.CreateSub(values, splat(low)), width));
}

// ---- sets of codes ----

llvm::Value* Lanes::in_set(uint32_t index) {
  const uint32_t slot = frame_.code().instructions[index].slot;
  if (frame_.stored_type(slot) == nullptr) return yes(false);
  llvm::Value* set =
      frame_.pointer(frame_.bound(index), offsetof(BoundInstruction, set));
  llvm::Value* words = frame_.pointer(set, offsetof(BoundSet, words));
  if (frame_.request().layout[slot] == Physical::kU8) {
    return in_byte_set(stored(slot), words);
  }
  if (small_sets_) {
    llvm::Value*& codes = small_codes_[slot];
    if (codes == nullptr) {
      llvm::Type* narrow = frame_.lanes_of(b_.getInt16Ty(), lanes_);
      llvm::Type* type = stored(slot)->getType();
      codes = stored(slot);
      if (type->getScalarSizeInBits() > 8) {
        codes = b_.CreateBinaryIntrinsic(
            llvm::Intrinsic::umin, codes,
            llvm::ConstantInt::get(type, kSmallSetBits - 1));
      }
      codes = b_.CreateZExtOrTrunc(codes, narrow);
    }
    return in_small_set(codes, words);
  }
  llvm::Value* size =
      frame_.field(set, offsetof(BoundSet, bits), frame_.once.getInt32Ty());
  llvm::Type* wide = frame_.lanes_of(b_.getInt32Ty(), lanes_);
  return in_words(b_.CreateZExtOrTrunc(stored(slot), wide), words, size);
}

// `count` of them; where there are fewer, the first one again.
llvm::Value* Lanes::some_lanes(llvm::Value* values, unsigned from,
                               unsigned count) {
  if (lanes_ == count) return values;
  std::vector<int> part;
  for (unsigned i = 0; i < count; ++i) {
    part.push_back(static_cast<int>(from + i < lanes_ ? from + i : 0));
  }
  return b_.CreateShuffleVector(values, part);
}

// Of codes of one byte, 256 bits of a set are two registers of 16 bytes, in
// which each lane looks up its own:
//
//   byte[code / 8] & 1 << code % 8
llvm::Value* Lanes::in_byte_set(llvm::Value* codes, llvm::Value* words) {
  llvm::IRBuilder<>& once = frame_.once;
  llvm::Type* type = frame_.lanes_of(once.getInt8Ty(), kByteSetLanes);
  const auto constant = [&](uint64_t value) {
    return llvm::ConstantInt::get(type, value);
  };
  std::vector<int> twice;
  std::vector<uint8_t> powers;
  for (unsigned i = 0; i < kByteSetLanes; ++i) {
    twice.push_back(static_cast<int>(i % 16));
    powers.push_back(static_cast<uint8_t>(1U << (i % 8)));
  }
  const auto table = [&](unsigned from) {
    llvm::Value* bytes = once.CreateAlignedLoad(
        frame_.lanes_of(once.getInt8Ty(), 16),
        once.CreateConstGEP1_64(once.getInt8Ty(), words, from), llvm::Align(8));
    return once.CreateShuffleVector(bytes, twice);
  };
  const auto look_up = [&](llvm::Value* in, llvm::Value* at) {
    return b_.CreateIntrinsic(llvm::Intrinsic::x86_avx2_pshuf_b, {}, {in, at});
  };
  llvm::Value* low = table(0);
  llvm::Value* high = table(16);
  llvm::Value* bits = llvm::ConstantDataVector::get(b_.getContext(), powers);
  llvm::Value* flags = yes(false);
  for (unsigned i = 0; i < lanes_; i += kByteSetLanes) {
    llvm::Value* some = some_lanes(codes, i, kByteSetLanes);
    llvm::Value* at = b_.CreateLShr(some, constant(3));
    llvm::Value* byte = b_.CreateSelect(b_.CreateICmpULT(at, constant(16)),
                                        look_up(low, at), look_up(high, at));
    llvm::Value* bit = look_up(bits, b_.CreateAnd(some, constant(7)));
    llvm::Value* hit =
        b_.CreateBitCast(b_.CreateICmpNE(b_.CreateAnd(byte, bit), constant(0)),
                         frame_.bits_type(kByteSetLanes));
    hit = b_.CreateZExtOrTrunc(hit, frame_.bits_type(lanes_));
    flags = b_.CreateOr(flags, b_.CreateShl(hit, i));
  }
  return flags;
}

// A set of 512 bits is one register of 32 words of 16 bits, in which each
// lane looks up its own:
//
//   word[code / 16] & 1 << code % 16
llvm::Value* Lanes::in_small_set(llvm::Value* codes, llvm::Value* words) {
  llvm::IRBuilder<>& once = frame_.once;
  llvm::Type* type = frame_.lanes_of(once.getInt16Ty(), kSmallSetLanes);
  llvm::Value* table = once.CreateAlignedLoad(type, words, llvm::Align(8));
  const auto constant = [](llvm::Value* like, uint64_t value) {
    return llvm::ConstantInt::get(like->getType(), value);
  };
  llvm::Value* flags = nullptr;
  for (unsigned i = 0; i < lanes_; i += kSmallSetLanes) {
    llvm::Value* some = some_lanes(codes, i, kSmallSetLanes);
    llvm::Value* found =
        b_.CreateIntrinsic(llvm::Intrinsic::x86_avx512_permvar_hi_512, {},
                           {table, b_.CreateLShr(some, constant(some, 4))});
    llvm::Value* bit =
        b_.CreateShl(constant(some, 1), b_.CreateAnd(some, constant(some, 15)));
    llvm::Value* hit =
        b_.CreateICmpNE(b_.CreateAnd(found, bit), constant(some, 0));
    llvm::Value* packed_hit =
        b_.CreateBitCast(hit, frame_.bits_type(kSmallSetLanes));
    packed_hit = b_.CreateZExtOrTrunc(packed_hit, frame_.bits_type(lanes_));
    flags =
        i == 0 ? packed_hit : b_.CreateOr(flags, b_.CreateShl(packed_hit, i));
  }
  return flags;
}

//   word[min(code, size - 1) / 32] & 1 << code % 32
// of codes of 32 or 64 bits.
llvm::Value* Lanes::in_words(llvm::Value* codes, llvm::Value* words,
                             llvm::Value* size) {
  llvm::Type* type = codes->getType();
  llvm::Value* last = frame_.once.CreateSub(size, frame_.once.getInt32(1));
  last = frame_.once.CreateZExtOrTrunc(last, type->getScalarType());
  codes = b_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, codes, splat(last));
  codes = b_.CreateZExtOrTrunc(codes, frame_.lanes_of(b_.getInt32Ty(), lanes_));
  const auto constant = [&](uint64_t value) {
    return llvm::ConstantInt::get(codes->getType(), value);
  };
  llvm::Value* found = Frame::gather(b_, b_.getInt32Ty(), words,
                                     b_.CreateLShr(codes, constant(5)));
  llvm::Value* bit =
      b_.CreateShl(constant(1), b_.CreateAnd(codes, constant(31)));
  return packed(b_.CreateICmpNE(b_.CreateAnd(found, bit), constant(0)));
}

llvm::Value* Lanes::set(uint32_t index) {
  llvm::Value* set =
      frame_.pointer(frame_.bound(index), offsetof(BoundInstruction, set));
  return in_words(
      integers(frame_.code().instructions[index].a),
      frame_.pointer(set, offsetof(BoundSet, words)),
      frame_.field(set, offsetof(BoundSet, bits), frame_.once.getInt32Ty()));
}

// ---- values at a position ----

// at < end, without a sign: not -1, nor what stands behind the last profile.
llvm::Value* Lanes::is_place(llvm::Value* at, uint32_t table) {
  return b_.CreateICmpULT(at, splat(frame_.places(table)));
}

// there ? base[at] : 0
llvm::Value* Lanes::taken(llvm::Type* type, llvm::Value* base, llvm::Value* at,
                          llvm::Value* there) {
  return Frame::gather(b_, type, base, at, there);
}

//   word[at / 32] & 1 << at % 32, where there is one
llvm::Value* Lanes::bits_at(llvm::Value* words, llvm::Value* at,
                            llvm::Value* there) {
  const auto constant = [&](uint64_t value) {
    return llvm::ConstantInt::get(at->getType(), value);
  };
  llvm::Value* found =
      taken(b_.getInt32Ty(), words, b_.CreateLShr(at, constant(5)), there);
  llvm::Value* shift =
      b_.CreateTrunc(b_.CreateAnd(at, constant(31)), found->getType());
  llvm::Value* bit =
      b_.CreateShl(llvm::ConstantInt::get(found->getType(), 1), shift);
  return packed(
      b_.CreateICmpNE(b_.CreateAnd(found, bit),
                      llvm::Constant::getNullValue(found->getType())));
}

llvm::Value* Lanes::take_bits(const Instruction& what) {
  llvm::Value* at = integers(what.a);
  llvm::Value* there = is_place(at, what.table);
  return bits_at(frame_.register_memory(what.b), at, there);
}

llvm::Value* Lanes::take_integers(const Instruction& what) {
  llvm::Value* at = integers(what.a);
  llvm::Value* there = is_place(at, what.table);
  if (what.v != kNone) {
    return taken(b_.getInt64Ty(), frame_.register_memory(what.v), at, there);
  }
  if (frame_.stored_type(what.slot) == nullptr) {
    return llvm::Constant::getNullValue(at->getType());
  }
  return take_stored(what, at, there);
}

//   there & valid(at) ? base + unit * data[at] : 0
// Values of 8 and 16 bits are the low ones of 32 bits that are read.
llvm::Value* Lanes::take_stored(const Instruction& what, llvm::Value* at,
                                llvm::Value* there) {
  llvm::IRBuilder<>& once = frame_.once;
  llvm::IntegerType* type = frame_.stored_type(what.slot);
  llvm::Value* column = frame_.column(what.slot);
  llvm::Value* first = frame_.first(what.table);
  llvm::Value* data = Frame::element(
      once, type, frame_.pointer(column, offsetof(ColumnView, data)), first);
  const unsigned width = type->getBitWidth();
  llvm::Type* read = width < 32 ? b_.getInt32Ty() : type;
  llvm::Value* places = Frame::element(b_, type, data, at);
  llvm::Type* vector = frame_.lanes_of(read, lanes_);
  llvm::Value* found =
      b_.CreateMaskedGather(vector, places, llvm::Align(1), there,
                            llvm::Constant::getNullValue(vector));
  found = b_.CreateZExtOrTrunc(found, frame_.lanes_of(type, lanes_));
  if (!frame_.is_signed(what.slot)) {
    found = b_.CreateZExt(found, at->getType());
  } else {
    llvm::Type* i64 = b_.getInt64Ty();
    found = b_.CreateMul(
        splat(frame_.field(column, offsetof(ColumnView, unit), i64)),
        b_.CreateSExtOrTrunc(found, at->getType()));
    found = b_.CreateAdd(
        splat(frame_.field(column, offsetof(ColumnView, base), i64)), found);
  }
  llvm::Value* keep = there;
  if (frame_.may_miss(what.slot)) {
    llvm::Value* words = frame_.pointer(column, offsetof(ColumnView, valid));
    llvm::Value* none = once.CreateIsNull(words);
    words = Frame::element(once, once.getInt8Ty(), words,
                           once.CreateLShr(first, 3));
    llvm::Value* some = b_.CreateAnd(there, splat(once.CreateNot(none)));
    llvm::Value* valid =
        b_.CreateOr(bits_at(words, at, some),
                    once.CreateSExt(none, frame_.bits_type(lanes_)));
    keep = b_.CreateAnd(keep, flags(valid));
  }
  return b_.CreateSelect(keep, found,
                         llvm::Constant::getNullValue(found->getType()));
}

llvm::Value* Lanes::take_numbers(const Instruction& what) {
  llvm::Value* at = integers(what.a);
  llvm::Value* there = is_place(at, what.table);
  llvm::Type* type = b_.getDoubleTy();
  if (what.v != kNone) {
    return taken(type, frame_.register_memory(what.v), at, there);
  }
  if (frame_.request().layout[what.slot] != Physical::kF64) {
    return llvm::Constant::getNullValue(frame_.lanes_of(type, lanes_));
  }
  llvm::Value* data = Frame::element(
      frame_.once, type,
      frame_.pointer(frame_.column(what.slot), offsetof(ColumnView, data)),
      frame_.first(what.table));
  return taken(type, data, at, there);
}

}  // namespace kitle
