// The interpreter against the model: every operation, every physical width,
// rows without events and with very many, chunks that begin anywhere.
#include "runtime/eval/interpreter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <set>

#include "tests/support/eval/model.h"
#include "tests/support/every_cpu.h"

namespace kitle::test {
namespace {

bool is_position(Op op) {
  return op == Op::kFirst || op == Op::kLast || op == Op::kMostFrequent ||
         op == Op::kSpan;
}

std::string where(const RandomBlock& block, size_t at, size_t place) {
  const Instruction& what = block.program.general.instructions[at];
  return std::string(op_name(what.op)) + " (instruction " + std::to_string(at) +
         ") at " + std::to_string(place);
}

// Runs single instructions of one chunk and compares their results with the
// model's.
class ChunkComparison {
 public:
  ChunkComparison(const RandomBlock& block, const std::vector<Values>& model,
                  const Chunk& chunk, const Scratch& scratch)
      : block_(block), model_(model), chunk_(chunk), scratch_(scratch) {}

  bool run() {
    const auto& code = block_.program.general.instructions;
    for (size_t at = 0; at < code.size(); ++at) {
      scratch_.helpers().run(&scratch_.helpers(), static_cast<uint32_t>(at));
      if (!same(at, code[at].dst)) return false;
      if (code[at].dst2 != kNone && !same(at, code[at].dst2)) return false;
    }
    return true;
  }

 private:
  bool same(size_t at, uint32_t reg) {
    const Register& made = block_.program.general.registers[reg];
    size_t begin = 0;
    size_t end = chunk_.rows;
    size_t first = chunk_.first_row;  // of the model's place 0
    if (made.domain != kProfiles) {
      const KernelTable& table = scratch_.context().view->tables[made.domain];
      begin = table.begin;
      end = table.end;
      first = table.base;
    }
    for (size_t i = begin; i < end; ++i) {
      if (!same_value(at, reg, i, first + i)) {
        ADD_FAILURE() << where(block_, at, first + i) << " of chunk at "
                      << chunk_.first_row;
        return false;
      }
    }
    return true;
  }

  bool same_value(size_t at, uint32_t reg, size_t here, size_t there) {
    const void* memory = scratch_.context().scratch->registers[reg];
    const Values& expected = model_[reg];
    switch (block_.program.general.registers[reg].kind) {
      case RegisterKind::kBits: {
        const auto* words = static_cast<const uint64_t*>(memory);
        return (words[here / 64] >> (here % 64) & 1) == expected.bits[there];
      }
      case RegisterKind::kI64:
        return position(at, static_cast<const int64_t*>(memory)[here]) ==
               expected.integers[there];
      case RegisterKind::kI128:
        return static_cast<const Int128*>(memory)[here] ==
               expected.integers[there];
      case RegisterKind::kF64:
        return std::bit_cast<uint64_t>(
                   static_cast<const double*>(memory)[here]) ==
                   std::bit_cast<uint64_t>(expected.numbers[there]) ||
               expected.numbers[there] != expected.numbers[there];
      case RegisterKind::kAnswers:  // random programs ask none
        break;
    }
    return false;
  }

  // A place of the chunk as an event of the block.
  int64_t position(size_t at, int64_t value) const {
    const Instruction& what = block_.program.general.instructions[at];
    if (!is_position(what.op) || value < 0) return value;
    return value + scratch_.context().view->tables[what.table].base;
  }

  const RandomBlock& block_;
  const std::vector<Values>& model_;
  const Chunk& chunk_;
  const Scratch& scratch_;
};

// Every instruction on every chunk, and the outputs of run_chunk.
void expect_model(const RandomBlock& block, const std::vector<Chunk>& chunks) {
  const std::vector<Values> model = run_model(block);
  const Prepared prepared(block.program, block.program.general);
  Scratch scratch;
  scratch.reserve(prepared, limits_of(prepared.tables(), block.bound, chunks));
  for (const Chunk& chunk : chunks) {
    scratch.enter(prepared, block.bound, chunk);
    if (!ChunkComparison(block, model, chunk, scratch).run()) return;
  }
}

std::vector<std::vector<uint64_t>> bitmaps(const RandomBlock& block) {
  const size_t words = (block.bound.profiles + 63) / 64;
  // Bits that a run must not leave as they are.
  return std::vector(block.program.general.outputs.size(),
                     std::vector<uint64_t>(words, 0x5555555555555555));
}

std::vector<uint64_t*> pointers(std::vector<std::vector<uint64_t>>& maps) {
  std::vector<uint64_t*> found;
  for (auto& map : maps) found.push_back(map.data());
  return found;
}

void expect_outputs(const RandomBlock& block,
                    const std::vector<Chunk>& chunks) {
  const std::vector<Values> model = run_model(block);
  const Prepared prepared(block.program, block.program.general);
  Scratch scratch;
  scratch.reserve(prepared, limits_of(prepared.tables(), block.bound, chunks));
  auto members = bitmaps(block);
  auto errors = bitmaps(block);
  const auto member_words = pointers(members);
  const auto error_words = pointers(errors);
  for (const Chunk& chunk : chunks) {
    run_chunk(prepared, block.bound, chunk, scratch,
              {member_words, error_words});
  }
  for (size_t i = 0; i < members.size(); ++i) {
    const Output& output = block.program.general.outputs[i];
    for (size_t row = 0; row < block.bound.profiles; ++row) {
      const auto bit = [&](const auto& map) {
        return (map[i][row / 64] >> (row % 64) & 1) != 0;
      };
      const bool live = block.live[row];
      ASSERT_EQ(bit(members), live && model[output.bits].bits[row]) << row;
      if (output.error == kNone) continue;
      ASSERT_EQ(bit(errors), live && model[output.error].bits[row]) << row;
    }
  }
}

std::vector<uint32_t> all_tables(const RandomBlock& block) {
  std::vector<uint32_t> tables;
  for (uint32_t i = 0; i < block.tables.size(); ++i) tables.push_back(i);
  return tables;
}

std::unique_ptr<RandomBlock> block_with_program(uint64_t seed,
                                                const BlockShape& shape,
                                                size_t instructions) {
  Random random(seed);
  auto block = random_block(random, shape);
  random_program(random, instructions, *block);
  EXPECT_EQ(verify(block->program).message(), Status().message());
  return block;
}

std::vector<Chunk> in_pieces(uint32_t rows, uint32_t piece) {
  std::vector<Chunk> chunks;
  for (uint32_t first = 0; first < rows; first += piece) {
    chunks.push_back({first, std::min(piece, rows - first)});
  }
  return chunks;
}

void expect_model_and_outputs(const RandomBlock& block,
                              const std::vector<Chunk>& chunks) {
  expect_model(block, chunks);
  expect_outputs(block, chunks);
}

TEST(Interpreter, RandomProgramsMeanWhatTheModelSays) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    const auto block = block_with_program(seed, {}, 400);
    expect_model_and_outputs(*block,
                             split_chunks(all_tables(*block), block->bound));
    if (HasFailure()) return;
  }
}

TEST(Interpreter, RandomProgramsUseEveryOperation) {
  std::set<Op> used;
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    const auto block = block_with_program(seed, {}, 400);
    for (const Instruction& what : block->program.general.instructions) {
      used.insert(what.op);
    }
  }
  // Points are compared with the reference evaluator's, by random rules.
  used.insert(Op::kPoints);
  used.insert(Op::kTally);
  // So are these, where rules share them.
  for (const Op op :
       {Op::kAnswers, Op::kFollowedAnswers, Op::kNthAnswers, Op::kSumAnswers,
        Op::kAnswer, Op::kFollowing, Op::kAnyFollowed}) {
    used.insert(op);
  }
  EXPECT_EQ(used.size(), kOpCount);
}

TEST(Interpreter, ChunksMayBeginAtAnyRow) {
  const auto block = block_with_program(31, {.rows = 331}, 300);
  for (const uint32_t piece : {1u, 7u, 63u, 64u, 65u, 200u}) {
    SCOPED_TRACE(piece);
    expect_model_and_outputs(*block, in_pieces(331, piece));
  }
}

TEST(Interpreter, BlocksWithoutMissingValuesNeedNoValidityBits) {
  const auto block = block_with_program(32, {.missing = 0}, 300);
  expect_model_and_outputs(*block,
                           split_chunks(all_tables(*block), block->bound));
}

TEST(Interpreter, BlocksWithoutAnyEventHaveOnlyZeros) {
  const auto block = block_with_program(33, {.empty_rows = 1}, 300);
  expect_model_and_outputs(*block,
                           split_chunks(all_tables(*block), block->bound));
}

TEST(Interpreter, AGiantProfileIsAChunkOfItsOwn) {
  const BlockShape shape{.rows = 70, .giant_events = 70'000};
  const auto block = block_with_program(34, shape, 120);
  const auto chunks = split_chunks(all_tables(*block), block->bound);
  ASSERT_EQ(chunks.size(), 3u);
  EXPECT_EQ(chunks[1].first_row, 35u);
  EXPECT_EQ(chunks[1].rows, 1u);
  expect_model_and_outputs(*block, chunks);
}

TEST(Interpreter, ManyRowsAreManyChunks) {
  const BlockShape shape{.rows = 5000, .mean_events = 3};
  const auto block = block_with_program(35, shape, 200);
  const auto chunks = split_chunks(all_tables(*block), block->bound);
  EXPECT_EQ(chunks.size(), 3u);
  expect_model_and_outputs(*block, chunks);
}

TEST(Interpreter, EveryCpuGivesTheSameBits) {
  const auto block = block_with_program(36, {.rows = 300}, 400);
  testing::on_every_cpu([&] {
    expect_model_and_outputs(*block,
                             split_chunks(all_tables(*block), block->bound));
  });
}

TEST(Interpreter, OneScratchServesSeveralPrograms) {
  const auto large = block_with_program(37, {.rows = 400}, 200);
  const auto small = block_with_program(38, {.rows = 90}, 100);
  const Prepared prepared_large(large->program, large->program.general);
  const Prepared prepared_small(small->program, small->program.general);
  const std::vector<Chunk> all_large = {{0, 400}};
  const std::vector<Chunk> all_small = {{0, 90}};
  const auto model_large = run_model(*large);
  const auto model_small = run_model(*small);
  Scratch scratch;
  for (int round = 0; round < 2; ++round) {
    scratch.reserve(prepared_large,
                    limits_of(all_tables(*large), large->bound, all_large));
    scratch.enter(prepared_large, large->bound, all_large[0]);
    EXPECT_TRUE(
        ChunkComparison(*large, model_large, all_large[0], scratch).run());
    scratch.reserve(prepared_small,
                    limits_of(all_tables(*small), small->bound, all_small));
    scratch.enter(prepared_small, small->bound, all_small[0]);
    EXPECT_TRUE(
        ChunkComparison(*small, model_small, all_small[0], scratch).run());
  }
}

}  // namespace
}  // namespace kitle::test
