// How lowering writes a Code: parameters and instructions exist once, equal
// ones are given back. Used by compiler/lower_*.cc only.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/eval/program.h"

namespace kitle {

// Fills the slots and parameters of a program that its codes share.
class Parameters {
 public:
  explicit Parameters(Program& program) : program_(program) {}
  uint32_t slot(const Slot& slot);
  uint32_t range(const RangeParam& range);
  uint32_t integer(const IntParam& integer);
  uint32_t number(double number);
  uint32_t step(const StepParam& step);
  uint32_t set(const SetParam& set);
  uint32_t wholes(const WholesParam& wholes);
  uint32_t lookup(const LookupParam& lookup);
  uint32_t answers(const AnswersParam& answers);
  uint32_t points(const PointsParam& points);
  uint32_t sequence(const SequenceParam& sequence);
  const Slot& slot_at(uint32_t slot) const { return program_.slots[slot]; }

 private:
  Program& program_;
  std::unordered_map<std::string, uint32_t> slots_, ranges_, ints_, numbers_,
      steps_, sets_, wholes_, lookups_, answers_, points_, sequences_;
};

class Emitter {
 public:
  explicit Emitter(Parameters& parameters) : parameters_(parameters) {}

  Parameters& parameters() { return parameters_; }
  // The result of `what` (its dst and dst2 are filled in here) in `domain`.
  uint32_t emit(Instruction what, uint32_t domain);
  // Of kAnswers, with these questions.
  uint32_t answers(Instruction what, const AnswersParam& param);
  // Both results of an operation that has two.
  std::pair<uint32_t, uint32_t> emit_two(Instruction what, uint32_t domain);
  // The place in Code::lists of these registers.
  uint32_t list(const std::vector<uint32_t>& registers);
  RegisterKind kind(uint32_t reg) const { return code_.registers[reg].kind; }
  Code take() { return std::move(code_); }

 private:
  struct Known {
    Instruction what;
    uint32_t domain;
    bool two;
  };
  static bool same(const Known& a, const Known& b);
  const Instruction& made(const Known& wanted);
  uint32_t new_register(RegisterKind kind, uint32_t domain);

  Parameters& parameters_;
  Code code_;
  // By hash: indexes of instructions.
  std::unordered_multimap<uint64_t, uint32_t> known_;
  std::unordered_map<std::string, uint32_t> lists_;
};

// An emitter for one domain, and where the node that is being lowered notes
// its errors. Bits may be kNone: all of them; errors may be kNone: none.
class Place {
 public:
  Place(Emitter& emitter, uint32_t domain, uint32_t& error)
      : emitter_(emitter), domain_(domain), error_(error) {}

  uint32_t domain() const { return domain_; }
  Emitter& emitter() const { return emitter_; }
  Parameters& parameters() const { return emitter_.parameters(); }

  // The node fails where `bits` and `present`.
  void fail(uint32_t bits, uint32_t present) const;
  // Fails where `present` and the number is not finite.
  void fail_unless_finite(uint32_t number, uint32_t present) const;

  uint32_t emit(const Instruction& what) const {
    return emitter_.emit(what, domain_);
  }
  uint32_t operation(Op op, uint32_t a, uint32_t b = kNone) const {
    return emit({.op = op, .a = a, .b = b});
  }

  uint32_t never() const { return emit({.op = Op::kAllBits, .imm = 0}); }
  // As a register, also where `bits` is kNone.
  uint32_t solid(uint32_t bits) const;
  uint32_t both(uint32_t a, uint32_t b) const;
  uint32_t either(uint32_t a, uint32_t b) const;
  uint32_t without(uint32_t a, uint32_t b) const;

  uint32_t constant(Int128 value, bool wide) const;
  uint32_t number(double value) const;
  uint32_t instant(IntParam::Kind kind) const;  // now or today
  // Where the 64-bit register is low..high.
  uint32_t within(uint32_t reg, Int128 low, Int128 high) const;

 private:
  Emitter& emitter_;
  uint32_t domain_;
  uint32_t& error_;
};

// An inclusive constant range, cut to 64 bits.
RangeParam constant_range(Int128 low, Int128 high);

// What an operation defines.
RegisterKind result_kind(Op op);

}  // namespace kitle
