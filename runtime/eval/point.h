// One profile at a time: the same program over a chunk of one row.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/eval/bind.h"
#include "runtime/eval/derived.h"
#include "runtime/eval/interpreter.h"
#include "runtime/eval/machine.h"
#include "runtime/eval/run.h"

namespace kitle {

// Not thread-safe: one a thread. Blocks are bound at first touch; after that
// nothing is allocated, but for a profile larger than any before it, and for
// derived tables where the program reads any.
class PointQuery {
 public:
  PointQuery(std::shared_ptr<const Binding> binding,
             std::shared_ptr<const PreparedProgram> prepared,
             std::shared_ptr<const MachineCode> machine);

  size_t words() const { return (segments() + 63) / 64; }
  size_t segments() const { return binding_->program().segments.size(); }
  // Bit i of `members` and `undecided` (words() each) speaks of segment i.
  // kInvalid: no such ordinal.
  Status evaluate(uint32_t ordinal, std::span<uint64_t> members,
                  std::span<uint64_t> undecided);

 private:
  void reserve(const Prepared& code, const BoundBlock& bound, uint32_t row);
  // Sets bits in words_ for a row of a bound view.
  void evaluate_row(const BoundBlock& stored, uint32_t row);

  std::shared_ptr<const Binding> binding_;
  std::shared_ptr<const PreparedProgram> prepared_;
  std::shared_ptr<const MachineCode> machine_;
  Scratch scratch_;
  DerivedTables derived_;
  ChunkLimits limits_;
  // A word for each segment, then one for its errors: the 64 rows that the
  // profile is among.
  std::vector<uint64_t> words_;
  std::vector<uint64_t*> members_;
  std::vector<uint64_t*> errors_;
};

}  // namespace kitle
