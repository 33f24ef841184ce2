// The places of one turn of a region's loop, `lanes` at once: registers as
// values, and what each operation makes of them.
#pragma once

#include <cstdint>
#include <map>

#include "compiler/jit/frame.h"
#include "compiler/jit/totals.h"

namespace kitle {

// The size of a set that is one register.
inline constexpr unsigned kSmallSetBits = 512;

// How values are held: bits as an integer of `lanes` bits, place 0 the lowest;
// 64-bit integers and doubles as vectors. A 64-bit integer that is a count may
// be held as 32 bits without a sign.
class Lanes {
 public:
  // `small_sets`: all sets of the region fit 512 bits (v4 only).
  Lanes(Frame& frame, Loop& loop, uint32_t domain, unsigned lanes,
        bool small_sets);

  // Computes an instruction's result.
  void emit(uint32_t index, Rows& rows);
  // Writes a result to its register, the bits of an output to their words.
  void store(uint32_t reg);
  void store_output(uint32_t output);

  llvm::Value* bits(uint32_t reg);
  llvm::Value* integers(uint32_t reg);
  llvm::Value* numbers(uint32_t reg);
  llvm::Value* column_integers(uint32_t slot);

  // Bits as a vector of i1, and back.
  llvm::Value* flags(llvm::Value* bits);
  llvm::Value* packed(llvm::Value* flags);
  llvm::Value* splat(llvm::Value* value);

 private:
  struct Held {
    llvm::Value* value = nullptr;
    llvm::Value* small = nullptr;  // of an integer: as <lanes x i32>
  };

  llvm::Value* from_memory(uint32_t reg, llvm::Type* type, unsigned bytes);
  llvm::Value* stored(uint32_t slot);
  void prefetch(llvm::Value* here);
  llvm::Value* valid(uint32_t slot);
  llvm::Value* raw_bits(llvm::Value* words);
  llvm::Value* yes(bool value);

  llvm::Value* in_range(uint32_t index);
  llvm::Value* in_set(uint32_t index);
  llvm::Value* in_byte_set(llvm::Value* codes, llvm::Value* words);
  llvm::Value* in_small_set(llvm::Value* codes, llvm::Value* words);
  llvm::Value* some_lanes(llvm::Value* values, unsigned from, unsigned count);
  llvm::Value* in_words(llvm::Value* codes, llvm::Value* words,
                        llvm::Value* size);
  llvm::Value* present(uint32_t slot);
  llvm::Value* range(const Instruction& what);
  llvm::Value* within(llvm::Value* values, llvm::Value* low, llvm::Value* high);
  llvm::Value* set(uint32_t index);
  llvm::Value* compare(const Instruction& what,
                       llvm::CmpInst::Predicate predicate);
  llvm::Value* compare_numbers(const Instruction& what,
                               llvm::CmpInst::Predicate predicate);
  llvm::Value* divided(llvm::Value* a, llvm::Value* b);
  llvm::Value* column_numbers(uint32_t slot);
  llvm::Value* result_bits(uint32_t index, Rows& rows);
  llvm::Value* result_integers(const Instruction& what, Rows& rows);
  llvm::Value* result_numbers(const Instruction& what);
  llvm::Value* finite(const Instruction& what);
  llvm::Value* parameter(const Instruction& what);
  llvm::Value* position(uint32_t reg, uint32_t table);
  llvm::Value* count(const Instruction& what, Rows& rows);
  llvm::Value* end_position(const Instruction& what, Rows& rows);
  llvm::Value* is_place(llvm::Value* at, uint32_t table);
  llvm::Value* take_integers(const Instruction& what);
  llvm::Value* take_stored(const Instruction& what, llvm::Value* at,
                           llvm::Value* there);
  llvm::Value* take_numbers(const Instruction& what);
  llvm::Value* take_bits(const Instruction& what);
  llvm::Value* taken(llvm::Type* type, llvm::Value* base, llvm::Value* at,
                     llvm::Value* there);
  llvm::Value* bits_at(llvm::Value* words, llvm::Value* at, llvm::Value* there);

  Frame& frame_;
  Loop& loop_;
  llvm::IRBuilder<>& b_;
  uint32_t domain_;
  unsigned lanes_;
  bool small_sets_;
  std::map<uint32_t, Held> held_;                 // by register
  std::map<uint32_t, llvm::Value*> stored_;       // by slot
  std::map<uint32_t, llvm::Value*> valid_;        // by slot
  std::map<uint32_t, llvm::Value*> small_codes_;  // by slot: code words
};

}  // namespace kitle
