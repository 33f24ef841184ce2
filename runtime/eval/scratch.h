// The memory that one thread runs chunks in. All of it is allocated by
// reserve; running allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/eval/abi.h"
#include "runtime/eval/chunk.h"
#include "runtime/eval/registers.h"

namespace kitle {

class Prepared;

class Scratch {
 public:
  // Makes room for chunks of up to `limits`; what there is room for already
  // costs a comparison. One Scratch may serve many codes in turn.
  void reserve(const Prepared& prepared, const ChunkLimits& limits);

  // Points everything at a chunk: copies and clamps its offsets, so that no
  // value of the mapping is an index later. Within what was reserved.
  void enter(const Prepared& prepared, const BoundBlock& bound,
             const Chunk& chunk);

  const KernelContext& context() const { return context_; }
  const KernelHelpers& helpers() const { return helpers_; }
  KernelScratch& kernel_scratch() { return scratch_; }
  // Where machine code puts the outputs of the chunk.
  KernelOut& kernel_out() { return out_; }
  uint64_t bytes() const { return capacity_; }

 private:
  struct Free {
    void operator()(std::byte* memory) const;
  };

  void place(const Prepared& prepared);
  void place_outputs(const Prepared& prepared);
  // Of groups of so many words.
  void place_masks(const RegisterPlan& plan, uint32_t words);
  void enter_table(const BoundBlock& bound, const Chunk& chunk, uint32_t table);

  uint64_t prepared_ = 0;  // the id of the last reserve
  ChunkLimits limits_;
  uint64_t capacity_ = 0;
  std::unique_ptr<std::byte[], Free> memory_;
  std::vector<void*> registers_;
  uint32_t mask_words_ = 0;         // of the masks as they are placed; 0: none
  std::vector<uint32_t*> offsets_;  // by table
  std::vector<KernelTable> tables_;
  KernelView view_;
  KernelParams params_;
  KernelScratch scratch_;
  KernelContext context_;
  KernelHelpers helpers_;
  std::vector<uint64_t> out_words_;
  std::vector<uint64_t*> out_members_;  // by output
  std::vector<uint64_t*> out_errors_;   // by output
  KernelOut out_;
};

}  // namespace kitle
